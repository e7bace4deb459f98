//! The list of files while it is made (`FileList` of setuptools' `egg_info.py`).

use super::matcher::{Matcher, composed};
use super::template::{Effect, Rule};
use crate::finding::Finding;
use crate::read::backend::setuptools::layout::work::Work;
use crate::read::source_tree::SourceTree;

/// The cost of a rule that finds nothing, in comparisons.
const COST_OF_RULE: usize = 50;

/// The folder that distutils builds in.
const BUILD: &str = "build";

/// Folders with records of version control, which are left out wherever they are.
const RECORDS: [&str; 7] = ["RCS", "CVS", ".svn", ".hg", ".git", ".bzr", "_darcs"];

/// Folders with environments of tests, which are left out at the root.
const ENVIRONMENTS: [&str; 3] = [".tox", ".nox", ".venv"];

/// All files of a tree, and which of them are listed.
pub(in super::super) struct FileList<'a> {
    /// Sorted by their paths.
    entries: Vec<Entry<'a>>,
    /// Whether any is listed by a path that begins with `./`.
    has_dotted: bool,
}

struct Entry<'a> {
    path: &'a str,
    composed: String,
    standing: FileState,
    /// Whether the file is listed as `./path`. To setuptools that is another path until it reads
    /// its own list, as it does when it builds from a source distribution.
    is_dotted: bool,
}

/// The last command about a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileState {
    UnknownIndex,
    /// It is listed if version control knows it.
    Guessed,
    Listed,
    Removed,
}

