//! Where everything of a tree lies that is no package's.

use std::path::{Path, PathBuf};

use crate::path::MemberPath;
use crate::write::lock::{LOCK, WORK};

/// The paths of a tree in a folder.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    root: PathBuf,
}

impl Layout {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Where the file of a package lies.
    pub(super) fn file(&self, path: &MemberPath) -> PathBuf {
        self.root.join(path.as_str())
    }

    /// What no device needs, and the record; no package has a file there.
    pub(super) fn work(&self) -> PathBuf {
        self.root.join(WORK)
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.work().join(LOCK)
    }

    pub(super) fn record(&self) -> PathBuf {
        self.work().join("installed.json")
    }

    /// What a change needs, not complete yet or no longer; worth nothing without the run that makes it.
    pub(super) fn part(&self) -> PathBuf {
        self.work().join("part")
    }

    /// What a change needs and has moved away, while it is being made.
    pub(super) fn change(&self) -> PathBuf {
        self.work().join("change")
    }
}

/// Whether a file at `path` would be among what is known of a tree, for file systems without case,
/// too.
pub(super) fn is_of_tree(path: &MemberPath) -> bool {
    path.parts().next().is_some_and(|part| part.eq_ignore_ascii_case(WORK))
}
