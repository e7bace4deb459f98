//! Packages of a tree whose dependencies hold versions of others.

use std::fs;

use super::Place;

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
    let note = "note[MP781]: lib: kept an older version: 1.9 in place of 2.0: old 1.0 needs lib<2";
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
    assert!(
        text.contains(
            "warning[MP782]: lib: old 1.0: the package may not work: found lib 2.0, expected lib<2"
        ),
        "{text}"
    );
    assert_eq!(place.record(), ["lib 2.0", "old 1.0"]);
    let report = |place: &Place| place.run(0, "list -p lib").contains("MP782");
    assert!(report(&place));
    place.wheel("dist", "other", "1.0", "", &[("other.py", b"")]);
    assert!(!place.install(0, "other").contains("MP78"), "only `list` reports earlier conflicts");
    place.install(0, "old");
    assert_eq!(place.record(), ["lib 1.9", "old 1.0", "other 1.0"]);
    assert!(!report(&place));
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
fn only_conflicting_constraints_are_reported() {
    let place = place_with_a_constraint();
    place.wheel("dist", "other", "1.0", "Requires-Dist: x<2\n", &[("other.py", b"")]);
    place.wheel("dist", "x", "1.0", "", &[("x.py", b"1\n")]);
    place.wheel("dist", "x", "2.0", "Requires-Dist: lib\n", &[("x.py", b"2\n")]);
    place.install(0, "old other");
    let text = place.install(1, "x>=2");
    assert!(text.contains("other 1.0: the installed package would stop working: found no version that fits, expected x<2"), "{text}");
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
    assert!(
        text.contains("p 1.0: the installed") && text.contains("q 1.0: the installed"),
        "{text}"
    );
}

#[test]
fn extras_of_installed_packages_are_reported() {
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
    assert!(
        text.contains("warning[MP307]: lib: old: the release does not have the extra `x`"),
        "{text}"
    );
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
        assert!(text.contains("MP781]: lib: kept an older version: 1.9 in place of 2.0"), "{text}");
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
    assert!(
        text.contains("note[MP783]: lib: mine: kept the installed version 1.0, because no index"),
        "{text}"
    );
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
