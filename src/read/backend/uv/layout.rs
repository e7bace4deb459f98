//! The layout of projects that uv builds (uv's `uv-build-backend/src/wheel.rs`).

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::finding::Finding;
use crate::name::normalized_name;
use crate::path::inside;
use crate::read::backend::pattern::{Glob, check_work, normal_path};
use crate::read::backend::placement::{Layout, LayoutBuilder};
use crate::read::backend::pyproject::{self, OneOrMany, Pyproject};
use crate::read::source_tree::SourceTree;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tool {
    uv: Uv,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Uv {
    build_backend: Settings,
}

/// `[tool.uv.build-backend]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Settings {
    module_name: Option<OneOrMany<String>>,
    module_root: Option<String>,
    namespace: bool,
    default_excludes: Option<bool>,
    source_exclude: Vec<String>,
    wheel_exclude: Vec<String>,
    data: Data,
}

/// The two of its data folders that are installed into `site-packages`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Data {
    purelib: Option<String>,
    platlib: Option<String>,
}

/// The install layout by the rules of uv's build backend; `None` if they give no file, or if the
/// modules it insists on are missing.
///
/// # Errors
/// [`Code::InvalidConfiguration`](crate::Code::InvalidConfiguration) if `pyproject.toml` cannot be
/// read.
pub(crate) fn layout(tree: &SourceTree, project_name: &str) -> Result<Option<Layout>, Finding> {
    let Some(config) = pyproject::read::<Pyproject<Tool>>(tree, "pyproject.toml")? else {
        return Ok(None);
    };
    let settings = config.tool.uv.build_backend;
    let name = config.project.name.as_deref().unwrap_or(project_name);
    let Some(root) = normal_path(settings.module_root.as_deref().unwrap_or("src")) else {
        return Ok(None);
    };
    let excludes = Excludes::new(tree, &settings)?;
    let mut placement = LayoutBuilder::default();
    for module in modules(&settings, name) {
        let folder = inside(&root, &module.replace('.', "/"));
        if !settings.namespace && !tree.has_file(&format!("{folder}/{}", init_file(&module))) {
            return Ok(None);
        }
        for file in tree.below(&folder).filter(|file| !excludes.match_below(&folder, file.as_ref()))
        {
            placement.add(file.as_str(), &root, "")?;
        }
    }
    for folder in [&settings.data.purelib, &settings.data.platlib].into_iter().flatten() {
        let Some(folder) = normal_path(folder) else { continue };
        for file in tree.below(&folder).filter(|file| !excludes.match_below(&folder, file.as_ref()))
        {
            placement.add(file.as_str(), &folder, "")?;
        }
    }
    Ok(placement.finish("uv_build"))
}

/// Whether the project says that it has no module.
pub(crate) fn installs_nothing(tree: &SourceTree) -> Result<bool, Finding> {
    let config = pyproject::read::<Pyproject<Tool>>(tree, "pyproject.toml")?;
    let names = config.and_then(|config| config.tool.uv.build_backend.module_name);
    Ok(names.is_some_and(|names| names.as_slice().is_empty()))
}

/// The dotted names of the modules: those configured, else that of the project. Only of a stubs
/// package the name keeps a dash.
fn modules(settings: &Settings, project_name: &str) -> BTreeSet<String> {
    if let Some(names) = &settings.module_name {
        return names.as_slice().iter().cloned().collect();
    }
    let name = normalized_name(project_name);
    BTreeSet::from([match name.strip_suffix("-stubs").filter(|_| !settings.namespace) {
        Some(stem) => format!("{}-stubs", stem.replace('-', "_")),
        None => name.replace('-', "_"),
    }])
}

fn init_file(module: &str) -> &'static str {
    let root = module.split('.').next().unwrap_or(module);
    if root.ends_with("-stubs") { "__init__.pyi" } else { "__init__.py" }
}

/// Patterns of files and folders that are left out.
struct Excludes {
    /// Patterns that start with a slash: relative to the root of the project.
    anchored: Vec<Glob>,
    /// All others: they apply in any folder.
    floating: Vec<Glob>,
}

impl Excludes {
    /// A wheel also lacks what `source-exclude` keeps out of the source distribution.
    fn new(tree: &SourceTree, settings: &Settings) -> Result<Self, Finding> {
        let defaults: &[&str] = match settings.default_excludes {
            Some(false) => &[],
            _ => &["__pycache__", "*.pyc", "*.pyo"],
        };
        let configured = settings.wheel_exclude.iter().chain(&settings.source_exclude);
        let patterns = defaults.iter().copied().chain(configured.map(String::as_str));
        check_work(tree, patterns.clone())?;
        let (mut anchored, mut floating) = (Vec::new(), Vec::new());
        for pattern in patterns {
            match pattern.strip_prefix('/') {
                Some(pattern) => anchored.push(Glob::portable(pattern)),
                None => floating.push(Glob::portable(&format!("**/{pattern}"))),
            }
        }
        Ok(Self { anchored, floating })
    }

    /// Whether `file`, found on a walk that starts at `folder`, is left out. A floating pattern
    /// that matches a folder of the walk leaves out all below it; an anchored one is compared
    /// with files only, which is a quirk of the tool.
    fn match_below(&self, folder: &str, file: &str) -> bool {
        let parts: Vec<_> = file.split('/').collect();
        let start = folder.split('/').filter(|part| !part.is_empty()).count();
        self.anchored.iter().any(|glob| glob.matches(&parts))
            || (start..=parts.len())
                .filter(|length| *length > 0)
                .any(|length| self.floating.iter().any(|glob| glob.matches(&parts[..length])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Code;
    use crate::read::backend::placement::tests::{codes, installed};

    const TABLE: &str = "[tool.uv.build-backend]\n";

    #[test]
    fn modules_need_their_init_file() {
        assert_eq!(
            installed(layout, "", &["src/demo/__init__.py"]),
            ["demo/__init__.py < src/demo/__init__.py"]
        );
        assert!(installed(layout, "", &["src/demo/a.py"]).is_empty());
        let config =
            format!("{TABLE}namespace = true\nmodule-root = ''\nmodule-name = ['a.b', 'c']\n");
        assert_eq!(
            installed(layout, &config, &["a/b/x.py", "a/y.py", "c/z.py"]),
            ["a/b/x.py", "c/z.py"]
        );
        let stubs = "[project]\nname = 'a-stubs'\n";
        assert_eq!(installed(layout, stubs, &["src/a-stubs/__init__.pyi"]).len(), 1);
    }

    #[test]
    fn anchored_excludes_are_compared_with_files_only() {
        let files = ["demo/__init__.py", "demo/a/b.py", "demo/c/d.py", "demo/e.pyc"];
        let config = format!("{TABLE}module-root = ''\nwheel-exclude = ['/demo/a', 'c']\n");
        assert_eq!(installed(layout, &config, &files), ["demo/__init__.py", "demo/a/b.py"]);
    }

    #[test]
    fn purelib_data_is_installed() {
        let config =
            format!("{TABLE}module-root = ''\ndata = {{ purelib = 'x', scripts = 'bin' }}\n");
        let files = ["demo/__init__.py", "x/y/z.py", "bin/run"];
        assert_eq!(installed(layout, &config, &files), ["demo/__init__.py", "y/z.py < x/y/z.py"]);
        let wrong = format!("{TABLE}module-name = 3\n");
        assert_eq!(codes(layout, &wrong, &[]), [Code::InvalidConfiguration]);
    }
}
