//! Dependencies as projects declare them become what micropython-lib's index has.

use std::fs;

use mpconvert::mip::IndexJson;
use mpconvert::requirement::Requirement;
use mpconvert::translate::{
    AvailableVersions, DependencyOptions, MipDependencies, PackageIndex, PackageIndexes, Pinning,
    to_mip_dependencies,
};
use proptest::prelude::*;

const INDEX: &[u8] = include_bytes!("../../src/translate/micropython_lib_index.json");
const PUBLISHED: &str = include_str!("../data/micropython-lib-2020.txt");

fn index() -> IndexJson {
    IndexJson::parse(INDEX, "index.json").unwrap()
}

fn pinned(requirements: &[Requirement], catalog: &dyn PackageIndex) -> MipDependencies {
    to_mip_dependencies(
        requirements,
        "own",
        &DependencyOptions::default(),
        Some(catalog),
        Pinning::Pin,
    )
}

fn names_and_versions(exact: &MipDependencies) -> Vec<String> {
    exact.deps.iter().map(|dep| format!("{} {}", dep.name, dep.version)).collect()
}

#[test]
fn constraints_of_a_poetry_project_are_resolved() {
    let folder = tempfile::tempdir().unwrap();
    let pyproject = r#"
        [build-system]
        build-backend = "poetry.core.masonry.api"
        requires = ["poetry-core"]
        [tool.poetry]
        name = "demo"
        version = "1.0"
        description = ""
        authors = []
        [tool.poetry.dependencies]
        python = "^3.7"
        micropython-logging = "^0.3"
        "umqtt.simple" = "~1"
        requests = "*"
        aiohttp = "^0.0.7"
        foo = "^1.2"
        bar = { git = "https://github.com/org/bar.git", tag = "v2", subdirectory = "lib" }
    "#;
    fs::create_dir(folder.path().join("demo")).unwrap();
    fs::write(folder.path().join("demo/__init__.py"), "").unwrap();
    fs::write(folder.path().join("pyproject.toml"), pyproject).unwrap();
    let package = mpconvert::read(folder.path()).unwrap();
    let (index, inputs) = (index(), [("foo", "1.9"), ("foo", "2.0"), ("foo", "1.2.1")]);
    let inputs: AvailableVersions = inputs.into_iter().collect();
    let exact = pinned(&package.requirements, &PackageIndexes(vec![&index, &inputs]));
    assert_eq!(
        names_and_versions(&exact),
        [
            "logging 0.6.2",
            "umqtt.simple 1.8.0",
            "requests 1.1.1",
            "foo 1.9",
            "github:org/bar/lib v2"
        ]
    );
    assert_eq!(exact.unresolved, ["aiohttp"]);
    let findings: Vec<String> = exact.findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        findings,
        [
            "micropython-logging: the dependency is now logging; >=0.3,<0.4 applied to the versions of \
             the old package",
            "bar: mip needs a package.json in the repository \
             git+https://github.com/org/bar.git@v2#subdirectory=lib, which becomes \
             github:org/bar/lib",
            "aiohttp: no version satisfies the constraints: `aiohttp` has 0.0.8, not >=0.0.7,<0.0.8",
        ]
    );
}

#[test]
fn every_old_name_becomes_a_package_or_is_explained() {
    let index = index();
    for name in PUBLISHED.lines().filter(|line| !line.starts_with('#')) {
        let exact = pinned(&[name.parse().unwrap()], &index);
        assert!(!exact.findings.is_empty(), "{name}");
        for dep in &exact.deps {
            let package = index.package(&dep.name).unwrap();
            assert_eq!(dep.version, package.version, "{name}");
        }
        assert!(exact.deps.len() + exact.unresolved.len() <= 1, "{name}");
    }
}

proptest! {
    #[test]
    fn only_what_can_be_fetched_is_asked_for(
        names in proptest::collection::vec("(micropython-|pycopy-)?[a-z_.]{1,9}", 1..8),
        constraints in proptest::collection::vec("(|>=|<|==|~=)", 1..8),
        numbers in proptest::collection::vec("[0-9](\\.[0-9]){1,2}((a|b|rc|\\.dev)[0-9])?", 1..8),
    ) {
        let index = index();
        let requirements: Vec<Requirement> = names
            .iter()
            .zip(&constraints)
            .zip(&numbers)
            .filter_map(|((name, operator), number)| {
                let number = if operator.is_empty() { "" } else { number };
                format!("{name}{operator}{number}").parse().ok()
            })
            .collect();
        let exact = pinned(&requirements, &index);
        for dep in &exact.deps {
            let versions = index.find(&dep.name).map(|offer| offer.versions);
            prop_assert!(versions.unwrap_or_default().contains(&dep.version));
        }
        prop_assert!(exact.deps.len() + exact.unresolved.len() <= requirements.len());
        for name in &exact.unresolved {
            let is_reported = exact.findings.iter().any(|f| f.path.as_ref() == Some(name));
            prop_assert!(is_reported, "{name}");
        }
    }
}
