//! The table `[tool.setuptools]` of `pyproject.toml`, by setuptools' `config/pyprojecttoml.py`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::find::{self, Search};
use super::settings::{Globs, Settings};
use crate::check::{Code, Finding};
use crate::read::source_tree::SourceTree;

pub(super) const PATH: &str = "pyproject.toml";
/// The key of native extensions.
pub(super) const EXTENSIONS: &str = "ext-modules";

/// The settings in `pyproject.toml`, or `None` if the file does not configure setuptools.
///
/// `include_package_data` is what the other files say of the option; data files are included if
/// nobody says anything.
///
/// # Errors
/// [`Code::InvalidConfiguration`] if the file is no TOML, or the table not what setuptools takes.
pub(super) fn read(
    tree: &SourceTree,
    include_package_data: Option<bool>,
) -> Result<Option<Settings>, Finding> {
    let Some(text) = tree.text(PATH)? else { return Ok(None) };
    let invalid = |error: toml_edit::de::Error| {
        Finding::new(Code::InvalidConfiguration, error.message().trim_end().to_owned()).at(PATH)
    };
    let file: PyProject = toml_edit::de::from_str(text).map_err(invalid)?;
    let Some(table) = file.tool.setuptools.or(file.project.map(|_| Table::default())) else {
        return Ok(None);
    };
    let include = table.include_package_data.or(include_package_data).unwrap_or(true);
    let mut package_dir = table.package_dir;
    let packages = table.packages.map(|packages| match packages {
        Packages::Listed(packages) => packages,
        Packages::Found { find } => find.packages(tree, &mut package_dir),
    });
    let settings = Settings {
        packages,
        py_modules: table.py_modules,
        package_dir,
        package_data: table.package_data.map(canonical),
        exclude_package_data: table.exclude_package_data.map(canonical),
        include_package_data: Some(include),
        native: table.ext_modules.map(|_| EXTENSIONS).into_iter().collect(),
        own_commands: table.cmdclass.keys().any(|command| command.starts_with("build")),
        ..Settings::default()
    };
    Ok(Some(settings))
}

fn canonical(mut globs: Globs) -> Globs {
    if let Some(of_all) = globs.remove("*") {
        globs.insert(String::new(), of_all);
    }
    globs
}

#[derive(Deserialize)]
struct PyProject {
    project: Option<IgnoredAny>,
    #[serde(default)]
    tool: Tool,
}

#[derive(Default, Deserialize)]
struct Tool {
    setuptools: Option<Table>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Table {
    packages: Option<Packages>,
    py_modules: Option<Vec<String>>,
    package_dir: BTreeMap<String, String>,
    package_data: Option<Globs>,
    exclude_package_data: Option<Globs>,
    include_package_data: Option<bool>,
    ext_modules: Option<IgnoredAny>,
    cmdclass: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Packages {
    Listed(Vec<String>),
    Found { find: Find },
}

#[derive(Deserialize)]
#[serde(default)]
struct Find {
    r#where: Vec<String>,
    include: Vec<String>,
    exclude: Vec<String>,
    namespaces: bool,
}

impl Default for Find {
    fn default() -> Self {
        Self {
            r#where: vec![String::new()],
            include: vec!["*".to_owned()],
            exclude: Vec::new(),
            namespaces: true,
        }
    }
}

impl Find {
    fn packages(
        &self,
        tree: &SourceTree,
        package_dir: &mut BTreeMap<String, String>,
    ) -> Vec<String> {
        let include = self.include.iter().map(String::as_str);
        let exclude = self.exclude.iter().map(String::as_str);
        let search = Search::new(include, exclude, self.namespaces);
        find::in_folders(tree, &self.r#where, &search, package_dir)
    }
}
