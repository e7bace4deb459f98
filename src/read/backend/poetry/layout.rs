//! The layout of projects that Poetry builds (poetry-core's `masonry/builders`).

use std::collections::BTreeSet;

use pep440_rs::{Operator, Version};
use serde::Deserialize;

use crate::finding::{Code, Finding};
use crate::name::normalized_name;
use crate::path::inside;
use crate::read::backend::git::GitIgnore;
use crate::read::backend::pattern::{Entries, Glob, check_work, normal_path};
use crate::read::backend::placement::{Layout, LayoutBuilder, is_compiled};
use crate::read::backend::pyproject::{self, OneOrMany, Pyproject};
use crate::read::source_tree::SourceTree;
use crate::requirement::Requirement;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tool {
    poetry: Poetry,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Poetry {
    name: Option<String>,
    package_mode: Option<bool>,
    packages: Vec<Package>,
    include: Vec<Include>,
    exclude: Vec<Exclude>,
    build: Option<Build>,
}

/// An entry of `packages`.
#[derive(Debug, Deserialize)]
struct Package {
    include: String,
    from: Option<String>,
    to: Option<String>,
    format: Option<OneOrMany<String>>,
}

/// An entry of `include`.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a path, or a table with `path`")]
enum Include {
    Path(String),
    Table { path: String, format: Option<OneOrMany<String>> },
}

/// An entry of `exclude`. Poetry knows no tables there and matches nothing with them.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a path")]
enum Exclude {
    Path(String),
    Other(serde::de::IgnoredAny),
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a path, or a table with `script`")]
enum Build {
    Script(String),
    Table { script: Option<String> },
}

/// The install layout by Poetry's rules; `None` if they give no file.
///
/// An `include` that names no format applies to wheels up to poetry-core 1.x only, and there only
/// to files, not to whole folders. Which release made the archive shows in its `PKG-INFO`:
/// poetry-core 1.x writes core metadata 2.1, later ones 2.3 and up.
///
/// # Errors
/// [`Code::InvalidConfiguration`] if `pyproject.toml` cannot be read.
pub(crate) fn layout(tree: &SourceTree, project_name: &str) -> Result<Option<Layout>, Finding> {
    let Some(config) = pyproject::read::<Pyproject<Tool>>(tree, "pyproject.toml")? else {
        return Ok(None);
    };
    let poetry = config.tool.poetry;
    if poetry.package_mode == Some(false) {
        return Ok(None);
    }
    check_work(tree, poetry.patterns())?;
    let name = config.project.name.or(poetry.name.clone());
    let mut wheel = Wheel {
        entries: Entries::of(tree),
        first_era: is_first_era(tree, &config.build_system.requires)?,
        excluded: BTreeSet::new(),
        wanted: BTreeSet::new(),
        git: git_ignore(tree)?,
        placed: BTreeSet::new(),
        placement: LayoutBuilder::default(),
    };
    wheel.exclude(&poetry);
    let mut packages: Vec<_> =
        poetry.packages.into_iter().filter(|package| applies(package.format.as_ref())).collect();
    if packages.is_empty() {
        packages.extend(default_package(tree, name.as_deref().unwrap_or(project_name)));
        if packages.is_empty() {
            return Ok(None);
        }
    }
    for package in &packages {
        wheel.add_package(package)?;
    }
    for include in &poetry.include {
        wheel.add_include(include)?;
    }
    if let Some(script) = poetry.build.and_then(Build::script) {
        wheel.placement.note(
            Finding::new(Code::LayoutUncertain, format!("a build script, {script}"))
                .at("pyproject.toml"),
        );
    }
    let doubts = [wheel.git.as_ref().and_then(GitIgnore::doubt), wheel.linked(tree)];
    doubts.into_iter().flatten().for_each(|doubt| wheel.placement.note(doubt));
    Ok(wheel.placement.finish("poetry"))
}

/// What git ignores in a folder that is worked in; nothing, if that is the whole project.
fn git_ignore(tree: &SourceTree) -> Result<Option<GitIgnore<'_>>, Finding> {
    let Some(git) = GitIgnore::of(tree) else { return Ok(None) };
    let is_strange = git.leaves_out_project()?;
    Ok((!is_strange).then_some(git))
}

impl Poetry {
    fn patterns(&self) -> impl Iterator<Item = &str> {
        let packages = self.packages.iter().map(|package| package.include.as_str());
        let excludes = self.exclude.iter().filter_map(|exclude| match exclude {
            Exclude::Path(path) => Some(path.as_str()),
            Exclude::Other(_) => None,
        });
        packages.chain(self.include.iter().map(Include::path)).chain(excludes)
    }
}

impl Build {
    fn script(self) -> Option<String> {
        match self {
            Self::Script(script) => Some(script),
            Self::Table { script } => script,
        }
    }
}

impl Include {
    fn path(&self) -> &str {
        match self {
            Self::Path(path) | Self::Table { path, .. } => path,
        }
    }

    fn format(&self) -> Option<&OneOrMany<String>> {
        match self {
            Self::Path(_) => None,
            Self::Table { format, .. } => format.as_ref(),
        }
    }
}

/// Whether an entry with this `format` applies to wheels; without one it does.
fn applies(format: Option<&OneOrMany<String>>) -> bool {
    format.is_none_or(|format| {
        let formats = format.as_slice();
        formats.is_empty() || formats.iter().any(|format| format == "wheel")
    })
}

/// Whether poetry-core 1.x builds the project: an archive says in its metadata who made it; in a
/// folder the latest one does that the project does not rule out.
fn is_first_era(tree: &SourceTree, required: &[String]) -> Result<bool, Finding> {
    if !tree.has_records() {
        let requirements = required.iter().filter_map(|line| line.parse::<Requirement>().ok());
        return Ok(requirements.into_iter().any(|required| {
            normalized_name(&required.name) == "poetry-core" && rules_out_2(&required)
        }));
    }
    let metadata = tree.text("PKG-INFO")?.unwrap_or_default();
    let version = metadata.lines().find_map(|line| line.strip_prefix("Metadata-Version:"));
    Ok(version
        .is_some_and(|version| matches!(version.trim(), "1.0" | "1.1" | "1.2" | "2.0" | "2.1")))
}

/// Whether a requirement allows no release from 2.0 on.
fn rules_out_2(required: &Requirement) -> bool {
    required.specifiers.iter().any(|specifier| {
        let ends_before = specifier.version() < &Version::new([2]);
        match specifier.operator() {
            Operator::LessThan => specifier.version() <= &Version::new([2]),
            Operator::LessThanEqual
            | Operator::Equal
            | Operator::ExactEqual
            | Operator::EqualStar
            | Operator::TildeEqual => ends_before,
            _ => false,
        }
    })
}

/// The package or module named like the project, at the root or in `src`. Poetry refuses a
/// project that has both.
fn default_package(tree: &SourceTree, name: &str) -> Option<Package> {
    let module = normalized_name(name).replace('-', "_");
    ["", "src"].into_iter().find_map(|folder| {
        let inside = |name: &str| inside(folder, name);
        let file = format!("{module}.py");
        let include = match (tree.has_folder(&inside(&module)), tree.has_file(&inside(&file))) {
            (true, false) => module.clone(),
            (false, true) => file,
            _ => return None,
        };
        let from = (!folder.is_empty()).then(|| folder.to_owned());
        Some(Package { include, from, to: None, format: None })
    })
}

struct Wheel<'a> {
    entries: Entries<'a>,
    first_era: bool,
    excluded: BTreeSet<&'a str>,
    /// Files that `include` names for wheels.
    wanted: BTreeSet<&'a str>,
    /// What git ignores is left out, too.
    git: Option<GitIgnore<'a>>,
    /// Files that have a place already; Poetry takes each file once.
    placed: BTreeSet<&'a str>,
    placement: LayoutBuilder,
}

