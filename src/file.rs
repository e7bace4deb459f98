//! Reads local files, which are not trusted.
//!
//! A pipe, a device or a socket in place of a file would block for ever, or never end. Everything that
//! reads a file therefore opens it here; `clippy.toml` forbids the functions of the standard library.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// Bytes that are reserved at once: a file with holes may report any size.
const MAX_TRUST: u64 = 64 << 20;

/// Opens a regular file for reading; links are followed.
///
/// # Errors
/// What the system says, and [`io::ErrorKind::Other`] for anything but a regular file.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    // To open a device may already do something, so that the name is checked first. What lies there
    // may be replaced in between: the open file counts.
    if !std::fs::metadata(path)?.is_file() {
        return Err(not_regular());
    }
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, nonblock());
    #[expect(clippy::disallowed_methods, reason = "this is the one place that opens files")]
    regular(options.open(path)?)
}

/// The content of a regular file of at most `limit` bytes; links are followed.
///
/// # Errors
/// Those of [`open`], and [`io::ErrorKind::FileTooLarge`].
pub(crate) fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    content(&open(path)?, limit)
}

/// The content of an open file of at most `limit` bytes.
///
/// # Errors
/// What the system says, and [`io::ErrorKind::FileTooLarge`].
pub(crate) fn content(file: &File, limit: u64) -> io::Result<Vec<u8>> {
    let size = file.metadata()?.len();
    let too_large = || {
        let message = format!("the file is larger than {limit} bytes");
        io::Error::new(io::ErrorKind::FileTooLarge, message)
    };
    if size > limit {
        return Err(too_large());
    }
    let mut data = Vec::with_capacity(usize::try_from(size.min(MAX_TRUST)).unwrap_or_default());
    // The file may grow meanwhile, and some systems report no size.
    file.take(limit.saturating_add(1)).read_to_end(&mut data)?;
    if data.len() as u64 > limit { Err(too_large()) } else { Ok(data) }
}

/// The open file, if it is a regular one.
///
/// # Errors
/// What the system says, and [`io::ErrorKind::Other`] for anything else.
pub(crate) fn regular(file: File) -> io::Result<File> {
    if file.metadata()?.is_file() { Ok(file) } else { Err(not_regular()) }
}

pub(crate) fn not_regular() -> io::Error {
    io::Error::other("this is not a regular file")
}

/// The flag of `open` that returns at once, whatever is opened.
#[cfg(unix)]
fn nonblock() -> i32 {
    rustix::fs::OFlags::NONBLOCK.bits().cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_within_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "abc").unwrap();
        assert_eq!(read(&path, 3).unwrap(), b"abc");
        assert_eq!(read(&path, 2).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(read(&folder.path().join("b"), 2).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(read(folder.path(), 2).unwrap_err().kind(), io::ErrorKind::Other);
    }

    #[cfg(unix)]
    #[test]
    fn pipes_devices_and_sockets_are_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let (pipe, socket) = (folder.path().join("pipe"), folder.path().join("socket"));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for path in [&pipe, &socket, Path::new("/dev/zero")] {
            let error = read(path, 10).unwrap_err();
            assert!(error.to_string().contains("not a regular file"), "{error}");
        }
    }
}
