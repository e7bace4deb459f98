//! What setuptools wrote into the `*.egg-info` folder when it made the source distribution.

use std::collections::{BTreeSet, HashSet};

use super::find::Search;
use super::settings::{Settings, join, normal};
use crate::limits::{MAX_RECORD, MAX_RECORD_LINES};
use crate::read::egg_info;
use crate::read::source_tree::SourceTree;

/// The records of an `*.egg-info` folder that describe the layout.
pub(super) struct EggInfo {
    /// Where the folder lies. This is the folder of the top-level packages.
    pub base: String,
    /// The names of `top_level.txt`: top-level packages and modules.
    pub top_level: Vec<String>,
    /// The names of `namespace_packages.txt`.
    pub namespace_packages: Vec<String>,
    /// The files of `SOURCES.txt`, if there is one.
    pub sources: Option<HashSet<String>>,
}

impl EggInfo {
    /// The records of the project's own folder; `None` if it has none that describe the layout.
    pub fn find(tree: &SourceTree, project_name: &str) -> Option<Self> {
        let folder = egg_info::folder(tree, Some(project_name))?;
        let lines = |file: &str| {
            let bytes = tree.get(&join(folder, file))?;
            let bytes = bytes.get(..MAX_RECORD).unwrap_or(bytes);
            Some(
                String::from_utf8_lossy(bytes)
                    .lines()
                    .map(str::trim)
                    .filter(|line| !line.is_empty())
                    .take(MAX_RECORD_LINES)
                    .map(str::to_owned)
                    .collect::<Vec<_>>(),
            )
        };
        let (top_level, sources) = (lines("top_level.txt"), lines("SOURCES.txt"));
        if top_level.is_none() && sources.is_none() {
            return None;
        }
        Some(Self {
            base: folder.rsplit_once('/').map_or("", |(base, _)| base).to_owned(),
            top_level: top_level.unwrap_or_default(),
            namespace_packages: lines("namespace_packages.txt").unwrap_or_default(),
            // Old setuptools wrote the separators of its system, and that of today may write `./`.
            sources: sources.map(|lines| {
                lines.iter().filter_map(|line| normal(&line.replace('\\', "/"))).collect()
            }),
        })
    }

    /// Completes `settings` by the packages and modules below the names of `top_level.txt`, or
    /// gives `None` if there are none.
    pub fn complete(&self, tree: &SourceTree, settings: &Settings) -> Option<Settings> {
        let mut settings = settings.clone();
        settings.package_dir.entry(String::new()).or_insert_with(|| self.base.clone());
        let (mut packages, modules) =
            below(tree, &settings, self.top_level.iter().map(String::as_str));
        packages.extend(self.listed_packages(tree, &settings, &packages));
        let has_payload = !packages.is_empty() || !modules.is_empty();
        settings.put_computed(packages, modules);
        has_payload.then_some(settings)
    }

    /// The folders without `__init__.py` below `packages` with modules in `SOURCES.txt`. Only a package
    /// brings its modules there, unless something else lists files, too.
    fn listed_packages(
        &self,
        tree: &SourceTree,
        settings: &Settings,
        packages: &[String],
    ) -> Vec<String> {
        let Some(sources) = &self.sources else { return Vec::new() };
        if tree.has_file("MANIFEST.in") || settings.file_finder.is_some() {
            return Vec::new();
        }
        let known: HashSet<&String> = packages.iter().collect();
        let mut listed = BTreeSet::new();
        for package in packages.iter().filter(|package| !package.contains('.')) {
            let folder = settings.source_folder(package).unwrap_or_default();
            for path in tree.below(&folder) {
                // One folder can be that of many packages.
                if tree.comparisons().charge(1).is_err() {
                    return Vec::new();
                }
                let inner = path.below(&folder).filter(|inner| inner.extension() == Some("py"));
                let Some(inner) = inner.filter(|_| sources.contains(path.as_str())) else {
                    continue;
                };
                let Some(parent) = inner.parent().filter(|parent| !parent.contains('.')) else {
                    continue;
                };
                let name = format!("{package}.{}", parent.replace('/', "."));
                if !known.contains(&name) {
                    listed.insert(name);
                }
            }
        }
        listed.into_iter().collect()
    }
}

/// The packages and modules that bear one of `names` or lie below it.
pub(super) fn below<'a>(
    tree: &SourceTree,
    settings: &Settings,
    names: impl Iterator<Item = &'a str>,
) -> (Vec<String>, Vec<String>) {
    let (mut packages, mut modules) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for name in names {
        let folder = settings.source_folder(name).filter(|folder| seen.insert(folder.clone()));
        let Some(folder) = folder else { continue };
        if tree.has_file(&format!("{folder}.py")) {
            modules.push(name.to_owned());
        }
        if !folder.is_empty() && tree.has_folder(&folder) {
            let is_regular = tree.has_file(&join(&folder, "__init__.py"));
            let nested = Search::all(!is_regular).run(tree, &folder);
            packages.push(name.to_owned());
            packages.extend(nested.iter().map(|package| format!("{name}.{package}")));
        }
    }
    (packages, modules)
}
