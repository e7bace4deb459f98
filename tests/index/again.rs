//! Additions to an index that change nothing: what is remembered of them, and what makes a difference.

use std::fs;

use crate::fixtures::disk::state;
use crate::fixtures::sandbox::{Sandbox, is_sandbox};
use serde_json::{Value, json};

/// A compiler that notes each source; one that says `fault` it does not take.
const COMPILER: &str = r#"#!/bin/sh
[ "$1" = --version ] && { echo "$VERSION; mpy-cross emitting mpy v6.3"; exit; }
echo "$2" >> "$(dirname "$0")/compiled"
read -r word < "$5"
[ "$word" = fault ] && { printf 'File "a", line 3\nSyntaxError: invalid syntax\n' >&2; exit 1; }
printf 'M\006\000\037%s' "$2" > "$4"
"#;

/// A folder with archives, a compiler and an index.
struct Place(Sandbox);

is_sandbox!(Place);

impl Place {
    /// Two releases and an archive that is none, in an index.
    fn filled() -> (Self, Value) {
        let place = Self(Sandbox::new());
        place.write_compiler("MicroPython v1.99");
        place.wheel(
            "foo",
            "Requires-Dist: bar\nRequires-Dist: nowhere\n",
            &[("foo.py", b"fault\n")],
        );
        place.wheel("bar", "", &[("bar.py", b"1\n"), ("bar.html", b"<h1>")]);
        fs::write(place.path("dist/broken-1.0.tar.gz"), "").unwrap();
        let first = place.add("dist");
        assert_eq!(place.compiled(), ["bar.py", "foo.py"]);
        (place, first)
    }

    fn wheel(&self, name: &str, more: &str, files: &[(&str, &[u8])]) {
        self.0.wheel("dist", name, "1.0", more, files);
    }

    fn write_compiler(&self, version: &str) {
        self.write_program("mpy-cross", &COMPILER.replace("$VERSION", version));
    }

    /// What an addition reports.
    fn add(&self, arguments: &str) -> Value {
        let call = format!(
            "--output-format json index add --to site {arguments} --allow-missing nowhere --mpy-cross"
        );
        let mut command = self.command(&call);
        command.arg(self.path("mpy-cross")).env("PATH", "/usr/bin:/bin");
        let output = command.output().unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["results"].take()
    }

    /// What was compiled since this was asked last.
    fn compiled(&self) -> Vec<String> {
        let list = self.path("compiled");
        let text = fs::read_to_string(&list).unwrap_or_default();
        let _ = fs::remove_file(list);
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    }

    /// Whether an addition looks at what is in the archives: it compiles then, since no bytecode is
    /// kept.
    fn reads(&self, arguments: &str) -> bool {
        let _ = fs::remove_dir_all(self.path("cache/bytecode"));
        self.compiled();
        self.add(arguments);
        !self.compiled().is_empty()
    }
}

#[test]
fn again_the_same_is_said_and_nothing_is_read() {
    let (place, mut first) = Place::filled();
    let before = state(&place.path("site"));
    let codes: Vec<_> =
        first[2]["findings"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
    assert_eq!(codes, ["MP513", "MP329"]);
    for release in first.as_array_mut().unwrap().iter_mut().filter(|one| one["status"] == "added") {
        release["status"] = json!("unchanged");
        release["forms"] = json!([]);
    }
    assert!(!place.reads("dist"));
    assert_eq!(place.add("dist"), first);
    fs::remove_dir_all(place.path("cache")).unwrap();
    assert_eq!(place.add("dist"), first, "also where nothing is kept");
    assert_eq!(place.compiled(), ["bar.py", "foo.py"]);
    assert_eq!(state(&place.path("site")), before);
}

#[test]
fn all_that_makes_a_difference_is_looked_at() {
    let (place, _) = Place::filled();
    assert!(!place.reads("dist"));
    for arguments in [
        "dist --replace",
        "dist --deps latest",
        "dist --sys-platform x",
        "dist/foo-1.0-py3-none-any.whl",
    ] {
        assert!(place.reads(arguments), "{arguments}");
    }
    assert!(!place.reads("dist"));
    place.write_compiler("MicroPython v2.0");
    assert!(place.reads("dist"));
    assert!(!place.reads("dist"));
    // Other bytes, but the same files.
    place.wheel("bar", "Summary: Bars\n", &[("bar.py", b"1\n"), ("bar.html", b"<h1>")]);
    assert!(place.reads("dist"));
    assert!(!place.reads("dist"));
    fs::rename(place.path("dist/broken-1.0.tar.gz"), place.path("dist/other-1.0.tar.gz")).unwrap();
    assert!(place.reads("dist"));
}

#[test]
fn an_index_that_is_another_is_looked_at() {
    let (place, _) = Place::filled();
    let (json, file) = (place.path("site/package/py/bar/1.0.json"), place.path("site/file"));
    let text = fs::read(&json).unwrap();
    let content = state(&file).into_iter().find(|(_, (data, _))| data == b"1\n").unwrap().0;
    fs::write(&json, [&text[..], b"\n"].concat()).unwrap();
    assert!(place.reads("dist"), "a text");
    fs::write(&json, &text).unwrap();
    assert!(place.reads("dist"), "the text of the latest, which was made like it");
    assert!(!place.reads("dist"), "as it was");
    fs::write(&content, b"1\n").unwrap();
    assert!(place.reads("dist"), "a time");
    fs::write(&content, b"2\n").unwrap();
    assert_eq!(place.add("dist")[0]["status"], "refused", "a content");
    fs::remove_file(&content).unwrap();
    assert_eq!(place.add("dist")[0]["status"], "refused", "a content that is missing");
}

#[test]
fn what_is_refused_for_what_else_is_there_is_looked_at() {
    let (place, _) = Place::filled();
    place.wheel("bar", "", &[("bar.py", b"2\n")]);
    for _ in 0..2 {
        assert_eq!(place.add("dist")[0]["status"], "refused");
        assert!(place.reads("dist"));
    }
    assert_eq!(place.add("dist --replace")[0]["status"], "replaced");
    assert!(!place.reads("dist --replace"));
}

#[test]
fn projects_are_always_read() {
    let (place, _) = Place::filled();
    let project = place.path("project");
    fs::create_dir_all(&project).unwrap();
    fs::write(project.join("pyproject.toml"), "[project]\nname = \"own\"\nversion = \"1\"\n")
        .unwrap();
    fs::write(project.join("own.py"), "1\n").unwrap();
    for _ in 0..2 {
        assert!(place.reads("project"));
    }
}
