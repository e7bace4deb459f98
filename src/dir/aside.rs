//! A folder beside results in which they are made ready.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::change::{PREFIX, temporary};
use super::steps::{STEPS, Steps};
use super::{Dir, Kind};
use crate::error::Result;
use crate::path::MemberPath;

/// The folders for what comes and for what it replaces.
const NEW: &str = "new";
const OLD: &str = "old";

/// A folder that is removed when it is dropped. What a run leaves that is killed, the next one removes,
/// and undoes the steps that it did not finish.
#[derive(Debug)]
pub(crate) struct Aside {
    dir: Dir,
    name: PathBuf,
    /// Whether it stays.
    is_kept: bool,
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
        let name = temporary("");
        let aside = Self { dir: dir.clone(), name, is_kept: false, _lock: lock };
        dir.make_folders(aside.name.join(NEW))?;
        dir.make_folders(aside.name.join(OLD))?;
        Ok(aside)
    }

    /// Removes and undoes what earlier runs left below `dir`, which need not exist.
    pub(crate) fn recover(dir: &Dir) {
        drop(sweep(dir));
    }

    /// The folder itself, in which steps have their files.
    pub(crate) fn folder(&self) -> &Path {
        &self.name
    }

    /// Leaves the folder to the next run.
    pub(crate) fn keep(&mut self) {
        self.is_kept = true;
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
        if !self.is_kept {
            // What cannot be removed now is by the next run.
            let _ = self.dir.remove_all(&self.name);
        }
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
            let name = Path::new(&name);
            if is_ours && kind == Kind::Folder && is_left_over(dir, name) && undo(dir, name) {
                let _ = dir.remove_all(name);
            }
        }
        lock.unlock().ok()?;
    }
    lock.try_lock_shared().ok()?;
    Some(lock)
}

/// Undoes the steps that a run was killed at, if there are any; whether that is done.
fn undo(dir: &Dir, name: &Path) -> bool {
    let is_reserved = |path: &MemberPath| path.as_str().starts_with(PREFIX);
    match Steps::read(dir, name.to_owned(), &is_reserved) {
        Ok(None) => true,
        Ok(Some(Ok(steps))) => steps.undo().is_ok(),
        Ok(Some(Err(_))) | Err(_) => false,
    }
}

/// Whether a folder has nothing in it but what this module and steps put there.
fn is_left_over(dir: &Dir, name: &Path) -> bool {
    let is_of_steps = |name: &str| {
        name.starts_with(STEPS)
            || name.split_once('.').is_some_and(|(place, ending)| {
                place.bytes().all(|byte| byte.is_ascii_digit()) && matches!(ending, "new" | "old")
            })
    };
    dir.entries(name).is_ok_and(|entries| {
        entries.iter().all(|(name, kind)| match kind {
            Kind::Folder => name == NEW || name == OLD,
            Kind::File => name.to_str().is_some_and(is_of_steps),
            Kind::Link | Kind::Special => false,
        })
    })
}
