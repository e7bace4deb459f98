//! Files that have no use on a device, in each form of output.

use std::fs;
use std::process::Command;

use crate::fixtures::sandbox::Sandbox;

const CALLS: [&str; 6] = [
    "WHEEL --out out",
    "mip WHEEL --out out",
    "index add WHEEL --to out --no-mpy",
    "freeze WHEEL --out out",
    "install -p out WHEEL --no-index",
    "inspect WHEEL",
];

const FILES: [(&str, &[u8]); 6] = [
    ("foo/__init__.py", b""),
    ("foo/py.typed", b""),
    ("foo/core.py", b"x = 1\n"),
    ("foo/core.pyi", b"x: int\n"),
    ("foo/core.py~", b"x = 0\n"),
    ("foo/data/.gitkeep", b""),
];

#[test]
fn stubs_and_left_overs_are_left_out_of_all_outputs_with_one_note_each() {
    for call in CALLS {
        let sandbox = Sandbox::new();
        let wheel = sandbox.wheel(".", "foo", "1.0", "", &FILES);
        let text = sandbox.run(0, &format!("-v {}", call.replace("WHEEL", &wheel)));
        assert_eq!(text.matches("MP505").count(), 2, "{call}: {text}");
        assert!(text.contains("left out 2 files for type checkers"), "{call}: {text}");
        assert!(text.contains("left out 2 files of editors"), "{call}: {text}");
        // Nor is anything made of them, such as a module with their content.
        assert!(!text.contains("R.py"), "{call}: {text}");
    }
}

#[test]
fn stubs_come_back_for_pip_and_where_they_are_asked_for() {
    for (options, count) in [("", 2), ("--pip-installable", 4), ("--include **/*.pyi", 3)] {
        let sandbox = Sandbox::new();
        let wheel = sandbox.wheel(".", "foo", "1.0", "", &FILES);
        sandbox.run(0, &format!("{wheel} --out out {options}"));
        let archive = sandbox.path("out/foo-1.0.tar.gz");
        let list = Command::new("tar").arg("tzf").arg(archive).output().unwrap().stdout;
        let list = String::from_utf8(list).unwrap();
        assert_eq!(list.lines().filter(|path| path.contains("/foo/")).count(), count, "{list}");
    }
}

#[test]
fn a_package_json_in_place_names_no_stubs() {
    let sandbox = Sandbox::new();
    let project = "[build-system]\nbuild-backend = 'flit_core.buildapi'\n\
                   [project]\nname = 'foo'\nversion = '1.0'\n";
    sandbox.write("pyproject.toml", project.as_bytes());
    for (path, content) in FILES {
        sandbox.write(path, content);
    }
    sandbox.run(0, "mip --in-place .");
    let text = fs::read_to_string(sandbox.path("package.json")).unwrap();
    assert_eq!(text.matches("foo/").count(), 4, "{text}");
}
