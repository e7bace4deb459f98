//! Which files of a payload go to the device.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use globset::{GlobBuilder, GlobSet};
use serde::{Deserialize, Serialize};

use crate::finding::{Code, Finding};
use crate::name::normalized_name;
use crate::package::{File, Package};
use crate::path::MemberPath;

/// Folders at the top of a payload that hold no code for the device, unless they are all there is.
const TOP_FOLDERS: &[&str] = &[
    "benchmark",
    "benchmarks",
    "doc",
    "docs",
    "example",
    "examples",
    "sample",
    "samples",
    "scripts",
    "test",
    "tests",
];

/// Files at the top of a payload that only matter to people and to build tools: the names before
/// the first dot, in lower case.
const TOP_FILES: &[&str] = &[
    "authors",
    "changelog",
    "changes",
    "code_of_conduct",
    "contributing",
    "contributors",
    "copying",
    "history",
    "install",
    "licence",
    "license",
    "maintainers",
    "makefile",
    "manifest",
    "news",
    "notice",
    "pkg-info",
    "readme",
    "security",
    "thanks",
    "todo",
    "unlicense",
    "version",
];

/// The endings with which [`TOP_FILES`] count; a module of such a name is a module.
const DOCUMENT_EXTENSIONS: &[&str] = &["", "adoc", "cfg", "in", "md", "rst", "txt"];

/// Files at the top of a payload that only matter to build tools: their whole names.
const BUILD_FILES: &[&str] = &[
    "conftest.py",
    "ez_setup.py",
    "mip.json",
    "noxfile.py",
    "package.json",
    "pdm.lock",
    "poetry.lock",
    "pyproject.toml",
    "sdist_upip.py",
    "setup.cfg",
    "setup.py",
    "tox.ini",
    "uv.lock",
];

/// Folders and files that no one wants anywhere.
const JUNK: &[&str] =
    &["__pycache__", ".DS_Store", ".git", ".hg", ".mypy_cache", ".svn", "Thumbs.db"];

/// A glob for paths of the install layout: `*` and `?` within a part, `**` across parts. A folder
/// that matches stands for all files in it.
///
/// ```
/// let pattern: mpconvert::Pattern = "foo/*/data".parse()?;
/// assert!(pattern.matches(&"foo/bar/data/a/b.txt".parse().unwrap()));
/// assert!(!pattern.matches(&"foo/data".parse().unwrap()));
/// # Ok::<(), mpconvert::PatternError>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    text: String,
    set: GlobSet,
}

