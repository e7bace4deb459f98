//! What an index gets beside its releases: copies of another index, and the files of dependencies.

use std::fs;

use crate::fixtures::disk::state;
use crate::fixtures::place::{CODE, Files, Place, contents};
use serde_json::{Value, json};

/// Adds to another index, `base`.
fn publish(place: &Place, name: &str, version: &str, needs: &[&str], code: &[u8]) {
    let needs: Vec<String> = needs.iter().map(|need| format!("Requires-Dist: {need}\n")).collect();
    let more = format!("Summary: {name}\nAuthor: Ann\n{}", needs.concat());
    let files: Files = &[(&format!("{name}.py"), code)];
    let wheel = place.wheel_in("other", name, version, &more, files);
    place.run(0, &format!("add {wheel} --to base --no-mpy"));
}

/// Writes the dependencies of a release of `base`, which no run of this program would write so.
fn depend(place: &Place, name: &str, version: &str, deps: &Value) {
    for file in [version, "latest"] {
        let path = format!("base/package/py/{name}/{file}.json");
        let mut json = place.json(&path);
        json["deps"] = deps.clone();
        fs::write(place.path(&path), json.to_string()).unwrap();
    }
}

fn deps(place: &Place, name: &str, version: &str) -> Value {
    place.json(&format!("site/package/py/{name}/{version}.json"))["deps"].clone()
}

/// A project that needs `what`.
fn top(place: &Place, what: &str) {
    place.wheel("top", "1.0", &format!("Requires-Dist: {what}\n"), &[("top.py", CODE)]);
}

#[test]
fn what_is_needed_is_copied_with_all_that_it_needs() {
    let place = Place::new();
    publish(&place, "deep", "0.1", &[], b"deep = 1\n");
    publish(&place, "left", "1.0", &["deep"], b"left = 1\n");
    publish(&place, "left", "2.0", &["deep"], b"left = 2\n");
    publish(&place, "unneeded", "1.0", &[], b"\n");
    top(&place, "left<2");
    let report = place.add(0, "dist --base-index base");
    assert!(report.contains("left 1.0   1 file, 1 dependency, copied as py"), "{report}");
    assert!(report.contains("1 added, 2 copied"), "{report}");
    assert_eq!(deps(&place, "top", "1.0"), json!([["left", "1.0"]]));
    for path in ["package/py/left/1.0.json", "package/py/deep/latest.json"] {
        let [copy, original] =
            ["site", "base"].map(|root| fs::read(place.path(&format!("{root}/{path}"))).unwrap());
        assert_eq!(copy, original);
    }
    assert_eq!(place.latest("left"), "1.0");
    assert!(!place.path("site/package/py/unneeded").exists());
    assert_eq!(place.listed("deep")["author"], "Ann");
    assert_eq!(place.listed("deep")["description"], "deep");
    place.check();
}

#[test]
fn a_second_run_needs_no_other_index() {
    let place = Place::new();
    publish(&place, "deep", "0.1", &[], b"deep = 1\n");
    publish(&place, "left", "1.0", &["deep"], b"left = 1\n");
    top(&place, "left");
    place.add(0, "dist --base-index base");
    let before = state(&place.path("site"));
    publish(&place, "left", "1.1", &["deep"], b"left = 1\n");
    assert!(place.add(0, "dist --base-index base").contains("unchanged"));
    assert_eq!(state(&place.path("site")), before, "a newer version changes nothing");
    for gone in ["gone", "http://127.0.0.1:1"] {
        assert!(place.add(0, &format!("dist --base-index {gone}")).contains("unchanged"));
    }
    assert_eq!(state(&place.path("site")), before);
    // What is here is enough for other releases, too.
    place.wheel("more", "1.0", "Requires-Dist: left\n", &[("more.py", CODE)]);
    place.add(0, "dist --base-index gone");
    assert_eq!(deps(&place, "more", "1.0"), json!([["left", "1.0"]]));
}

#[test]
fn without_the_other_index_nothing_is_added() {
    let place = Place::new();
    top(&place, "left");
    for (base, what) in [
        ("gone", "gone/index.json: the file does not exist"),
        ("http://127.0.0.1:1", "http://127.0.0.1:1/index.json"),
        ("http://127.0.0.1:1 --offline", "not in the cache"),
        ("ftp://host", "URLs of this kind are not fetched"),
    ] {
        let report = place.add(2, &format!("dist --base-index {base}"));
        assert!(report.contains(what), "{report}");
        assert!(!place.path("site/index.json").exists());
    }
}

