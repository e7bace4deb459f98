//! A tree of packages: what lies in it after each command, and what happens to it meanwhile.

#![cfg(all(unix, feature = "net"))]
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod fixtures;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use fixtures::disk::{OnFullDisk, state};
use fixtures::{PURE, wheel};
use serde_json::Value;

/// A folder with archives in `dist`, an index for mip in `site`, and a tree in `lib`.
struct Place(tempfile::TempDir);

type Files<'a> = &'a [(&'a str, &'a [u8])];

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Makes a wheel in the folder `dist`.
    fn wheel(&self, dist: &str, name: &str, version: &str, more: &str, files: Files) {
        let file = format!("{}-{version}-{PURE}.whl", name.replace('-', "_"));
        fs::create_dir_all(self.path(dist)).unwrap();
        let data = wheel(name, version, PURE, more, files);
        fs::write(self.path(dist).join(file), data).unwrap();
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mpconvert"));
        command.args(arguments.split_whitespace()).current_dir(self.0.path());
        command.env_clear().env("MPCONVERT_CACHE", self.path("cache"));
        command
    }

    fn output(&self, arguments: &str) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What a run that must end with this status prints and says.
    fn run(&self, status: i32, arguments: &str) -> String {
        let output = self.output(arguments);
        let text = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        assert_eq!(output.status.code(), Some(status), "{arguments}: {}", text.concat());
        text.concat()
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

    fn assert_tree(&self, expected: &[(&str, &str)]) {
        let tree = self.tree();
        let tree: Vec<_> = tree.iter().map(|(path, text)| (&path[..], &text[..])).collect();
        assert_eq!(tree, expected);
    }

    /// `name version` of each package in the record; in brackets if nobody asked for it.
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
    let told = |arguments: &str| {
        let output = place.output(arguments);
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (status, error) = told("install -p lib ./dist");
    let expected = "MP794]: lib: m.py: that of a, hidden by the folder `m` of b\n";
    assert!(status == 1 && error.contains(expected), "{error}");
    assert!(!place.path("lib").exists());
    // Also where one is there already, and within a package it is a warning.
    let source = "dist/a-1.0-py3-none-any.whl";
    assert_eq!(told(&format!("install -p lib {source}")).0, 0);
    let (status, error) = told("install -p lib ./other");
    assert!(status == 1 && error.contains("MP794]: lib: m.py: that of a"), "{error}");
    let (status, error) = told("install -p lib ./other --force");
    assert_eq!(status, 0, "{error}");
    for hidden in ["m.py: hidden by the folder `m`\n", "c.py: hidden by the folder `c`\n"] {
        assert!(error.contains(hidden), "{error}");
    }
    let (status, error) = told(&format!("install -p lib {source}"));
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
    let told = place.install(0, "inputs solo.py json/package.json logging --index site");
    assert!(told.contains("lib: 5 installed"), "{told}");
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
    let told = place.install(0, "foo");
    assert!(told.contains("lib: 2 unchanged"), "{told}");
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
    let told = place.install(0, "foo");
    assert!(told.contains("foo 1.1   updated from 1.0, 2 files written, 1 file removed"), "{told}");
    assert!(told.contains("bar 1.0   removed, 1 file removed"), "{told}");
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
    let told = place.install(0, "foo");
    assert!(told.contains("foo 1.1   changed, 1 file written"), "{told}");
}

#[test]
fn what_is_somebody_elses_is_left_alone() {
    let place = Place::new();
    place.wheel("dist", "foo", "1.0", "", &[("foo.py", b"foo\n"), ("bar.py", b"bar\n")]);
    place.write("lib/foo.py", "mine\n");
    place.write("lib/main.py", "main\n");
    let before = state(&place.path("lib"));
    let told = place.install(1, "foo");
    assert!(told.contains("error[MP791]: lib: foo.py: "), "{told}");
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
    let told = place.install(1, "foo bar");
    assert!(told.contains("error[MP794]: lib: shared.py: other contents in"), "{told}");
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
    assert!(place.install(0, "baz").contains("warning[MP506]: lib: Same.py: another spelling"));
    place.wheel("dist", "other", "1.0", "", &[("other.py", b"\n")]);
    assert!(!place.install(0, "other").contains("MP506"), "it is told of what is new");
}

#[test]
fn what_others_need_stays() {
    let place = Place::new();
    place.wheel("dist", "foo", "1.0", "Requires-Dist: bar\n", &[("foo.py", b"foo\n")]);
    place.wheel("dist", "bar", "1.0", "Requires-Dist: foo\n", &[("bar.py", b"bar\n")]);
    place.wheel("dist", "baz", "1.0", "", &[("baz.py", b"baz\n")]);
    place.install(0, "foo baz");
    assert!(place.uninstall(1, "bar nothing").contains("error[MP797]: lib: bar: foo"));
    let told = place.uninstall(1, "baz nothing");
    assert!(told.contains("error[MP796]: lib: nothing"), "{told}");
    assert_eq!(place.record(), ["[bar 1.0]", "baz 1.0", "foo 1.0"]);
    let told = place.uninstall(0, "FOO");
    assert!(told.contains("bar 1.0   removed") && told.contains("lib: 2 removed"), "{told}");
    assert_eq!(place.record(), ["baz 1.0"]);
    place.install(0, "foo bar");
    place.uninstall(0, "bar --force");
    assert_eq!(place.record(), ["baz 1.0", "foo 1.0"]);
    assert!(place.run(2, "list -p nowhere").contains("nowhere: no such folder"));
}

/// A place in which `old` 1.0 needs `lib` below 2, of which there is a newer one.
fn place_with_a_constraint() -> Place {
    let place = Place::new();
    place.wheel("dist", "old", "1.0", "Requires-Dist: lib<2\n", &[("old.py", b"import lib\n")]);
    for version in ["1.0", "1.9", "2.0"] {
        place.wheel("dist", "lib", version, "", &[("lib.py", version.as_bytes())]);
    }
    place
}

#[test]
fn what_stays_holds_versions_back() {
    let place = place_with_a_constraint();
    place.install(0, "old");
    assert_eq!(place.record(), ["[lib 1.9]", "old 1.0"]);
    let text = place.install(0, "lib -v");
    let note = "note[MP781]: lib: 1.9 in place of 2.0: old 1.0 needs lib<2";
    assert!(text.contains(note), "{text}");
    assert_eq!(place.record(), ["lib 1.9", "old 1.0"]);
    // What the newer version meets does not hold it back.
    place.wheel("dist", "glad", "1.0", "Requires-Dist: lib!=1.5\n", &[("glad.py", b"")]);
    place.install(0, "glad");
    assert_eq!(place.install(0, "lib -v").matches("MP781").count(), 1);
    place.uninstall(0, "glad");
    let text = place.install(1, "lib>=2");
    assert!(text.contains("error[MP780]") && text.contains("old 1.0"), "{text}");
    assert!(text.contains("lib<2") && text.contains("error[MP770]"), "{text}");
    assert_eq!(place.record(), ["lib 1.9", "old 1.0"]);
    // Others do not care.
    place.wheel("dist", "other", "1.0", "", &[("other.py", b"")]);
    assert!(!place.install(0, "other -v").contains("MP78"));
}

#[test]
fn force_takes_what_others_do_not_allow() {
    let place = place_with_a_constraint();
    place.install(0, "old");
    let text = place.install(0, "lib --force");
    assert!(text.contains("warning[MP782]: lib: old 1.0: found lib 2.0, expected lib<2"), "{text}");
    assert_eq!(place.record(), ["lib 2.0", "old 1.0"]);
    let told = |place: &Place| place.run(0, "list -p lib").contains("MP782");
    assert!(told(&place));
    place.wheel("dist", "other", "1.0", "", &[("other.py", b"")]);
    assert!(!place.install(0, "other").contains("MP78"), "what was so before is told by list");
    place.install(0, "old");
    assert_eq!(place.record(), ["lib 1.9", "old 1.0", "other 1.0"]);
    assert!(!told(&place));
}

#[test]
fn what_goes_holds_nothing_back() {
    let place = place_with_a_constraint();
    place.wheel("dist", "app", "1.0", "Requires-Dist: old\n", &[("app.py", b"1\n")]);
    place.install(0, "app");
    assert_eq!(place.record(), ["app 1.0", "[lib 1.9]", "[old 1.0]"]);
    place.wheel("dist", "app", "2.0", "Requires-Dist: lib\n", &[("app.py", b"2\n")]);
    place.install(0, "app");
    assert_eq!(place.record(), ["app 2.0", "[lib 2.0]"]);
    place.wheel("dist", "old", "2.0", "Requires-Dist: lib>=2\n", &[("old.py", b"2\n")]);
    place.install(0, "old==1.0 lib<2");
    place.install(0, "old lib>=2");
    assert_eq!(place.record(), ["app 2.0", "lib 2.0", "old 2.0"]);
}

#[test]
fn only_what_stands_against_a_version_is_told() {
    let place = place_with_a_constraint();
    place.wheel("dist", "other", "1.0", "Requires-Dist: x<2\n", &[("other.py", b"")]);
    place.wheel("dist", "x", "1.0", "", &[("x.py", b"1\n")]);
    place.wheel("dist", "x", "2.0", "Requires-Dist: lib\n", &[("x.py", b"2\n")]);
    place.install(0, "old other");
    let text = place.install(1, "x>=2");
    assert!(text.contains("other 1.0: found no version that fits, expected x<2"), "{text}");
    assert!(!text.contains("old 1.0"), "{text}");
    // Where each alone would fit, they do it together.
    place.wheel("dist", "y", "1.0", "", &[("y.py", b"")]);
    place.wheel("dist", "y", "2.0", "", &[("y.py", b"")]);
    for (name, needs) in [("p", "y<2"), ("q", "y!=1.0")] {
        let more = format!("Requires-Dist: {needs}\n");
        place.wheel("dist", name, "1.0", &more, &[(&format!("{name}.py"), b"")]);
        place.install(0, &format!("{name} --force"));
    }
    let text = place.install(1, "y");
    assert!(text.contains("p 1.0: found") && text.contains("q 1.0: found"), "{text}");
}

#[test]
fn extras_of_what_stays_are_told() {
    let place = Place::new();
    let more = "Provides-Extra: x\nRequires-Dist: lib<2\nRequires-Dist: opt; extra == 'x'\n";
    place.wheel("dist", "old", "1.0", more, &[("old.py", b"")]);
    for version in ["1.0", "2.0"] {
        place.wheel("dist", "lib", version, "", &[("lib.py", version.as_bytes())]);
    }
    place.install(0, "old");
    let needs = "Requires-Dist: old[x]\nRequires-Dist: lib\n";
    place.wheel("dist", "new", "1.0", needs, &[("new.py", b"")]);
    place.wheel("dist", "new", "2.0", "Requires-Dist: lib>=2\n", &[("new.py", b"")]);
    let text = place.install(0, "new");
    assert_eq!(place.record(), ["[lib 1.0]", "new 1.0", "old 1.0"]);
    assert!(text.contains("warning[MP307]: lib: old: found the extra `x`"), "{text}");
}

#[test]
fn a_module_without_version_meets_any_constraint() {
    let place = Place::new();
    place.wheel("dist", "old", "1.0", "Requires-Dist: lib>=1\n", &[("old.py", b"")]);
    place.wheel("dist", "lib", "1.0", "", &[("lib.py", b"1\n")]);
    place.install(0, "old");
    place.write("lib.py", "mine\n");
    let text = place.install(0, "./lib.py");
    assert!(text.contains("updated from 1.0") && !text.contains("MP78"), "{text}");
    assert_eq!(place.text("lib/lib.py"), "mine\n");
    let text = place.install(0, "lib");
    assert!(text.contains("lib 1.0   updated, 1 file written"), "{text}");
}

#[test]
fn what_is_held_has_other_names_in_place_already() {
    let place = place_with_a_constraint();
    place.install(0, "old");
    place.wheel("dist", "app", "1.0", "Requires-Dist: x\nRequires-Dist: lib\n", &[("app.py", b"")]);
    place.wheel("dist", "bar", "1.0", "", &[("bar.py", b"")]);
    let project = "[project]\nname = \"p\"\nversion = \"1\"\n[tool.mpconvert.dependencies]\n";
    for (other, record) in [
        ("false", ["app 1.0", "[lib 1.9]", "old 1.0"].as_slice()),
        ("\"bar\"", &["app 1.0", "[bar 1.0]", "[lib 1.9]", "old 1.0"]),
    ] {
        place.write("pyproject.toml", &format!("{project}x = \"lib\"\nlib = {other}\n"));
        let text = place.install(0, "app -v");
        assert!(text.contains("MP781]: lib: 1.9 in place of 2.0"), "{text}");
        assert_eq!(place.record(), record);
    }
}

#[test]
fn holding_ends_whatever_the_record_says() {
    let place = place_with_a_constraint();
    place.install(0, "old");
    let record = place.text("lib/.mpconvert/installed.json");
    let never = "lib<2; python_version < '3'";
    place.write("lib/.mpconvert/installed.json", &record.replace("lib<2", never));
    assert!(place.install(1, "lib").contains("error[MP780]"));
}

#[test]
fn what_is_installed_serves_where_nobody_has_it() {
    let place = Place::new();
    place.wheel("inputs", "mine", "1.0", "Requires-Dist: lib\n", &[("mine.py", b"mine\n")]);
    place.wheel("dist", "lib", "1.0", "", &[("lib.py", b"lib\n")]);
    place.install(0, "inputs");
    place.wheel("dist", "app", "1.0", "Requires-Dist: mine\n", &[("app.py", b"")]);
    let text = place.install(0, "app -v");
    assert!(text.contains("note[MP783]: lib: mine: 1.0"), "{text}");
    assert_eq!(place.record(), ["app 1.0", "[lib 1.0]", "mine 1.0"]);
    assert_eq!(place.text("lib/mine.py"), "mine\n");
    place.wheel("dist", "app", "2.0", "Requires-Dist: mine>=2\n", &[("app.py", b"")]);
    place.install(0, "app");
    assert_eq!(place.record(), ["app 1.0", "[lib 1.0]", "mine 1.0"], "the newest that fits");
    let text = place.install(1, "app>=2");
    assert!(text.contains("app==2.0 needs mine>=2, and mine has 1.0"), "{text}");
}

#[test]
fn what_serves_is_asked_for_from_now_on() {
    let place = Place::new();
    place.wheel("inputs", "app", "1.0", "Requires-Dist: lib\n", &[("app.py", b"")]);
    place.wheel("dist", "lib", "1.0", "", &[("lib.py", b"lib\n")]);
    place.install(0, "inputs");
    fs::remove_dir_all(place.path("dist")).unwrap();
    place.install(0, "lib --dry-run");
    assert_eq!(place.record(), ["app 1.0", "[lib 1.0]"]);
    assert!(place.install(0, "lib -v").contains("note[MP783]"));
    assert_eq!(place.record(), ["app 1.0", "lib 1.0"]);
    place.uninstall(0, "app");
    assert_eq!(place.record(), ["lib 1.0"]);
}

/// Answers requests with this file, as long as the test runs; tells the URL of it.
fn serve(name: &str, data: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/{name}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap() > 2 {
                line.clear();
            }
            let size = data.len();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {size}\r\n\r\n"
            )
            .unwrap();
            stream.write_all(&data).unwrap();
        }
    });
    url
}

