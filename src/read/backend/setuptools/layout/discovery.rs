//! Automatic discovery: what setuptools installs if no packages are listed
//! (`ConfigDiscovery` in setuptools' `discovery.py`, since version 61).

use super::find::{Search, is_identifier, modules, without_nested};
use super::patterns::NamePatterns;
use super::settings::{Settings, normal};
use crate::read::source_tree::SourceTree;

/// Folders at the root that are not packages.
const NO_PACKAGES: &str = "ci bin debian doc docs documentation manpages news newsfragments \
    changelog test tests unit_test unit_tests example examples scripts tools util utils python \
    build dist venv env requirements tasks fabfile site_scons benchmark benchmarks exercise \
    exercises htmlcov [._]*";

/// Modules at the root that are tools.
const NO_MODULES: &str = "setup conftest test tests example examples build toxfile noxfile \
    pavement dodo tasks fabfile [Ss][Cc]onstruct conanfile manage benchmark benchmarks exercise \
    exercises [._]*";

/// How many folders that are named one by one are searched; each search walks the whole folder.
const MAX_FOLDERS: usize = 100;

/// The cost of listing a package once more, in comparisons.
const COST_OF_PACKAGE: usize = 20;

/// Adds the packages or modules that automatic discovery finds to `settings`, or gives `None` if
/// it finds nothing, or more than one and therefore refuses.
pub(super) fn discover(tree: &SourceTree, settings: &Settings) -> Option<Settings> {
    explicit(tree, settings).or_else(|| src(tree, settings)).or_else(|| flat(tree, settings))
}

/// The packages whose folders are named one by one.
fn explicit(tree: &SourceTree, settings: &Settings) -> Option<Settings> {
    let mut packages = Vec::new();
    let named = settings.package_dir.iter().filter(|(package, _)| !package.is_empty());
    for (package, folder) in named.take(MAX_FOLDERS) {
        let nested = Search::all(true).run(tree, &normal(folder)?);
        // Each folder can be named over and over.
        tree.comparisons().charge(COST_OF_PACKAGE * nested.len()).ok()?;
        packages.push(package.clone());
        packages.extend(nested.iter().map(|name| format!("{package}.{name}")));
    }
    (!packages.is_empty()).then(|| Settings { packages: Some(packages), ..settings.clone() })
}

/// Everything in `src/`, or in the folder that takes its place.
fn src(tree: &SourceTree, settings: &Settings) -> Option<Settings> {
    let folder = normal(settings.package_dir.get("").map_or("src", String::as_str))?;
    if !tree.has_folder(&folder) {
        return None;
    }
    let mut found = settings.clone();
    found.packages = Some(Search::all(true).run(tree, &folder));
    found.py_modules = Some(modules(tree, &folder));
    found.package_dir.insert(String::new(), folder);
    Some(found)
}

/// The one package at the root, or else the one module.
fn flat(tree: &SourceTree, settings: &Settings) -> Option<Settings> {
    let packages = flat_search().run(tree, "");
    match top_level(&packages) {
        0 => {}
        1 => return Some(Settings { packages: Some(packages), ..settings.clone() }),
        _ => return None,
    }
    let found = flat_modules(tree);
    (found.len() == 1).then(|| Settings {
        packages: Some(packages),
        py_modules: Some(found),
        ..settings.clone()
    })
}

/// Whether [`discover`] has nothing to choose from, so that setuptools builds an empty wheel. It
/// refuses a project with several packages or modules at the root.
pub(super) fn finds_nothing(tree: &SourceTree) -> bool {
    top_level(&flat_search().run(tree, "")) == 0 && flat_modules(tree).is_empty()
}

/// The number of packages at the root, those for type checkers left out.
fn top_level(packages: &[String]) -> usize {
    let real: Vec<String> = packages.iter().filter(|name| !is_stub(name)).cloned().collect();
    without_nested(&real).len()
}

/// The modules at the root that are not tools.
fn flat_modules(tree: &SourceTree) -> Vec<String> {
    let tools = NamePatterns::new(NO_MODULES.split_whitespace());
    modules(tree, "").into_iter().filter(|name| !tools.is_match(name)).collect()
}

fn flat_search() -> Search {
    let names = NO_PACKAGES.split_whitespace();
    let exclude: Vec<String> =
        names.flat_map(|name| [name.to_owned(), format!("{name}.*")]).collect();
    let mut search = Search::new(["*"], exclude.iter().map(String::as_str), true);
    search.is_package_name = is_flat_package;
    search
}

fn is_flat_package(name: &str) -> bool {
    let (root, rest) = name.split_once('.').map_or((name, None), |(root, rest)| (root, Some(rest)));
    (is_identifier(root) || root.ends_with("-stubs"))
        && rest.is_none_or(|rest| rest.split('.').all(is_identifier))
}

/// Whether the package holds nothing but types (PEP 561).
fn is_stub(package: &str) -> bool {
    package.split('.').next().is_some_and(|root| root.ends_with("-stubs"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::backend::setuptools::layout::tests::tree;

    fn found(paths: &[&str]) -> Option<(Vec<String>, Vec<String>)> {
        let settings = discover(&tree(paths), &Settings::default())?;
        Some((settings.packages.unwrap_or_default(), settings.py_modules.unwrap_or_default()))
    }

    #[test]
    fn flat_projects_have_one_package_or_one_module() {
        let (packages, modules) = found(&[
            "pkg/a.py",
            "pkg/sub/b.py",
            "pkg-stubs/a.pyi",
            "tests/test_a.py",
            "docs/conf.py",
            "_hidden/x.py",
            "pkg.egg-info/PKG-INFO",
            "other.py",
            "setup.py",
        ])
        .unwrap();
        assert_eq!(packages, ["pkg", "pkg-stubs", "pkg.sub"]);
        assert!(modules.is_empty());
        assert_eq!(found(&["one.py", "setup.py", "test/x.py"]).unwrap().1, ["one"]);
        assert_eq!(found(&["one/a.py", "two/b.py"]), None);
        assert_eq!(found(&["one.py", "two.py"]), None);
    }

    #[test]
    fn everything_in_src_is_meant() {
        let (packages, modules) = found(&[
            "src/a/x.py",
            "src/tests/y.py",
            "src/m.py",
            "src/a.egg-info/x",
            "b/__init__.py",
        ])
        .unwrap();
        assert_eq!((packages, modules), (vec!["a".into(), "tests".into()], vec!["m".into()]));
    }
}
