//! Requirements files as Poetry and uv export them.

use std::fs;

use super::Place;

/// A place with the wheels `drv` and `other`, and this requirements file.
fn place(requirements: &str) -> Place {
    let place = Place::new();
    place.wheel("dist", "drv", "1.0", "", &[("drv.py", b"")]);
    place.wheel("dist", "other", "1.0", "", &[("other.py", b"")]);
    fs::write(place.path("r.txt"), requirements).unwrap();
    place
}

#[test]
fn an_export_for_todays_python_is_installed() {
    let marker = "python_version >= \"3.9\" and python_version < \"4.0\"";
    let place = place(&format!("drv==1.0 ; {marker}\nother==1.0 ; python_version < \"3.8\"\n"));
    place.install(0, "-r r.txt");
    assert_eq!(place.record(), ["drv 1.0"]);
}

#[test]
fn requirements_that_all_are_for_a_newer_python_are_an_error() {
    let marker = "python_version >= \"3.15\" and python_version < \"4.0\"";
    let place = place(&format!("drv==1.0 ; {marker}\nother==1.0 ; {marker}\n"));
    let text = place.install(1, "-r r.txt");
    let told = "error[MP778]: requirements: nothing is left to do: found 2 requirements, of which none applies";
    assert!(text.contains(told), "{text}");
    assert_eq!(text.matches("warning[MP324]").count(), 2, "{text}");
    place.install(0, "-r r.txt --python-version 3.15");
    assert_eq!(place.record(), ["drv 1.0", "other 1.0"]);
}

#[test]
fn a_requirement_for_a_newer_python_is_a_warning() {
    let place =
        place("drv==1.0 ; python_version >= '3.15'\nother==1.0 ; sys_platform == 'esp32'\n");
    let text = place.install(0, "-r r.txt");
    assert!(text.contains("warning[MP324]") && text.contains("drv"), "{text}");
    assert_eq!(place.record(), ["other 1.0"]);
}

#[test]
fn the_project_and_indexes_in_an_export_are_skipped_with_a_warning() {
    let place = place("-e .\n--index-url https://me:secret@host/simple\ndrv==1.0\n    # via app\n");
    let text = place.install(0, "-r r.txt");
    assert!(text.contains("r.txt:1: not used: `-e .`"), "{text}");
    assert!(text.contains("r.txt:2: not used: `--index-url https://host/simple`"), "{text}");
    assert_eq!(place.record(), ["drv 1.0"]);
}

#[test]
fn an_export_of_nothing_but_the_project_is_an_error() {
    let place = place("-e .\n");
    let text = place.install(1, "-r r.txt");
    assert!(text.contains("error[MP778]") && text.contains("warning[MP777]"), "{text}");
}
