//! The layout of an index.

use std::path::{Path, PathBuf};

use crate::dir::Dir;
use crate::error::Result;
use crate::mip::SOURCE_VARIANT;
use crate::write::dir_lock::{LOCK, WORK};

/// How many digits of a SHA-256 name a file where no other content has the same.
pub(super) const DIGITS: usize = 8;

/// The digits of a whole SHA-256.
pub(super) const ALL_DIGITS: usize = 64;

/// Bytes that the name of a package, and that of a version, have at most: file systems hold 255.
pub(super) const MAX_NAME_LENGTH: usize = 128;

/// An index in a folder, and the paths in it, which are relative to that folder.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    root: Dir,
}

#[expect(clippy::unused_self, reason = "paths are asked for where they are used with the root")]
impl Layout {
    /// The index in the folder `root`, which need not exist.
    pub(super) fn at(root: &Path) -> Result<Self> {
        Ok(Self { root: Dir::at(root)? })
    }

    /// The index in the folder `root`, which is made if it does not exist.
    pub(super) fn create(root: &Path) -> Result<Self> {
        Ok(Self { root: Dir::create(root)? })
    }

    pub(super) fn root(&self) -> &Dir {
        &self.root
    }

    /// The list of packages, for tools.
    pub(super) fn index_json(&self) -> PathBuf {
        PathBuf::from("index.json")
    }

    /// The folder of `{variant}/{name}/{version}.json`.
    pub(super) fn packages(&self) -> PathBuf {
        PathBuf::from("package")
    }

    /// The folder of the contents of all packages.
    pub(super) fn files(&self) -> PathBuf {
        PathBuf::from("file")
    }

    /// The content whose name is `digits`.
    pub(super) fn file(&self, digits: &str) -> PathBuf {
        self.files().join(digits.get(..2).unwrap_or_default()).join(digits)
    }

    /// The folder of files that clients do not use.
    pub(super) fn work(&self) -> PathBuf {
        PathBuf::from(WORK)
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.work().join(LOCK)
    }

    /// New contents that are not in their places yet; worth nothing without the run that makes it.
    pub(super) fn part_files(&self) -> PathBuf {
        self.work().join("part-file")
    }

    /// The packages after the change, not complete yet.
    pub(super) fn part_packages(&self) -> PathBuf {
        self.work().join("part-package")
    }

    /// The `index.json` after the change, ready for its place.
    pub(super) fn part_index_json(&self) -> PathBuf {
        self.work().join("part-index.json")
    }

    /// The packages after the change, complete; after their exchange, those before it.
    pub(super) fn next_packages(&self) -> PathBuf {
        self.work().join("package")
    }
}

/// The `index.json` that belongs to the packages of a folder, inside of it, until it is in its
/// place.
pub(super) const PENDING: &str = ".index.json";

/// Whether a folder below `package/` is one for a variant: source code or a version of bytecode.
pub(super) fn is_variant(name: &str) -> bool {
    name == SOURCE_VARIANT
        || (!name.is_empty() && name.len() <= 3 && name.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether `name`, of a package or version, is valid in file systems and unchanged in a URL,
/// because clients do not encode it.
pub(super) fn is_plain(name: &str) -> bool {
    name.len() <= MAX_NAME_LENGTH
        && !name.starts_with('.')
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._+!~".contains(&byte))
}

/// Whether a release of this name and version can be in an index: both are parts of a URL that no
/// client encodes, and mpremote takes names that end in `.json` for local files.
///
/// ```
/// use mpconvert::write::index::is_fit;
///
/// assert!(is_fit("umqtt.simple", "1.3.4"));
/// assert!(!is_fit("settings.json", "1.0"));
/// ```
#[must_use]
#[expect(clippy::case_sensitive_file_extension_comparisons, reason = "mpremote compares so, too")]
pub fn is_fit(name: &str, version: &str) -> bool {
    is_plain(name) && is_plain(version) && !name.ends_with(".json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_urls_as_they_are() {
        for name in ["umqtt.simple", "foo-bar", "1!2.0+local.1", "0.1.0"] {
            assert!(is_plain(name), "{name}");
        }
        for name in ["", ".", "..", "a/b", "a b", "ü", "%41", "a?b", &"x".repeat(129)] {
            assert!(!is_plain(name), "{name}");
        }
        assert!(is_variant("py") && is_variant("6") && !is_variant("") && !is_variant("6.1"));
    }
}
