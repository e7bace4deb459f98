//! How results get to their places: one policy for all that is made.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::cache::Key;
use crate::dir::{Dir, Put};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};

/// What an operation did with one of its results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was written.
    Written,
    /// The same was there already.
    Unchanged,
    /// It would have been written.
    DryRun,
    /// It is new in an index, in one form or in all.
    Added,
    /// It took the place of other content in an index.
    Replaced,
    /// It was copied from another index.
    Copied,
    /// It is new on a device or in a tree.
    Installed,
    /// It has another version now.
    Updated,
    /// Its version is the same, but its files are not.
    Changed,
    /// It was removed.
    Removed,
}

impl Outcome {
    /// The word for it in reports, such as `written` or `dry-run`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Unchanged => "unchanged",
            Self::DryRun => "dry-run",
            Self::Added => "added",
            Self::Replaced => "replaced",
            Self::Copied => "copied",
            Self::Installed => "installed",
            Self::Updated => "updated",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

/// How results are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoreOptions {
    /// Whether earlier results with other content are overwritten.
    pub force: bool,
    /// Whether everything is done except writing.
    pub dry_run: bool,
}

/// What exists where a result goes. Of a result with several parts, the greatest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Existing {
    /// The same content.
    Same,
    Nothing,
    /// Other content.
    Different,
    /// Something that mpconvert did not write.
    Foreign,
}

impl Existing {
    /// By whether there is a file of the same content.
    pub(crate) fn of(is_same: Option<bool>) -> Self {
        match is_same {
            None => Self::Nothing,
            Some(true) => Self::Same,
            Some(false) => Self::Different,
        }
    }
}

impl StoreOptions {
    /// What is done where this exists; `None` if the result is refused.
    pub(crate) fn outcome(self, existing: Existing) -> Option<Outcome> {
        match existing {
            Existing::Same => Some(Outcome::Unchanged),
            Existing::Foreign => None,
            Existing::Different if !self.force => None,
            Existing::Nothing | Existing::Different if self.dry_run => Some(Outcome::DryRun),
            Existing::Nothing | Existing::Different => Some(Outcome::Written),
        }
    }

    /// How a file is put into its place: without force not over one that appeared in the meantime.
    pub(crate) fn put(self) -> Put {
        if self.force { Put::Replace } else { Put::New }
    }
}

/// A file that was made in memory, and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// The path of the file.
    pub path: PathBuf,
    /// Its content.
    pub data: Bytes,
}

impl Artifact {
    /// Puts the file into its place, whole or not at all; its folder is made if it does not exist. A
    /// link at the end of the path is not followed.
    ///
    /// # Errors
    /// [`Error::Refused`] for a file with other content, and [`Error::Io`].
    pub fn store(&self, options: StoreOptions) -> Result<Outcome> {
        let (folder, name) = Dir::around(&self.path)?;
        let existing = Existing::of(folder.holds(name, &self.data)?);
        let Some(outcome) = options.outcome(existing) else {
            let findings = vec![output_differs(&self.path)];
            return Err(Error::Refused { input: self.path.display().to_string(), findings });
        };
        if outcome == Outcome::Written {
            Dir::create(folder.path())?.put(name, &self.data, options.put())?;
        }
        Ok(outcome)
    }
}

/// The contents that the results of one run have, so that no two of them go to the same place.
#[derive(Debug, Default)]
pub struct Claims(HashMap<PathBuf, Key>);

impl Claims {
    /// Claims `path` for a result that consists of these parts.
    ///
    /// # Errors
    /// [`Error::Refused`] if another result with other content has claimed it.
    pub(crate) fn claim<P: AsRef<[u8]>>(
        &mut self,
        path: &Path,
        parts: impl IntoIterator<Item = P>,
    ) -> Result<()> {
        let key = Key::of(parts);
        if *self.0.entry(path.to_owned()).or_insert_with(|| key.clone()) == key {
            return Ok(());
        }
        let hint = "two inputs of this run give the same release; convert one of them";
        let findings = vec![output_differs(path).hint(hint)];
        Err(Error::Refused { input: path.display().to_string(), findings })
    }
}

/// That the output at `path` exists with other content.
pub(crate) fn output_differs(path: &Path) -> Finding {
    Finding::new(Code::OutputDiffers, "a file with other content")
        .at(path.display().to_string())
        .expected("no file, or the same content")
}
