//! Versions that git or the command line says.

use std::process::Command;

use serde_json::Value;

use crate::fixtures::sandbox::{Sandbox, is_sandbox};

/// A project in a git repository with the tag `v1.2.0`.
struct Place(Sandbox);

is_sandbox!(Place);

const SCM: &str = "[build-system]\nrequires = ['setuptools', 'setuptools-scm']\n\
                   build-backend = 'setuptools.build_meta'\n\
                   [project]\nname = 'foo'\ndynamic = ['version']\n[tool.setuptools_scm]\n";

impl Place {
    fn new(pyproject: &str) -> Self {
        let place = Self(Sandbox::new());
        place.write("one/foo/__init__.py", "x = 1\n");
        place.write("one/pyproject.toml", pyproject);
        place.git("init -q");
        place.git("add .");
        place.git("commit -qm one");
        place.git("tag v1.2.0");
        place
    }

    fn git(&self, arguments: &str) {
        let status = Command::new("git")
            .args(
                "-c user.name=a -c user.email=a@example.com -c init.defaultBranch=main".split(' '),
            )
            .args(arguments.split(' '))
            .current_dir(self.path("one"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .status();
        assert!(status.unwrap().success(), "{arguments}");
    }

    /// The version of the project, and the codes of findings.
    fn inspect(&self, arguments: &str) -> (Value, String) {
        let output = self.output(&format!("--output-format json inspect one {arguments}"));
        let mut report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let mut result = report["results"][0].take();
        let findings = result["findings"].to_string();
        (result["version"].take(), findings)
    }
}

fn hatch(tables: &str) -> String {
    format!(
        "[build-system]\nbuild-backend = 'hatchling.build'\n\
         [project]\nname = 'foo'\ndynamic = ['version']\n{tables}"
    )
}

#[test]
fn build_tools_take_the_version_of_the_tag() {
    let pdm = "[build-system]\nbuild-backend = 'pdm.backend'\n\
               [project]\nname = 'foo'\ndynamic = ['version']\n[tool.pdm.version]\nsource = 'scm'\n";
    let poetry = "[build-system]\nbuild-backend = 'poetry_dynamic_versioning.backend'\n\
                  [tool.poetry]\nname = 'foo'\nversion = '0.0.0'\n\
                  [tool.poetry-dynamic-versioning]\nenable = true\n";
    for pyproject in [
        SCM,
        &hatch("[tool.hatch.version]\nsource = 'vcs'\n"),
        &hatch("[tool.hatch.version]\nsource = 'vcs'\ntag-pattern = 'v(?P<version>.*)'\n"),
        &hatch("[tool.hatch.version]\nsource = 'versioningit'\n"),
        pdm,
        poetry,
    ] {
        let place = Place::new(pyproject);
        let (version, findings) = place.inspect("");
        assert_eq!(version, "1.2.0", "{pyproject}: {findings}");
        assert!(!findings.contains("MP208"), "{findings}");
    }
}

#[test]
fn a_setup_script_that_asks_for_the_tag_gets_it() {
    let place = Place::new("");
    std::fs::remove_file(place.path("one/pyproject.toml")).unwrap();
    place.write("one/setup.py", "setup(name='foo', packages=['foo'], use_scm_version=True)\n");
    assert_eq!(place.inspect("").0, "1.2.0");
    place.write("one/setup.py", "setup(name='foo', packages=['foo'], use_scm_version=False)\n");
    assert_eq!(place.inspect("").0, Value::Null);
}

#[test]
fn between_two_tags_the_version_is_unknown() {
    let place = Place::new(SCM);
    place.git("commit -q --allow-empty -m two");
    place.git("tag notes");
    let report = place.run(1, "one --out out");
    assert!(report.contains("error[MP201]"), "{report}");
    assert!(
        report.contains("which setuptools-scm takes from git: the tags on the commit"),
        "{report}"
    );
    assert!(report.contains("help: give it with --version, or use --build"), "{report}");
    place.git("tag v2.0");
    assert_eq!(place.inspect("").0, "2.0");
    // Tools choose among several versions by the kind, the name or the date of the tag.
    place.git("tag v10.0");
    assert_eq!(place.inspect("").0, Value::Null);
}

#[test]
fn what_tools_do_differently_leaves_the_version_unknown() {
    let pdm = "[build-system]\nbuild-backend = 'pdm.backend'\n\
               [project]\nname = 'foo'\ndynamic = ['version']\n[tool.pdm.version]\nsource = 'scm'\n";
    for pyproject in [
        format!("{SCM}git_describe_command = 'git describe --match x*'\n"),
        format!("{SCM}version_scheme = 'calver-by-date'\n"),
        format!("{pdm}tag_filter = 'x*'\n"),
        hatch(
            "[tool.hatch.version]\nsource = 'vcs'\n[tool.hatch.version.raw-options]\nparse = 'a'\n",
        ),
    ] {
        assert_eq!(Place::new(&pyproject).inspect("").0, Value::Null, "{pyproject}");
    }
    let place = Place::new(SCM);
    place.git("tag v1.2.0+local");
    assert_eq!(place.inspect("").0, Value::Null);
    // setuptools-scm does not look for a repository above the project.
    let place = Place::new(SCM);
    place.write("one/sub/pyproject.toml", SCM);
    place.write("one/sub/foo/__init__.py", "");
    assert!(place.run(1, "one/sub --out out").contains("MP201"));
}

#[test]
fn the_command_line_says_the_version() {
    let place = Place::new(SCM);
    place.git("commit -q --allow-empty -m two");
    let (version, findings) = place.inspect("--version 3.0");
    assert_eq!(version, "3.0");
    assert!(!findings.contains("MP208"), "{findings}");
    place.run(0, "one --out out --version 3.0");
    assert!(place.path("out/foo-3.0.tar.gz").is_file());
    place.run(0, "mip --in-place one --version 3.0");
    assert!(place.text("one/package.json").contains("\"version\": \"3.0\""));
    let report = place.run(2, "out/foo-3.0.tar.gz --version 3.0 --out other");
    assert!(report.contains("found an archive, which has a version"), "{report}");
    place.git("tag v4");
    let report = place.run(1, "one --out out --version 3.0");
    assert!(
        report.contains("error[MP209]") && report.contains("found 4, expected 3.0"),
        "{report}"
    );
    place.run(0, "one --out out --version 4.0");
}
