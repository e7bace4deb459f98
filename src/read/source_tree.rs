//! The files of a project, as build tools see them: of an unpacked source distribution, or of the
//! folder that is worked in.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;

use super::on_disk::{Found, OnDisk};
use super::repository::RepositoryContext;
use crate::finding::{Code, Finding, too_long};
use crate::limits::{MAX_COMPARISONS, WorkBudget};
use crate::path::MemberPath;

/// The files of a project, paths relative to its root folder, in the order of their bytes. Folders
/// exist only as parents of files.
///
/// Trees are equal if their files are, wherever they lie.
#[derive(Clone, Debug)]
pub struct SourceTree {
    files: BTreeMap<MemberPath, Content>,
    /// Files and folders that are links to others of the tree.
    linked: BTreeSet<MemberPath>,
    /// Folders that are git repositories of their own.
    repositories: BTreeSet<MemberPath>,
    surroundings: Option<RepositoryContext>,
    /// What comparisons of its paths with patterns may still cost.
    comparisons: Arc<WorkBudget>,
}

/// The content of a file.
#[derive(Clone, Debug)]
enum Content {
    Retained(Bytes),
    OnDisk(OnDisk),
}

impl SourceTree {
    /// The tree of a folder.
    pub(super) fn of_folder(found: Found, surroundings: RepositoryContext) -> Self {
        let Found { files, linked, repositories } = found;
        let files = files.into_iter().map(|(path, file)| (path, Content::OnDisk(file))).collect();
        let surroundings = Some(surroundings);
        Self { files, linked, repositories, surroundings, ..Self::default() }
    }

    /// The content of the file at `path`. One that cannot be read gives `None` as well, and is
    /// then among the [`faults`](Self::faults).
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Bytes> {
        self.content(path).and_then(Result::ok)
    }

    /// The file at `path` as text, or `None` if there is no such file. A byte-order mark is
    /// dropped.
    ///
    /// # Errors
    /// [`Code::InvalidConfiguration`] if the file is not UTF-8 or longer than
    /// [`MAX_TEXT_LENGTH`](crate::finding::MAX_TEXT_LENGTH); what else keeps it from being read.
    pub fn text(&self, path: &str) -> Result<Option<&str>, Finding> {
        let Some(content) = self.content(path) else { return Ok(None) };
        let bytes = content.map_err(Clone::clone)?;
        if let Some(finding) = too_long(bytes.len(), Code::InvalidConfiguration, path) {
            return Err(finding);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| {
            Finding::new(Code::InvalidConfiguration, "bytes that are not UTF-8")
                .at(path)
                .expected("UTF-8 text")
        })?;
        Ok(Some(text.strip_prefix('\u{feff}').unwrap_or(text)))
    }

    fn content(&self, path: &str) -> Option<Result<&Bytes, &Finding>> {
        Some(match self.files.get(path)? {
            Content::Retained(bytes) => Ok(bytes),
            Content::OnDisk(file) => file.read(path),
        })
    }

    /// Why files could not be read that were asked for, in the order of their paths: each a
    /// refusal.
    pub fn faults(&self) -> impl Iterator<Item = &Finding> {
        self.files.values().filter_map(|content| match content {
            Content::Retained(_) => None,
            Content::OnDisk(file) => file.fault(),
        })
    }

    /// Why files may not be read, asked for or not.
    pub(super) fn barriers(&self) -> impl Iterator<Item = &Finding> {
        self.files.values().filter_map(|content| match content {
            Content::Retained(_) => None,
            Content::OnDisk(file) => file.barrier(),
        })
    }

    /// Why the file at `path` may not be read, without trying to.
    pub(super) fn barrier(&self, path: &str) -> Option<&Finding> {
        match self.files.get(path)? {
            Content::Retained(_) => None,
            Content::OnDisk(file) => file.barrier(),
        }
    }

    /// Where the tree lies, if it is a folder that is worked in.
    pub(super) fn surroundings(&self) -> Option<&RepositoryContext> {
        self.surroundings.as_ref()
    }

    /// Whether the records in the tree (`PKG-INFO`, `*.egg-info`) were made with it. In a folder
    /// that is worked in they are left from some build before.
    pub(super) fn has_records(&self) -> bool {
        self.surroundings.is_none()
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

    /// The budget for comparing its paths with patterns. It is one for all rules that are tried.
    pub(super) fn comparisons(&self) -> &Arc<WorkBudget> {
        &self.comparisons
    }

    /// Whether a folder between `folder` and the file at `path`, which lies below it, is a link.
    pub(super) fn is_behind_link(&self, path: &str, folder: &str) -> bool {
        folders_above(path).any(|above| above.len() > folder.len() && self.linked.contains(above))
    }

    /// Whether the file at `path`, or a folder above it, is a link.
    pub(super) fn is_linked(&self, path: &str) -> bool {
        self.linked.contains(path) || self.is_behind_link(path, "")
    }

    /// Whether the file at `path` belongs to a git repository that lies in this tree.
    pub(super) fn is_in_other_repository(&self, path: &str) -> bool {
        folders_above(path).any(|above| self.repositories.contains(above))
    }

    /// All paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &MemberPath> {
        self.files.keys()
    }

    /// The paths anywhere below `folder` (empty for the root), sorted.
    pub fn below(&self, folder: &str) -> impl Iterator<Item = &MemberPath> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        self.files
            .range::<str, _>((Bound::Included(prefix.as_str()), Bound::Unbounded))
            .map(|(path, _)| path)
            .take_while(move |path| path.as_str().starts_with(&prefix))
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

fn folders_above(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(end, _)| &path[..end])
}

impl FromIterator<(MemberPath, Bytes)> for SourceTree {
    fn from_iter<T: IntoIterator<Item = (MemberPath, Bytes)>>(files: T) -> Self {
        let files = files.into_iter().map(|(path, data)| (path, Content::Retained(data))).collect();
        Self { files, ..Self::default() }
    }
}

impl Default for SourceTree {
    fn default() -> Self {
        Self {
            files: BTreeMap::new(),
            linked: BTreeSet::new(),
            repositories: BTreeSet::new(),
            surroundings: None,
            comparisons: Arc::new(WorkBudget::new(MAX_COMPARISONS)),
        }
    }
}

impl PartialEq for SourceTree {
    fn eq(&self, other: &Self) -> bool {
        self.paths().eq(other.paths())
            && self.paths().all(|path| self.get(path.as_str()) == other.get(path.as_str()))
    }
}

impl Eq for SourceTree {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_are_too_long_are_not_read() {
        let long = Bytes::from(vec![b'\n'; (2 << 20) + 1]);
        let tree = SourceTree::from_iter([("pyproject.toml".parse().unwrap(), long)]);
        assert_eq!(
            tree.text("pyproject.toml").unwrap_err().facts(),
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

    #[test]
    fn trees_are_equal_by_their_files() {
        let tree = |data: &'static str| {
            SourceTree::from_iter([("a.py".parse().unwrap(), Bytes::from_static(data.as_bytes()))])
        };
        assert_eq!(tree("a"), tree("a"));
        assert_ne!(tree("a"), tree("b"));
        assert_ne!(tree("a"), SourceTree::default());
    }
}
