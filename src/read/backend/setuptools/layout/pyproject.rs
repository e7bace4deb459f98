//! The table `[tool.setuptools]` of `pyproject.toml`, by setuptools' `config/pyprojecttoml.py`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::find::{self, Search};
use super::finder;
use super::settings::{Globs, Settings};
use crate::finding::{Code, Finding};
use crate::read::backend::pyproject::{BuildSystem, OneOrMany};
use crate::read::source_tree::SourceTree;

pub(super) const PATH: &str = "pyproject.toml";
/// The key of native extensions.
pub(super) const EXTENSIONS: &str = "ext-modules";

/// The settings in `pyproject.toml`; the default ones where it does not configure setuptools.
///
/// `include_package_data` is what the other files say of the option; data files are included if
/// nothing is configured.
///
/// # Errors
/// [`Code::InvalidConfiguration`] if the file is not TOML, or the table is not valid for setuptools.
pub(super) fn read(
    tree: &SourceTree,
    include_package_data: Option<bool>,
) -> Result<Settings, Finding> {
    let Some(text) = crate::read::backend::pyproject::text(tree, PATH)? else {
        return Ok(Settings::default());
    };
    let invalid = |error: toml_edit::de::Error| {
        Finding::new(Code::InvalidConfiguration, error.message().trim_end().to_owned()).at(PATH)
    };
    let file: PyProject = toml_edit::de::from_str(text).map_err(invalid)?;
    let mut settings = Settings {
        file_finder: finder::required(&file.build_system.requires),
        ..Settings::default()
    };
    if let Some(project) = &file.project {
        settings.license_files = project.license_files();
        settings.referenced.extend(project.referenced());
    } else if file.tool.setuptools.is_none() {
        return Ok(settings);
    }
    let table = file.tool.setuptools.unwrap_or_default();
    settings.license_files = settings.license_files.or(table.license_files);
    settings.referenced.extend(table.dynamic.values().flat_map(Reference::in_table).cloned());
    settings.include_package_data =
        Some(table.include_package_data.or(include_package_data).unwrap_or(true));
    settings.package_dir = table.package_dir;
    settings.packages = table.packages.map(|packages| match packages {
        Packages::Listed(packages) => packages,
        Packages::Found { find } => find.packages(tree, &mut settings.package_dir),
    });
    settings.py_modules = table.py_modules;
    settings.namespace_packages = table.namespace_packages;
    settings.package_data = table.package_data.map(canonical);
    settings.exclude_package_data = table.exclude_package_data.map(canonical);
    settings.native = table.ext_modules.map(|_| EXTENSIONS).into_iter().collect();
    settings.own_commands = table.cmdclass.keys().any(|command| command.starts_with("build"));
    Ok(settings)
}

fn canonical(mut globs: Globs) -> Globs {
    if let Some(of_all) = globs.remove("*") {
        globs.insert(String::new(), of_all);
    }
    globs
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct PyProject {
    #[serde(default)]
    build_system: BuildSystem,
    project: Option<Project>,
    #[serde(default)]
    tool: Tool,
}

/// The values of `[project]` that affect the list of files (PEP 621, PEP 639).
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Project {
    readme: Option<Reference>,
    license: Option<Reference>,
    license_files: Option<Reference>,
}

impl Project {
    /// The files whose content is taken.
    fn referenced(&self) -> impl Iterator<Item = String> {
        // A license that is text is an expression.
        let in_tables = self.readme.iter().chain(&self.license).flat_map(Reference::in_table);
        self.readme.iter().flat_map(Reference::direct).chain(in_tables).cloned()
    }

    fn license_files(&self) -> Option<Vec<String>> {
        Some(self.license_files.as_ref()?.direct().to_vec())
    }
}

/// A value that can stand in a file.
#[derive(Deserialize)]
#[serde(untagged)]
enum Reference {
    Direct(OneOrMany<String>),
    Table { file: OneOrMany<String> },
    Other(IgnoredAny),
}

impl Reference {
    fn direct(&self) -> &[String] {
        match self {
            Self::Direct(texts) => texts.as_slice(),
            _ => &[],
        }
    }

    fn in_table(&self) -> &[String] {
        match self {
            Self::Table { file } => file.as_slice(),
            _ => &[],
        }
    }
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
    namespace_packages: Vec<String>,
    package_dir: BTreeMap<String, String>,
    package_data: Option<Globs>,
    exclude_package_data: Option<Globs>,
    include_package_data: Option<bool>,
    license_files: Option<Vec<String>>,
    dynamic: BTreeMap<String, Reference>,
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
