//! Which files of a payload go to the device.

mod namespace;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use globset::{GlobBuilder, GlobSet};
use namespace::declares_namespace;
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
    "tools",
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

/// Folders and files that other programs leave behind: caches, version control, file managers.
const LEFT_OVERS: &[&str] = &[
    "__MACOSX",
    "__pycache__",
    ".coverage",
    ".directory",
    ".DS_Store",
    ".git",
    ".gitattributes",
    ".gitignore",
    ".gitkeep",
    ".hg",
    ".hgignore",
    ".idea",
    ".ipynb_checkpoints",
    ".keep",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".svn",
    ".swp",
    ".vscode",
    "desktop.ini",
    "ehthumbs.db",
    "Thumbs.db",
];

/// The endings of what editors and patches leave beside a file.
const LEFT_OVER_EXTENSIONS: &[&str] = &["orig", "pyc", "pyo", "rej", "swo", "swp"];

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
    /// Whether the files for type checkers are kept, as for a computer.
    pub keeps_stubs: bool,
}

/// Why a file is left out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    /// By what it is in the payload: a file or folder at the top, or named by a pattern.
    Entry(String),
    LeftOver,
    Namespace,
    PathFile,
    Stub,
}

impl Reason {
    /// The finding about this many files.
    fn finding(self, count: usize) -> Finding {
        let files = if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
        let left_out = |found| Finding::new(Code::LeftOut, found);
        match self {
            Self::Entry(entry) => left_out(files).at(entry),
            Self::LeftOver => left_out(format!("{files} of editors and other programs")),
            Self::Namespace => left_out(format!("{files} for namespace packages of CPython")),
            Self::PathFile => left_out(format!("{files} for the path of CPython")),
            Self::Stub => left_out(format!("{files} for type checkers")),
        }
    }
}

impl Selection {
    /// Leaves out of `package` what has no use on a device, and notes what that was: the files of
    /// other programs and for type checkers, and at the top of the payload tests, documentation and the
    /// files of build tools.
    pub fn apply(&self, package: &mut Package) {
        let is_named = |patterns: &[Pattern], file: &File| {
            patterns.iter().any(|pattern| pattern.matches(&file.path))
        };
        let name = normalized_name(&package.name);
        let is_device_code = |path: &MemberPath| {
            is_code(path) && !is_left_over(path) && !is_document(path) && !is_top(path)
        };
        let only_folders = !package.files.iter().any(|file| is_device_code(&file.path));
        let mut left_out: BTreeMap<Reason, usize> = BTreeMap::new();
        package.files.retain(|file| {
            let path = &file.path;
            let by_place =
                !is_named_by(&name, path) && (is_document(path) || (is_top(path) && !only_folders));
            let reason = if is_named(&self.exclude, file) {
                Some(Reason::Entry(entry(path)))
            } else if is_named(&self.include, file) {
                None
            } else if is_left_over(path) {
                Some(Reason::LeftOver)
            } else if by_place {
                Some(Reason::Entry(entry(path)))
            } else if is_stub(path) {
                (!self.keeps_stubs).then_some(Reason::Stub)
            } else if is_path_file(path) {
                Some(Reason::PathFile)
            } else {
                declares_namespace(file).then_some(Reason::Namespace)
            };
            let keep = reason.is_none();
            if let Some(reason) = reason {
                *left_out.entry(reason).or_default() += 1;
            }
            keep
        });
        // A package may have dependencies only, but then it had no use for other files either. Without
        // dependencies, that there is nothing to install is found later.
        let is_lost =
            left_out.keys().any(|reason| matches!(reason, Reason::Entry(_) | Reason::Stub));
        if is_lost && package.files.is_empty() && !package.requirements.is_empty() {
            let found = "no file left to install: all of them are left out";
            package.findings.push(Finding::new(Code::EmptyPayload, found).at(package.file_stem()));
        }
        package.findings.extend(left_out.into_iter().map(|(reason, count)| reason.finding(count)));
    }
}

