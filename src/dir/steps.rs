//! Steps that change many files below a folder together, and can be undone wherever they came to.
//!
//! What comes is made ready in a folder of its own, beside the list of the steps. Each step moves what is
//! there into that folder and puts the new file in its place. If an error or a signal stops them, that
//! folder has all that is needed to restore the files of before.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Dir;
use super::look::{Found, link_on_the_way, look};
use crate::digest::sha256;
use crate::error::{Error, Result};
use crate::path::MemberPath;

/// The name of the list of steps in their folder.
pub(crate) const STEPS: &str = "steps.json";

/// Bytes of that list at most.
const MAX_SIZE: u64 = 256 << 20;

/// The folders of version control systems. A file in them can be a program that the system runs.
const VERSION_CONTROL: [&str; 7] = [".git", ".hg", ".svn", ".bzr", ".jj", "_darcs", "CVS"];

/// A step, at one path.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Step {
    pub(crate) path: MemberPath,
    /// The SHA-256 of what comes, if something does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    new: Option<String>,
    /// Whether something is there that goes.
    old: bool,
}

/// Steps below a folder, and the folder below it with their files.
pub(crate) struct Steps<'a> {
    dir: &'a Dir,
    folder: PathBuf,
    list: Vec<Step>,
}

/// Why a list of steps cannot be used, as a phrase.
pub(crate) type InvalidSteps = String;

impl Step {
    /// The file at `path` goes.
    pub(crate) fn removal(path: MemberPath) -> Self {
        Self { path, new: None, old: true }
    }

    /// A file with this content comes to `path`, where something may be that it replaces.
    pub(crate) fn write(path: MemberPath, data: &[u8], is_there: bool) -> Self {
        Self { path, new: Some(sha256(data)), old: is_there }
    }
}

impl<'a> Steps<'a> {
    /// Steps below `dir` with their files in `folder`, which is below it, too.
    pub(crate) fn new(dir: &'a Dir, folder: PathBuf, steps: Vec<Step>) -> Self {
        Self { dir, folder, list: steps }
    }

    /// The steps in `folder`; `None` if it has no list. Another program may have written it: it is
    /// checked before a step is undone, and `is_reserved` says which paths no step can have.
    ///
    /// # Errors
    /// [`Error::Io`]; the inner one for a list that no run has written.
    pub(crate) fn read(
        dir: &'a Dir,
        folder: PathBuf,
        is_reserved: &dyn Fn(&MemberPath) -> bool,
    ) -> Result<Option<Result<Self, InvalidSteps>>> {
        let Some(text) = dir.read(folder.join(STEPS), MAX_SIZE)? else { return Ok(None) };
        let steps: Vec<Step> = match serde_json::from_slice(&text) {
            Ok(steps) => steps,
            Err(error) => return Ok(Some(Err(error.to_string()))),
        };
        for Step { path, .. } in &steps {
            if is_reserved(path) || is_of_version_control(path) {
                return Ok(Some(Err(format!("the path `{path}`"))));
            }
            if let Some(link) = link_on_the_way(dir, path)? {
                return Ok(Some(Err(format!("the path `{path}`, where `{link}` is a link"))));
            }
        }
        Ok(Some(Ok(Self { dir, folder, list: steps })))
    }

    /// The list, as it is written to [`STEPS`].
    pub(crate) fn text(&self) -> Vec<u8> {
        // Texts and lists of them cannot fail.
        serde_json::to_vec(&self.list).unwrap_or_default()
    }

    /// Takes all steps. Their files must be at [`new_file`].
    ///
    /// # Errors
    /// [`Error::Io`]; the steps before are to be undone then.
    pub(crate) fn apply(&self) -> Result<()> {
        let dir = self.dir;
        for (place, step) in self.list.iter().enumerate() {
            let path = Path::new(step.path.as_str());
            if step.new.is_some() {
                dir.make_parent(path)?;
            }
            if step.old {
                let old = old_file(&self.folder, place);
                // A second name keeps the file in its place until the new one is there.
                if step.new.is_none() || dir.link(path, &old).is_err() {
                    dir.rename(path, old)?;
                }
            } else if dir.has(path)? {
                let came = io::Error::new(
                    io::ErrorKind::AlreadyExists,
                    "another process has just created this path",
                );
                return Err(Error::io(dir.display_path(path))(came));
            }
            if step.new.is_some() {
                dir.rename(new_file(&self.folder, place), path)?;
            } else {
                dir.remove_empty(path.parent(), "".as_ref());
            }
        }
        Ok(())
    }

    /// Restores the files of before, wherever the steps came to. May be done again where it was
    /// interrupted itself.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(crate) fn undo(&self) -> Result<()> {
        let dir = self.dir;
        for (place, step) in self.list.iter().enumerate().rev() {
            let path = Path::new(step.path.as_str());
            let (new, old) = (new_file(&self.folder, place), old_file(&self.folder, place));
            let there = || look(dir, &step.path, &|_| true);
            if let Some(new_digest) = &step.new
                && !dir.has(&new)?
                // Files that were changed since then belong to the user.
                && matches!(there()?, Found::File(digest) if digest == *new_digest)
            {
                dir.rename(path, &new)?;
            }
            if dir.has(&old)? && there()? == Found::Nothing {
                dir.make_parent(path)?;
                dir.rename(&old, path)?;
            } else if !step.old {
                dir.remove_empty(path.parent(), "".as_ref());
            }
        }
        Ok(())
    }
}

/// Where the file that comes with the step at `place` is made ready.
pub(crate) fn new_file(folder: &Path, place: usize) -> PathBuf {
    folder.join(format!("{place}.new"))
}

fn old_file(folder: &Path, place: usize) -> PathBuf {
    folder.join(format!("{place}.old"))
}

fn is_of_version_control(path: &MemberPath) -> bool {
    path.parts().any(|part| VERSION_CONTROL.iter().any(|name| part.eq_ignore_ascii_case(name)))
}
