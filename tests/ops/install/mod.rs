//! A tree of packages: what lies in it after each command, and what happens to it meanwhile.

mod constraints;
mod downloads;
mod exported;
mod interrupted;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::fixtures::disk::state;
use crate::fixtures::sandbox::{Files, Sandbox, is_sandbox};
use serde_json::Value;

/// A folder with archives in `dist`, an index for mip in `site`, and a tree in `lib`.
struct Place(Sandbox);

is_sandbox!(Place);

impl Place {
    fn new() -> Self {
        Self(Sandbox::new())
    }

    /// Installs into `lib`. Names are looked for in `dist`, and nowhere else.
    fn install(&self, status: i32, what: &str) -> String {
        fs::create_dir_all(self.path("dist")).unwrap();
        self.run(status, &format!("install -p lib --no-index --find-links dist {what}"))
    }

    fn uninstall(&self, status: i32, what: &str) -> String {
        self.run(status, &format!("uninstall -p lib {what}"))
    }

    /// The files of the tree by their paths, but for what is known of it.
    fn tree(&self) -> BTreeMap<String, String> {
        let root = self.path("lib");
        let files = state(&root).into_iter().filter(|(path, _)| !is_work(path, &root));
        let text = |(path, (data, _)): (PathBuf, (Vec<u8>, _))| {
            let path = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            (path, String::from_utf8(data).unwrap())
        };
        files.map(text).collect()
    }

    /// Whether the tree has this text in a file now.
    fn tree_has(&self, path: &str, text: &str) -> bool {
        fs::read(self.path("lib").join(path)).is_ok_and(|data| data == text.as_bytes())
    }

    fn assert_tree(&self, expected: &[(&str, &str)]) {
        let tree = self.tree();
        let tree: Vec<_> = tree.iter().map(|(path, text)| (&path[..], &text[..])).collect();
        assert_eq!(tree, expected);
    }

    /// `name version` of each package in the record; in brackets if it is only a dependency.
    fn record(&self) -> Vec<String> {
        let record: Value =
            serde_json::from_str(&self.text("lib/.mpconvert/installed.json")).unwrap();
        let name = |package: &Value| {
            let [name, version] = ["name", "version"].map(|key| package[key].as_str().unwrap());
            let is_requested = package["requested"].as_bool().unwrap();
            if is_requested { format!("{name} {version}") } else { format!("[{name} {version}]") }
        };
        record["packages"].as_array().unwrap().iter().map(name).collect()
    }
}

fn is_work(path: &Path, root: &Path) -> bool {
    path.starts_with(root.join(".mpconvert"))
}

