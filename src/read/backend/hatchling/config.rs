//! hatchling's settings for wheels, with its defaults worked out.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::finding::Finding;
use crate::name::normalized_name;
use crate::read::backend::pattern::normal_path;
use crate::read::backend::pyproject::{self, Pyproject};
use crate::read::source_tree::SourceTree;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tool {
    hatch: Hatch,
}

/// `[tool.hatch]`, or the whole of `hatch.toml`, whose tables replace those of the same name.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Hatch {
    build: Option<Build>,
}

/// `[tool.hatch.build]`: settings for all targets, and those of wheels.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Build {
    targets: Targets,
    #[serde(flatten)]
    settings: Settings,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Targets {
    wheel: Settings,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Settings {
    include: Option<Vec<String>>,
    exclude: Option<Vec<String>>,
    packages: Option<Vec<String>>,
    only_include: Option<Vec<String>>,
    artifacts: Option<Vec<String>>,
    sources: Option<Sources>,
    force_include: Option<BTreeMap<String, String>>,
    only_packages: Option<bool>,
    ignore_vcs: Option<bool>,
    skip_excluded_dirs: Option<bool>,
    bypass_selection: Option<bool>,
    hooks: BTreeMap<String, HookSettings>,
}

impl Settings {
    /// These settings, and `others` where they are silent.
    fn or(self, others: Self) -> Self {
        Self {
            include: self.include.or(others.include),
            exclude: self.exclude.or(others.exclude),
            packages: self.packages.or(others.packages),
            only_include: self.only_include.or(others.only_include),
            artifacts: self.artifacts.or(others.artifacts),
            sources: self.sources.or(others.sources),
            force_include: self.force_include.or(others.force_include),
            only_packages: self.only_packages.or(others.only_packages),
            ignore_vcs: self.ignore_vcs.or(others.ignore_vcs),
            skip_excluded_dirs: self.skip_excluded_dirs.or(others.skip_excluded_dirs),
            // Of these, the one is for wheels only, and the others are united elsewhere.
            bypass_selection: self.bypass_selection,
            hooks: self.hooks,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a list of prefixes, or a table of prefixes and paths")]
enum Sources {
    Removed(Vec<String>),
    Replaced(BTreeMap<String, String>),
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct HookSettings {
    enable_by_default: Option<bool>,
    path: Option<String>,
    version_file: Option<String>,
}

/// A build hook that is enabled and may write files.
#[derive(Debug)]
pub(super) struct Hook {
    pub(super) name: String,
    /// The one file that it writes, where that is known.
    pub(super) path: Option<String>,
}

/// What decides on the files of a wheel. Paths are normalised, without slashes around them.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of the tool")]
pub(super) struct Config {
    /// Files and folders that are taken without a walk over the whole project.
    pub(super) explicit: Vec<String>,
    /// The setting that names them.
    pub(super) explicit_field: &'static str,
    pub(super) include: Vec<String>,
    pub(super) exclude: Vec<String>,
    pub(super) artifacts: Vec<String>,
    pub(super) force_include: BTreeMap<String, String>,
    pub(super) hooks: Vec<Hook>,
    pub(super) only_packages: bool,
    pub(super) ignore_vcs: bool,
    pub(super) skip_excluded_dirs: bool,
    /// Only artifacts and forced files are selected.
    pub(super) exclude_all: bool,
    /// Prefixes with their slash, and what replaces them.
    sources: BTreeMap<String, String>,
}

impl Config {
    /// Reads the settings; `None` if there is no `pyproject.toml`, or if nothing in it and in the
    /// tree says what to select.
    pub(super) fn read(tree: &SourceTree, project_name: &str) -> Result<Option<Self>, Finding> {
        let Some(config) = pyproject::read::<Pyproject<Tool>>(tree, "pyproject.toml")? else {
            return Ok(None);
        };
        let own = pyproject::read::<Hatch>(tree, "hatch.toml")?.unwrap_or_default();
        let build = own.build.or(config.tool.hatch.build).unwrap_or_default();
        let name = config.project.name.as_deref().unwrap_or(project_name);
        let hooks = hooks(build.settings.hooks.clone(), build.targets.wheel.hooks.clone());
        let settings = build.targets.wheel.or(build.settings);
        let writes_files = hooks.iter().any(|hook| hook.path.is_some());
        let Some(selection) = Selection::new(tree, name, &settings, writes_files) else {
            return Ok(None);
        };
        let packages = normal_paths(&selection.packages);
        let mut include = settings.include.unwrap_or_default();
        include.extend(packages.iter().map(|package| format!("/{package}/")));
        let forced = settings.force_include.unwrap_or_default();
        let (explicit_field, explicit) = match selection.only.as_slice() {
            [] => ("packages", packages.clone()),
            only => ("only-include", normal_paths(only)),
        };
        Ok(Some(Self {
            explicit,
            explicit_field,
            include,
            exclude: settings.exclude.unwrap_or_default(),
            artifacts: settings.artifacts.unwrap_or_default(),
            force_include: forced
                .iter()
                .map(|(source, target)| (source_path(source), bare(target)))
                .collect(),
            hooks,
            only_packages: settings.only_packages.unwrap_or(false),
            ignore_vcs: settings.ignore_vcs.unwrap_or(false),
            skip_excluded_dirs: settings.skip_excluded_dirs.unwrap_or(false),
            exclude_all: selection.nothing,
            sources: sources(settings.sources, &packages),
        }))
    }

    /// The prefixes that are tried on each path.
    pub(super) fn source_prefixes(&self) -> impl Iterator<Item = &str> {
        self.sources.keys().map(String::as_str)
    }

    /// Where a path of the project is installed: its first known prefix is replaced.
    pub(super) fn target(&self, path: &str) -> String {
        for (prefix, replacement) in &self.sources {
            if let Some(rest) = path.strip_prefix(prefix.as_str()) {
                return format!("{replacement}{rest}");
            }
        }
        path.to_owned()
    }
}

fn bare(path: &str) -> String {
    normal_path(path).unwrap_or_else(|| path.to_owned())
}

/// A source of `force-include`; one outside of the project keeps its spelling, so that nothing is
/// found there.
fn source_path(path: &str) -> String {
    if path.starts_with(['/', '~']) { path.to_owned() } else { bare(path) }
}

fn normal_paths(paths: &[String]) -> Vec<String> {
    let mut paths: Vec<_> = paths.iter().map(|path| bare(path)).collect();
    paths.sort();
    paths.dedup();
    paths
}

/// Where the walk for files starts.
#[derive(Default)]
struct Selection {
    packages: Vec<String>,
    only: Vec<String>,
    /// Nothing is selected, since there are files that come without being selected.
    nothing: bool,
}

impl Selection {
    /// What is configured, else what is named like the project; `None` if there is neither.
    fn new(
        tree: &SourceTree,
        project_name: &str,
        settings: &Settings,
        writes_files: bool,
    ) -> Option<Self> {
        let list = |setting: &Option<Vec<String>>| setting.clone().unwrap_or_default();
        let packages = list(&settings.packages);
        let only = list(&settings.only_include);
        if !packages.is_empty() || !only.is_empty() || !list(&settings.include).is_empty() {
            return Some(Self { packages, only, nothing: false });
        }
        let nothing = settings.bypass_selection == Some(true)
            || settings.force_include.as_ref().is_some_and(|forced| !forced.is_empty())
            || writes_files;
        Self::by_name(tree, project_name).or(nothing.then(|| Self { nothing, ..Self::default() }))
    }

    /// What is named like the project, as it is written and normalised: a package at the root or
    /// in `src`, a module, or a package in the only namespace that has it.
    fn by_name(tree: &SourceTree, project_name: &str) -> Option<Self> {
        let package = |path: String| Some(Self { packages: vec![path], ..Self::default() });
        let names = [file_name(project_name), normalized_name(project_name).replace('-', "_")];
        names.iter().find_map(|name| {
            if tree.has_file(&format!("{name}/__init__.py")) {
                return package(name.clone());
            }
            if tree.has_file(&format!("src/{name}/__init__.py")) {
                return package(format!("src/{name}"));
            }
            if tree.has_file(&format!("{name}.py")) {
                return Some(Self { only: vec![format!("{name}.py")], ..Self::default() });
            }
            let mut namespaces = tree
                .children("")
                .into_iter()
                .filter(|folder| !folder.starts_with('.'))
                .filter(|folder| tree.has_file(&format!("{folder}/{name}/__init__.py")));
            match (namespaces.next(), namespaces.next()) {
                (Some(only), None) => package(only.to_owned()),
                _ => None,
            }
        })
    }
}

/// A project's name with runs of what is neither letter, digit, `_` nor `.` as one `_`.
fn file_name(project_name: &str) -> String {
    let mut name = String::with_capacity(project_name.len());
    let mut run = false;
    for character in project_name.chars() {
        let kept = character.is_alphanumeric() || matches!(character, '_' | '.');
        if kept {
            name.push(character);
        } else if !run {
            name.push('_');
        }
        run = !kept;
    }
    name
}

/// The prefixes that are replaced: those configured, and the folders that packages lie in.
fn sources(configured: Option<Sources>, packages: &[String]) -> BTreeMap<String, String> {
    let folder = |path: &str| format!("{}/", bare(path));
    let mut sources: BTreeMap<_, _> = match configured {
        None => BTreeMap::new(),
        Some(Sources::Removed(prefixes)) => {
            prefixes.iter().map(|prefix| (folder(prefix), String::new())).collect()
        }
        Some(Sources::Replaced(paths)) => paths
            .iter()
            .map(|(prefix, path)| {
                let path = bare(path);
                let prefix = if prefix.is_empty() { String::new() } else { folder(prefix) };
                (prefix, if path.is_empty() { path } else { format!("{path}/") })
            })
            .collect(),
    };
    for package in packages {
        if let Some((parent, _)) = package.rsplit_once('/')
            && !sources.contains_key(&folder(package))
        {
            sources.insert(folder(parent), String::new());
        }
    }
    sources
}

/// The hooks that are enabled. Those for versions write one file, which counts as an artifact.
fn hooks(
    mut all: BTreeMap<String, HookSettings>,
    wheel: BTreeMap<String, HookSettings>,
) -> Vec<Hook> {
    all.extend(wheel);
    all.into_iter()
        // Our own hook reads the result of the build, and adds nothing to it.
        .filter(|(name, _)| name != "mpconvert")
        .filter(|(_, settings)| settings.enable_by_default != Some(false))
        .map(|(name, settings)| {
            let path = match name.as_str() {
                "version" => settings.path,
                "vcs" => settings.version_file,
                _ => None,
            };
            Hook { name, path: path.map(|path| bare(&path)) }
        })
        .collect()
}
