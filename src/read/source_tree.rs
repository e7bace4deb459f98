//! The files of an unpacked source distribution, as build tools see them.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::check::{Code, Finding, too_long};
use crate::path::MemberPath;

/// The files of a source distribution, paths relative to its root folder, in the order of their
/// bytes. Folders exist only as parents of files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceTree {
    files: BTreeMap<MemberPath, Bytes>,
}

impl SourceTree {
    /// The content of the file at `path`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Bytes> {
        self.files.get(path)
    }

    /// The file at `path` as text, or `None` if there is no such file. A byte-order mark is
    /// dropped.
    ///
    /// # Errors
    /// [`Code::InvalidConfiguration`] if the file is not UTF-8 or longer than
    /// [`LONGEST_TEXT`](crate::check::LONGEST_TEXT).
    pub fn text(&self, path: &str) -> Result<Option<&str>, Finding> {
        let Some(bytes) = self.get(path) else { return Ok(None) };
        if let Some(finding) = too_long(bytes.len(), Code::InvalidConfiguration, path) {
            return Err(finding);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| {
            Finding::new(Code::InvalidConfiguration, "bytes that are no UTF-8")
                .at(path)
                .expected("UTF-8 text")
        })?;
        Ok(Some(text.strip_prefix('\u{feff}').unwrap_or(text)))
    }

    /// Whether a file lies at `path`.
    #[must_use]
    pub fn has_file(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Whether a file lies anywhere below `folder`.
    #[must_use]
    pub fn has_folder(&self, folder: &str) -> bool {
        self.below(folder).next().is_some()
    }

    /// All paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &MemberPath> {
        self.files.keys()
    }

    /// The paths anywhere below `folder` (empty for the root), sorted.
    pub fn below(&self, folder: &str) -> impl Iterator<Item = &MemberPath> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        self.files
            .range::<str, _>((
                std::ops::Bound::Included(prefix.as_str()),
                std::ops::Bound::Unbounded,
            ))
            .map(|(path, _)| path)
            .take_while({
                let prefix = prefix.clone();
                move |path| path.as_str().starts_with(&prefix)
            })
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// The names of files and folders directly in `folder` (empty for the root), sorted, each once.
    #[must_use]
    pub fn children(&self, folder: &str) -> Vec<&str> {
        let skip = if folder.is_empty() { 0 } else { folder.len() + 1 };
        let mut names: Vec<&str> =
            self.below(folder).filter_map(|path| path.as_str()[skip..].split('/').next()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl FromIterator<(MemberPath, Bytes)> for SourceTree {
    fn from_iter<T: IntoIterator<Item = (MemberPath, Bytes)>>(files: T) -> Self {
        Self { files: files.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_are_too_long_are_not_read() {
        let long = Bytes::from(vec![b'\n'; (2 << 20) + 1]);
        let tree = SourceTree::from_iter([("pyproject.toml".parse().unwrap(), long)]);
        assert_eq!(
            tree.text("pyproject.toml").unwrap_err().to_string(),
            "pyproject.toml: found 2097153 bytes, expected at most 2097152 bytes"
        );
    }

    #[test]
    fn folders_are_seen_through_their_files() {
        let tree: SourceTree = ["a/b.py", "a/c/d.py", "ab.py", "a.py"]
            .into_iter()
            .map(|path| (path.parse().unwrap(), Bytes::new()))
            .collect();
        let below: Vec<_> = tree.below("a").map(MemberPath::as_str).collect();
        assert_eq!(below, ["a/b.py", "a/c/d.py"]);
        assert_eq!(tree.children(""), ["a", "a.py", "ab.py"]);
        assert_eq!(tree.children("a"), ["b.py", "c"]);
        assert!(tree.has_folder("a/c") && !tree.has_folder("a/b.py"));
    }
}
