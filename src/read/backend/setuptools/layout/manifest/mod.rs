//! Which files the source distribution that setuptools makes has, since those of them that lie in
//! packages are what `include_package_data` installs.

mod file_list;
pub(super) mod included;
mod matcher;
mod template;

use std::borrow::Cow;

use super::collect;
use super::egg_info::EggInfo;
use super::patterns::FilePatterns;
use super::settings::Settings;
use super::work::Work;
use crate::finding::Finding;
use crate::path::MemberPath;
use crate::read::backend::pattern::{Ignore, weight};
use crate::read::repository::RepositoryContext;
use crate::read::source_tree::SourceTree;
use file_list::FileList;
use included::Manifest;

/// The first of these that is there is listed.
const READMES: [&str; 4] = ["README", "README.rst", "README.txt", "README.md"];

/// What else is listed without being asked for, as patterns.
const STANDARD: [&str; 6] =
    ["setup.py", "setup.cfg", "pyproject.toml", template::PATH, "test/test*.py", "tests/test*.py"];

/// Files that are listed as the project's licenses if it names none.
const LICENSES: [&str; 4] = ["LICEN[CS]E*", "COPYING*", "NOTICE*", "AUTHORS*"];

impl<'a> Manifest<'a> {
    /// The manifest as far as it is known, and findings about `MANIFEST.in`.
    ///
    /// `SOURCES.txt` is the witness where there is one: it was written with the means of the
    /// project's author, version control among them, when the source distribution was made.
    ///
    /// # Errors
    /// [`Code::InvalidConfiguration`](crate::Code::InvalidConfiguration) if `MANIFEST.in` cannot be
    /// read, or following it would take too long.
    pub fn of(
        tree: &'a SourceTree,
        settings: &Settings,
        egg_info: Option<&'a EggInfo>,
    ) -> Result<(Self, Vec<Finding>), Finding> {
        let sources = egg_info.and_then(|egg_info| egg_info.sources.as_ref());
        let is_asked_for = settings.include_package_data == Some(true)
            || settings.computed.contains("include_package_data");
        let is_possible = settings.computed.contains("package_data");
        let manifest = match sources {
            Some(sources) if is_asked_for => Self::Recorded(sources),
            Some(sources) if is_possible => Self::RecordedData(sources),
            None if is_possible => Self::Everything,
            None if is_asked_for => {
                let (list, faults) = list(tree, settings)?;
                return Ok((Self::Listed(list), faults));
            }
            _ => Self::Nothing,
        };
        Ok((manifest, Vec::new()))
    }
}

/// The list as setuptools makes it (`manifest_maker` of its `egg_info.py`): what it takes without
/// being asked, then the commands of `MANIFEST.in` in their order, then licenses and files that the
/// settings refer to.
///
/// `data_files` and `scripts` of `setup()` are not followed: they hardly lie in packages.
fn list<'a>(
    tree: &'a SourceTree,
    settings: &Settings,
) -> Result<(FileList<'a>, Vec<Finding>), Finding> {
    let mut work = Work::new(tree.comparisons(), "too many patterns", template::PATH);
    let mut list = FileList::new(tree);
    for file in collect::files(tree, settings, &Manifest::Nothing)? {
        list.add(file.source.as_str());
    }
    READMES.iter().find(|path| tree.has_file(path)).inspect(|path| list.add(path));
    add_matching(tree, &FilePatterns::new(STANDARD), &mut list, &mut work)?;
    if settings.file_finder.is_some() {
        add_tracked(tree, &mut list, &mut work)?;
    }
    let (rules, faults) = text(tree)?.map(|text| template::read(&text)).unwrap_or_default();
    for rule in &rules {
        list.apply(rule, &mut work)?;
    }
    let licenses = match &settings.license_files {
        Some(patterns) => FilePatterns::new(patterns.iter().map(String::as_str)),
        None => FilePatterns::new(LICENSES),
    };
    add_matching(tree, &licenses, &mut list, &mut work)?;
    for path in &settings.referenced {
        list.add(path);
    }
    list.prune();
    Ok((list, faults))
}

/// The text of `MANIFEST.in`. A byte-order mark is kept: setuptools takes it for a part of the
/// first command.
fn text(tree: &SourceTree) -> Result<Option<Cow<'_, str>>, Finding> {
    let Some(text) = tree.text(template::PATH)? else { return Ok(None) };
    let is_whole = tree.get(template::PATH).is_none_or(|bytes| bytes.len() == text.len());
    Ok(Some(if is_whole { text.into() } else { format!("\u{feff}{text}").into() }))
}

fn add_matching(
    tree: &SourceTree,
    patterns: &FilePatterns,
    list: &mut FileList<'_>,
    work: &mut Work,
) -> Result<(), Finding> {
    for path in tree.paths().map(MemberPath::as_str) {
        work.compare(path, patterns.weight())?;
        if patterns.is_match(path) && !path.ends_with('~') {
            list.add(path);
        }
    }
    Ok(())
}

