//! Changes to an index: they are prepared beside it and put in place in one step, `index.json`
//! last.
//!
//! Clients read `package/` and `file/`, tools read `index.json`. New contents come first, because
//! no client requests them yet. Then the packages are exchanged as a whole. After an addition, the
//! old `index.json` names nothing that is missing; for a removal, it is replaced first. A run that
//! is killed leaves its files in `.mpconvert/`; the next one deletes them or completes the change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::contents::{MAX_INDEX_JSON_SIZE, read_file};
use super::exchange::exchange;
use super::files::Files;
use super::layout::{Layout, PENDING};
use crate::dir::Dir;
use crate::error::Result;
use crate::mip::IndexJson;
use crate::write::disk::sync;

/// Bytes of a file below `package/` at most, whatever it is.
const MAX_TEXT_SIZE: u64 = MAX_INDEX_JSON_SIZE;

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
            // The next change of the index cleans up what is left here.
            let _ = clean(self.layout);
            return Err(error);
        }
        let root = self.layout.root();
        root.rename(self.layout.part_packages(), self.layout.next_packages())?;
        finish(self.layout)?;
        clean(self.layout)
    }

    fn stage(&self) -> Result<()> {
        let mut written = self.files.stage()?;
        let (root, part) = (self.layout.root(), self.layout.part_packages());
        root.make_folders(&part)?;
        let before = self.layout.packages();
        let mut folders = Folders { root, before, after: part, made: BTreeSet::new() };
        folders.like("".as_ref())?;
        for path in self.before.iter().filter(|path| path.as_os_str() != PENDING) {
            if !self.texts.contains_key(path) {
                let (from, to) = (self.layout.packages().join(path), folders.place(path)?);
                link(root, &from, &to)?;
            }
        }
        let texts =
            self.texts.iter().filter_map(|(path, text)| Some((path.as_path(), text.as_ref()?)));
        let pending = (Path::new(PENDING), self.index_json.as_bytes());
        for (path, text) in texts.map(|(path, text)| (path, &text[..])).chain([pending]) {
            let path = folders.place(path)?;
            root.write_new(&path, text)?;
            written.push(path);
        }
        // The disk may be full only now. It is needed once more, where something is removed.
        let copy = self.layout.part_index_json();
        root.write_new(&copy, self.index_json.as_bytes())?;
        written.push(copy);
        sync(root, &written)
    }
}

/// Folders that are made as they are needed.
struct Folders<'a> {
    root: &'a Dir,
    before: PathBuf,
    after: PathBuf,
    made: BTreeSet<PathBuf>,
}

impl Folders<'_> {
    /// The path of the file `path` after the change.
    fn place(&mut self, path: &Path) -> Result<PathBuf> {
        let folder = path.parent().unwrap_or(Path::new(""));
        if !self.made.contains(folder) {
            let ancestors: Vec<_> = folder.ancestors().collect();
            for folder in
                ancestors.into_iter().rev().filter(|folder| !folder.as_os_str().is_empty())
            {
                self.root.make_folders(self.after.join(folder))?;
                self.like(folder)?;
            }
            self.made.insert(folder.to_owned());
        }
        Ok(self.after.join(path))
    }

    /// Gives a folder the permissions that it had.
    fn like(&self, folder: &Path) -> Result<()> {
        self.root.like(&self.before.join(folder), &self.after.join(folder))
    }
}

/// A file at `to` with the content of the one at `from`: the same one, where the file system has
/// links.
fn link(root: &Dir, from: &Path, to: &Path) -> Result<()> {
    root.link(from, to).or_else(|_| root.write_new(to, &read_file(root, from, MAX_TEXT_SIZE)?))
}

/// Completes a change that was ready to be made, and throws away one that was not.
pub(super) fn recover(layout: &Layout) -> Result<()> {
    finish(layout)?;
    clean(layout)
}

/// Whether a run was killed in the middle of a change.
pub(super) fn is_interrupted(layout: &Layout) -> Result<bool> {
    let pending = layout.packages().join(PENDING);
    for path in [layout.part_files(), layout.part_packages(), layout.next_packages(), pending] {
        if layout.root().has(path)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a run was killed between the replacement of `index.json` and that of the packages, or
/// before both.
pub(super) fn is_ready(layout: &Layout) -> Result<bool> {
    layout.root().has(layout.next_packages().join(PENDING))
}

/// From the packages that are ready to the end, wherever the last run came to.
fn finish(layout: &Layout) -> Result<()> {
    let (root, packages, next) = (layout.root(), layout.packages(), layout.next_packages());
    if is_ready(layout)? {
        let text = read_file(root, &next.join(PENDING), MAX_INDEX_JSON_SIZE)?;
        if removes(layout, &text)? {
            report(layout, &text)?;
        }
        exchange(root, &packages, &next)?;
    }
    let pending = packages.join(PENDING);
    if root.has(&pending)? {
        root.rename(pending, layout.index_json())?;
    }
    Ok(())
}

/// Whether the `index.json` names something that the new one does not.
fn removes(layout: &Layout, new: &[u8]) -> Result<bool> {
    let Some(before) = layout.root().read(layout.index_json(), MAX_INDEX_JSON_SIZE)? else {
        return Ok(false);
    };
    let (Ok(before), Ok(after)) = (IndexJson::parse(&before, ""), IndexJson::parse(new, "")) else {
        return Ok(true);
    };
    let is_named = |name: &str, variant: &str, version: &String| {
        let versions = after.package(name).and_then(|package| package.versions.get(variant));
        versions.is_some_and(|versions| versions.contains(version))
    };
    Ok(before.packages.iter().any(|package| {
        let mut versions = package.versions.iter();
        after.package(&package.name).is_none()
            || versions.any(|(variant, versions)| {
                versions.iter().any(|version| !is_named(&package.name, variant, version))
            })
    }))
}

/// Replaces the `index.json`.
fn report(layout: &Layout, text: &[u8]) -> Result<()> {
    let (root, part) = (layout.root(), layout.part_index_json());
    if root.holds(&part, text)? != Some(true) {
        root.remove_all(&part)?;
        root.write_new(&part, text)?;
        sync(root, std::slice::from_ref(&part))?;
    }
    root.rename(part, layout.index_json())
}

/// Removes all but the lock from the work folder.
fn clean(layout: &Layout) -> Result<()> {
    let work = layout.work();
    for (name, _) in layout.root().entries(&work)? {
        let path = work.join(name);
        if path != layout.lock() {
            layout.root().remove_all(path)?;
        }
    }
    Ok(())
}
