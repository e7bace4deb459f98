//! Reading and replacing lock files.

use std::io::ErrorKind;
use std::path::Path;

use crate::error::{Error, Result};
use crate::file;
use crate::finding::{Code, Finding};
use crate::resolve::lockfile::{Lockfile, MAX_SIZE};

/// Reads the lock at `path`.
///
/// # Errors
/// [`Error::Io`] if it cannot be opened, and [`Error::Refused`] for a file that is not a lock.
pub fn read(path: &Path) -> Result<Lockfile> {
    let file = file::open(path).map_err(Error::io(path))?;
    let at = path.display().to_string();
    let refused = |finding| Error::Refused { input: at.clone(), findings: vec![finding] };
    let invalid = |found: String| refused(Finding::new(Code::InvalidLock, found));
    let text = file::content(&file, MAX_SIZE).map_err(|error| invalid(error.to_string()))?;
    let text = String::from_utf8(text).map_err(|error| invalid(error.to_string()))?;
    Lockfile::parse(&text, &at).map_err(refused)
}

/// Checks that `path` is free, empty or a lock, so that no other file is overwritten.
///
/// # Errors
/// [`Error::Usage`] for any other file, and [`Error::Io`].
pub fn check_place(path: &Path) -> Result<()> {
    match file::read(path, MAX_SIZE) {
        Ok(text) if text.is_empty() || Lockfile::is_one(&text) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() != ErrorKind::FileTooLarge => Err(Error::io(path)(error)),
        _ => Err(Error::Usage {
            message: format!("{}: this file is not a lockfile", path.display()),
            help: "choose another path with --out, or move the file away".to_owned(),
        }),
    }
}
