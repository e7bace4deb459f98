//! SHA-256, as texts name it.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The SHA-256 of `data` in 64 hexadecimal digits, in lower case.
#[must_use]
pub fn sha256(data: &[u8]) -> String {
    hexadecimal(&Sha256::digest(data))
}

/// Two hexadecimal digits for each byte, in lower case.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
