//! SHA-256, as texts name it.

use std::fmt::Write;
use std::fs::File;
use std::io;

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

/// The SHA-256 of an open file's content, of which only a piece is in memory at a time.
///
/// # Errors
/// Those of reading.
pub(crate) fn of_file(mut file: File) -> io::Result<[u8; 32]> {
    let mut hasher = Hasher(Sha256::new());
    io::copy(&mut file, &mut hasher)?;
    Ok(hasher.0.finalize().into())
}

/// Takes bytes for a hash.
struct Hasher(Sha256);

impl io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
