//! Content that is known by its hash.

use super::Location;
use crate::digest::{Hash, sha256};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};

/// Whether the content that was at `location` has this hash.
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

/// Refuses content at `location` that lacks one of these hashes.
///
/// # Errors
/// [`Error::Refused`] with [`Code::HashDiffers`].
pub(crate) fn verify(data: &[u8], hashes: &[Hash], location: &Location) -> Result<()> {
    let Some(expected) = hashes.iter().find(|hash| !hash.matches(data)) else { return Ok(()) };
    let place = location.to_string();
    let found = format!("content of the hash {}", expected.of_same_kind(data));
    let finding = Finding::new(Code::HashDiffers, found).at(&place).expected(expected.to_string());
    Err(Error::Refused { input: place, findings: vec![finding] })
}
