//! The layout of projects that pdm-backend, or pdm-pep517 before it, builds
//! (pdm-backend's `base.py` and `wheel.py`).

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::finding::{Code, Finding};
use crate::read::backend::pattern::{Entries, Glob, check_work, normal_path};
use crate::read::backend::placement::{Layout, LayoutBuilder, is_compiled};
use crate::read::backend::pyproject::{self, Pyproject};
use crate::read::source_tree::SourceTree;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tool {
    pdm: Pdm,
}

/// `[tool.pdm]`. Up to pdm-pep517 1.0 the settings of builds lay right here, and `build` was the
/// name of a script.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Pdm {
    build: Option<Build>,
    #[serde(flatten)]
    old: Settings,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a table")]
enum Build {
    Script(String),
    Table(Box<Settings>),
}

/// `[tool.pdm.build]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Settings {
    includes: Option<Vec<String>>,
    excludes: Option<Vec<String>>,
    source_includes: Option<Vec<String>>,
    package_dir: Option<String>,
    is_purelib: Option<bool>,
    run_setuptools: bool,
    setup_script: Option<String>,
    custom_hook: Option<String>,
    wheel_data: WheelData,
}

/// The two of the schemes of `wheel-data` that are installed into `site-packages`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct WheelData {
    purelib: Vec<DataSpec>,
    platlib: Vec<DataSpec>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "expected a path, or a table with `path`")]
enum DataSpec {
    Path(String),
    #[serde(rename_all = "kebab-case")]
    Table {
        path: String,
        relative_to: Option<String>,
    },
}

/// The install layout by pdm's rules; `None` if they give no file.
///
/// # Errors
/// [`Code::InvalidConfiguration`] if `pyproject.toml` cannot be read.
pub(crate) fn layout(tree: &SourceTree, _project_name: &str) -> Result<Option<Layout>, Finding> {
    let Some((settings, old)) = read(tree)? else { return Ok(None) };
    let entries = Entries::of(tree);
    let wheel = Wheel::new(tree, &entries, &settings, old)?;
    let mut placement = LayoutBuilder::default();
    for file in wheel.files() {
        // The tool compares texts, too: `./src` or `src/` take nothing off.
        let root = if file.starts_with(&format!("{}/", wheel.package_dir)) {
            wheel.package_dir.as_str()
        } else {
            ""
        };
        placement.add(file, root, "")?;
    }
    add_wheel_data(tree, &entries, &settings.wheel_data, &mut placement)?;
    note_code(tree, &settings, old, &mut placement);
    Ok(placement.finish("pdm"))
}

/// Whether the wheel of a project for which [`layout`] gives no file has none: it names no file, and
/// runs no code.
pub(crate) fn installs_nothing(tree: &SourceTree) -> Result<bool, Finding> {
    let Some((settings, old)) = read(tree)? else { return Ok(false) };
    let names_files = settings.includes.as_ref().is_some_and(|includes| !includes.is_empty());
    let WheelData { purelib, platlib } = &settings.wheel_data;
    let mut placement = LayoutBuilder::default();
    note_code(tree, &settings, old, &mut placement);
    Ok(!names_files && purelib.is_empty() && platlib.is_empty() && !placement.has_findings())
}

/// The settings, and whether they are for the tool's old name.
fn read(tree: &SourceTree) -> Result<Option<(Settings, bool)>, Finding> {
    let Some(config) = pyproject::read::<Pyproject<Tool>>(tree, "pyproject.toml")? else {
        return Ok(None);
    };
    let old =
        config.build_system.build_backend.is_some_and(|backend| backend.starts_with("pdm.pep517"));
    let settings = if old { config.tool.pdm.merged() } else { config.tool.pdm.current() };
    Ok(Some((settings, old)))
}

impl Pdm {
    fn current(self) -> Settings {
        match self.build {
            Some(Build::Table(settings)) => *settings,
            _ => Settings::default(),
        }
    }

    fn merged(self) -> Settings {
        let old = self.old;
        let build = match self.build {
            Some(Build::Table(settings)) => *settings,
            Some(Build::Script(script)) => {
                Settings { setup_script: Some(script), run_setuptools: true, ..Settings::default() }
            }
            None => Settings::default(),
        };
        Settings {
            includes: build.includes.or(old.includes),
            excludes: build.excludes.or(old.excludes),
            source_includes: build.source_includes.or(old.source_includes),
            package_dir: build.package_dir.or(old.package_dir),
            is_purelib: build.is_purelib.or(old.is_purelib),
            ..build
        }
    }
}