/// Lists what version control knows. Without a repository, this is probably all that
/// `.gitignore` does not name.
fn add_tracked(tree: &SourceTree, list: &mut FileList<'_>, work: &mut Work) -> Result<(), Finding> {
    let repository = tree.surroundings().and_then(RepositoryContext::repository);
    if let Some(tracked) = repository.and_then(|repository| repository.tracked()) {
        for path in &tracked {
            list.add(path);
        }
        return Ok(());
    }
    let lines: Vec<&str> = tree.text(".gitignore")?.unwrap_or_default().lines().collect();
    let weight = lines.iter().map(|line| weight(line)).sum();
    for path in tree.paths() {
        work.compare(path.as_str(), weight)?;
    }
    let ignored = Ignore::new(lines);
    list.guess(|path| !ignored.matches(path));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::finding::Code;
    use crate::read::backend::setuptools::layout::layout;
    use crate::read::backend::setuptools::layout::tests::{targets, tree_of};

    #[test]
    fn recorded_paths_may_begin_with_a_dot() {
        let files = [
            ("setup.py", "setup(packages=['pkg'], include_package_data=True)"),
            ("pkg.egg-info/SOURCES.txt", "./pkg/a.txt\n"),
            ("pkg/a.txt", ""),
        ];
        assert_eq!(targets(&files).0, ["pkg/a.txt"]);
    }

    #[test]
    fn without_a_record_the_manifest_is_followed() {
        let files = [
            ("setup.py", "setup(packages=['pkg', 'pkg.sub'], include_package_data=True)"),
            ("MANIFEST.in", "graft pkg\nglobal-exclude *.bin\ngrafts other\n"),
            ("pkg/a.txt", ""),
            ("pkg/b.bin", ""),
            ("pkg/sub/c.txt", ""),
        ];
        let data = ["pkg/a.txt", "pkg/sub/c.txt"].map(str::to_owned).to_vec();
        assert_eq!(targets(&files), (data, vec![Code::ManifestLineSkipped]));
        assert!(targets(&[files[0], ("pkg/a.txt", "")]).0.is_empty());
    }

    #[test]
    fn files_that_settings_refer_to_are_listed() {
        let table = "[project]\nname = 'pkg'\nreadme = 'pkg/README'\nlicense = {file = 'pkg/L'}\n\
                     license-files = ['pkg/*/LICENSE']\n[tool.setuptools]\npackages = ['pkg']\n\
                     [tool.setuptools.dynamic]\nversion = {file = ['pkg/VERSION']}\n";
        let files = ["pkg/README", "pkg/L", "pkg/x/LICENSE", "pkg/VERSION", "pkg/other"];
        let installed = |config: (&'static str, &'static str)| {
            targets(&files.map(|path| (path, "")).into_iter().chain([config]).collect::<Vec<_>>()).0
        };
        assert_eq!(
            installed(("pyproject.toml", table)),
            ["pkg/L", "pkg/README", "pkg/VERSION", "pkg/x/LICENSE"]
        );
        let cfg = "[metadata]\nversion = file: pkg/VERSION\nlong_description = file: x, pkg/README\n\
                   license_file = pkg/L\n[options]\npackages = pkg\ninclude_package_data = true\n";
        assert_eq!(installed(("setup.cfg", cfg)), ["pkg/L", "pkg/README", "pkg/VERSION"]);
    }

    #[test]
    fn what_version_control_knows_is_guessed() {
        let script =
            "setup(packages=['pkg'], include_package_data=True, setup_requires=['setuptools-scm'])";
        let files = [
            ("setup.py", script),
            ("MANIFEST.in", "prune pkg/docs"),
            (".gitignore", "*.log\n"),
            ("pkg/__init__.py", ""),
            ("pkg/a.txt", ""),
            ("pkg/docs/b.txt", ""),
            ("pkg/c.log", ""),
        ];
        let found = ["pkg/__init__.py", "pkg/a.txt"].map(str::to_owned).to_vec();
        assert_eq!(targets(&files), (found, vec![Code::LayoutUncertain]));
        // Nothing depends on it where there are no data files, or all are named anyway.
        assert_eq!(targets(&files[..4]).1, []);
        let named = ("MANIFEST.in", "graft pkg");
        assert_eq!(targets(&[files[0], named, files[4]]).1, []);
        let table =
            "[build-system]\nrequires = ['setuptools_scm[toml]>=8']\n[project]\nname='pkg'\n";
        let codes = targets(&[("pyproject.toml", table), files[3], files[4]]).1;
        assert_eq!(codes, [Code::LayoutUncertain, Code::LayoutDiscovered]);
    }

    #[test]
    fn a_byte_order_mark_costs_the_first_command() {
        let files = [
            ("setup.py", "setup(packages=['pkg'], include_package_data=True)"),
            ("MANIFEST.in", "\u{feff}include pkg/a\ninclude pkg/b\n"),
            ("pkg/a", ""),
            ("pkg/b", ""),
        ];
        assert_eq!(targets(&files), (vec!["pkg/b".to_owned()], vec![Code::ManifestLineSkipped]));
    }

    #[test]
    fn manifests_without_end_are_refused() {
        // A long pattern counts for many, so that the test is short.
        let manifest = format!("global-exclude {}\n", "a".repeat(5_000)).repeat(200);
        let paths: Vec<String> = (0..300).map(|number| format!("pkg/m{number}.txt")).collect();
        let mut files: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), "")).collect();
        files.push(("setup.py", "setup(packages=['pkg'], include_package_data=True)"));
        files.push(("MANIFEST.in", &manifest));
        let finding = layout(&tree_of(&files), "pkg").unwrap_err();
        assert_eq!(finding.code, Code::InvalidConfiguration);
        assert_eq!(
            finding.facts(),
            "MANIFEST.in: found too many patterns, expected settings that take seconds to evaluate"
        );
    }
}