#[test]
fn dependencies_in_neither_index_are_reported() {
    let place = Place::new();
    publish(&place, "left", "1.0", &[], CODE);
    depend(&place, "left", "1.0", &json!([["nowhere", "latest"]]));
    place.wheel("top", "1.0", "Requires-Dist: left\nRequires-Dist: nothing\n", &[("top.py", CODE)]);
    let report = place.add(1, "dist --base-index base");
    assert!(report.contains("error[MP316]: top-1.0: nothing: not available"), "{report}");
    assert!(!place.path("site/index.json").exists());
    let report = place.add(0, "dist --base-index base --allow-missing nothing");
    assert!(report.contains("warning[MP329]: top 1.0: nothing"), "{report}");
    assert!(
        report.contains(
            "left==1.0: copied without a dependency: `nowhere` latest is in neither index"
        ),
        "{report}"
    );
    assert_eq!(deps(&place, "top", "1.0"), json!([["left", "1.0"]]));
    assert_eq!(deps(&place, "left", "1.0"), Value::Null);
    place.check();
}

#[test]
fn the_other_index_is_not_asked_without_end() {
    let place = Place::new();
    publish(&place, "left", "1.0", &[], CODE);
    let many: Vec<_> = (0..1001).map(|number| json!([format!("gone{number}"), "latest"])).collect();
    depend(&place, "left", "1.0", &json!(many));
    top(&place, "left");
    let report = place.add(1, "dist --base-index base");
    assert!(report.contains("MP708") && report.contains("more than 1000 packages"), "{report}");
}

#[test]
fn circles_of_the_other_index_are_cut() {
    let place = Place::new();
    publish(&place, "left", "1.0", &[], b"left = 1\n");
    publish(&place, "right", "1.0", &[], b"right = 1\n");
    depend(&place, "left", "1.0", &json!([["right", "latest"], ["top", "latest"]]));
    depend(&place, "right", "1.0", &json!([["left", "1.0"], ["right", "latest"]]));
    top(&place, "left");
    let report = place.add(0, "dist --base-index base");
    assert_eq!(report.matches("warning[MP323]").count(), 3, "{report}");
    assert_eq!(deps(&place, "top", "1.0"), json!([["left", "1.0"]]));
    assert_eq!(deps(&place, "left", "1.0"), json!([["right", "latest"]]));
    place.check();
}

#[test]
fn what_is_published_here_counts_before_the_other_index() {
    let place = Place::new();
    publish(&place, "Left-Side", "1.0.0", &[], b"other = 1\n");
    publish(&place, "left-side", "2.0", &[], b"other = 2\n");
    publish(&place, "right", "1.0", &[], b"right = 1\n");
    depend(&place, "right", "1.0", &json!([["Left-Side", "1.0.0"], ["Left-Side", "latest"]]));
    place.wheel("left_side", "1.0", "", &[("left_side.py", b"own = 1\n")]);
    place.add(0, "dist");
    place.wheel("top", "1.0", "Requires-Dist: right\n", &[("top.py", CODE)]);
    place.wheel("top", "1.1", "Requires-Dist: left_side>1\n", &[("top.py", CODE)]);
    let before = contents(&place.path("site/package/py/left_side"));
    place.add(0, "dist/top-1.0-py3-none-any.whl --base-index base");
    assert_eq!(contents(&place.path("site/package/py/left_side")), before);
    assert_eq!(
        deps(&place, "right", "1.0"),
        json!([["left_side", "1.0"], ["left_side", "latest"]])
    );
    place.add(0, "dist --base-index base");
    assert_eq!(deps(&place, "top", "1.1"), json!([["left_side", "2.0"]]));
    assert_eq!(place.latest("left_side"), "2.0");
    place.check();
}

#[test]
fn a_damaged_package_of_the_other_index_stops_all() {
    let place = Place::new();
    publish(&place, "left", "1.0", &[], CODE);
    top(&place, "left");
    fs::write(place.path("base/file/7d/7deaca0a"), "evil").unwrap();
    let report = place.add(1, "dist --base-index base");
    assert!(report.contains("error[MP703]: left@1.0"), "{report}");
    fs::remove_dir_all(place.path("base/package/py/left")).unwrap();
    let report = place.add(1, "dist --base-index base");
    assert!(report.contains("error[MP709]"), "{report}");
    assert!(!place.path("site/index.json").exists());
}