/// The files that patterns select for a wheel.
struct Wheel<'a> {
    entries: &'a Entries<'a>,
    package_dir: String,
    /// Files and folders, each with the pattern that named it.
    included: BTreeMap<&'a str, String>,
    excluded: BTreeMap<&'a str, String>,
}

impl<'a> Wheel<'a> {
    fn new(
        tree: &SourceTree,
        entries: &'a Entries<'a>,
        settings: &Settings,
        old: bool,
    ) -> Result<Self, Finding> {
        let includes = settings.includes.clone().unwrap_or_default();
        let mut excludes = settings.excludes.clone().unwrap_or_default();
        let package_dir = match &settings.package_dir {
            Some(folder) => folder.clone(),
            None => default_package_dir(tree, &includes, &excludes, old).to_owned(),
        };
        let mut sources = settings.source_includes.clone().unwrap_or_default();
        if sources.is_empty() {
            sources.push("tests".to_owned());
        }
        let mut includes =
            if includes.is_empty() { default_includes(tree, &package_dir, old) } else { includes };
        includes.extend(sources.iter().cloned());
        excludes.extend(sources);
        excludes.push(if old { "build" } else { ".pdm-build" }.to_owned());
        check_work(tree, includes.iter().chain(&excludes).map(String::as_str))?;
        Ok(Self {
            entries,
            package_dir,
            included: expand(entries, &includes),
            excluded: expand(entries, &excludes),
        })
    }

    /// What is included by a weightier pattern than it is excluded by; below included folders,
    /// what is not excluded.
    fn files(&self) -> Vec<&'a str> {
        let mut files = Vec::new();
        for (entry, pattern) in &self.included {
            if self.excluded.get(entry).is_some_and(|other| weight(pattern) <= weight(other)) {
                continue;
            }
            for file in self.entries.files(entry) {
                if file == *entry || !(is_compiled(file) || self.is_excluded(file)) {
                    files.push(file);
                }
            }
        }
        files
    }

    fn is_excluded(&self, file: &str) -> bool {
        let mut entry = file;
        loop {
            if let Some(pattern) = self.excluded.get(entry) {
                let taken_back = self.included.get(entry);
                if taken_back.is_none_or(|include| weight(include) <= weight(pattern)) {
                    return true;
                }
            }
            let Some((folder, _)) = entry.rsplit_once('/') else { return false };
            entry = folder;
        }
    }
}

/// The files and folders that patterns name, each with its weightiest pattern.
fn expand<'a>(entries: &Entries<'a>, patterns: &[String]) -> BTreeMap<&'a str, String> {
    let mut expanded: BTreeMap<&str, String> = BTreeMap::new();
    for pattern in patterns {
        let Some(normal) = normal_path(pattern) else { continue };
        for entry in entries.matching("", &Glob::python(&normal)) {
            let known = expanded.entry(entry).or_insert_with(|| pattern.clone());
            if weight(known) < weight(pattern) {
                known.clone_from(pattern);
            }
        }
    }
    expanded
}

/// How specific a pattern is: its parts first, then how few of them are wildcards.
fn weight(pattern: &str) -> (usize, std::cmp::Reverse<usize>) {
    let parts: Vec<_> = pattern.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let wildcards = parts
        .iter()
        .map(|part| match *part {
            "**" => 2,
            part => usize::from(part.contains(['*', '?', '['])),
        })
        .sum();
    (parts.len(), std::cmp::Reverse(wildcards))
}

/// `src` if it is there; pdm-backend also looks at whether it is, or may be, what is included.
fn default_package_dir(
    tree: &SourceTree,
    includes: &[String],
    excludes: &[String],
    old: bool,
) -> &'static str {
    let exists = tree.has_folder("src");
    let names_it = includes
        .iter()
        .any(|include| include.split('/').find(|part| !matches!(*part, "" | ".")) == Some("src"));
    let gives_it_up = excludes.iter().any(|exclude| matches!(exclude.as_str(), "src" | "src/"));
    let by_includes = (exists && includes.is_empty()) || (names_it && !gives_it_up);
    if (old && exists) || (!old && by_includes) { "src" } else { "" }
}

