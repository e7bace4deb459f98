//! How an index changes: all is made ready beside it, put into place in one step, and told last.
//!
//! Clients read `package/` and `file/`, tools read `index.json`. New contents come first, where
//! nobody asks for them yet. Then the packages are exchanged as a whole. An `index.json` of before
//! names nothing that is missing after an addition; before a removal it is replaced first. A run
//! that is killed leaves its work in `.mpconvert/`; the next one throws it away or completes it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::exchange::exchange;
use super::files::Files;
use super::layout::{Layout, PENDING};
use crate::error::{Error, Result};
use crate::mip::IndexJson;
use crate::write::disk::{make_folder, real_folder, sync};

/// A change that is about to be made.
pub(super) struct Change<'a> {
    pub(super) layout: &'a Layout,
    pub(super) files: Files<'a>,
    /// The files below `package/` before.
    pub(super) before: &'a BTreeSet<PathBuf>,
    /// Texts below `package/` that are new, or `None` for those that go.
    pub(super) texts: BTreeMap<PathBuf, Option<Vec<u8>>>,
    /// The `index.json` after the change.
    pub(super) index_json: String,
}

impl Change<'_> {
    /// Makes the change. After an error the index is what it was.
    pub(super) fn make(&self) -> Result<()> {
        let staged = self.stage().and_then(|()| self.files.publish());
        if let Err(error) = staged {
            // What cannot be cleaned up now is when the index is changed next.
            let _ = clean(self.layout);
            return Err(error);
        }
        let (part, next) = (self.layout.part_packages(), self.layout.next_packages());
        fs::rename(part, &next).map_err(Error::io(next))?;
        finish(self.layout)?;
        clean(self.layout)
    }

    fn stage(&self) -> Result<()> {
        let mut written = self.files.stage()?;
        let part = self.layout.part_packages();
        make_folder(&part)?;
        let mut folders =
            Folders { before: self.layout.packages(), after: part, made: BTreeSet::new() };
        folders.like("".as_ref())?;
        for path in self.before.iter().filter(|path| path.as_os_str() != PENDING) {
            if !self.texts.contains_key(path) {
                let (from, to) = (self.layout.packages().join(path), folders.place(path)?);
                link(&from, &to).map_err(Error::io(to))?;
            }
        }
        let texts =
            self.texts.iter().filter_map(|(path, text)| Some((path.as_path(), text.as_ref()?)));
        let pending = (Path::new(PENDING), self.index_json.as_bytes());
        for (path, text) in texts.map(|(path, text)| (path, &text[..])).chain([pending]) {
            let path = folders.place(path)?;
            fs::write(&path, text).map_err(Error::io(&path))?;
            written.push(path);
        }
        // The disk may be full only now. It is needed once more, where something is removed.
        let copy = self.layout.part_index_json();
        fs::write(&copy, &self.index_json).map_err(Error::io(&copy))?;
        written.push(copy);
        sync(&written)
    }
}

/// Folders that are made as they are needed.
struct Folders {
    before: PathBuf,
    after: PathBuf,
    made: BTreeSet<PathBuf>,
}

impl Folders {
    /// Where the file `path` lies after the change.
    fn place(&mut self, path: &Path) -> Result<PathBuf> {
        let folder = path.parent().unwrap_or(Path::new(""));
        if !self.made.contains(folder) {
            let ancestors: Vec<_> = folder.ancestors().collect();
            for folder in
                ancestors.into_iter().rev().filter(|folder| !folder.as_os_str().is_empty())
            {
                make_folder(&self.after.join(folder))?;
                self.like(folder)?;
            }
            self.made.insert(folder.to_owned());
        }
        Ok(self.after.join(path))
    }

    /// Gives a folder the permissions that it had.
    fn like(&self, folder: &Path) -> Result<()> {
        let Ok(before) = fs::metadata(self.before.join(folder)) else { return Ok(()) };
        let after = self.after.join(folder);
        fs::set_permissions(&after, before.permissions()).map_err(Error::io(after))
    }
}

/// A file at `to` with the content of the one at `from`: the same one, where the file system has
/// links.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(|_| ()))
}

/// Completes a change that was ready to be made, and throws away one that was not.
pub(super) fn recover(layout: &Layout) -> Result<()> {
    real_folder(&layout.work())?;
    finish(layout)?;
    clean(layout)
}

/// Whether a run was killed in the middle of a change.
pub(super) fn is_interrupted(layout: &Layout) -> bool {
    let unfinished = [layout.part_files(), layout.part_packages(), layout.next_packages()];
    unfinished.iter().any(|path| path.exists()) || layout.packages().join(PENDING).exists()
}

/// Whether a run was killed between the replacement of `index.json` and that of the packages, or
/// before both.
pub(super) fn is_ready(layout: &Layout) -> bool {
    layout.next_packages().join(PENDING).exists()
}

/// From the packages that are ready to the end, wherever the last run came to.
fn finish(layout: &Layout) -> Result<()> {
    let (packages, next) = (layout.packages(), layout.next_packages());
    if is_ready(layout) {
        let ready = next.join(PENDING);
        let text = fs::read(&ready).map_err(Error::io(&ready))?;
        if removes(layout, &text) {
            tell(layout, &text)?;
        }
        exchange(&packages, &next)?;
    }
    let pending = packages.join(PENDING);
    if pending.exists() {
        fs::rename(pending, layout.index_json()).map_err(Error::io(layout.index_json()))?;
    }
    Ok(())
}

/// Whether the `index.json` names something that the new one does not.
fn removes(layout: &Layout, new: &[u8]) -> bool {
    let before = match fs::read(layout.index_json()) {
        Ok(text) => IndexJson::parse(&text, ""),
        Err(error) => return error.kind() != io::ErrorKind::NotFound,
    };
    let (Ok(before), Ok(after)) = (before, IndexJson::parse(new, "")) else { return true };
    let is_named = |name: &str, form: &str, version: &String| {
        let versions = after.package(name).and_then(|package| package.versions.get(form));
        versions.is_some_and(|versions| versions.contains(version))
    };
    before.packages.iter().any(|package| {
        let mut versions = package.versions.iter();
        after.package(&package.name).is_none()
            || versions.any(|(form, versions)| {
                versions.iter().any(|version| !is_named(&package.name, form, version))
            })
    })
}

/// Replaces the `index.json`.
fn tell(layout: &Layout, text: &[u8]) -> Result<()> {
    let part = layout.part_index_json();
    if !fs::read(&part).is_ok_and(|known| known == text) {
        fs::write(&part, text).map_err(Error::io(&part))?;
        sync(std::slice::from_ref(&part))?;
    }
    fs::rename(part, layout.index_json()).map_err(Error::io(layout.index_json()))
}

/// Removes all but the lock from the work folder.
fn clean(layout: &Layout) -> Result<()> {
    let work = layout.work();
    for entry in fs::read_dir(&work).map_err(Error::io(&work))? {
        let path = entry.map_err(Error::io(&work))?.path();
        if path == layout.lock() {
            continue;
        }
        let is_folder = fs::symlink_metadata(&path).is_ok_and(|kind| kind.is_dir());
        let removed = if is_folder { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.map_err(Error::io(path))?;
    }
    Ok(())
}