#[test]
fn an_archive_may_be_named_twice() {
    let place = Place::new();
    let more = "Provides-Extra: x\nRequires-Dist: lib; extra == 'x'\n";
    let data = wheel("a", "1.0", PURE, more, &[("a.py", b"a\n")]);
    let url = serve(&format!("a-1.0-{PURE}.whl"), data);
    place.wheel("dist", "lib", "1.0", "", &[("lib.py", b"lib\n")]);
    place.write("requirements.txt", &format!("a @ {url}\na[x] @ {url}\n"));
    let text = place.install(0, "-r requirements.txt");
    assert!(!text.contains("MP705"), "{text}");
    assert_eq!(place.record(), ["a 1.0", "[lib 1.0]"]);
}

#[test]
fn hashes_hold_for_an_archive_that_nobody_names() {
    let place = Place::new();
    let name = format!("a-1.0-{PURE}.whl");
    let url = serve(&name, wheel("a", "1.0", PURE, "", &[("a.py", b"a\n")]));
    let other = "0".repeat(64);
    place.write("requirements.txt", &format!("a==1.0 --hash=sha256:{other}\n"));
    let text = place.install(1, &format!("-r requirements.txt {url}"));
    assert!(text.contains("error[MP703]") && text.contains(&other), "{text}");
    assert!(!place.path("lib").exists());
}