impl<'a> FileList<'a> {
    /// The list that has none of the files.
    pub fn new(tree: &'a SourceTree) -> Self {
        let entry = |path: &'a str| Entry {
            path,
            composed: composed(path),
            standing: FileState::UnknownIndex,
            is_dotted: false,
        };
        Self { entries: tree.paths().map(|path| entry(path.as_str())).collect(), has_dotted: false }
    }

    /// Whether the file at `path` is listed.
    pub fn has(&self, path: &str) -> bool {
        self.find(path).is_some_and(|entry| match entry.standing {
            FileState::UnknownIndex => entry.is_dotted,
            FileState::Guessed | FileState::Listed => true,
            FileState::Removed => false,
        })
    }

    /// Whether the file at `path` is listed only if version control knows it.
    pub fn is_guess(&self, path: &str) -> bool {
        self.find(path)
            .is_some_and(|entry| entry.standing == FileState::Guessed && !entry.is_dotted)
    }

    fn find(&self, path: &str) -> Option<&Entry<'a>> {
        let at = self.entries.binary_search_by(|entry| entry.path.cmp(path)).ok()?;
        self.entries.get(at)
    }

    /// Lists the file at `path`, if there is one.
    pub fn add(&mut self, path: &str) {
        if let Ok(at) = self.entries.binary_search_by(|entry| entry.path.cmp(path)) {
            self.entries[at].standing = FileState::Listed;
        }
    }

    /// Lists the files that version control probably knows.
    pub fn guess(&mut self, is_tracked: impl Fn(&str) -> bool) {
        for entry in &mut self.entries {
            if entry.standing == FileState::UnknownIndex && is_tracked(entry.path) {
                entry.standing = FileState::Guessed;
            }
        }
    }

    /// Applies a command.
    ///
    /// # Errors
    /// [`Code::InvalidConfiguration`](crate::Code::InvalidConfiguration) if the work is used up,
    /// or the pattern too large.
    pub(super) fn apply(&mut self, rule: &Rule, work: &mut Work) -> Result<(), Finding> {
        work.spend(COST_OF_RULE)?;
        // A removal may be about a `./path` as well.
        let is_removal = rule.effect == Effect::Remove;
        let prefix = if is_removal && self.has_dotted { "" } else { rule.files.prefix() };
        let entries = self.starting_with(prefix);
        if entries.is_empty() {
            return Ok(());
        }
        let weight = rule.files.weight();
        work.spend(rule.files.cost())?;
        let matcher = Matcher::new(&rule.files)?;
        let mut has_dotted = false;
        for entry in entries {
            work.compare(entry.path, weight)?;
            let is_meant = matcher.matches(entry.path, &entry.composed);
            match rule.effect {
                Effect::Add if is_meant => entry.standing = FileState::Listed,
                Effect::AddDotted if is_meant => entry.is_dotted = true,
                Effect::Remove if is_meant => entry.standing = FileState::Removed,
                _ => {}
            }
            if is_removal && entry.is_dotted {
                let dotted = |path: &str| format!("./{path}");
                entry.is_dotted = !matcher.matches(&dotted(entry.path), &dotted(&entry.composed));
            }
            has_dotted |= entry.is_dotted;
        }
        self.has_dotted |= has_dotted;
        Ok(())
    }

    fn starting_with(&mut self, prefix: &str) -> &mut [Entry<'a>] {
        let start = self.entries.partition_point(|entry| entry.path < prefix);
        let entries = self.entries.get_mut(start..).unwrap_or_default();
        let count = entries.partition_point(|entry| entry.path.starts_with(prefix));
        entries.get_mut(..count).unwrap_or_default()
    }

    /// Takes out what no source distribution has (`prune_file_list` of the `sdist` command). The
    /// folder that it is made in goes as well, but that is only there if the command failed.
    pub fn prune(&mut self) {
        for entry in &mut self.entries {
            let (top, _) = entry.path.split_once('/').unwrap_or_default();
            let mut folders = entry.path.split('/').rev().skip(1);
            let is_record = folders.any(|folder| RECORDS.contains(&folder));
            if is_record || top == BUILD || ENVIRONMENTS.contains(&top) {
                entry.standing = FileState::Removed;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::template;
    use std::sync::Arc;

    use super::*;
    use crate::finding::Code;
    use crate::limits::WorkBudget;
    use crate::read::backend::setuptools::layout::tests::tree;

    const FILES: [&str; 6] =
        ["README", "docs/a.txt", "p/.b.txt", "p/a.txt", "p/q/a.bin", "p/q/a.txt"];

    /// The files that the text of a `MANIFEST.in` selects.
    fn listed(text: &str, files: &[&'static str]) -> Vec<&'static str> {
        let tree = tree(files);
        let mut list = FileList::new(&tree);
        let mut work = Work::new(&Arc::new(WorkBudget::new(1_000_000)), "too much", template::PATH);
        for rule in &template::read(text).0 {
            list.apply(rule, &mut work).unwrap();
        }
        list.prune();
        files.iter().copied().filter(|path| list.has(path)).collect()
    }

    #[test]
    fn every_command_adds_or_removes() {
        for (line, expected) in [
            ("include */*.txt p", &["docs/a.txt", "p/.b.txt", "p/a.txt"][..]),
            ("recursive-include p *.txt", &["p/.b.txt", "p/a.txt", "p/q/a.txt"]),
            ("recursive-include p/q **", &["p/q/a.bin", "p/q/a.txt"]),
            ("global-include a.*", &["docs/a.txt", "p/a.txt", "p/q/a.bin", "p/q/a.txt"]),
            ("graft p/[o-q]", &["p/q/a.bin", "p/q/a.txt"]),
            ("graft ./\nexclude */?.txt", &["README", "p/.b.txt", "p/q/a.bin", "p/q/a.txt"]),
            ("graft .\nrecursive-exclude p *.txt", &["README", "docs/a.txt", "p/q/a.bin"]),
            ("graft .\nglobal-exclude a.*", &["README", "p/.b.txt"]),
            ("graft .\nprune p*", &["README", "docs/a.txt"]),
        ] {
            assert_eq!(listed(line, &FILES), expected, "{line}");
        }
    }

    #[test]
    fn the_last_command_counts() {
        assert_eq!(listed("graft p\nprune p/q\ninclude p/q/a.bin", &["p/q/a.bin"]), ["p/q/a.bin"]);
        assert!(listed("include p/q/a.bin\nprune p/q", &["p/q/a.bin"]).is_empty());
    }

    #[test]
    fn paths_from_a_search_in_the_dot_are_other_paths() {
        let file = &["p/a.txt"];
        assert_eq!(listed("recursive-include . *.txt", file), file);
        assert_eq!(listed("graft p\nrecursive-exclude . *.txt\nprune .", file), file);
        assert!(listed("recursive-include . *.txt\nprune .", file).is_empty());
        assert!(listed("recursive-include . *.txt\nglobal-exclude *.txt", file).is_empty());
        // The list is read again when a wheel is built, and then the other path is excluded.
        assert!(listed("exclude p/a.txt\nrecursive-include . *.txt", file).is_empty());
    }

    #[test]
    fn absolute_paths_and_parents_stand_for_nothing() {
        let text = "include /README ../README p/../README\ngraft /\ngraft ..\nglobal-include /a.txt\n\
                    recursive-include /p *\nrecursive-include p /p/a.txt ../README";
        assert!(listed(text, &FILES).is_empty());
    }

    #[test]
    fn some_folders_are_always_left_out() {
        let files =
            ["build/a", "lib/build/a", "p/.git/a", ".tox/a", "p/.tox/a", ".github/a", "p/CVS"];
        assert_eq!(listed("graft .", &files), ["lib/build/a", "p/.tox/a", ".github/a", "p/CVS"]);
    }

    #[test]
    fn endless_lists_are_refused() {
        let paths: Vec<String> = (0..1_000).map(|number| format!("p/m{number}.txt")).collect();
        let tree = tree(&paths.iter().map(String::as_str).collect::<Vec<_>>());
        let mut list = FileList::new(&tree);
        let mut work = Work::new(&Arc::new(WorkBudget::new(1_000_000)), "too much", template::PATH);
        let (rules, _) = template::read(&"global-exclude *.py\n".repeat(1_000));
        let finding = rules.iter().find_map(|rule| list.apply(rule, &mut work).err()).unwrap();
        assert_eq!(finding.code, Code::InvalidConfiguration);
    }
}
