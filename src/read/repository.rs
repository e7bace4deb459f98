//! What lies around the folder of a project and counts for its build tools: the repository, and
//! what version control ignores. git itself is never run: the configuration of a repository can
//! name programs to run.

pub(super) mod git_index;
pub(super) mod tags;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::file;
use crate::finding::MAX_TEXT_LENGTH;
use crate::path::inside;

/// The folders from a project's own up to the root of the file system.
#[derive(Clone, Debug)]
pub(super) struct RepositoryContext {
    /// The project's own first.
    folders: Vec<Ancestor>,
}

/// A folder at or above a project.
#[derive(Clone, Debug)]
struct Ancestor {
    name: String,
    gitignore: Option<String>,
    hgignore: Option<String>,
    /// The folder with git's data, if this is the top of a repository.
    git: Option<PathBuf>,
    has_hg: bool,
}

/// The git repository that a project lies in.
#[derive(Debug)]
pub(super) struct Repository<'a> {
    /// The project's folder in it; empty for its top.
    pub(super) project: String,
    /// The texts of ignore files outside of the project, with the folders that they are about. The
    /// later count more.
    pub(super) rules: Vec<(String, String)>,
    /// git's data.
    git: &'a Path,
}

impl RepositoryContext {
    /// Looks around `folder`, which is an absolute path without links.
    pub(super) fn of(folder: &Path) -> Self {
        Self { folders: folder.ancestors().map(Ancestor::of).collect() }
    }

    /// The path of the project without the slash at its start.
    pub(super) fn path(&self) -> String {
        let names: Vec<_> = self.folders.iter().rev().map(|folder| folder.name.as_str()).collect();
        names.join("/").trim_start_matches('/').to_owned()
    }

    /// The `.gitignore` that hatchling takes where the project has none: the nearest above, not
    /// beyond the top of the repository.
    pub(super) fn gitignore(&self) -> Option<&str> {
        self.nearest(|folder| folder.gitignore.as_deref(), |folder| folder.git.is_some())
    }

    /// The `.hgignore`, by the same rule.
    pub(super) fn hgignore(&self) -> Option<&str> {
        self.nearest(|folder| folder.hgignore.as_deref(), |folder| folder.has_hg)
    }

    fn nearest<'a>(
        &'a self,
        file: impl Fn(&'a Ancestor) -> Option<&'a str>,
        is_top: impl Fn(&Ancestor) -> bool,
    ) -> Option<&'a str> {
        let mut folders = self.folders.iter();
        folders.find_map(|folder| file(folder).map(Some).or(is_top(folder).then_some(None)))?
    }

    /// The git repository around the project.
    pub(super) fn repository(&self) -> Option<Repository<'_>> {
        let top = self.folders.iter().position(|folder| folder.git.is_some())?;
        let git = self.folders.get(top)?.git.as_deref()?;
        let mut rules = Vec::new();
        rules.extend(text(&common(git).join("info/exclude")).map(|text| (String::new(), text)));
        let mut path = String::new();
        for pair in self.folders.get(..=top)?.windows(2).rev() {
            let [lower, upper] = pair else { continue };
            rules.extend(upper.gitignore.clone().map(|text| (path.clone(), text)));
            path = inside(&path, &lower.name);
        }
        Some(Repository { project: path, rules, git })
    }
}

impl Ancestor {
    fn of(folder: &Path) -> Self {
        Self {
            name: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            gitignore: text(&folder.join(".gitignore")),
            hgignore: text(&folder.join(".hgignore")),
            git: git_data(folder),
            has_hg: folder.join(".hg").exists(),
        }
    }
}

impl Repository<'_> {
    /// The paths of the project's files that git tracks; `None` if that cannot be read off.
    pub(super) fn tracked(&self) -> Option<HashSet<String>> {
        Some(self.modes()?.into_keys().collect())
    }

    /// The same with their modes.
    pub(super) fn modes(&self) -> Option<HashMap<String, u32>> {
        let folder = if self.project.is_empty() { "" } else { &format!("{}/", self.project) };
        match read(&self.git.join("index"), MAX_INDEX_SIZE) {
            Some(index) => git_index::modes(&index, folder),
            // Before the first `git add` there is none.
            None => (!self.git.join("index").exists()).then(HashMap::new),
        }
    }

    /// The names of the tags on the commit that is checked out, sorted.
    pub(super) fn tags_at_head(&self) -> Vec<String> {
        tags::tags_at_head(self.git)
    }
}

/// Bytes of the largest index that is read: some 500,000 files.
const MAX_INDEX_SIZE: u64 = 64 << 20;

/// Bytes of the largest list of packed references that is read: some 500,000.
const MAX_PACKED_REFS: u64 = 32 << 20;

/// The folder with git's data about the working tree `folder`. It is named in a file where that is
/// a submodule or one of several trees.
fn git_data(folder: &Path) -> Option<PathBuf> {
    let git = folder.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    let named = text(&git)?;
    Some(folder.join(named.strip_prefix("gitdir:")?.trim()))
}

/// The folder with the data that several working trees share.
fn common(git: &Path) -> PathBuf {
    text(&git.join("commondir")).map_or_else(|| git.to_owned(), |path| git.join(path.trim()))
}

/// The content of a file, if it is text and not too long.
pub(super) fn text(path: &Path) -> Option<String> {
    String::from_utf8(read(path, MAX_TEXT_LENGTH as u64)?).ok()
}

/// The content of a file with at most `limit` bytes.
fn read(path: &Path, limit: u64) -> Option<Vec<u8>> {
    file::read(path, limit).ok()
}
