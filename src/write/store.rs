//! What all engines write: files that appear under their final names whole or not at all.

use std::path::Path;

use crate::dir::{Dir, Put};
use crate::error::Error;
use crate::error::Result;
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

/// Whether the file at `path` has this content; `None` if there is no file. A link at the end of the
/// path is not followed, since it is not one of those that are written here.
pub(crate) fn holds(path: &Path, data: &[u8]) -> Result<Option<bool>> {
    let (folder, name) = Dir::around(path)?;
    folder.holds(name, data)
}

/// Puts a file into its place, over another of other content; what is the same stays.
///
/// # Errors
/// [`Error::Io`].
pub(crate) fn store(path: &Path, data: &[u8]) -> Result<Outcome> {
    if holds(path, data)? == Some(true) {
        return Ok(Outcome::Unchanged);
    }
    persist(path, data, true)?;
    Ok(Outcome::Written)
}

/// Puts a file into its place, where there is none; what is the same stays.
///
/// # Errors
/// [`Error::Refused`] for a file with other content, and [`Error::Io`].
pub(crate) fn store_new(path: &Path, data: &[u8]) -> Result<Outcome> {
    match holds(path, data)? {
        Some(true) => Ok(Outcome::Unchanged),
        Some(false) => {
            let finding = output_differs(path, true).hint("move it away");
            Err(Error::Refused { input: path.display().to_string(), findings: vec![finding] })
        }
        None => {
            persist(path, data, false)?;
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
pub(crate) fn persist(path: &Path, data: &[u8], force: bool) -> Result<()> {
    let (folder, name) = Dir::around(path)?;
    folder.put(name, data, if force { Put::Replace } else { Put::New })
}