/// The file or folder at the top of the payload that `path` is or lies in.
fn entry(path: &MemberPath) -> String {
    let top = path.as_str().split_once('/');
    top.map_or_else(|| path.to_string(), |(top, _)| format!("{top}/"))
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

/// Whether the file, or a folder it lies in, was left by a program that the project does not know of.
fn is_left_over(path: &MemberPath) -> bool {
    // macOS keeps attributes in `._a.py`, Emacs its work in `a.py~`, `#a.py#` and `.#a.py`.
    let is_of_program = |part: &str| {
        LEFT_OVERS.contains(&part)
            || ["._", ".#", ".nfs"].iter().any(|start| part.starts_with(start))
            || part.ends_with('~')
            || part.len() > 1 && part.starts_with('#') && part.ends_with('#')
    };
    path.parts().any(is_of_program)
        || is_record(path)
        || path.extension().is_some_and(|extension| LEFT_OVER_EXTENSIONS.contains(&extension))
}

/// Whether setuptools wrote the file about the project.
fn is_record(path: &MemberPath) -> bool {
    let folder = path.parent().unwrap_or_default();
    folder.ends_with(".egg-info") && matches!(path.extension(), None | Some("txt"))
}

/// Whether the file is one by which CPython adds to its path.
fn is_path_file(path: &MemberPath) -> bool {
    path.parent().is_none() && path.extension() == Some("pth")
}

/// Whether only type checkers read the file (PEP 561).
fn is_stub(path: &MemberPath) -> bool {
    let top = path.as_str().split_once('/').map_or("", |(top, _)| top);
    path.extension() == Some("pyi") || path.file_name() == "py.typed" || top.ends_with("-stubs")
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
    use crate::requirement::Requirement;

    fn package(paths: &[&str]) -> Package {
        let files = paths.iter().map(|path| File {
            path: path.parse().unwrap(),
            data: bytes::Bytes::new(),
            origin: Origin::Generated { by: "test" },
        });
        let mut package = Package::empty("x", "1".parse().unwrap());
        package.files = files.collect();
        package
    }

    fn select(paths: &[&str], selection: &Selection) -> (Vec<String>, Vec<String>) {
        let mut package = package(paths);
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
    fn type_stubs_and_what_programs_leave_behind_stay_off_the_device() {
        let stubs = ["foo/a.pyi", "foo/py.typed", "foo-stubs/METADATA.toml", "m.pyi"];
        let left_overs = [
            "__MACOSX/foo/._a.py",
            "foo/._a.py",
            "foo/.#a.py",
            "foo/#a.py#",
            "foo/.a.py.swp",
            "foo/.gitignore",
            "foo/.ipynb_checkpoints/a-checkpoint.py",
            "foo/a.py.orig",
            "foo/a.py~",
            "foo/foo.egg-info/PKG-INFO",
            "foo/foo.egg-info/not-zip-safe",
            "foo/foo.egg-info/top_level.txt",
            "foo/data/.DS_Store",
            "foo/data/.gitkeep",
            "foo/data/Thumbs.db",
        ];
        let kept = ["foo/.env", "foo/a.py", "foo/data/#.txt", "foo/typed.py"];
        let top = ["foo-nspkg.pth", "tools/release.py"];
        let all = [&stubs[..], &left_overs, &kept, &top].concat();
        let expected = [
            "tools/: 1 file",
            "15 files of editors and other programs",
            "1 file for the path of CPython",
            "4 files for type checkers",
        ];
        assert_eq!(
            select(&all, &Selection::default()),
            (kept.map(str::to_owned).to_vec(), expected.map(str::to_owned).to_vec())
        );
        let include = ["**/*.pyi", "**/.gitkeep"].map(|text| text.parse().unwrap()).to_vec();
        let (back, _) = select(&all, &Selection { include, ..Selection::default() });
        assert_eq!(back.len(), kept.len() + 3);
        let for_computers = Selection { keeps_stubs: true, ..Selection::default() };
        assert_eq!(select(&all, &for_computers).0.len(), kept.len() + stubs.len());
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
            ..Selection::default()
        };
        let (kept, _) = select(&["foo.py", "foo_b.py", "tests/a.py", "tests/a_b.py"], &selection);
        assert_eq!(kept, ["foo.py", "tests/a.py"]);
    }

    #[test]
    fn a_package_that_loses_all_files_is_not_one_of_dependencies_only() {
        let codes = |paths: &[&str], exclude: &str| {
            let mut package = package(paths);
            package.requirements = vec![Requirement::bare("a")];
            let exclude = vec![exclude.parse().unwrap()];
            Selection { exclude, ..Selection::default() }.apply(&mut package);
            package.findings.iter().map(|finding| finding.code).collect::<Vec<_>>()
        };
        assert_eq!(codes(&["x.py"], "**"), [Code::EmptyPayload, Code::LeftOut]);
        assert_eq!(codes(&["x/a.pyi"], "y"), [Code::EmptyPayload, Code::LeftOut]);
        assert_eq!(codes(&["x/.gitkeep"], "y"), [Code::LeftOut]);
        assert_eq!(codes(&[], "**"), []);
    }
}
