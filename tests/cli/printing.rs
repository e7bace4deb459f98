//! Nothing that comes from an input, a server or the command line can command a terminal or hide in
//! what is printed.

use std::process::Output;

use crate::fixtures::sandbox::{Sandbox, is_sandbox};
use crate::fixtures::{PURE, wheel};
use serde_json::Value;

/// One of each kind: C1 (CSI), marks and controls of direction, zero width, separators, a soft
/// hyphen, a tag outside of the basic plane.
const HIDDEN: [char; 12] = [
    '\u{9b}',
    '\u{61c}',
    '\u{200b}',
    '\u{200e}',
    '\u{200f}',
    '\u{2028}',
    '\u{2029}',
    '\u{202e}',
    '\u{2066}',
    '\u{feff}',
    '\u{ad}',
    '\u{e0041}',
];

struct Place(Sandbox);

is_sandbox!(Place);

impl Place {
    /// A folder with a wheel whose members and summary have hidden characters.
    fn new() -> Self {
        let place = Self(Sandbox::new());
        let names: Vec<String> = HIDDEN[1..].iter().map(|one| format!("foo/a{one}b.txt")).collect();
        let files: Vec<(&str, &[u8])> =
            names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
        let summary = format!("Summary: x{}y", HIDDEN.iter().collect::<String>());
        let archive = wheel("foo", "1.0", PURE, &summary, &files);
        let name = format!("foo-1.0-{PURE}.whl");
        place.write(&name, &archive);
        place
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command("").args(arguments).output().unwrap()
    }
}

fn assert_safe(output: &Output, arguments: &[&str]) -> String {
    let printed = [&output.stdout[..], &output.stderr].concat();
    let printed = String::from_utf8(printed).unwrap();
    let is_bad = |letter: char| HIDDEN.contains(&letter) || (letter.is_control() && letter != '\n');
    assert!(!printed.contains(is_bad), "{arguments:?}: {printed:?}");
    printed
}

#[test]
fn members_cannot_hide_in_text_or_json() {
    let place = Place::new();
    let wheel = format!("foo-1.0-{PURE}.whl");
    for arguments in [
        &["inspect", "--all", &wheel][..],
        &["convert", "--manifest-only", &wheel],
        &["convert", "-v", "--out", "one", &wheel],
        &["mip", "-v", "--out", "two", &wheel],
    ] {
        for format in ["text", "json"] {
            let arguments = [&["--output-format", format], arguments].concat();
            let output = place.run(&arguments);
            assert_eq!(output.status.code(), Some(0), "{arguments:?}");
            assert_safe(&output, &arguments);
        }
    }
}

#[test]
fn json_has_the_same_values_with_escapes() {
    let place = Place::new();
    let wheel = format!("foo-1.0-{PURE}.whl");
    let output = place.run(&["--output-format", "json", "inspect", &wheel]);
    let printed = assert_safe(&output, &["inspect"]);
    assert!(printed.contains("\\u202e") && printed.contains("\\udb40\\udc41"), "{printed}");
    let report: Value = serde_json::from_str(&printed).unwrap();
    let files = report["results"][0]["files"].as_array().unwrap();
    for hidden in &HIDDEN[1..] {
        let path = format!("foo/a{hidden}b.txt");
        assert!(files.iter().any(|file| file["path"] == path.as_str()), "{path:?}: {printed}");
    }
}

#[test]
fn arguments_cannot_forge_messages() {
    let place = Place::new();
    let text = format!("{}\u{1b}[8m\u{7f}\nerror: forged\r", HIDDEN.iter().collect::<String>());
    let (option, project) = (format!("--{text}"), format!("{text}=="));
    for arguments in [
        &["convert", &text][..],
        &["convert", &option],
        &["convert", "--max-size", &text, "x"],
        &["inspect", &text],
        &["explain", &text],
        &["completions", &text],
        &["config", "show", &text],
        &["config", "show", "--exclude", &text],
        &["config", "show", "--out", &text],
        &["freeze", "--offline", &text],
        &["list", "-p", &text],
        &["uninstall", "-p", ".", &text],
        &["index", "list", &text],
        &["resources", &text],
        #[cfg(feature = "net")]
        &["fetch", "--offline", &text],
        #[cfg(feature = "net")]
        &["fetch", "--offline", &project],
        #[cfg(feature = "net")]
        &["install", "-p", "lib", "--offline", &text],
        &[&project],
    ] {
        for format in ["text", "json"] {
            let arguments = [&["--output-format", format], arguments].concat();
            let printed = assert_safe(&place.run(&arguments), &arguments);
            assert!(!printed.lines().any(|line| line.starts_with("error: forged")), "{printed}");
        }
    }
}

#[test]
fn clap_keeps_its_own_lines() {
    let place = Place::new();
    let printed = assert_safe(&place.run(&["convert", "--no-\u{9b}"]), &[]);
    assert!(printed.starts_with("error: unexpected argument '--no-\\u{9b}' found\n"), "{printed}");
    assert!(printed.contains("\nUsage: mpconvert convert"), "{printed}");
}
