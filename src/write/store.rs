//! What all engines write: files that appear under their final names whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

#[cfg(feature = "net")]
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};

/// What was done at the path of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The file was written.
    Written,
    /// A file with this very content was there already.
    Unchanged,
    /// The file would have been written.
    DryRun,
}

impl Outcome {
    /// The word for it in reports: `written`, `unchanged`, `dry-run`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Unchanged => "unchanged",
            Self::DryRun => "dry-run",
        }
    }
}

/// Whether the file at `path` has this content; `None` if there is no file.
pub(crate) fn holds(path: &Path, data: &[u8]) -> io::Result<Option<bool>> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => Err(io::Error::other("this is no regular file")),
        Ok(metadata) if metadata.len() == data.len() as u64 => Ok(Some(fs::read(path)? == data)),
        Ok(_) => Ok(Some(false)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Puts a file into its place, over another of other content; what is the same stays.
///
/// # Errors
/// [`Error::Io`].
#[cfg(feature = "net")]
pub(crate) fn store(path: &Path, data: &[u8]) -> Result<Outcome> {
    if holds(path, data).map_err(Error::io(path))? == Some(true) {
        return Ok(Outcome::Unchanged);
    }
    persist(path, data, true).map_err(Error::io(path))?;
    Ok(Outcome::Written)
}

/// Puts a file into its place, where there is none; what is the same stays.
///
/// # Errors
/// [`Error::Refused`] for a file with other content, and [`Error::Io`].
#[cfg(feature = "net")]
pub(crate) fn store_new(path: &Path, data: &[u8]) -> Result<Outcome> {
    match holds(path, data).map_err(Error::io(path))? {
        Some(true) => Ok(Outcome::Unchanged),
        Some(false) => {
            let finding = output_differs(path, true).hint("move it away");
            Err(Error::Refused { input: path.display().to_string(), findings: vec![finding] })
        }
        None => {
            persist(path, data, false).map_err(Error::io(path))?;
            Ok(Outcome::Written)
        }
    }
}

/// Why the output at `path` is not written: another one is there, of before, or of this run where it is
/// not the first.
pub(crate) fn output_differs(path: &Path, is_first: bool) -> Finding {
    let finding = Finding::new(Code::OutputDiffers, "a file with other content")
        .at(path.display().to_string())
        .expected("no file, or the same content");
    if is_first {
        finding
    } else {
        finding.hint("two inputs of this run give the same release; convert one of them")
    }
}

/// Writes a temporary file beside the target, then renames it; without `force`, not over a file
/// that came into being in between.
pub(crate) fn persist(path: &Path, data: &[u8], force: bool) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".mpconvert-").suffix(".part");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(data)?;
    if force {
        file.persist(path)?
    } else {
        file.persist_noclobber(path)?
    };
    Ok(())
}
