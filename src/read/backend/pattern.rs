//! Glob patterns over a source tree: one matcher for the dialects of all build tools.
//!
//! The tools differ in what `**` may stand for, in how hidden names are treated and in whether a
//! backslash escapes. Paths are matched part by part.

mod ignore;
mod name;

use std::collections::BTreeSet;
use std::ops::Bound;

pub(super) use ignore::Ignore;
pub(super) use name::{Dialect, NamePattern};

use crate::finding::{Code, Finding};
use crate::read::source_tree::SourceTree;

/// A pattern for whole paths, split at its slashes.
#[derive(Clone, Debug)]
pub(super) struct Glob {
    parts: Vec<Part>,
    /// Whether wildcards stand for names that start with a dot too.
    hidden: bool,
    /// Whether it was written with `**` at its end. A file has to lie below the folder before
    /// that; to Python the pattern stands for that folder as well.
    open: bool,
}

#[derive(Clone, Debug)]
enum Part {
    /// `**`: any number of folders, also none.
    Folders,
    /// A name without wildcards.
    Literal(String),
    /// A name with wildcards; whether the pattern itself starts with a dot.
    Wildcard(NamePattern, bool),
    /// No name at all.
    Nothing,
}

impl Glob {
    /// A pattern of Python's `pathlib.Path.glob`: wildcards match hidden names too.
    pub(super) fn pathlib(pattern: &str) -> Self {
        Self::new(pattern, Dialect::Python, true)
    }

    /// A pattern of Python's `glob.glob(…, recursive=True)`: wildcards do not match hidden names.
    pub(super) fn python(pattern: &str) -> Self {
        Self::new(pattern, Dialect::Python, false)
    }

    /// A pattern of PEP 639 with backslash escapes, as uv reads it.
    pub(super) fn portable(pattern: &str) -> Self {
        Self::new(pattern, Dialect::Git, true)
    }

    fn new(pattern: &str, dialect: Dialect, hidden: bool) -> Self {
        let mut parts = parts(pattern, dialect);
        let open = matches!(parts.last(), Some(Part::Folders));
        if open {
            parts.push(part("*", dialect));
        }
        Self { parts, hidden, open }
    }

    /// Whether the pattern stands for the path with these parts.
    pub(super) fn matches(&self, path: &[&str]) -> bool {
        self.find(path, |end| end == path.len())
    }

    /// Whether the pattern stands for a folder above the path with these parts.
    pub(super) fn matches_above(&self, path: &[&str]) -> bool {
        self.find(path, |end| 0 < end && end < path.len())
    }

    /// Whether the pattern can end behind some first parts of the path whose count is accepted.
    ///
    /// After a mismatch it is enough to let the last `**` take one more folder, so that the work
    /// stays below the product of both lengths.
    fn find(&self, path: &[&str], accept: impl Fn(usize) -> bool) -> bool {
        let (mut part, mut at) = (0, 0);
        let mut resume: Option<(usize, usize)> = None;
        loop {
            match self.parts.get(part) {
                None if accept(at) => return true,
                Some(Part::Folders) => {
                    part += 1;
                    resume = Some((part, at));
                    continue;
                }
                Some(wanted) if path.get(at).is_some_and(|name| self.fits(wanted, name)) => {
                    part += 1;
                    at += 1;
                    continue;
                }
                _ => {}
            }
            let Some((after, from)) = resume else { return false };
            match path.get(from) {
                Some(folder) if self.hidden || !folder.starts_with('.') => {
                    resume = Some((after, from + 1));
                    (part, at) = (after, from + 1);
                }
                _ => return false,
            }
        }
    }

    fn fits(&self, part: &Part, name: &str) -> bool {
        match part {
            Part::Literal(literal) => literal == name,
            Part::Wildcard(pattern, dotted) => {
                (self.hidden || *dotted || !name.starts_with('.')) && pattern.matches(name)
            }
            Part::Folders | Part::Nothing => false,
        }
    }
}

fn parts(pattern: &str, dialect: Dialect) -> Vec<Part> {
    let mut parts = Vec::new();
    for text in pattern.split('/') {
        // Python drops what names no folder; to the others it is a name, which no file has.
        if dialect == Dialect::Python && matches!(text, "" | ".") {
            continue;
        }
        let again = matches!(parts.last(), Some(Part::Folders));
        match text {
            "**" if again => {}
            "**" => parts.push(Part::Folders),
            _ => parts.push(part(text, dialect)),
        }
    }
    parts
}