impl<'a> Wheel<'a> {
    /// Notes what `exclude` names, and what `include` names for wheels.
    fn exclude(&mut self, poetry: &Poetry) {
        for exclude in &poetry.exclude {
            if let Exclude::Path(pattern) = exclude {
                for entry in self.entries.matching("", &Glob::pathlib(pattern)) {
                    self.excluded.extend(self.entries.files(entry));
                }
            }
        }
        for include in &poetry.include {
            if !self.is_included(include) {
                continue;
            }
            for entry in self.entries.matching("", &Glob::pathlib(include.path())) {
                self.wanted.extend(self.entries.files(entry));
            }
        }
    }

    fn is_included(&self, include: &Include) -> bool {
        applies(include.format()) && (self.first_era || include.format().is_some())
    }

    fn add_package(&mut self, package: &Package) -> Result<(), Finding> {
        let from = normal_path(package.from.as_deref().unwrap_or_default());
        let glob = Glob::pathlib(&package.include);
        let found: Vec<_> =
            from.as_deref().map(|from| self.entries.matching(from, &glob)).unwrap_or_default();
        let Some(from) = from.filter(|_| !found.is_empty()) else {
            self.placement.missing(&package.include, "packages");
            return Ok(());
        };
        let whole_folders = found.len() == 1 || !self.first_era || package.format.is_some();
        for file in self.files(&found, whole_folders) {
            self.place(file, &from, package.to.as_deref().unwrap_or_default())?;
        }
        Ok(())
    }

