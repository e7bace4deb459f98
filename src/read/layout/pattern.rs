//! Glob patterns over a source tree: one matcher for the dialects of all build tools.
//!
//! The tools agree on what `*`, `?` and `[…]` mean inside of a name, which is left to `globset`.
//! They differ in what `**` may stand for, in how hidden names are treated and in whether a
//! backslash escapes; paths are therefore matched part by part here.

use std::collections::BTreeSet;
use std::ops::Bound;

use globset::{GlobBuilder, GlobMatcher};

use super::SourceTree;
use crate::check::{Code, Finding};

/// More patterns than this are no configuration but an attempt to keep the reader busy: each is
/// tried on each path.
const MOST_PATTERNS: usize = 2000;

/// A pattern for whole paths, split at its slashes.
#[derive(Clone, Debug)]
pub(super) struct Glob {
    parts: Vec<Part>,
    /// Whether wildcards stand for names that start with a dot too.
    hidden: bool,
}

#[derive(Clone, Debug)]
enum Part {
    /// `**`: any number of folders, also none.
    Folders,
    /// A name without wildcards.
    Literal(String),
    /// A name with wildcards; whether the pattern itself starts with a dot.
    Wildcard(Box<GlobMatcher>, bool),
    /// A name that no tool can match, such as one with a range from `z` to `a`.
    Nothing,
}

impl Glob {
    /// A pattern of Python's `pathlib.Path.glob`: wildcards match hidden names too.
    pub(super) fn pathlib(pattern: &str) -> Self {
        Self { parts: parts(pattern, false), hidden: true }
    }

    /// A pattern of Python's `glob.glob(…, recursive=True)`: wildcards do not match hidden names.
    pub(super) fn python(pattern: &str) -> Self {
        Self { parts: parts(pattern, false), hidden: false }
    }

    /// A pattern of PEP 639 with backslash escapes, as uv reads it: a final `**` stands for
    /// something below the folder before it, not for that folder.
    pub(super) fn portable(pattern: &str) -> Self {
        let mut parts = parts(pattern, true);
        if matches!(parts.last(), Some(Part::Folders)) {
            parts.extend(name("*", true));
        }
        Self { parts, hidden: true }
    }

    /// Whether the pattern stands for the path with these parts.
    ///
    /// After a mismatch it is enough to let the last `**` take one more folder, so that the work
    /// stays below the product of both lengths.
    pub(super) fn matches(&self, path: &[&str]) -> bool {
        let (mut part, mut at) = (0, 0);
        let mut resume: Option<(usize, usize)> = None;
        loop {
            match self.parts.get(part) {
                None if at == path.len() => return true,
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
            Part::Wildcard(matcher, dotted) => {
                (self.hidden || *dotted || !name.starts_with('.')) && matcher.is_match(name)
            }
            Part::Folders | Part::Nothing => false,
        }
    }
}

fn parts(pattern: &str, escapes: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    for text in pattern.split('/').filter(|text| !matches!(*text, "" | ".")) {
        let again = matches!(parts.last(), Some(Part::Folders));
        match text {
            "**" if again => {}
            "**" => parts.push(Part::Folders),
            _ => parts.extend(name(text, escapes)),
        }
    }
    parts
}

fn name(text: &str, escapes: bool) -> Option<Part> {
    if !text.contains(['*', '?', '[', '\\']) {
        return Some(Part::Literal(text.to_owned()));
    }
    let mut pattern = String::with_capacity(text.len());
    let mut escaped = false;
    for character in text.chars() {
        let alternates = matches!(character, '{' | '}') && !escaped;
        if alternates || (character == '\\' && !escapes) {
            pattern.push('\\');
        }
        escaped = escapes && character == '\\' && !escaped;
        pattern.push(character);
    }
    let glob = GlobBuilder::new(&pattern).backslash_escape(true).allow_unclosed_class(true).build();
    Some(glob.map_or(Part::Nothing, |glob| {
        Part::Wildcard(Box::new(glob.compile_matcher()), text.starts_with('.'))
    }))
}

/// A list of `.gitignore` lines as the `pathspec` package of Python reads it, which hatchling
/// uses for all of its patterns.
///
/// Other than with git, a file of an ignored folder can be taken back by a later line.
#[derive(Clone, Debug, Default)]
pub(super) struct Ignore {
    lines: Vec<IgnoreLine>,
}

#[derive(Clone, Debug)]
struct IgnoreLine {
    glob: Glob,
    negated: bool,
    only_folders: bool,
    /// Ends with `/**`: what it matches is the file itself, however deep.
    only_below: bool,
}

impl Ignore {
    /// Reads lines of a `.gitignore`; blank lines and comments are skipped.
    pub(super) fn new<'a>(lines: impl IntoIterator<Item = &'a str>) -> Self {
        Self { lines: lines.into_iter().filter_map(IgnoreLine::new).collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether the file at `path` is matched.
    pub(super) fn matches(&self, path: &str) -> bool {
        self.decide(&path.split('/').collect::<Vec<_>>())
    }

    /// Whether all of the folder at `path` is matched.
    pub(super) fn matches_folder(&self, path: &str) -> bool {
        // Only a folder has something below it; what it is called does not matter.
        self.decide(&path.split('/').chain([""]).collect::<Vec<_>>())
    }

    /// The last line that names the file itself counts, else the last that names a folder above.
    fn decide(&self, path: &[&str]) -> bool {
        let mut by_folder = None;
        for line in self.lines.iter().rev() {
            match line.matches(path) {
                Some(Hit::File) => return !line.negated,
                Some(Hit::Folder) if by_folder.is_none() => by_folder = Some(!line.negated),
                _ => {}
            }
        }
        by_folder.unwrap_or(false)
    }
}

/// What an [`IgnoreLine`] matched: the path itself or a folder above.
enum Hit {
    File,
    Folder,
}

impl IgnoreLine {
    fn new(line: &str) -> Option<Self> {
        let line = if line.trim_end().ends_with('\\') {
            line.trim_end_matches(['\n', '\r'])
        } else {
            line.trim_end()
        };
        if line.is_empty() || line.starts_with('#') || line == "/" {
            return None;
        }
        let (negated, text) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
        let anchored = text.trim_end_matches('/').contains('/');
        let only_folders = text.ends_with('/');
        let mut parts = parts(text, true);
        if !anchored && !matches!(parts.first(), Some(Part::Folders)) {
            parts.insert(0, Part::Folders);
        }
        let only_below = matches!(parts.last(), Some(Part::Folders));
        if only_below {
            parts.extend(name("*", true));
        }
        Some(Self { glob: Glob { parts, hidden: true }, negated, only_folders, only_below })
    }

    fn matches(&self, path: &[&str]) -> Option<Hit> {
        let whole = path.len();
        if !self.only_folders && self.glob.matches(path) {
            return Some(Hit::File);
        }
        let above = (1..whole).rev().any(|length| self.glob.matches(&path[..length]));
        match above {
            false => None,
            true if self.only_below && !self.only_folders => Some(Hit::File),
            true => Some(Hit::Folder),
        }
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
                path.get(skip..)
                    .is_some_and(|rest| glob.matches(&rest.split('/').collect::<Vec<_>>()))
            })
            .collect()
    }

