//! The contents of all packages, each under the first digits of its SHA-256.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bytes::Bytes;
use rayon::prelude::*;

use super::contents::Walk;
use super::layout::{ALL_DIGITS, DIGITS, Layout};
use crate::dir::Kind;
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};

/// The content of `file/`.
#[derive(Debug, Default)]
pub(super) struct Stored {
    /// The names of contents.
    pub(super) contents: BTreeSet<String>,
    /// Files other than contents.
    pub(super) findings: Vec<Finding>,
}

/// The contents that an index has.
///
/// # Errors
/// [`Error::Refused`] if there are more than the limit, [`Error::Io`].
pub(super) fn stored(layout: &Layout) -> Result<Stored> {
    let mut walk = Walk::new(layout.root(), layout.files());
    walk.folder(Path::new(""), 0)?;
    let mut stored = Stored { contents: BTreeSet::new(), findings: walk.findings };
    for path in &walk.files {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_name = name.len() <= ALL_DIGITS && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_name && layout.file(name) == layout.files().join(path) {
            stored.contents.insert(name.to_owned());
        } else {
            let found = "a file that no client asks for";
            let shown = format!("file/{}", path.display());
            stored.findings.push(Finding::new(Code::StrangeInIndex, found).at(shown));
        }
    }
    Ok(stored)
}

/// New contents for an index, and the names that they get.
pub(super) struct Files<'a> {
    layout: &'a Layout,
    digits: usize,
    /// The digests of the file names in this run.
    named: BTreeMap<String, String>,
    new: Vec<(String, Bytes)>,
}

impl<'a> Files<'a> {
    pub(super) fn new(layout: &'a Layout) -> Self {
        Self::with_digits(layout, DIGITS)
    }

    /// Names of at least `digits` digits.
    fn with_digits(layout: &'a Layout, digits: usize) -> Self {
        Self { layout, digits, named: BTreeMap::new(), new: Vec::new() }
    }

    /// Gives `data` with this digest a name: the shortest that no other content has. Names do not
    /// depend on the order of calls if these are made in the order of the digests.
    pub(super) fn add(&mut self, digest: &str, data: &Bytes) -> Result<String> {
        for length in self.digits..=ALL_DIGITS {
            let name = digest.get(..length).unwrap_or(digest);
            if let Some(known) = self.named.get(name) {
                if known == digest {
                    return Ok(name.to_owned());
                }
                continue;
            }
            match is_there(self.layout, name, data)? {
                Some(false) => continue,
                Some(true) => {}
                None => self.new.push((name.to_owned(), data.clone())),
            }
            self.named.insert(name.to_owned(), digest.to_owned());
            return Ok(name.to_owned());
        }
        let path = self.layout.file(digest);
        let damaged = "the content of this file does not match its name; remove it";
        Err(Error::io(self.layout.root().display_path(path))(io::Error::other(damaged)))
    }

    /// Whether there is a content that the index does not have yet.
    pub(super) fn has_new(&self) -> bool {
        !self.new.is_empty()
    }

    /// Writes the new contents beside the index; where they are.
    pub(super) fn stage(&self) -> Result<Vec<PathBuf>> {
        if self.new.is_empty() {
            return Ok(Vec::new());
        }
        let folder = self.layout.part_files();
        let root = self.layout.root();
        root.make_folders(&folder)?;
        let write = |(name, data): &(String, Bytes)| {
            let path = folder.join(name);
            root.write_new(&path, data)?;
            Ok(path)
        };
        self.new.par_iter().map(write).collect()
    }

    /// Moves the staged contents to their final paths, which no client requests yet. After an
    /// error, all of them are removed.
    pub(super) fn publish(&self) -> Result<()> {
        let root = self.layout.root();
        let published = self.make_folders().and_then(|()| {
            self.new.par_iter().try_for_each(|(name, _)| {
                root.rename(self.layout.part_files().join(name), self.layout.file(name))
            })
        });
        if published.is_err() {
            for (name, _) in &self.new {
                let path = self.layout.file(name);
                // Those that did not get there need not go.
                let _ = root.remove_file(&path);
                root.remove_empty(path.parent(), &self.layout.files());
            }
        }
        published
    }

    fn make_folders(&self) -> Result<()> {
        if self.new.is_empty() {
            return Ok(());
        }
        let paths = self.new.iter().map(|(name, _)| self.layout.file(name));
        let folders: BTreeSet<_> =
            paths.filter_map(|path| path.parent().map(Path::to_owned)).collect();
        folders.iter().try_for_each(|folder| self.layout.root().make_folders(folder))
    }
}

/// Notes on the files that packages need no longer since when that is: their time is what `gc` goes
/// by.
pub(super) fn forget(
    layout: &Layout,
    before: &BTreeSet<&str>,
    after: &BTreeSet<&str>,
) -> Result<()> {
    for name in before.difference(after) {
        let path = layout.file(name);
        // A missing file need not be collected.
        if let Some(entry) = layout.root().entry(&path)?
            && entry.kind == Kind::File
        {
            // A clock that went back is not believed: the file was there before.
            let now = SystemTime::now().max(entry.modified);
            // A file whose time cannot be changed is collected by its old time.
            let _ = layout.root().touch(path, now);
        }
    }
    Ok(())
}

/// Whether the file `name` has this content; `None` if there is no file.
pub(super) fn is_there(layout: &Layout, name: &str, data: &[u8]) -> Result<Option<bool>> {
    let path = layout.file(name);
    match layout.root().entry(&path)? {
        None => Ok(None),
        Some(entry) if entry.kind == Kind::File => layout.root().holds(path, data),
        Some(_) => Ok(Some(false)),
    }
}
