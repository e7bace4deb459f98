//! Which files of a project git ignores (gitignore(5)), according to its ignore files.
//!
//! A user's own global configuration is not used: the result would depend on
//! whose computer it is.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::pattern::{Ignore, weight};
use crate::finding::{Code, Finding};
use crate::path::inside;
use crate::read::repository::Repository;
use crate::read::source_tree::SourceTree;

/// The ignore files that count for a project, and what git tracks all the same.
pub(super) struct GitIgnore<'a> {
    tree: &'a SourceTree,
    repository: Repository<'a>,
    /// The files that the index tracks; nothing if it cannot be read.
    tracked: OnceCell<Option<HashSet<String>>>,
    /// Whether folders are ignored, by their paths in the repository.
    folders: RefCell<HashMap<String, bool>>,
    /// The rules for folders, by their paths in the repository.
    rules: RefCell<HashMap<String, Rc<[Rules]>>>,
}

/// One ignore file.
struct Rules {
    ignore: Ignore,
    weight: usize,
}

impl Rules {
    fn new(text: &str) -> Self {
        let weight = text.lines().map(weight).sum();
        Self { ignore: Ignore::new(text.lines()), weight }
    }
}

impl<'a> GitIgnore<'a> {
    /// The rules for the project in `tree`, if that lies in a repository.
    pub(super) fn of(tree: &'a SourceTree) -> Option<Self> {
        let repository = tree.surroundings()?.repository()?;
        Some(Self {
            tree,
            repository,
            tracked: OnceCell::new(),
            folders: RefCell::default(),
            rules: RefCell::default(),
        })
    }

    /// Whether the whole project is ignored, and none of its files is tracked.
    ///
    /// # Errors
    /// As for [`leaves_out`](Self::leaves_out).
    pub(super) fn leaves_out_project(&self) -> Result<bool, Finding> {
        let project = &self.repository.project;
        Ok(!project.is_empty()
            && self.has_ignored_folder(&format!("{project}/"))?
            && self.tracked().is_none_or(HashSet::is_empty))
    }

    /// Whether the file at `path` of the project is ignored and not tracked. Other repositories in
    /// the project are left alone.
    ///
    /// # Errors
    /// [`Code::InvalidConfiguration`] if an ignore file is not text, or too long to follow.
    pub(super) fn leaves_out(&self, path: &str) -> Result<bool, Finding> {
        if self.tree.is_in_other_repository(path) {
            return Ok(false);
        }
        let full = inside(&self.repository.project, path);
        let is_ignored = self.has_ignored_folder(&full)? || self.judge(&full, false)?;
        Ok(is_ignored && !self.tracked().is_some_and(|tracked| tracked.contains(path)))
    }

    /// What makes the answers doubtful.
    pub(super) fn doubt(&self) -> Option<Finding> {
        matches!(self.tracked.get(), Some(None)).then(|| {
            Finding::new(Code::LayoutUncertain, "a git index that cannot be read")
                .at(".git/index")
                .expected("a list of the tracked files")
        })
    }

    fn tracked(&self) -> Option<&HashSet<String>> {
        self.tracked.get_or_init(|| self.repository.tracked()).as_ref()
    }

    /// Whether a folder above `path` is ignored. Nothing below it can be taken back.
    fn has_ignored_folder(&self, path: &str) -> Result<bool, Finding> {
        for (end, _) in path.match_indices('/') {
            let folder = &path[..end];
            let known = self.folders.borrow().get(folder).copied();
            let is_ignored = match known {
                Some(known) => known,
                None => self.judge(folder, true)?,
            };
            self.folders.borrow_mut().insert(folder.to_owned(), is_ignored);
            if is_ignored {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What the rules say of the file or folder at `path` itself: those of the nearest folder that
    /// say something.
    fn judge(&self, path: &str, is_folder: bool) -> Result<bool, Finding> {
        let mut folder = path;
        while !folder.is_empty() {
            folder = folder.rsplit_once('/').map_or("", |(folder, _)| folder);
            let rules = self.rules(folder)?;
            if rules.is_empty() {
                continue;
            }
            let start = if folder.is_empty() { 0 } else { folder.len() + 1 };
            let parts: Vec<_> = path.get(start..).unwrap_or_default().split('/').collect();
            for rules in rules.iter().rev() {
                self.count(rules.weight * parts.len())?;
                if let Some(verdict) = rules.ignore.verdict(&parts, is_folder) {
                    return Ok(verdict);
                }
            }
        }
        Ok(false)
    }

    /// The ignore files for `folder` of the repository, of which the later count more.
    fn rules(&self, folder: &str) -> Result<Rc<[Rules]>, Finding> {
        if let Some(known) = self.rules.borrow().get(folder) {
            return Ok(Rc::clone(known));
        }
        let outer = self.repository.rules.iter().filter(|(about, _)| about == folder);
        let mut rules: Vec<_> = outer.map(|(_, text)| Rules::new(text)).collect();
        let project = &self.repository.project;
        let in_project = if folder == project {
            Some("")
        } else if project.is_empty() {
            Some(folder)
        } else {
            folder.strip_prefix(project.as_str()).and_then(|rest| rest.strip_prefix('/'))
        };
        if let Some(folder) = in_project {
            rules.extend(self.tree.text(&inside(folder, ".gitignore"))?.map(Rules::new));
        }
        let rules: Rc<[Rules]> = rules.into();
        self.rules.borrow_mut().insert(folder.to_owned(), Rc::clone(&rules));
        Ok(rules)
    }

    fn count(&self, comparisons: usize) -> Result<(), Finding> {
        self.tree.comparisons().charge(comparisons).map_err(|_| {
            Finding::new(Code::InvalidConfiguration, "too many lines to follow")
                .at(".gitignore")
                .expected("fewer or shorter patterns")
        })
    }
}