#[test]
fn packages_that_hide_a_module_are_refused() {
    let place = Place::new();
    place.wheel("dist", "a", "1.0", "", &[("m.py", b"x = 1\n")]);
    place.wheel("dist", "b", "1.0", "", &[("m/__init__.py", b"x = 2\n")]);
    place.wheel("other", "c", "1.0", "", &[("m/c.txt", b"x"), ("c.py", b""), ("c/c.txt", b"y")]);
    let report = |arguments: &str| {
        let output = place.output(arguments);
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (status, error) = report("install -p lib ./dist");
    let expected = "MP794]: lib: m.py: two packages install the same file or module: that of a, hidden by the folder `m` of b\n";
    assert!(status == 1 && error.contains(expected), "{error}");
    assert!(!place.path("lib").exists());
    // Also where one is there already, and within a package it is a warning.
    let source = "dist/a-1.0-py3-none-any.whl";
    assert_eq!(report(&format!("install -p lib {source}")).0, 0);
    let (status, error) = report("install -p lib ./other");
    assert!(
        status == 1
            && error.contains(
                "MP794]: lib: m.py: two packages install the same file or module: that of a"
            ),
        "{error}"
    );
    let (status, error) = report("install -p lib ./other --force");
    assert_eq!(status, 0, "{error}");
    for hidden in [
        "m.py: the module can never be imported: hidden by the folder `m`\n",
        "c.py: the module can never be imported: hidden by the folder `c`\n",
    ] {
        assert!(error.contains(hidden), "{error}");
    }
    let (status, error) = report(&format!("install -p lib {source}"));
    assert!(status == 0 && error.contains("1 unchanged"), "{error}");
}

#[test]
fn a_closure_is_installed_from_everywhere() {
    let place = Place::new();
    let more =
        "Requires-Dist: micropython-logging\nRequires-Dist: helper>=1; python_version > '3'\n";
    place.wheel("inputs", "app", "1.0", more, &[("app/__init__.py", b"import logging\n")]);
    place.wheel("dist", "helper", "1.0", "", &[("helper.py", b"one\n")]);
    place.wheel("dist", "helper", "1.1", "Requires-Dist: logging\n", &[("helper.py", b"two\n")]);
    place.wheel("source", "logging", "0.5", "", &[("logging.py", b"log\n")]);
    place.run(0, "index add source --to site --no-mpy");
    place.write("solo.py", "solo\n");
    place.write(
        "json/package.json",
        r#"{"urls": [["far/a.py", "a.py"]], "deps": [["logging", ""]]}"#,
    );
    place.write("json/a.py", "far\n");
    let report = place.install(0, "inputs solo.py json/package.json logging --index site");
    assert!(report.contains("lib: 5 installed"), "{report}");
    place.assert_tree(&[
        ("app/__init__.py", "import logging\n"),
        ("far/a.py", "far\n"),
        ("helper.py", "two\n"),
        ("logging.py", "log\n"),
        ("solo.py", "solo\n"),
    ]);
    let packages = ["app 1.0", "[helper 1.1]", "json/package.json ", "logging 0.5", "solo "];
    assert_eq!(place.record(), packages);
    place.run(0, "uninstall -p lib app json/package.json");
    assert_eq!(place.record(), ["logging 0.5", "solo "]);
}

#[test]
fn the_same_again_writes_nothing() {
    let place = Place::new();
    place.wheel("dist", "foo", "1.0", "Requires-Dist: bar\n", &[("foo.py", b"foo\n")]);
    place.wheel("dist", "bar", "1.0", "", &[("bar.py", b"bar\n")]);
    place.install(0, "foo");
    let before = state(&place.path("lib"));
    let report = place.install(0, "foo");
    assert!(report.contains("lib: 2 unchanged"), "{report}");
    place.install(0, "Foo>=1");
    assert_eq!(state(&place.path("lib")), before);
}

#[test]
fn only_what_changed_is_written() {
    let place = Place::new();
    let same: (&str, &[u8]) = ("foo/same.py", b"same\n");
    let more = "Requires-Dist: bar\nRequires-Dist: baz\n";
    let files: Files = &[same, ("foo/a.py", b"1\n"), ("foo/old/gone.py", b"\n")];
    place.wheel("dist", "foo", "1.0", more, files);
    place.wheel("dist", "bar", "1.0", "", &[("bar.py", b"bar\n")]);
    place.wheel("dist", "baz", "1.0", "", &[("baz.py", b"baz\n")]);
    place.install(0, "foo");
    let before = state(&place.path("lib"));
    let files: Files = &[same, ("foo/a.py", b"2\n"), ("foo/new.py", b"\n")];
    place.wheel("dist", "foo", "1.1", "Requires-Dist: baz\n", files);
    let report = place.install(0, "foo");
    assert!(
        report.contains("foo 1.1   updated from 1.0, 2 files written, 1 file removed"),
        "{report}"
    );
    assert!(report.contains("bar 1.0   removed, 1 file removed"), "{report}");
    let after = state(&place.path("lib"));
    for path in ["lib/foo/same.py", "lib/baz.py"].map(|path| place.path(path)) {
        assert_eq!(before[&path], after[&path]);
    }
    place.assert_tree(&[
        ("baz.py", "baz\n"),
        ("foo/a.py", "2\n"),
        ("foo/new.py", "\n"),
        ("foo/same.py", "same\n"),
    ]);
    assert!(!place.path("lib/foo/old").exists());
    fs::remove_file(place.path("lib/foo/a.py")).unwrap();
    let report = place.install(0, "foo");
    assert!(report.contains("foo 1.1   changed, 1 file written"), "{report}");
}

#[test]
fn what_is_somebody_elses_is_left_alone() {
    let place = Place::new();
    place.wheel("dist", "foo", "1.0", "", &[("foo.py", b"foo\n"), ("bar.py", b"bar\n")]);
    place.write("lib/foo.py", "mine\n");
    place.write("lib/main.py", "main\n");
    let before = state(&place.path("lib"));
    let report = place.install(1, "foo");
    assert!(report.contains("error[MP791]: lib: foo.py: "), "{report}");
    assert_eq!(state(&place.path("lib")), before, "all or nothing");
    // What is there already is taken as it is.
    place.write("lib/foo.py", "foo\n");
    place.install(0, "foo");
    place.uninstall(0, "foo");
    place.assert_tree(&[("main.py", "main\n")]);
    place.write("lib/foo.py", "mine\n");
    place.install(0, "foo --force");
    place.assert_tree(&[("bar.py", "bar\n"), ("foo.py", "foo\n"), ("main.py", "main\n")]);
}

#[test]
fn changed_files_are_kept() {
    let place = Place::new();
    place.wheel("dist", "foo", "1.0", "", &[("foo.py", b"1\n"), ("config.py", b"1\n")]);
    place.install(0, "foo");
    place.write("lib/config.py", "mine\n");
    assert!(place.run(0, "list -p lib").contains("warning[MP799]: lib: config.py"));
    assert!(place.install(0, "foo").contains("warning[MP793]: lib: config.py"));
    place.wheel("dist", "foo", "1.1", "", &[("foo.py", b"2\n"), ("config.py", b"2\n")]);
    assert!(place.install(1, "foo").contains("error[MP792]: lib: config.py"));
    place.assert_tree(&[("config.py", "mine\n"), ("foo.py", "1\n")]);
    assert!(place.uninstall(0, "foo").contains("warning[MP793]: lib: config.py"));
    place.assert_tree(&[("config.py", "mine\n")]);
    place.install(0, "foo --force");
    place.write("lib/config.py", "mine\n");
    place.uninstall(0, "foo --force");
    place.assert_tree(&[]);
}

#[test]
fn one_path_has_one_owner() {
    let place = Place::new();
    place.wheel("dist", "foo", "1.0", "", &[("shared.py", b"foo\n"), ("same.py", b"same\n")]);
    place.wheel("dist", "bar", "1.0", "", &[("shared.py", b"bar\n"), ("same.py", b"same\n")]);
    let report = place.install(1, "foo bar");
    assert!(report.contains("error[MP794]: lib: shared.py: two packages install the same file or module: other contents in"), "{report}");
    assert!(!place.path("lib").exists(), "what is refused leaves no trace");
    place.install(0, "foo");
    assert!(place.install(1, "bar").contains("MP794"));
    place.install(0, "bar --force");
    place.assert_tree(&[("same.py", "same\n"), ("shared.py", "bar\n")]);
    place.uninstall(0, "bar");
    place.assert_tree(&[("same.py", "same\n")]);
    place.uninstall(0, "foo");
    place.assert_tree(&[]);
    place.wheel("dist", "baz", "1.0", "", &[("Same.py", b"\n")]);
    assert!(place.install(0, "foo baz").contains("warning[MP506]"));
    place.uninstall(0, "baz");
    // What is there already counts, too.
    assert!(place.install(0, "baz").contains("warning[MP506]: lib: Same.py: the path collides with another on some file systems: found another spelling"));
    place.wheel("dist", "other", "1.0", "", &[("other.py", b"\n")]);
    assert!(!place.install(0, "other").contains("MP506"), "only new files are reported");
}

#[test]
fn what_others_need_stays() {
    let place = Place::new();
    place.wheel("dist", "foo", "1.0", "Requires-Dist: bar\n", &[("foo.py", b"foo\n")]);
    place.wheel("dist", "bar", "1.0", "Requires-Dist: foo\n", &[("bar.py", b"bar\n")]);
    place.wheel("dist", "baz", "1.0", "", &[("baz.py", b"baz\n")]);
    place.install(0, "foo baz");
    assert!(
        place
            .uninstall(1, "bar nothing")
            .contains("error[MP797]: lib: bar: not removed, because the package is needed by foo")
    );
    let report = place.uninstall(1, "baz nothing");
    assert!(report.contains("error[MP796]: lib: nothing"), "{report}");
    assert_eq!(place.record(), ["[bar 1.0]", "baz 1.0", "foo 1.0"]);
    let report = place.uninstall(0, "FOO");
    assert!(report.contains("bar 1.0   removed") && report.contains("lib: 2 removed"), "{report}");
    assert_eq!(place.record(), ["baz 1.0"]);
    place.install(0, "foo bar");
    place.uninstall(0, "bar --force");
    assert_eq!(place.record(), ["baz 1.0", "foo 1.0"]);
    assert!(place.run(2, "list -p nowhere").contains("nowhere: no such folder"));
}

#[test]
fn files_with_requirements_are_read() {
    let place = Place::new();
    place.wheel("dist", "foo", "1.0", "", &[("foo.py", b"foo\n")]);
    place.wheel("dist", "foo", "1.1", "", &[("foo.py", b"new\n")]);
    place.write("r.txt", &format!("foo<1.1 --hash=sha256:{}\n", "0".repeat(64)));
    assert!(
        place.install(1, "-r r.txt").contains("MP703"),
        "another file than the one that is allowed"
    );
    place.write("r.txt", "foo<1.1\n");
    place.install(0, "-r r.txt");
    assert_eq!(place.record(), ["foo 1.0"]);
    assert!(place.install(2, "").contains("<PACKAGE>"));
}

#[test]
fn a_dry_run_writes_nothing() {
    let place = Place::new();
    place.wheel("dist", "foo", "1.0", "", &[("foo.py", b"foo\n")]);
    assert!(place.install(0, "foo -n").contains("foo 1.0   installed, 1 file (dry run)"));
    assert!(!place.path("lib").exists());
    place.install(0, "foo");
    let before = state(&place.path("lib"));
    place.wheel("dist", "foo", "1.1", "", &[("foo.py", b"2\n")]);
    assert!(place.install(0, "foo -n").contains("updated from 1.0"));
    assert!(place.uninstall(0, "foo -n").contains("removed, 1 file removed (dry run)"));
    assert_eq!(state(&place.path("lib")), before);
}

#[test]
fn a_damaged_record_is_not_guessed_at() {
    let place = Place::new();
    place.wheel("dist", "foo", "1.0", "", &[("foo.py", b"foo\n")]);
    place.install(0, "foo");
    place.write("lib/.mpconvert/installed.json", "{}");
    assert!(place.install(1, "foo").contains("MP790"));
    assert!(place.run(1, "list -p lib").contains("MP790"));
    fs::remove_file(place.path("lib/.mpconvert/installed.json")).unwrap();
    place.install(0, "foo");
    assert_eq!(place.record(), ["foo 1.0"]);
}

#[test]
fn all_that_are_installed_at_once_are_there() {
    let place = Place::new();
    let names: Vec<String> = (0..6).map(|number| format!("p{number}")).collect();
    for name in &names {
        place.wheel("dist", name, "1.0", "", &[(&format!("{name}.py"), b"\n")]);
    }
    let start = |name: &String| {
        let command = format!("install -p lib --no-index --find-links dist {name}");
        let mut command = place.command(&command);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let children: Vec<_> = names.iter().map(start).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(place.record().len(), names.len());
    assert_eq!(place.tree().len(), names.len());
}
