//! Packages for the build of a firmware: what lies in their folder after each call, and what stands
//! against them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::fixtures::sandbox::{Files, Sandbox, is_sandbox};
use serde_json::Value;

/// A folder with inputs, and the program run in it.
struct Place(Sandbox);

is_sandbox!(Place);

impl Place {
    fn new(files: Files) -> Self {
        let place = Self(Sandbox::new());
        for (path, data) in files {
            place.write(path, data);
        }
        place
    }

    fn wheel(&self, name: &str, requires: &[&str], files: Files) {
        let requires = requires.iter().map(|one| format!("Requires-Dist: {one}\n"));
        self.0.wheel("dist", name, "1.0", &requires.collect::<String>(), files);
    }

    /// The calls in a manifest.
    fn calls(&self, path: &str) -> Vec<String> {
        self.text(path).lines().skip(1).map(str::to_owned).collect()
    }

    /// The paths of all files below a folder.
    fn paths(&self, folder: &str) -> Vec<String> {
        files(&self.path(folder)).into_keys().collect()
    }
}

fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                all.insert(below, fs::read(&path).unwrap());
            }
        }
    }
    all
}

/// Three packages of which each needs the next, two of them in an index.
fn chain() -> Place {
    let place = Place::new(&[("driver.py", b"import base\n")]);
    place.wheel("base", &[], &[("base.py", b"x = 1\n")]);
    place.wheel("middle", &["base>=1"], &[("middle/__init__.py", b"import base\n")]);
    place.run(0, "index add dist --to index --no-mpy");
    fs::remove_dir_all(place.path("dist")).unwrap();
    place.wheel("top", &["middle"], &[("top.py", b"import middle\n"), ("top_data/a.txt", b"a")]);
    place
}

#[test]
fn each_package_has_a_folder_and_all_come_with_what_they_need() {
    let place = chain();
    let said = place.run(0, "freeze dist driver.py --index index");
    assert!(said.contains("lib/middle"), "{said}");
    assert_eq!(
        place.paths("lib"),
        [
            "base/base.py",
            "base/manifest.py",
            "driver/driver.py",
            "driver/manifest.py",
            "manifest.py",
            "middle/manifest.py",
            "middle/middle/__init__.py",
            "top/manifest.py",
            "top/top.py",
            "top/top_data/R.py",
        ]
    );
    assert_eq!(
        place.calls("lib/manifest.py"),
        [
            "add_library(\"mpconvert\", \".\")",
            "require(\"top\", library=\"mpconvert\")",
            "require(\"driver\", library=\"mpconvert\")",
        ]
    );
    assert_eq!(
        place.calls("lib/middle/manifest.py"),
        [
            "metadata(version=\"1.0\")",
            "add_library(\"mpconvert\", \"..\")",
            "require(\"base\", library=\"mpconvert\")",
            "package(\"middle\")",
        ]
    );
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let place = chain();
    place.run(0, "freeze dist driver.py base@1.0 --index index");
    place.run(0, "freeze dist driver.py base>=1 --index index --out again/lib");
    assert_eq!(files(&place.path("lib")), files(&place.path("again/lib")));
    let said = place.run(0, "freeze dist driver.py base --index index");
    assert_eq!(said.matches("(unchanged)").count(), 5, "{said}");
}

#[test]
fn what_depends_on_nothing_known_is_frozen_only_where_that_is_allowed() {
    let place = chain();
    let said = place.run(1, "freeze dist");
    assert!(said.contains("error[MP316]: top: middle: "), "{said}");
    assert!(said.contains("--index"), "{said}");
    let said = place.run(0, "freeze dist --allow-missing middle");
    assert!(said.contains("warning[MP329]: top: middle: "), "{said}");
    assert!(!place.text("lib/top/manifest.py").contains("require"));
}

#[test]
fn an_input_counts_more_than_the_index() {
    let place = chain();
    place.wheel("base", &[], &[("base.py", b"x = 2\n")]);
    let said = place.run(0, "freeze dist --index index");
    assert!(said.contains("MP742"), "{said}");
    assert_eq!(place.text("lib/base/base.py"), "x = 2\n");
    let said = place.run(0, "freeze dist base --index index --out other");
    assert_eq!(said.matches("MP742").count(), 2, "{said}");
    assert_eq!(place.text("other/base/base.py"), "x = 2\n");
}

#[test]
fn a_circle_is_cut_and_told() {
    let place = Place::new(&[]);
    place.wheel("one", &["two"], &[("one.py", b"")]);
    place.wheel("two", &["one"], &[("two.py", b"")]);
    let said = place.run(0, "freeze dist");
    assert_eq!(said.matches("MP323").count(), 1, "{said}");
    let requires = ["one", "two"].map(|name| place.text(&format!("lib/{name}/manifest.py")));
    assert_eq!(requires.concat().matches("require(").count(), 1);
}

#[test]
fn packages_by_their_package_json_are_frozen() {
    let place = Place::new(&[
        ("some/package.json", b"{\"urls\": [[\"a/b.py\", \"src/b.py\"]], \"version\": \"0.2\"}"),
        ("some/src/b.py", b"pass\n"),
    ]);
    place.run(0, "freeze some/package.json");
    assert_eq!(place.text("lib/some/a/b.py"), "pass\n");
    assert_eq!(
        place.calls("lib/some/manifest.py"),
        ["metadata(version=\"0.2\")", "package(\"a\")"]
    );
}