/// All packages directly in the package folder; without any, its modules.
fn default_includes(tree: &SourceTree, package_dir: &str, old: bool) -> Vec<String> {
    let Some(folder) = normal_path(package_dir) else { return Vec::new() };
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let packages: Vec<_> = tree
        .children(&folder)
        .into_iter()
        .filter(|name| !matches!(*name, "__pycache__" | "__pypackages__"))
        .map(|name| format!("{prefix}{name}"))
        .filter(|path| {
            tree.has_file(&format!("{path}/__init__.py"))
                || (!old
                    && path.ends_with("-stubs")
                    && tree.has_file(&format!("{path}/__init__.pyi")))
        })
        .collect();
    if packages.is_empty() { vec![format!("{prefix}*.py")] } else { packages }
}

fn add_wheel_data(
    tree: &SourceTree,
    entries: &Entries<'_>,
    data: &WheelData,
    placement: &mut LayoutBuilder,
) -> Result<(), Finding> {
    let specs = data.purelib.iter().chain(&data.platlib).map(|spec| match spec {
        DataSpec::Path(path) => (path.as_str(), None),
        DataSpec::Table { path, relative_to } => (path.as_str(), relative_to.as_deref()),
    });
    check_work(tree, specs.clone().map(|(path, _)| path))?;
    for (path, root) in specs {
        for file in entries.matching("", &Glob::pathlib(path)) {
            if entries.files(file) != [file] {
                continue;
            }
            let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
            placement.add(file, &root.and_then(normal_path).unwrap_or(folder), "")?;
        }
    }
    Ok(())
}

/// Reports settings that only have an effect when the project's code runs.
fn note_code(tree: &SourceTree, settings: &Settings, old: bool, placement: &mut LayoutBuilder) {
    let hook = settings.custom_hook.as_deref().unwrap_or("pdm_build.py");
    if !old && tree.has_file(hook) {
        placement.note(Finding::new(Code::LayoutUncertain, "a build hook").at(hook));
    }
    if settings.run_setuptools && settings.is_purelib != Some(true) {
        placement.note(
            Finding::new(Code::NativeCode, "extension modules, built by setuptools")
                .at("pyproject.toml"),
        );
    } else if let Some(script) = settings.setup_script.as_deref() {
        placement.note(Finding::new(Code::LayoutUncertain, "a build script").at(script));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::backend::placement::tests::{codes, installed};

    #[test]
    fn packages_come_before_modules() {
        assert_eq!(
            installed(layout, "", &["a/__init__.py", "b/c.py", "d.py", "tests/__init__.py"]),
            ["a/__init__.py"]
        );
        assert_eq!(installed(layout, "", &["b/c.py", "d.py", ".e.py"]), ["d.py"]);
        assert_eq!(
            installed(layout, "", &["src/a/__init__.py"]),
            ["a/__init__.py < src/a/__init__.py"]
        );
    }

    #[test]
    fn the_more_specific_pattern_wins() {
        let config =
            "[tool.pdm.build]\nincludes = ['a', 'a/b/keep.py']\nexcludes = ['a/b/*.py', 'c']\n";
        let files = ["a/x.py", "a/b/keep.py", "a/b/drop.py", "a/y.pyc", "c/z.py"];
        assert_eq!(installed(layout, config, &files), ["a/b/keep.py", "a/x.py"]);
        assert!(
            weight("a/b") > weight("a/*")
                && weight("a/*") > weight("a/**")
                && weight("a/*") > weight("a")
        );
    }

    #[test]
    fn old_settings_count_for_the_old_backend() {
        let config = |backend: &str| {
            format!("[build-system]\nbuild-backend = '{backend}'\n[tool.pdm]\nincludes = ['b']\n")
        };
        let files = ["a/__init__.py", "b/c.py"];
        assert_eq!(installed(layout, &config("pdm.pep517.api"), &files), ["b/c.py"]);
        assert_eq!(installed(layout, &config("pdm.backend"), &files), ["a/__init__.py"]);
    }

    #[test]
    fn code_of_the_project_is_noted() {
        assert_eq!(codes(layout, "", &["a.py", "pdm_build.py"]), [Code::LayoutUncertain]);
        let setuptools = "[tool.pdm.build]\nrun-setuptools = true\n";
        assert_eq!(codes(layout, setuptools, &["a.py"]), [Code::NativeCode]);
    }
}