fn part(text: &str, dialect: Dialect) -> Part {
    match NamePattern::new(text, dialect) {
        None => Part::Nothing,
        Some(pattern) => match pattern.literal() {
            Some(name) => Part::Literal(name),
            None => Part::Wildcard(pattern, text.starts_with('.')),
        },
    }
}

/// The files and folders of a source tree, in the order of their bytes.
#[derive(Debug)]
pub(super) struct Entries<'a> {
    tree: &'a SourceTree,
    paths: BTreeSet<&'a str>,
}

impl<'a> Entries<'a> {
    pub(super) fn of(tree: &'a SourceTree) -> Self {
        let mut paths = BTreeSet::new();
        for path in tree.paths().map(AsRef::as_ref) {
            let mut entry: &str = path;
            // A folder that is known has known folders above it.
            while paths.insert(entry) {
                let Some((folder, _)) = entry.rsplit_once('/') else { break };
                entry = folder;
            }
        }
        Self { tree, paths }
    }

    /// The files and folders below `base` (empty for the root) whose path relative to it is
    /// matched. An empty pattern stands for `base` itself, which is not among the results.
    pub(super) fn matching(&self, base: &str, glob: &Glob) -> Vec<&'a str> {
        let start = if base.is_empty() { String::new() } else { format!("{base}/") };
        let skip = start.len();
        self.paths
            .range::<str, _>((Bound::Included(start.as_str()), Bound::Unbounded))
            .copied()
            .take_while(|path| path.starts_with(&start))
            .filter(|path| {
                let mut parts: Vec<_> = path.get(skip..).unwrap_or_default().split('/').collect();
                glob.matches(&parts)
                    || (glob.open && !self.tree.has_file(path) && {
                        parts.push("");
                        glob.matches(&parts)
                    })
            })
            .collect()
    }

    /// The files that `entry` stands for: itself, or all below it. Python's globs and walks do not
    /// enter folders that are links.
    pub(super) fn files(&self, entry: &'a str) -> Vec<&'a str> {
        if self.tree.has_file(entry) {
            return vec![entry];
        }
        let below = self.tree.below(entry).map(AsRef::as_ref);
        below.filter(|file| !self.tree.is_behind_link(file, entry)).collect()
    }
}

/// A path of a configuration as Python's `os.path.normpath` spells it: no `.`, no double or outer
/// slashes, `..` resolved; empty for the root. `None` for a path that leaves the root.
pub(in crate::read) fn normal_path(path: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Refuses patterns that take longer to compare with a tree, folders included, than any that are
/// meant.
///
/// # Errors
/// [`Code::InvalidConfiguration`].
pub(super) fn check_work<'p>(
    tree: &'p SourceTree,
    patterns: impl IntoIterator<Item = &'p str>,
) -> Result<(), Finding> {
    check_work_on(tree, tree.paths().map(AsRef::as_ref), patterns)
}

/// Refuses patterns that take too long to compare with these paths of the tree.
///
/// # Errors
/// [`Code::InvalidConfiguration`].
pub(super) fn check_work_on<'p>(
    tree: &SourceTree,
    paths: impl Iterator<Item = &'p str>,
    patterns: impl IntoIterator<Item = &'p str>,
) -> Result<(), Finding> {
    let (mut count, mut of_paths) = (0_usize, 0_usize);
    for path in paths {
        count += 1;
        of_paths += walk_weight(path);
    }
    let of_patterns: usize = patterns.into_iter().map(weight).sum();
    if tree.comparisons().charge(of_paths.saturating_mul(of_patterns)).is_ok() {
        return Ok(());
    }
    let found = format!("too many patterns for {count} files");
    Err(Finding::new(Code::InvalidConfiguration, found)
        .at("pyproject.toml")
        .expected("fewer or shorter patterns"))
}

/// How many short patterns a pattern is worth.
pub(super) fn weight(pattern: &str) -> usize {
    1 + pattern.len() / 16
}