#[test]
fn links_lead_nowhere() {
    for link in ["lib/foo", "lib/foo/a.py", "lib/.mpconvert"] {
        let place = Place::new();
        place.wheel("dist", "foo", "1.0", "", &[("foo/a.py", b"foo\n")]);
        let outside = place.path("outside");
        fs::create_dir(&outside).unwrap();
        let path = place.path(link);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(&outside, &path).unwrap();
        for force in ["", "--force"] {
            let command = format!("install -p lib --no-index --find-links dist foo {force}");
            assert_ne!(place.output(&command).status.code(), Some(0), "{link}");
        }
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0, "{link}");
        assert!(fs::symlink_metadata(path).unwrap().is_symlink(), "{link}");
    }
    let place = Place::new();
    place.wheel("dist", "foo", "1.0", "", &[(".MPCONVERT/lock", b"foo\n")]);
    assert!(place.install(1, "foo --include **").contains("MP103"));
}

#[test]
fn what_cannot_be_had_leaves_no_trace() {
    let place = Place::new();
    place.wheel("dist", "foo", "1.0", "Requires-Dist: nothing\n", &[("foo.py", b"foo\n")]);
    let told = place.install(1, "foo");
    assert!(told.contains("nothing"), "{told}");
    place.wheel("dist", "native", "1.0", "", &[("native.so", b"\x7fELF")]);
    assert!(place.install(1, "native").contains("MP501"));
    place.wheel("dist", "a", "1.0", "Requires-Dist: b<2\n", &[("a.py", b"a\n")]);
    place.wheel("dist", "b", "2.0", "", &[("b.py", b"b\n")]);
    assert!(place.install(1, "a").contains("MP770"));
    assert!(!place.path("lib").exists());
}

