//! Files of this machine.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use bytes::Bytes;

use crate::error::{Error, FetchFault, Result};

/// The content of a regular file of at most `limit` bytes.
pub(super) fn read(path: &Path, limit: u64) -> Result<Bytes> {
    let fault = |fault| Error::Fetch { place: path.display().to_string(), fault };
    // Opening a pipe would wait for somebody to write to it.
    match path.metadata() {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => {
            return Err(Error::io(path)(io::Error::other("this is no regular file")));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(fault(FetchFault::NotFound));
        }
        Err(error) => return Err(Error::io(path)(error)),
    }
    let mut data = Vec::new();
    let file = File::open(path).map_err(Error::io(path))?;
    file.take(limit.saturating_add(1)).read_to_end(&mut data).map_err(Error::io(path))?;
    if data.len() as u64 > limit {
        return Err(fault(FetchFault::TooLarge(limit)));
    }
    Ok(data.into())
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
        assert_eq!(fault(&path, 2), Some(FetchFault::TooLarge(2)));
        assert_eq!(fault(&folder.path().join("b"), 2), Some(FetchFault::NotFound));
        assert_eq!(fault(folder.path(), 2), None, "a folder is no missing file");
    }
}
