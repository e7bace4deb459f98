//! The paths in a tree that belong to no package, relative to its root.

use std::path::{Path, PathBuf};

use crate::path::MemberPath;
use crate::write::dir_lock::{LOCK, WORK};

/// The folder of the record and of other files that devices do not need. Packages have no files
/// there.
pub(super) fn work() -> &'static Path {
    Path::new(WORK)
}

pub(super) fn lock() -> PathBuf {
    work().join(LOCK)
}

pub(super) fn record() -> PathBuf {
    work().join("installed.json")
}

/// The files of a change that is being prepared or cleaned up. They are useless after the run.
pub(super) fn part() -> PathBuf {
    work().join("part")
}

/// The new and the replaced files of a change, while it is made.
pub(super) fn change() -> PathBuf {
    work().join("change")
}

/// Whether a file at `path` would be among what is known of a tree, for file systems without case,
/// too.
pub(super) fn is_of_tree(path: &MemberPath) -> bool {
    path.parts().next().is_some_and(|part| part.eq_ignore_ascii_case(WORK))
}
