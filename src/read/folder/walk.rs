//! Walks a project's folder, whose files are read when they are asked for.
//!
//! `walkdir` is no help here: it opens the folder behind a link before one can decline.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::dir::Dir;
use crate::finding::{Code, Finding};
use crate::path::{MemberPath, inside};
use crate::read::is_archive_name;
use crate::read::limits::{Budget, Limits, MAX_PATH_LENGTH, Stopped};
use crate::read::on_disk::{Found, OnDisk, unreadable};
use crate::read::repository::RepositoryContext;
use crate::read::source_tree::SourceTree;

/// What no project ships, wherever it lies: version control, environments and caches. Each can hold
/// more files than everything else together, and none is a name that a package has.
const NEVER_SHIPPED: [&str; 18] = [
    ".bzr",
    ".eggs",
    ".git",
    ".hatch",
    ".hg",
    ".ipynb_checkpoints",
    ".jj",
    ".mypy_cache",
    ".nox",
    ".pdm-build",
    ".pixi",
    ".pytest_cache",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    "__pypackages__",
    "node_modules",
];

/// Files that mark an environment, whatever its folder is called.
const MARKS_OF_ENVIRONMENTS: [&str; 2] = ["pyvenv.cfg", "conda-meta"];

/// Folders that setuptools makes in `build`: `lib`, and those whose names start like this.
const BUILD_BASE: [&str; 4] = ["lib.", "bdist.", "temp.", "scripts-"];

/// How deep folders are walked.
const MAX_DEPTH: usize = 100;

/// The tree of a project's folder.
///
/// Left out is what [no project ships](NEVER_SHIPPED), and at the top what earlier builds left
/// there. Links are followed inside of the folder only. What may not or cannot be read is a fault
/// of the one file that stands for it, and reported when that file is needed.
///
/// # Errors
/// The system's, if the folder itself cannot be read; [`Code::TooManyMembers`].
pub(super) fn tree(folder: &Path, limits: Limits) -> Result<SourceTree, Stopped> {
    let root = folder.canonicalize().map_err(Stopped::Io)?;
    let surroundings = RepositoryContext::of(&root);
    // Files of a folder are not packed; there is no ratio.
    let of_files = Budget::new(Limits { max_ratio: u64::MAX, ..limits }, 1);
    let dir = Dir::at(&root).map_err(|error| Stopped::Io(error.into_io()))?;
    let mut walk = Walk {
        dir: Arc::new(dir),
        root: root.clone(),
        entries: Budget::new(limits, 0),
        reading: Arc::new(Mutex::new(of_files)),
        open: vec![root.clone()],
        found: Found::default(),
    };
    let top = fs::read_dir(&root).map_err(Stopped::Io)?;
    walk.folder(top, "").map_err(Stopped::Limit)?;
    Ok(SourceTree::of_folder(walk.found, surroundings))
}

/// A walk through all folders.
struct Walk {
    /// The root, by which files are opened: links were resolved while walking, and what becomes one
    /// afterwards is not followed.
    dir: Arc<Dir>,
    root: PathBuf,
    /// The number of entries that may still be seen.
    entries: Budget,
    /// The number of bytes that may still be read.
    reading: Arc<Mutex<Budget>>,
    /// The folders that are being walked, links resolved.
    open: Vec<PathBuf>,
    found: Found,
}

impl Walk {
    /// Walks the folder at `path` of the tree (empty for the root) in the order of names.
    fn folder(&mut self, entries: fs::ReadDir, path: &str) -> Result<(), Finding> {
        let mut sorted = Vec::new();
        for entry in entries {
            self.entries.count_members(1)?;
            match entry {
                Ok(entry) => sorted.push(entry),
                Err(error) => self.fault(path, unreadable(&error)),
            }
        }
        sorted.sort_by_key(fs::DirEntry::file_name);
        sorted.iter().try_for_each(|entry| self.entry(entry, path))
    }

    fn entry(&mut self, entry: &fs::DirEntry, folder: &str) -> Result<(), Finding> {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if NEVER_SHIPPED.contains(&&*name) {
            if name == ".git" {
                self.found.repositories.extend(folder.parse());
            }
            return Ok(());
        }
        let path = inside(folder, &name);
        if entry.file_name().to_str().is_none() {
            self.fault(&path, Finding::new(Code::UnsafePath, "a path that is not UTF-8"));
            return Ok(());
        }
        let (place, kind) = match self.resolve(entry) {
            Ok(found) => found,
            Err(fault) => {
                self.fault(&path, fault);
                return Ok(());
            }
        };
        if entry.file_type().is_ok_and(|kind| kind.is_symlink()) {
            self.found.linked.extend(path.parse());
        }
        if kind.is_file() {
            self.add(&path, Ok(place));
        } else if kind.is_dir() {
            self.enter(place, &path)?;
        }
        Ok(())
    }

