//! Settings: where they come from, and how they are printed.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;

use super::{Shell, release, text};

/// A release of a project with settings.
fn project_with(settings: &str) -> Shell {
    let shell = Shell::new(&release());
    let text = format!("[project]\nname = \"foo-bar\"\n\n[tool.mpconvert]\n{settings}\n");
    fs::write(shell.path("pyproject.toml"), text).unwrap();
    shell
}

#[test]
fn settings_of_the_project_hold_for_its_archives() {
    let shell = project_with("exclude = ['**/*.html']\nout = 'device'");
    assert_snapshot!("settings_convert", shell.run("dist"));
    assert!(shell.path("device/foo_bar-0.1.0.tar.gz").is_file());
    let counts = |arguments| shell.run(arguments).matches("page.html").count();
    assert_eq!((counts("inspect dist"), counts("inspect --no-project dist")), (0, 1));
    assert_eq!(counts("inspect dist --exclude nothing"), 1);
}

#[test]
fn settings_of_another_project_hold_where_it_is_named() {
    let shell = project_with("exclude = ['**/*.html']");
    fs::create_dir(shell.path("elsewhere")).unwrap();
    fs::write(shell.path("elsewhere/pyproject.toml"), "").unwrap();
    assert!(shell.run("inspect dist --project elsewhere").contains("page.html"));
    assert_snapshot!("mistake_project", shell.run("dist --project nowhere"));
}

#[test]
fn the_environment_gives_settings() {
    let shell = project_with("exclude = []");
    let mut command = shell.command("inspect dist");
    let output = command.env("MPCONVERT_EXCLUDE", "**/*.html *.txt").output().unwrap();
    assert!(!text(&output.stdout).contains("page.html"));
    let mut command = shell.command("dist");
    let output = command.env("MPCONVERT_STRICT", "perhaps").output().unwrap();
    assert_snapshot!("mistake_variable", text(&output.stderr));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn settings_are_shown_with_where_they_come_from() {
    let shell = project_with(
        "exclude = ['**/*.html']\nout = 'device'\n\n\
         [tool.mpconvert.dependencies]\n'micropython-logging' = 'logging'\ntyping = false",
    );
    let mut command = shell.command("config show dist --sys-platform rp2");
    let output = command.env("MPCONVERT_STRICT", "1").output().unwrap();
    assert_snapshot!("config_show", text(&output.stdout));
    assert_snapshot!("config_show_json", shell.run("config show --output-format json"));
    assert_eq!(shell.output("config show nowhere").status.code(), Some(2));
    assert_snapshot!("settings_dependencies", shell.run("-v -n dist"));
}

#[test]
fn settings_that_do_not_exist_are_reported_with_a_suggestion() {
    let shell = project_with("exlude = ['**/*.html']");
    assert_snapshot!("mistake_setting", shell.run("dist"));
    assert_eq!(shell.output("config show").status.code(), Some(2));
}

#[test]
fn the_schema_of_settings_is_the_committed_one() {
    let shell = Shell::new(&[]);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/settings.schema.json");
    assert_eq!(
        text(&shell.output("config schema").stdout),
        fs::read_to_string(path).unwrap(),
        "write it again: mpconvert config schema > docs/settings.schema.json"
    );
}
