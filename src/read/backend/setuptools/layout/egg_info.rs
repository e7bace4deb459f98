//! What setuptools wrote into the `*.egg-info` folder when it made the source distribution.

use std::collections::HashSet;

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
        let (packages, modules) = below(tree, &settings, self.top_level.iter().map(String::as_str));
        let has_payload = !packages.is_empty() || !modules.is_empty();
        settings.packages = Some(packages);
        settings.py_modules = Some(modules);
        has_payload.then_some(settings)
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