    /// Where an entry lies and what it is, links resolved.
    fn resolve(&self, entry: &fs::DirEntry) -> Result<(PathBuf, fs::FileType), Finding> {
        let kind = entry.file_type().map_err(|error| unreadable(&error))?;
        if !kind.is_symlink() {
            return Ok((entry.path(), kind));
        }
        let target = entry.path().canonicalize().ok().filter(|path| path.starts_with(&self.root));
        let target = target.ok_or_else(|| {
            let written = fs::read_link(entry.path()).unwrap_or_default();
            Finding::new(Code::UnsafeLink, format!("a link to `{}`", written.display()))
                .expected("a link to a file or folder of the project")
        })?;
        let kind = fs::metadata(&target).map_err(|error| unreadable(&error))?.file_type();
        Ok((target, kind))
    }

    /// Walks the folder at `place`, unless nothing in it is shipped.
    fn enter(&mut self, place: PathBuf, path: &str) -> Result<(), Finding> {
        // A folder inside of itself has nothing that is not there already.
        if self.open.contains(&place) || is_environment(&place) {
            return Ok(());
        }
        if !path.contains('/') && is_build_product(&place, path) {
            return Ok(());
        }
        if self.open.len() > MAX_DEPTH || path.len() > MAX_PATH_LENGTH {
            let found = format!("a folder {} levels deep", self.open.len());
            self.fault(path, Finding::new(Code::NameTooLong, found));
            return Ok(());
        }
        match fs::read_dir(&place) {
            Ok(entries) => {
                self.open.push(place);
                self.folder(entries, path)?;
                self.open.pop();
            }
            Err(error) => self.fault(path, unreadable(&error)),
        }
        Ok(())
    }

    fn fault(&mut self, path: &str, fault: Finding) {
        self.add(path, Err(fault.at(path)));
    }

    /// Adds a file. Where its path is none that a file may have, a similar one stands for it, so
    /// that its user gets the finding.
    fn add(&mut self, path: &str, place: Result<PathBuf, Finding>) {
        let (path, place) = match path.parse::<MemberPath>() {
            Ok(path) => (path, place),
            Err(fault) => {
                let is_bad = |character: char| character.is_control() || "\\:".contains(character);
                let Ok(similar) = path.replace(is_bad, "\u{fffd}").parse() else { return };
                (similar, Err(Finding::new(Code::UnsafePath, fault.to_string()).at(path)))
            }
        };
        let place =
            place.map(|place| place.strip_prefix(&self.root).map_or(place.clone(), Path::to_owned));
        let dir = Arc::clone(&self.dir);
        let file = OnDisk::new(dir, place, Arc::clone(&self.reading));
        self.found.files.entry(path).or_insert(file);
    }
}

/// Whether the folder holds an environment of Python.
fn is_environment(folder: &Path) -> bool {
    MARKS_OF_ENVIRONMENTS.iter().any(|mark| folder.join(mark).exists())
}

/// Whether the folder `name` at the top of a project holds what was built of it: the parts of
/// wheels that setuptools leaves, or archives. A package has other content.
fn is_build_product(folder: &Path, name: &str) -> bool {
    if folder.join("__init__.py").exists() {
        return false;
    }
    let entries = || fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names = entries().map(|entry| entry.file_name().to_string_lossy().into_owned());
    match name {
        "build" => names
            .all(|name| name == "lib" || BUILD_BASE.iter().any(|start| name.starts_with(start))),
        _ if name == "dist" || name.ends_with("-micropython") => {
            names.any(|name| is_archive_name(&name))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_read_is_not_missing() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.py"), "a").unwrap();
        fs::write(folder.path().join("b.py"), "b").unwrap();
        let Ok(tree) = tree(folder.path(), Limits::default()) else { panic!("no tree") };
        fs::remove_file(folder.path().join("b.py")).unwrap();
        assert_eq!(tree.faults().count(), 0);
        assert_eq!(tree.get("a.py").unwrap(), "a");
        assert!(tree.get("b.py").is_none() && tree.has_file("b.py"));
        assert_eq!(tree.text("b.py").unwrap_err().code, Code::UnreadableSource);
        let faults: Vec<_> = tree.faults().map(|fault| fault.path.as_deref()).collect();
        assert_eq!(faults, [Some("b.py")]);
    }

    #[cfg(unix)]
    #[test]
    fn what_becomes_a_link_after_the_walk_was_followed() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(folder.path().join("a")).unwrap();
        for path in [folder.path().join("a/b.py"), folder.path().join("c.py")] {
            fs::write(path, "mine").unwrap();
        }
        fs::write(other.path().join("b.py"), "secret").unwrap();
        let Ok(tree) = tree(folder.path(), Limits::default()) else { panic!("no tree") };
        fs::remove_dir_all(folder.path().join("a")).unwrap();
        fs::remove_file(folder.path().join("c.py")).unwrap();
        for (to, link) in [("", "a"), ("b.py", "c.py")] {
            std::os::unix::fs::symlink(other.path().join(to), folder.path().join(link)).unwrap();
        }
        for path in ["a/b.py", "c.py"] {
            assert_eq!(tree.text(path).unwrap_err().code, Code::UnreadableSource, "{path}");
        }
    }
}
