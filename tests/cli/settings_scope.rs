//! Settings above an input hold within its repository, the user's home or its innermost project, and
//! only those that another user did not put there.

#![allow(clippy::print_stderr, reason = "a test that cannot be made is to be seen")]

use std::fs;
use std::path::Path;

use crate::fixtures::sandbox::{Sandbox, is_sandbox};

const SETTINGS: &str = "[tool.mpconvert]\nsys-platform = 'planted'\n";

/// A folder with `outer/middle/dist`, and settings in `outer`.
struct Tree(Sandbox);

is_sandbox!(Tree);

impl Tree {
    fn new() -> Self {
        let tree = Self(Sandbox::new());
        fs::create_dir_all(tree.path("outer/middle/dist")).unwrap();
        tree.write("outer/pyproject.toml", SETTINGS);
        tree
    }

    fn make(&self, folder: &str) {
        fs::create_dir_all(self.path(folder)).unwrap();
    }

    /// Whether the settings hold for the folder `dist`, whose user has that home; and what is said.
    fn holds(&self, home: &str, options: &[&str]) -> (bool, String) {
        let mut command = self.command("config show outer/middle/dist");
        let output = command.args(options).env("HOME", self.path(home)).output().unwrap();
        let report = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{report}");
        (String::from_utf8(output.stdout).unwrap().contains("planted"), report)
    }
}

fn assert_passed_over((holds, report): &(bool, String)) {
    assert!(!holds, "{report}");
    assert_eq!(report.matches("warning[MP612]").count(), 1, "{report}");
    assert!(report.contains("outer/pyproject.toml") && report.contains("--project"), "{report}");
}

#[test]
fn settings_of_the_innermost_project_hold_anywhere() {
    let tree = Tree::new();
    assert_eq!(tree.holds("nowhere", &[]), (true, String::new()));
}

#[test]
fn settings_above_the_repository_do_not_hold() {
    for repository in [".git", ".hg"] {
        let tree = Tree::new();
        tree.make(&format!("outer/middle/{repository}"));
        assert_passed_over(&tree.holds("nowhere", &[]));
        assert_passed_over(&tree.holds("outer", &[]));
        let (holds, report) = tree.holds("nowhere", &["--project", "outer"]);
        assert!(holds && report.is_empty(), "the user names it: {report}");
        assert_eq!(tree.holds("nowhere", &["--no-project"]), (false, String::new()));
    }
    let tree = Tree::new();
    tree.write("outer/middle/.git", "gitdir: elsewhere\n");
    assert_passed_over(&tree.holds("nowhere", &[]));
}

#[test]
fn settings_above_the_innermost_project_hold_in_a_repository_and_at_home_only() {
    let tree = Tree::new();
    tree.write("outer/middle/pyproject.toml", "[project]\nname = 'a'\n");
    assert_passed_over(&tree.holds("nowhere", &[]));
    assert_eq!(tree.holds("outer", &[]), (true, String::new()));
    assert_passed_over(&tree.holds("outer/middle", &[]));
    tree.make("outer/.git");
    assert_eq!(tree.holds("nowhere", &[]), (true, String::new()));
}

#[test]
fn a_file_that_does_not_hold_cannot_stop_a_run() {
    for text in ["[tool.mpconvert]\nno-such-setting = 1\n", "[tool.mpconvert\n", "mpconvert = "] {
        let tree = Tree::new();
        tree.make("outer/middle/.git");
        tree.write("outer/pyproject.toml", text);
        assert!(!tree.holds("nowhere", &[]).0);
    }
}

#[cfg(unix)]
#[test]
fn settings_of_another_user_do_not_hold() {
    use std::os::unix::fs::{chown, symlink};

    const OTHER: u32 = 65534;
    let give = |path: &Path| chown(path, Some(OTHER), None);
    let tree = Tree::new();
    let file = tree.path("outer/pyproject.toml");
    if give(&file).is_err() {
        eprintln!("skipped: only root can give a file to another user");
        return;
    }
    // Wherever it lies, even beside the input.
    for home in ["nowhere", "outer"] {
        assert_passed_over(&tree.holds(home, &[]));
    }
    tree.make("outer/.git");
    assert_passed_over(&tree.holds("nowhere", &[]));
    // A link of another user to a file of this one.
    tree.write("mine.toml", SETTINGS);
    fs::remove_file(&file).unwrap();
    symlink(tree.path("mine.toml"), &file).unwrap();
    std::os::unix::fs::lchown(&file, Some(OTHER), None).unwrap();
    assert_passed_over(&tree.holds("nowhere", &[]));
    // Who owns the input may say how it is converted.
    give(&tree.path("outer/middle/dist")).unwrap();
    assert_eq!(tree.holds("nowhere", &[]), (true, String::new()));
}