    fn add_include(&mut self, include: &Include) -> Result<(), Finding> {
        if !self.is_included(include) {
            return Ok(());
        }
        let glob = Glob::pathlib(include.path());
        let found = self.entries.matching("", &glob);
        for file in self.files(&found, include.format().is_some()) {
            self.place(file, "", "")?;
        }
        Ok(())
    }

    fn files(&self, found: &[&'a str], whole_folders: bool) -> Vec<&'a str> {
        found
            .iter()
            .flat_map(|entry| self.entries.files(entry).into_iter().map(move |file| (entry, file)))
            .filter(|(entry, file)| whole_folders || *entry == file)
            .map(|(_, file)| file)
            .collect()
    }

    fn place(&mut self, file: &'a str, from: &str, to: &str) -> Result<(), Finding> {
        if self.is_excluded(file)? || !self.placed.insert(file) {
            return Ok(());
        }
        self.placement.add(file, from, to)
    }

    /// The finding about links: Poetry installs the file behind a link at its real path,
    /// which is never intended.
    fn linked(&self, tree: &SourceTree) -> Option<Finding> {
        let link = self.placed.iter().find(|file| tree.is_linked(file))?;
        let found = "a link, which Poetry would install at its target";
        Some(Finding::new(Code::LayoutUncertain, found).at(*link))
    }

    fn is_excluded(&self, file: &str) -> Result<bool, Finding> {
        if is_compiled(file) || file.split('/').any(|part| part == "__pycache__") {
            return Ok(true);
        }
        if self.wanted.contains(file) {
            return Ok(false);
        }
        let is_ignored = || self.git.as_ref().map_or(Ok(false), |git| git.leaves_out(file));
        Ok(self.excluded.contains(file) || is_ignored()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::backend::placement::tests::{codes, installed};

    #[test]
    fn what_is_named_like_the_project() {
        let name = "[tool.poetry]\nname = 'My.Demo-x'\n";
        let files =
            ["my_demo_x/__init__.py", "my_demo_x/__pycache__/a.pyc", "my_demo_x/b.pyc", "c.py"];
        assert_eq!(installed(layout, name, &files), ["my_demo_x/__init__.py"]);
        assert_eq!(installed(layout, "", &["src/demo.py"]), ["demo.py < src/demo.py"]);
        assert!(installed(layout, "", &["demo.py", "demo/a.py"]).is_empty());
        assert!(
            installed(layout, "[tool.poetry]\npackage-mode = false\n", &["demo.py"]).is_empty()
        );
    }

    #[test]
    fn packages_move_and_have_formats() {
        let config = "[tool.poetry]\npackages = [\n\
                      { include = 'a/**/*.py', from = 'lib', to = 'x' },\n\
                      { include = 'tests', format = 'sdist' },\n\
                      { include = 'b', format = ['wheel'] },\n]\nexclude = ['b/private']\n";
        let files = ["lib/a/b/c.py", "lib/a/d.txt", "tests/e.py", "b/f.txt", "b/private/g.py"];
        assert_eq!(installed(layout, config, &files), ["b/f.txt", "x/a/b/c.py < lib/a/b/c.py"]);
    }

    #[test]
    fn the_maker_of_the_archive_decides_on_includes_without_format() {
        let config =
            "[tool.poetry]\ninclude = ['a.txt', 'docs', { path = 'b', format = 'wheel' }]\n";
        let with = |version: &str| {
            let mut files: Vec<_> = ["demo.py", "a.txt", "docs/c.txt", "b/d.txt"]
                .into_iter()
                .map(|path| (path.parse().unwrap(), bytes::Bytes::new()))
                .collect();
            files.push(("pyproject.toml".parse().unwrap(), config.into()));
            files.push(("PKG-INFO".parse().unwrap(), version.to_owned().into()));
            let layout = layout(&files.into_iter().collect(), "demo").unwrap().unwrap();
            layout.files.iter().map(|file| file.target.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(with("Metadata-Version: 2.1\n"), ["a.txt", "b/d.txt", "demo.py"]);
        assert_eq!(with("Metadata-Version: 2.3\n"), ["b/d.txt", "demo.py"]);
    }

    #[test]
    fn what_cannot_be_known_is_noted() {
        let script = "[tool.poetry]\nbuild = 'build.py'\n";
        assert_eq!(codes(layout, script, &["demo.py"]), [Code::LayoutUncertain]);
        let missing = "[tool.poetry]\npackages = [{ include = 'demo.py' }, { include = 'no' }]\n";
        assert_eq!(codes(layout, missing, &["demo.py"]), [Code::LayoutUncertain]);
        let wrong = "[tool.poetry]\npackages = 'demo'\n";
        assert_eq!(codes(layout, wrong, &["demo.py"]), [Code::InvalidConfiguration]);
    }
}
