//! A folder beside results in which they are made ready.

use std::fs::File;
use std::path::PathBuf;

use super::change::{PREFIX, temporary};
use super::{Dir, Kind};
use crate::error::Result;

/// The folders for what comes and for what it replaces.
const NEW: &str = "new";
const OLD: &str = "old";

/// A folder that is removed when it is dropped. What a run leaves that is killed, the next one removes.
#[derive(Debug)]
pub(crate) struct Aside {
    dir: Dir,
    name: PathBuf,
    /// Shows other processes that this file is in use.
    _lock: Option<File>,
}

impl Aside {
    /// Makes the folder below `dir`, and removes what earlier runs left.
    ///
    /// # Errors
    /// [`crate::Error::Io`].
    pub(crate) fn below(dir: &Dir) -> Result<Self> {
        let lock = sweep(dir);
        let aside = Self { dir: dir.clone(), name: temporary(""), _lock: lock };
        dir.make_folders(aside.name.join(NEW))?;
        dir.make_folders(aside.name.join(OLD))?;
        Ok(aside)
    }

    /// Where something is made ready.
    pub(crate) fn new_place(&self, name: &str) -> PathBuf {
        self.name.join(NEW).join(name)
    }

    /// Where something that is replaced is moved.
    pub(crate) fn old_place(&self, name: &str) -> PathBuf {
        self.name.join(OLD).join(name)
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        // What cannot be removed now is by the next run.
        let _ = self.dir.remove_all(&self.name);
    }
}

/// Removes what earlier runs left, unless one is still at work; gives what others see this one by. On
/// systems that do not lock folders, left-overs stay.
fn sweep(dir: &Dir) -> Option<File> {
    let folder = dir.enter("".as_ref()).ok()??;
    let lock = folder.open(".").ok()?.into_std();
    if lock.try_lock().is_ok() {
        for (name, kind) in dir.entries("").unwrap_or_default() {
            let is_ours = name.as_encoded_bytes().starts_with(PREFIX.as_bytes());
            if is_ours && kind == Kind::Folder && is_left_over(dir, &PathBuf::from(&name)) {
                let _ = dir.remove_all(name);
            }
        }
        lock.unlock().ok()?;
    }
    lock.try_lock_shared().ok()?;
    Some(lock)
}

/// Whether a folder has nothing in it but those of this module.
fn is_left_over(dir: &Dir, name: &std::path::Path) -> bool {
    dir.entries(name).is_ok_and(|entries| {
        entries.iter().all(|(name, kind)| *kind == Kind::Folder && (name == NEW || name == OLD))
    })
}