/// How many parts are compared where a pattern is tried on a path and on each folder above it;
/// long names count for several.
fn walk_weight(path: &str) -> usize {
    let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
    (1..).zip(ends).map(|(parts, end)| parts + end / 16).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(glob: &Glob, path: &str) -> bool {
        glob.matches(&path.split('/').collect::<Vec<_>>())
    }

    #[test]
    fn stars_stay_in_their_part() {
        let glob = Glob::pathlib("src/*/[a-c]?.py");
        assert!(hit(&glob, "src/x/b1.py") && hit(&glob, "src/.x/b1.py"));
        assert!(!hit(&glob, "src/x/y/b1.py") && !hit(&glob, "src/x/d1.py"));
        assert!(hit(&Glob::pathlib("a[b"), "a[b") && hit(&Glob::pathlib("a{b,c}*"), "a{b,c}d"));
        assert!(!hit(&Glob::pathlib("[z-a]"), "b"));
    }

    #[test]
    fn double_stars_take_folders() {
        let glob = Glob::pathlib("a/**/b/**/c");
        assert!(hit(&glob, "a/b/c") && hit(&glob, "a/x/b/b/y/c") && !hit(&glob, "a/x/c"));
        assert!(hit(&Glob::python("**/b"), "a/b") && !hit(&Glob::python("**/b"), ".a/b"));
        assert!(hit(&Glob::pathlib("**/b"), ".a/b"));
        assert!(!hit(&Glob::python("a/**"), "a") && !hit(&Glob::portable("a/**"), "a"));
        assert!(hit(&Glob::portable("a/**"), "a/b/c"));
    }

    #[test]
    fn many_double_stars_take_no_time() {
        let glob = Glob::pathlib(&"**/a/".repeat(500));
        assert!(!hit(&glob, &format!("{}b", "a/".repeat(2000))));
    }

    #[test]
    fn patterns_are_counted_by_what_they_cost() {
        let tree = |paths: Vec<String>| {
            paths.iter().map(|path| (path.parse().unwrap(), "".into())).collect::<SourceTree>()
        };
        let flat = tree((0..2_000).map(|file| format!("src/demo/sub/m{file}.py")).collect());
        assert!(check_work(&flat, ["**/__pycache__/*.pyc"; 100]).is_ok());
        assert!(check_work(&flat, vec![""; 10_000]).is_err());
        assert!(check_work(&flat, ["*a".repeat(100_000).as_str()]).is_err());
        let deep = tree((0..1_000).map(|file| format!("{}m{file}", "a/".repeat(300))).collect());
        assert!(check_work(&deep, ["**/x"; 20]).is_err());
    }

    #[test]
    fn no_tool_compares_deep_folders_for_long() {
        let paths: Vec<String> =
            (0..300).map(|file| format!("d{file}/{}m.py", "a/".repeat(300))).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).chain(["demo.py"]).collect();
        let patterns = format!("[{}]", "'**/x/y', ".repeat(20));
        for (rules, setting) in [
            (
                crate::read::backend::poetry::layout::layout
                    as crate::read::backend::placement::Rules,
                "poetry]\nexclude",
            ),
            (crate::read::backend::pdm::layout::layout, "pdm.build]\nexcludes"),
            (
                crate::read::backend::hatchling::layout::layout,
                "hatch.build]\ninclude = ['*']\nskip-excluded-dirs = true\nexclude",
            ),
            (crate::read::backend::uv::layout::layout, "uv.build-backend]\nwheel-exclude"),
        ] {
            let config = format!("[tool.{setting} = {patterns}\n");
            let codes = crate::read::backend::placement::tests::codes(rules, &config, &paths);
            assert_eq!(codes, [Code::InvalidConfiguration], "{setting}");
        }
    }

    #[test]
    fn hidden_names_need_a_dot_in_python_globs() {
        assert!(!hit(&Glob::python("*.py"), ".x.py") && hit(&Glob::python(".*"), ".x.py"));
    }

    #[test]
    fn paths_are_normalised() {
        assert_eq!(normal_path("./a//b/../c/").as_deref(), Some("a/c"));
        assert_eq!(normal_path(".").as_deref(), Some(""));
        assert_eq!(normal_path("a/../../b"), None);
    }
}