/// Why a text is not a [`Pattern`].
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct PatternError(#[from] globset::Error);

impl Pattern {
    /// Whether the path, or a folder it lies in, matches.
    #[must_use]
    pub fn matches(&self, path: &MemberPath) -> bool {
        let text = path.as_str();
        let ends = text.match_indices('/').map(|(slash, _)| slash).chain([text.len()]);
        ends.into_iter().any(|end| self.set.is_match(&text[..end]))
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let glob = GlobBuilder::new(text.trim_end_matches('/'))
            .literal_separator(true)
            .backslash_escape(true)
            .build()?;
        // A set of one, since a matcher alone panics where a pattern is too large.
        let set = GlobSet::builder().add(glob).build()?;
        Ok(Self { text: text.to_owned(), set })
    }
}

impl TryFrom<String> for Pattern {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, PatternError> {
        text.parse()
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.text
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

/// Which files of a payload to keep, in addition to the general rules.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Kept although the rules would leave it out.
    pub include: Vec<Pattern>,
    /// Left out; counts more than `include`.
    pub exclude: Vec<Pattern>,
}

impl Selection {
    /// Leaves out of `package` what has no use on a device, and notes what that was: caches,
    /// and at the top of the payload tests, documentation and the files of build tools.
    pub fn apply(&self, package: &mut Package) {
        let is_named = |patterns: &[Pattern], file: &File| {
            patterns.iter().any(|pattern| pattern.matches(&file.path))
        };
        let name = normalized_name(&package.name);
        let is_device_code = |path: &MemberPath| {
            is_code(path) && !is_junk(path) && !is_document(path) && !is_top(path)
        };
        let only_folders = !package.files.iter().any(|file| is_device_code(&file.path));
        let mut left_out: BTreeMap<String, usize> = BTreeMap::new();
        package.files.retain(|file| {
            let by_rule = is_junk(&file.path)
                || !is_named_by(&name, &file.path)
                    && (is_document(&file.path) || (is_top(&file.path) && !only_folders));
            let keep =
                !is_named(&self.exclude, file) && (!by_rule || is_named(&self.include, file));
            if !keep {
                let top = file.path.as_str().split_once('/');
                let entry = top.map_or_else(|| file.path.to_string(), |(top, _)| format!("{top}/"));
                *left_out.entry(entry).or_default() += 1;
            }
            keep
        });
        for (entry, count) in left_out {
            let found = if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
            package.findings.push(Finding::new(Code::LeftOut, found).at(entry));
        }
    }
}

/// Whether the module or package that the file belongs to is what the project `name` (normalised)
/// is named after, as `tests` is by `micropython-tests`.
fn is_named_by(name: &str, path: &MemberPath) -> bool {
    let top = path.parts().next().unwrap_or_default();
    let module = top.strip_suffix(".py").unwrap_or(top);
    let module = normalized_name(module);
    (is_code(path) || path.as_str().contains('/')) && name.split('-').any(|part| part == module)
        || name == module
}

/// Whether MicroPython could import the file.
fn is_code(path: &MemberPath) -> bool {
    matches!(path.extension(), Some("py" | "mpy"))
}

/// Whether the file is in one of the folders, or one of the modules, that hold tests and the like.
fn is_top(path: &MemberPath) -> bool {
    match path.as_str().split_once('/') {
        Some((top, _)) => TOP_FOLDERS.contains(&top) || top.starts_with('.'),
        None => path.as_str().starts_with("test_") && is_code(path),
    }
}

fn is_junk(path: &MemberPath) -> bool {
    path.parts().any(|part| JUNK.contains(&part)) || matches!(path.extension(), Some("pyc" | "pyo"))
}

/// Whether the file lies at the top and is for people or build tools.
fn is_document(path: &MemberPath) -> bool {
    let name = path.as_str();
    if name.contains('/') {
        return false;
    }
    let (stem, extension) = name.split_once('.').unwrap_or((name, ""));
    let is_document = TOP_FILES.contains(&stem.to_ascii_lowercase().as_str())
        && DOCUMENT_EXTENSIONS.contains(&extension);
    let is_requirements = stem.starts_with("requirements") && matches!(extension, "txt" | "in");
    is_document || is_requirements || name.starts_with('.') || BUILD_FILES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::Origin;

    fn select(paths: &[&str], selection: &Selection) -> (Vec<String>, Vec<String>) {
        let files = paths.iter().map(|path| File {
            path: path.parse().unwrap(),
            data: bytes::Bytes::new(),
            origin: Origin::Generated { by: "test" },
        });
        let mut package = Package::empty("x", "1".parse().unwrap());
        package.files = files.collect();
        selection.apply(&mut package);
        let kept = package.files.iter().map(|file| file.path.to_string()).collect();
        (kept, package.findings.iter().map(crate::Finding::facts).collect())
    }

    #[test]
    fn only_what_runs_on_the_device_stays() {
        let (kept, notes) = select(
            &[
                "LICENSE",
                "README.md",
                "changelog.py",
                "docs/a.md",
                "foo/__init__.py",
                "foo/__pycache__/a.pyc",
                "foo/data.json",
                "foo/tests/t.py",
                "setup.py",
                "test_foo.py",
                "tests/__init__.py",
                "tests/test_a.py",
            ],
            &Selection::default(),
        );
        assert_eq!(kept, ["changelog.py", "foo/__init__.py", "foo/data.json", "foo/tests/t.py"]);
        assert!(notes.contains(&"tests/: 2 files".to_owned()), "{notes:?}");
    }

    #[test]
    fn a_package_named_test_is_kept() {
        let (kept, _) =
            select(&["README", "sdist_upip.py", "test/pystone.py"], &Selection::default());
        assert_eq!(kept, ["test/pystone.py"]);
    }

    #[test]
    fn what_the_project_is_named_after_is_kept() {
        for (name, path) in [
            ("conftest", "conftest.py"),
            ("micropython-test.support", "test/support.py"),
            ("noxfile", "noxfile.py"),
        ] {
            let mut package = Package::empty(name, "1".parse().unwrap());
            for path in [path, "other.py"] {
                let origin = Origin::Generated { by: "test" };
                let data = bytes::Bytes::new();
                package.files.push(File { path: path.parse().unwrap(), data, origin });
            }
            Selection::default().apply(&mut package);
            assert_eq!(package.files.len(), 2, "{name}");
        }
    }

    #[test]
    fn a_pattern_that_is_too_large_is_a_fault() {
        assert!("?".repeat(1_500_000).parse::<Pattern>().is_err());
    }

    #[test]
    fn patterns_count_more_than_rules() {
        let selection = Selection {
            include: vec!["tests".parse().unwrap()],
            exclude: vec!["**/*_b.py".parse().unwrap()],
        };
        let (kept, _) = select(&["foo.py", "foo_b.py", "tests/a.py", "tests/a_b.py"], &selection);
        assert_eq!(kept, ["foo.py", "tests/a.py"]);
    }
}