#[test]
fn nothing_is_copied_for_what_is_refused() {
    let place = Place::new();
    publish(&place, "deep", "0.1", &[], b"deep = 1\n");
    publish(&place, "left", "1.0", &["deep"], b"left = 1\n");
    top(&place, "left");
    place.add(0, "dist --allow-missing left");
    let before = state(&place.path("site"));
    let report = place.add(1, "dist --base-index base");
    assert!(report.contains("error[MP710]") && !report.contains("copied"), "{report}");
    assert_eq!(state(&place.path("site")), before);
    assert!(place.add(0, "dist --base-index base --replace").contains("1 replaced, 2 copied"));
    place.check();
}

#[test]
fn nothing_of_the_other_index_leaves_its_folder() {
    let place = Place::new();
    publish(&place, "left", "1.0", &[], CODE);
    top(&place, "left");
    let json = "base/package/py/left/latest.json";
    let text = fs::read_to_string(place.path(json)).unwrap();
    for (hostile, code) in [
        (text.replace("left.py", "../left.py"), "MP701"),
        (text.replace("\"7deaca0a", "\"../../7deaca0a"), "MP701"),
        (text.replace("\"version\"", r#""deps":[["../left","1.0"]],"version""#), "MP706"),
        (text.replace(r#":"1.0""#, r#":"../1.0""#), "MP712"),
    ] {
        fs::write(place.path(json), hostile).unwrap();
        let report = place.add(1, "dist --deps latest --base-index base");
        assert!(report.contains(&format!("error[{code}]")), "{report}");
        assert!(!place.path("site/index.json").exists());
    }
}

#[test]
fn copies_depend_on_no_order() {
    let texts = ["one two", "two one"].map(|order| {
        let place = Place::new();
        publish(&place, "deep", "0.1", &[], b"deep = 1\n");
        publish(&place, "left", "1.0", &["deep"], b"left = 1\n");
        publish(&place, "left", "2.0", &["deep"], b"left = 2\n");
        depend(&place, "deep", "0.1", &json!([["left", "latest"]]));
        let wheel = |name: &str| {
            let need = if name == "one" { "left<2" } else { "deep" };
            place.wheel(name, "1.0", &format!("Requires-Dist: {need}\n"), &[("a.py", CODE)])
        };
        let inputs: Vec<String> = order.split(' ').map(wheel).collect();
        place.add(0, &format!("{} --base-index base", inputs.join(" ")));
        place.check();
        let files = contents(&place.path("site/package")).into_iter();
        let root = place.path("site");
        files
            .map(|(path, data)| (path.strip_prefix(&root).unwrap().to_owned(), data))
            .collect::<Vec<_>>()
    });
    assert_eq!(texts[0], texts[1]);
}

#[test]
fn a_bundle_needs_nothing() {
    let place = Place::new();
    publish(&place, "deep", "0.1", &[], b"deep = 1\n");
    publish(&place, "left", "1.0", &["deep"], b"left = 1\n");
    place.wheel_in("own", "right", "1.0", "", &[("right.py", b"right = 1\n")]);
    place.add(0, "own");
    let needs = "Requires-Dist: left\nRequires-Dist: right\nRequires-Dist: beside\n";
    place.wheel("top", "1.0", needs, &[("top.py", CODE)]);
    place.wheel("beside", "1.0", "Requires-Dist: top\n", &[("beside.py", b"beside = 1\n")]);
    let report = place.add(0, "dist --deps bundle --base-index base");
    assert!(report.contains("2 added") && !report.contains("copied"), "{report}");
    for name in ["top", "beside"] {
        let json = place.json(&format!("site/package/py/{name}/1.0.json"));
        let paths: Vec<_> = json["hashes"].as_array().unwrap().iter().map(|it| &it[0]).collect();
        assert_eq!(paths, ["beside.py", "deep.py", "left.py", "right.py", "top.py"]);
        assert_eq!(json["deps"], Value::Null);
    }
    assert!(!place.path("site/package/py/left").exists());
    assert!(place.add(0, "dist --deps bundle --base-index base").contains("2 unchanged"));
    place.check();
}

#[test]
fn the_latest_may_be_asked_for() {
    let place = Place::new();
    publish(&place, "left", "1.0", &[], CODE);
    top(&place, "left");
    place.add(0, "dist --deps latest --base-index base");
    assert_eq!(deps(&place, "top", "1.0"), json!([["left", "latest"]]));
    assert_eq!(place.latest("left"), "1.0");
    assert!(place.add(0, "dist --deps latest --base-index gone").contains("unchanged"));
    place.check();
}