    /// The files that `entry` stands for: itself, or all below it.
    pub(super) fn files(&self, entry: &'a str) -> Vec<&'a str> {
        if self.tree.has_file(entry) {
            return vec![entry];
        }
        self.tree.below(entry).map(AsRef::as_ref).collect()
    }
}

/// A path of a configuration as Python's `os.path.normpath` spells it: no `.`, no double or outer
/// slashes, `..` resolved; empty for the root. `None` for a path that leaves the root.
pub(super) fn normal_path(path: &str) -> Option<String> {
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

/// Refuses a list of patterns that is too long to be meant.
///
/// # Errors
/// [`Code::InvalidConfiguration`].
pub(super) fn check_count(count: usize) -> Result<(), Finding> {
    if count <= MOST_PATTERNS {
        return Ok(());
    }
    Err(Finding::new(Code::InvalidConfiguration, format!("{count} patterns"))
        .at("pyproject.toml")
        .expected(format!("at most {MOST_PATTERNS}")))
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
        assert!(hit(&Glob::python("a/**"), "a") && !hit(&Glob::portable("a/**"), "a"));
        assert!(hit(&Glob::portable("a/**"), "a/b/c"));
    }

    #[test]
    fn many_double_stars_take_no_time() {
        let glob = Glob::pathlib(&"**/a/".repeat(500));
        assert!(!hit(&glob, &format!("{}b", "a/".repeat(2000))));
    }

    #[test]
    fn hidden_names_need_a_dot_in_python_globs() {
        assert!(!hit(&Glob::python("*.py"), ".x.py") && hit(&Glob::python(".*"), ".x.py"));
    }

    #[test]
    fn ignore_lines() {
        let ignore =
            Ignore::new(["# c", "", "*.log", "/build", "doc/", "!keep.log", "a/**", "x/y"]);
        for path in ["b/c.log", "build/x", "p/doc/x", "a/b/c", "x/y/z", "build"] {
            assert!(ignore.matches(path), "{path}");
        }
        for path in ["b/keep.log", "p/build", "p/doc", "a", "p/x/y"] {
            assert!(!ignore.matches(path), "{path}");
        }
        assert!(ignore.matches_folder("p/doc"));
    }

    #[test]
    fn a_file_counts_more_than_its_folder() {
        let ignore = Ignore::new(["!pkg/keep.py", "pkg/"]);
        assert!(!ignore.matches("pkg/keep.py") && ignore.matches("pkg/other.py"));
    }

    #[test]
    fn paths_are_normalised() {
        assert_eq!(normal_path("./a//b/../c/").as_deref(), Some("a/c"));
        assert_eq!(normal_path(".").as_deref(), Some(""));
        assert_eq!(normal_path("a/../../b"), None);
    }
}