#[test]
fn releases_that_are_passed_over_are_told() {
    let place = Place::new();
    place.wheel("dist", "a", "1.0", "", &[("a.py", b"a\n")]);
    place.write("dist/a-2.0-cp311-cp311-linux_x86_64.whl", "machine code");
    let text = place.install(0, "a -v");
    assert!(
        text.contains("note[MP755]: lib: a: 2.0, which has wheels for platforms only"),
        "{text}"
    );
}

#[test]
fn withdrawn_releases_are_for_those_who_pin_them() {
    let place = Place::new();
    let link = |(version, why): (&str, &str)| {
        place.wheel("simple/a", "a", version, "", &[("a.py", version.as_bytes())]);
        format!("<a href='a-{version}-{PURE}.whl'{why}>a</a>\n")
    };
    let links = [("1.0", ""), ("2.0", " data-yanked='broken'")].map(link).concat();
    place.write("simple/a/index.html", &links);
    let install =
        |what: &str| place.run(0, &format!("install -p lib --index-url simple {what} -v"));
    assert!(install("a").contains("note[MP755]: lib: a: 2.0, yanked: broken"));
    assert_eq!(place.record(), ["a 1.0"]);
    assert!(install("a==2.0").contains("warning[MP754]: lib: a: 2.0, yanked: broken"));
    assert_eq!(place.record(), ["a 2.0"]);
    let lock = place.run(0, "lock a --index-url simple -v");
    assert!(lock.contains("note[MP755]"), "{lock}");
    place.run(0, "download a --index-url simple --to files");
    assert!(place.path(&format!("files/a-1.0-{PURE}.whl")).is_file());
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

/// How many files change together in the test of interrupted runs.
const TOGETHER: usize = 150;

/// Makes version `1.{run}` of a package whose files all tell it.
fn make(place: &Place, run: u32) {
    let text = format!("{run}\n");
    let names: Vec<String> = (0..TOGETHER).map(|number| format!("foo/m{number}.py")).collect();
    let own = format!("foo/only{run}.py");
    let names = names.iter().map(String::as_str).chain([own.as_str()]);
    let files: Vec<(&str, &[u8])> = names.map(|name| (name, text.as_bytes())).collect();
    place.wheel(&format!("dist{run}"), "foo", &format!("1.{run}"), "", &files);
}

#[test]
fn a_killed_run_is_undone_or_done() {
    const RUNS: u32 = 40;
    let place = Place::new();
    place.write("solo.py", "solo\n");
    make(&place, 0);
    let start = Instant::now();
    place.run(0, "install -p lib dist0");
    let whole = start.elapsed();
    let (mut old, mut new, mut torn, mut delay) = (0, 0, 0, whole / 2);
    for run in 1..=RUNS {
        make(&place, run);
        let before = place.record();
        let mut command = place.command(&format!("install -p lib dist{run}"));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        if run % 3 == 0 {
            let change = place.path("lib/.mpconvert/change");
            while !change.exists() && child.try_wait().unwrap().is_none() {}
            thread::sleep(Duration::from_micros(u64::from(run) * 20));
        } else {
            thread::sleep(delay);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let told = place.run(0, "list -p lib");
        let is_torn = told.contains("MP798");
        torn += u32::from(is_torn);
        // Any other run restores what was there.
        place.run(0, "install -p lib solo.py");
        let record = place.record();
        let versions: Vec<String> = record.iter().map(|one| one.replace("foo 1.", "")).collect();
        let version = format!("{}\n", versions[0]);
        let mut tree = place.tree();
        assert_eq!(tree.remove("solo.py").unwrap(), "solo\n");
        assert!(tree.remove(&format!("foo/only{}.py", versions[0])).is_some(), "{tree:?}");
        assert_eq!(tree.len(), TOGETHER, "run {run}");
        assert!(tree.values().all(|text| *text == version), "run {run}: {tree:?}");
        assert!(!place.run(0, "list -p lib").contains("MP79"));
        let left: Vec<_> = fs::read_dir(place.path("lib/.mpconvert")).unwrap().collect();
        assert_eq!(left.len(), 2, "the lock and the record");
        // By time close to the moment of the change, and else in the middle of it.
        if is_torn {
            assert_eq!(record[0], before[0]);
            old += 1;
        } else if record[0] == format!("foo 1.{run}") {
            (new, delay) = (new + 1, delay * 9 / 10);
        } else {
            assert_eq!(record[0], before[0]);
            (old, delay) = (old + 1, delay * 10 / 9);
        }
    }
    assert!(old > 0 && new > 0 && torn > 0, "{old} old, {new} new, {torn} torn");
}

#[test]
fn a_full_disk_leaves_the_old_tree() {
    let place = Place::new();
    place.wheel("small", "foo", "1.0", "", &[("foo/a.py", b"1\n"), ("foo/b.py", b"1\n")]);
    let text = "x = 1\n".repeat(700);
    let names: Vec<String> = (0..16).map(|number| format!("foo/deep{number}/m.py")).collect();
    let mut files: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), text.as_bytes())).collect();
    files.push(("foo/a.py", b"2\n"));
    place.wheel("large", "foo", "1.1", "", &files);
    let on_disk = OnFullDisk {
        first: r#""$MPCONVERT" -q install -p "$MADE" small"#,
        change: r#""$MPCONVERT" install -p "$MADE" large"#,
        check: r#""$MPCONVERT" list -p "$MADE" >told 2>&1; if grep MP79 told; then exit 1; fi"#,
    };
    on_disk.run(&place.path(""));
}

#[test]
fn waiting_ends() {
    let place = Place::new();
    place.wheel("dist", "foo", "1.0", "", &[("foo.py", b"foo\n")]);
    place.install(0, "foo");
    let lock = fs::File::options().write(true).open(place.path("lib/.mpconvert/lock")).unwrap();
    lock.lock().unwrap();
    let start = Instant::now();
    assert!(place.install(2, "foo --lock-timeout 2").contains("waiting for another run"));
    assert!(start.elapsed() >= Duration::from_secs(2));
    place.run(2, "list -p lib --lock-timeout 0");
    drop(lock);
    place.install(0, "foo");
}
