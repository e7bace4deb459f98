//! Content that is known by its hash.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

#[cfg(feature = "net")]
use super::Location;
#[cfg(feature = "net")]
use crate::check::{Code, Finding};
#[cfg(feature = "net")]
use crate::error::{Error, Result};

/// The SHA-256 of the content, in lower case.
#[must_use]
pub fn sha256(data: &[u8]) -> String {
    let mut digest = String::with_capacity(64);
    for byte in Sha256::digest(data) {
        // Writing to a text cannot fail.
        let _ = write!(digest, "{byte:02x}");
    }
    digest
}

/// Whether the content that was at `location` has this hash.
#[cfg(feature = "net")]
pub(super) fn check(data: &[u8], expected: &str, location: &Location) -> Result<()> {
    let found = sha256(data);
    if found == expected {
        return Ok(());
    }
    let place = location.to_string();
    let finding = Finding::new(Code::HashDiffers, format!("content whose SHA-256 is {found}"));
    let finding = finding.at(&place).expected(expected);
    Err(Error::Refused { input: place, findings: vec![finding] })
}
