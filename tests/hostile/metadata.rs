//! Metadata whose fields have no end.

use std::fs;

use crate::bounded::{Ended, run, run_in};
use crate::fixtures::{PURE, zip};

use tempfile::TempDir;

const NAME: &str = "foo-1.0-py3-none-any.whl";

fn wheel(metadata: &str) -> Vec<u8> {
    let noise = crate::bounded::noise(30_000);
    let tags = format!("Wheel-Version: 1.0\nTag: {PURE}\n");
    zip(&[
        ("foo/__init__.py", b"x = 1\n"),
        ("foo/noise.bin", &noise),
        ("foo-1.0.dist-info/METADATA", metadata.as_bytes()),
        ("foo-1.0.dist-info/WHEEL", tags.as_bytes()),
    ])
}

fn made(metadata: &str) -> Ended {
    run(NAME, &wheel(metadata), metadata.len(), &["mip", NAME, "--out", "out"])
}

fn with(line: &str) -> String {
    format!("Metadata-Version: 2.1\nName: foo\nVersion: 1.0\n{line}\n")
}

#[test]
fn a_version_of_65536_letters_makes_no_table_panic() {
    let long = format!("Metadata-Version: 2.1\nName: foo\nVersion: 1{}\n", ".1".repeat(33_000));
    let ended = made(&long);
    assert_eq!(ended.code, 0);
    assert!(ended.text.contains("MP202"), "{}", ended.text);
    let ended =
        made(&format!("Metadata-Version: 2.1\nName: f{}\nVersion: 1\n", "o".repeat(65_536)));
    assert!(ended.text.contains("MP202"), "{}", ended.text);
}

#[test]
fn fields_of_65536_letters_are_left_out() {
    let long = "x".repeat(65_536);
    for field in
        ["Summary", "Author", "Author-email", "Home-page", "Classifier", "Platform", "Project-URL"]
    {
        let ended = made(&with(&format!("{field}: {long}")));
        assert!(ended.text.contains("65536 bytes"), "{field}: {}", ended.text);
        assert_eq!(ended.code, 0, "{field}");
    }
    for line in [
        format!("License: {long}"),
        format!("Keywords: {long}"),
        format!("Provides-Extra: {long}"),
        format!("Requires-Dist: {long}"),
        format!("Requires-Python: >={}", "1.".repeat(32_768)),
        format!("{long}: x"),
    ] {
        let ended = made(&with(&line));
        assert!(ended.text.len() < 30_000, "{} bytes for {}", ended.text.len(), &line[..12]);
    }
}

#[test]
fn a_tree_with_an_endless_version_in_its_record_can_be_listed_and_cleared() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(NAME), wheel(&with(""))).unwrap();
    let call = |arguments: &[&str]| run_in(folder.path(), 1 << 20, arguments);
    let installed = call(&["install", "-p", "lib", &format!("./{NAME}"), "--no-index"]);
    assert_eq!(installed.code, 0, "{}", installed.text);
    let record = folder.path().join("lib/.mpconvert/installed.json");
    let text = fs::read_to_string(&record).unwrap();
    let long = format!("\"version\": \"1.0{}\"", ".1".repeat(40_000));
    let changed = text.replace("\"version\": \"1.0\"", &long);
    assert!(changed.len() > 80_000);
    fs::write(&record, changed).unwrap();
    let listed = call(&["list", "-p", "lib"]);
    assert_eq!(listed.code, 0, "{}", listed.text);
    assert!(listed.text.contains('…') && listed.text.len() < 5_000);
    assert_eq!(call(&["uninstall", "-p", "lib", "foo"]).code, 0);
    assert!(!folder.path().join("lib/foo").exists());
}

#[test]
fn a_dependency_of_words_like_logins_takes_no_quadratic_time() {
    let ended = made(&with(&format!("Requires-Dist: a @ {}", "x://a:b ".repeat(250_000))));
    assert_eq!(ended.code, 0, "{}", ended.text);
    let dependency = "x://a:b ".repeat(4_000);
    made(&with(&format!("Requires-Dist: a @ {dependency}\n").repeat(60)));
}

#[test]
fn fields_without_end_are_read_in_part() {
    for (line, count) in [
        ("Classifier: a", 100_000),
        ("Summary: x", 100_000),
        ("Keywords: x", 100_000),
        ("Provides-Extra: a", 100_000),
        ("Requires-Dist: a (>=1,<2) ; extra == 'e'", 40_000),
        ("x", 500_000),
    ] {
        assert!(made(&with(&format!("{line}\n").repeat(count))).code < 2, "{line}");
    }
    let markers: Vec<String> = (0..400).map(|extra| format!("extra == 'e{extra}'")).collect();
    made(&with(&format!("Requires-Dist: a; {}\n", markers.join(" or ")).repeat(250)));
    made(&with(&format!("Requires-Dist: a; {}", "(".repeat(30_000))));
}
