//! Files of this machine.

use std::io::ErrorKind;
use std::path::Path;

use bytes::Bytes;

use crate::error::{Error, FetchError, Result};
use crate::file;

/// The content of a regular file of at most `limit` bytes.
pub(super) fn read(path: &Path, limit: u64) -> Result<Bytes> {
    let fault = |fault| Error::Fetch { place: path.display().to_string(), fault };
    match file::read(path, limit) {
        Ok(data) => Ok(data.into()),
        Err(error) => Err(match error.kind() {
            ErrorKind::NotFound => fault(FetchError::NotFound),
            ErrorKind::FileTooLarge => fault(FetchError::TooLarge(limit)),
            _ => Error::io(path)(error),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_within_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "abc").unwrap();
        assert_eq!(read(&path, 3).unwrap(), "abc");
        let fault = |path: &Path, limit| match read(path, limit).unwrap_err() {
            Error::Fetch { fault, .. } => Some(fault),
            _ => None,
        };
        assert_eq!(fault(&path, 2), Some(FetchError::TooLarge(2)));
        assert_eq!(fault(&folder.path().join("b"), 2), Some(FetchError::NotFound));
        assert_eq!(fault(folder.path(), 2), None, "a folder is no missing file");
    }
}
