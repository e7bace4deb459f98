//! The `[options]` of `setup.cfg`, by setuptools' `config/setupcfg.py`.

use std::collections::{BTreeMap, BTreeSet};

use super::find::{self, Search};
use super::finder;
use super::settings::{Globs, Settings};
use crate::finding::{Code, Finding};
use crate::ini::Ini;
use crate::read::source_tree::SourceTree;

const PATH: &str = "setup.cfg";

/// Sections by name, and in each the values by name as they are written.
pub(in crate::read) type Sections = BTreeMap<String, BTreeMap<String, String>>;

/// The sections of a `setup.cfg`. The later of two equal names counts. A line that says nothing is
/// passed over, as the `configparser` of Python 2 did in most places.
///
/// # Errors
/// [`Code::InvalidConfiguration`] for a value in front of the first section.
pub(in crate::read) fn sections(text: &[u8]) -> Result<Sections, Finding> {
    let text = String::from_utf8_lossy(text);
    let ini = Ini::parse(text.trim_start_matches('\u{feff}'));
    if let Some(number) = ini.before_sections {
        let found = format!("a value in line {number} in front of all sections");
        return Err(Finding::new(Code::InvalidConfiguration, found).at(PATH));
    }
    let mut sections = Sections::new();
    for (name, values) in ini.sections {
        sections.entry(name).or_default().extend(values);
    }
    Ok(sections)
}

/// The settings in `setup.cfg`; the default ones if there is no such file.
///
/// # Errors
/// [`Code::InvalidConfiguration`](crate::Code::InvalidConfiguration) if it is not an ini file.
pub(super) fn read(tree: &SourceTree) -> Result<Settings, Finding> {
    let Some(bytes) = tree.get(PATH) else { return Ok(Settings::default()) };
    let sections = sections(bytes)?;
    let mut settings = Settings {
        package_data: globs(&sections, "options.package_data"),
        exclude_package_data: globs(&sections, "options.exclude_package_data"),
        ..Settings::default()
    };
    for (name, value) in sections.get("options").into_iter().flatten() {
        // Both spellings were once allowed.
        match name.replace('-', "_").to_lowercase().as_str() {
            "py_modules" => settings.py_modules = Some(list(value)),
            "namespace_packages" => settings.namespace_packages = list(value),
            "include_package_data" => settings.include_package_data = Some(is_true(value)),
            "package_dir" => settings.package_dir = pairs(value),
            "cmdclass" => settings.own_commands = value.contains("build"),
            "setup_requires" => settings.file_finder = finder::required(&list(value)),
            _ => {}
        }
    }
    for (name, value) in sections.get("metadata").into_iter().flatten() {
        if matches!(name.as_str(), "license_file" | "license_files") {
            settings.license_files.get_or_insert_default().extend(list(value));
        }
    }
    settings.referenced = referenced(&sections);
    settings.packages = option(&sections, "packages").map(|value| match value.trim() {
        "find:" => found(tree, &sections, false, &mut settings),
        "find_namespace:" => found(tree, &sections, true, &mut settings),
        value => list(value),
    });
    Ok(settings)
}

/// The files that a `file:` names.
fn referenced(sections: &Sections) -> BTreeSet<String> {
    let values = ["metadata", "options"].into_iter().filter_map(|name| sections.get(name));
    let values = values.flat_map(BTreeMap::values);
    let lists = values.filter_map(|value| value.strip_prefix("file:"));
    lists.flat_map(|paths| paths.split(',')).map(|path| path.trim().to_owned()).collect()
}

fn option<'a>(sections: &'a Sections, name: &str) -> Option<&'a str> {
    sections.get("options")?.get(name).map(String::as_str)
}

/// The packages that `find:` stands for.
fn found(
    tree: &SourceTree,
    sections: &Sections,
    namespaces: bool,
    settings: &mut Settings,
) -> Vec<String> {
    let arguments = |name: &str| {
        let value = sections.get("options.packages.find").and_then(|section| section.get(name));
        value.map(|value| list(value)).filter(|values| !values.is_empty())
    };
    let folders = arguments("where").map_or_else(Vec::new, |mut folders| {
        folders.truncate(1);
        folders
    });
    let include = arguments("include").unwrap_or_else(|| vec!["*".to_owned()]);
    let exclude = arguments("exclude").unwrap_or_default();
    let search = Search::new(
        include.iter().map(String::as_str),
        exclude.iter().map(String::as_str),
        namespaces,
    );
    let folders = if folders.is_empty() { vec![String::new()] } else { folders };
    let mut package_dir = BTreeMap::new();
    let packages = find::in_folders(tree, &folders, &search, &mut package_dir);
    if settings.package_dir.is_empty() {
        settings.package_dir = package_dir;
    }
    packages
}

/// Values one a line, or separated by commas in a single line.
fn list(value: &str) -> Vec<String> {
    let separator = if value.contains('\n') { '\n' } else { ',' };
    let values = value.split(separator).map(str::trim).filter(|value| !value.is_empty());
    // Values are interpolated: a percent sign is written twice.
    values.map(|value| value.replace("%%", "%")).collect()
}

fn pairs(value: &str) -> BTreeMap<String, String> {
    let pairs = list(value);
    let pairs = pairs.iter().filter_map(|line| line.split_once('='));
    pairs.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())).collect()
}

fn is_true(value: &str) -> bool {
    matches!(value.to_lowercase().as_str(), "1" | "true" | "yes")
}

fn globs(sections: &Sections, name: &str) -> Option<Globs> {
    let section = sections.get(name)?;
    let package = |name: &str| if name == "*" { String::new() } else { name.to_owned() };
    Some(section.iter().map(|(name, value)| (package(name), list(value))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::backend::setuptools::layout::tests::tree_of;

    #[test]
    fn packages_are_searched_where_the_file_says() {
        let cfg = "[options]\npackages = find:\ninclude-package-data = True\n\
                   [options.packages.find]\nwhere = lib\nexclude =\n  tests\n  *.tests\n\
                   [options.package_data]\n* = *.txt, *.md\n";
        let tree = tree_of(&[
            ("setup.cfg", cfg),
            ("lib/a/__init__.py", ""),
            ("lib/a/tests/__init__.py", ""),
            ("lib/tests/__init__.py", ""),
        ]);
        let settings = read(&tree).unwrap();
        assert_eq!(settings.packages.unwrap(), ["a"]);
        assert_eq!(settings.package_dir[""], "lib");
        assert_eq!(settings.package_data.unwrap()[""], ["*.txt", "*.md"]);
        assert_eq!(settings.include_package_data, Some(true));
    }

    #[test]
    fn values_of_several_lines() {
        let text = "# c\n[options]\npackage_dir =\n\t= src\npackages = find:\n\n[options.package_data]\n\
                    * = *.txt, *.rst\na.b:\n  [x]*\n  ; comment\n\n  c:d\n# e\n[empty]\nodd\n";
        let sections = sections(text.as_bytes()).unwrap();
        assert_eq!(sections["options"]["package_dir"], "\n= src");
        assert_eq!(sections["options"]["packages"], "find:");
        assert_eq!(sections["options.package_data"]["*"], "*.txt, *.rst");
        assert_eq!(sections["options.package_data"]["a.b"], "\n[x]*\nc:d");
        assert!(sections["empty"].is_empty());
    }

    #[test]
    fn a_value_needs_a_section() {
        assert_eq!(sections(b"a = b").unwrap_err().code, Code::InvalidConfiguration);
    }
}