#[test]
fn what_a_firmware_cannot_hold_is_refused_as_a_whole() {
    let compiled: Files = &[("compiled.py", b""), ("compiled/a.mpy", b"M\x06")];
    for (name, more, code) in [
        ("compiled", compiled, "MP736"),
        ("lib", &[("lib.py", b"")], "MP738"),
        ("foo", &[("manifest.py", b"")], "MP738"),
        ("good", &[("good.py", b"other")], "MP740"),
        ("Good", &[("other.py", b"")], "MP739"),
    ] as [(&str, Files, &str); 5]
    {
        let place = Place::new(&[("good.py", b"")]);
        place.wheel(name, &[], more);
        let said = place.run(1, "freeze dist good.py");
        assert!(said.contains(&format!("error[{code}]")), "{said}");
        assert!(!place.path("lib").exists(), "{code}");
    }
}

#[test]
fn what_others_wrote_is_never_overwritten() {
    for path in ["lib/manifest.py", "lib/base/manifest.py", "lib/base"] {
        let place = chain();
        place.write(path, b"require('mine')\n");
        let said = place.run(1, "freeze base --index index --force");
        assert!(said.contains("error[MP743]"), "{said}");
        assert_eq!(place.text(path), "require('mine')\n");
    }
    let place = chain();
    fs::create_dir_all(place.path("lib/base")).unwrap();
    let pipe = Command::new("mkfifo").arg(place.path("lib/base/manifest.py")).status().unwrap();
    assert!(pipe.success());
    let said = place.run(1, "freeze base --index index --force");
    assert!(said.contains("error[MP743]"), "freeze does not wait for a pipe: {said}");
    let place = chain();
    place.write("lib/own/deep/base/manifest.py", b"");
    let said = place.run(1, "freeze base --index index");
    assert!(said.contains("error[MP738]: base: lib/own/deep/base: "), "{said}");
    assert_eq!(place.paths("lib"), ["own/deep/base/manifest.py"]);
}

#[test]
fn earlier_results_are_replaced_by_force_only() {
    let place = chain();
    place.run(0, "freeze driver.py");
    place.write("driver.py", b"x = 2\n");
    let said = place.run(1, "freeze driver.py base --index index");
    assert_eq!(said.matches("error[MP601]").count(), 2, "{said}");
    assert_eq!(place.text("lib/driver/driver.py"), "import base\n");
    assert!(!place.path("lib/base").exists());
    let said = place.run(0, "freeze driver.py base --index index --force --dry-run");
    assert_eq!(said.matches("(dry run)").count(), 3, "{said}");
    assert_eq!(place.text("lib/driver/driver.py"), "import base\n");
    place.run(0, "freeze driver.py base --index index --force");
    assert_eq!(place.text("lib/driver/driver.py"), "x = 2\n");
    assert!(place.path("lib/base").exists());
}

#[test]
fn a_run_that_is_killed_leaves_whole_packages() {
    let place = Place::new(&[]);
    let version = |version: u8| {
        for package in 0..5 {
            let files: Vec<(String, Vec<u8>)> = (0..200)
                .map(|file| (format!("p{package}/m{file}.py"), format!("x = {version}\n").into()))
                .collect();
            let files: Vec<(&str, &[u8])> =
                files.iter().map(|(path, data)| (path.as_str(), &data[..])).collect();
            place.wheel(&format!("p{package}"), &[], &files);
        }
    };
    version(1);
    place.run(0, "freeze dist");
    for round in 0..20u8 {
        version(2 + round % 2);
        let mut command = place.command("freeze dist --force");
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        thread::sleep(Duration::from_millis(u64::from(round) * 8));
        child.kill().unwrap();
        child.wait().unwrap();
        let found = files(&place.path("lib"));
        for package in 0..5 {
            let start = format!("p{package}/p{package}/");
            let of: Vec<_> = found.iter().filter(|(path, _)| path.starts_with(&start)).collect();
            let first = of.first().map(|(_, data)| *data);
            assert!(of.is_empty() || of.len() == 200, "{} files", of.len());
            assert!(of.iter().all(|(_, data)| Some(*data) == first), "two versions in one");
        }
        for path in found.keys().filter(|path| path.starts_with(".mpconvert-")) {
            let folder = Path::new(path).parent().unwrap().file_name().unwrap().to_str().unwrap();
            let is_manifest = path.ends_with("/manifest.py");
            assert!(!is_manifest || folder.starts_with('.'), "a build could take {path}");
        }
    }
    place.run(0, "freeze dist --force");
    assert_eq!(place.text("lib/p4/p4/m199.py"), "x = 3\n");
}

#[test]
fn the_manifest_of_a_package_is_an_input_again() {
    let place = chain();
    place.run(0, "freeze dist --index index");
    place.run(0, "mip lib/top/manifest.py --index index --out site");
    let json: Value = serde_json::from_str(&place.text("site/package.json")).unwrap();
    assert_eq!(json["deps"], serde_json::json!([["middle", "1.0"]]));
    assert_eq!(json["version"], "1.0");
    assert_eq!(place.text("site/top_data/R.py"), place.text("lib/top/top_data/R.py"));
    place.run(0, "freeze lib/top lib/middle lib/base --out again");
    let (mut once, mut again) = (files(&place.path("lib")), files(&place.path("again")));
    // The one has all as packages that are asked for.
    once.remove("manifest.py");
    again.remove("manifest.py");
    assert_eq!(once, again);
}

#[test]
fn missing_packages_are_reported() {
    let place = chain();
    for (status, arguments, report) in [
        (1, "freeze nothing --index index", "MP709"),
        (1, "freeze base@2 --index index", "(1.0)"),
        (1, "freeze base>1 --index index", "MP709"),
        (2, "freeze base", "--index"),
        (2, "freeze ./nothing.py", "nothing.py"),
        (2, "freeze a[b] --index index", "NAME@VERSION"),
        (2, "freeze", "<PACKAGE>"),
    ] {
        let said = place.run(status, arguments);
        assert!(said.contains(report), "{arguments}: {said}");
        assert!(!place.path("lib").exists());
    }
}
