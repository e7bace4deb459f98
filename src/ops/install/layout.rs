//! Where everything of a tree lies that is no package's, relative to its root.

use std::path::{Path, PathBuf};

use crate::path::MemberPath;
use crate::write::dir_lock::{LOCK, WORK};

/// What no device needs, and the record; no package has a file there.
pub(super) fn work() -> &'static Path {
    Path::new(WORK)
}

pub(super) fn lock() -> PathBuf {
    work().join(LOCK)
}

pub(super) fn record() -> PathBuf {
    work().join("installed.json")
}

/// What a change needs, not complete yet or no longer; worth nothing without the run that makes it.
pub(super) fn part() -> PathBuf {
    work().join("part")
}

/// What a change needs and has moved away, while it is being made.
pub(super) fn change() -> PathBuf {
    work().join("change")
}

/// Whether a file at `path` would be among what is known of a tree, for file systems without case,
/// too.
pub(super) fn is_of_tree(path: &MemberPath) -> bool {
    path.parts().next().is_some_and(|part| part.eq_ignore_ascii_case(WORK))
}
