//! Names that the file system of a board, or a computer, cannot hold or takes for another.

use crate::fixtures::sandbox::Sandbox;
use crate::fixtures::{File, metadata, tar_gz};

/// What a run with a wheel of these files says that must end with this status.
fn run(status: i32, arguments: &str, files: &[(&str, &[u8])]) -> String {
    let sandbox = Sandbox::new();
    let wheel = sandbox.wheel(".", "foo", "1.0", "", files);
    sandbox.run(status, &arguments.replace("WHEEL", &wheel))
}

/// One call for each form of output.
const CALLS: [&str; 5] = [
    "WHEEL --out out",
    "mip WHEEL --out out",
    "index add WHEEL --to out --no-mpy",
    "freeze WHEEL --out out",
    "install -p out WHEEL --no-index",
];

#[test]
fn names_that_fat_or_windows_cannot_hold_are_refused_for_all_outputs() {
    for name in ["foo/a.py:x", "foo/aux.py", "foo/x?.py", "COM1.py", "foo/nul. /a.py"] {
        // A firmware has data in a module, where names may be any.
        let is_module = name.strip_suffix(".py").is_some();
        for call in CALLS.iter().filter(|call| is_module || !call.starts_with("freeze")) {
            let text = run(1, call, &[("foo/__init__.py", b""), (name, b"x = 1\n")]);
            assert!(text.contains("error[MP127]") && text.contains(name), "{call}: {text}");
        }
    }
}

#[test]
fn ends_of_names_that_fat_drops_are_reported_for_all_outputs() {
    for call in CALLS {
        let text = run(0, call, &[("foo./a.py", b"x = 1\n")]);
        assert!(text.contains("warning[MP129]"), "{call}: {text}");
        let text = run(1, call, &[("foo/a.py", b"x = 1\n"), ("foo /a.py", b"x = 2\n")]);
        assert!(text.contains("error[MP128]"), "{call}: {text}");
    }
}

#[test]
fn files_that_overwrite_each_other_are_refused_for_all_outputs() {
    for call in CALLS {
        let text = run(1, call, &[("foo/a.py", b"x = 1\n"), ("foo/A.py", b"x = 2\n")]);
        assert!(
            text.contains("error[MP128]") && text.contains("another spelling"),
            "{call}: {text}"
        );
        let text = run(0, call, &[("foo/a.py", b"x = 1\n"), ("FOO/b.py", b"x = 2\n")]);
        assert!(text.contains("warning[MP506]") && text.contains("the folder"), "{call}: {text}");
    }
}

#[test]
fn files_that_are_left_out_may_have_any_name() {
    let sandbox = Sandbox::new();
    let info = metadata("foo", "1.0", "");
    let setup = b"from setuptools import setup\nsetup(packages=['foo'])\n";
    let sdist = tar_gz(&[
        File("foo-1.0/PKG-INFO", info.as_bytes()),
        File("foo-1.0/setup.py", setup),
        File("foo-1.0/foo/__init__.py", b""),
        File("foo-1.0/docs/aux.txt", b""),
        File("foo-1.0/foo/tests/a?.py", b""),
    ]);
    sandbox.write("foo-1.0.tar.gz", &sdist);
    sandbox.run(0, "mip foo-1.0.tar.gz --out out");
    let files = [("foo/__init__.py", &b""[..]), ("foo/aux.py", b"")];
    run(0, "WHEEL --out out --exclude foo/aux.py", &files);
}
