//! An index for mip: what lies in it after each command, and what happens to it meanwhile.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Child, Stdio};
use std::time::{Duration, SystemTime};

use crate::fixtures::disk::state;
use crate::fixtures::place::{CODE, Files, Place, contents};
use serde_json::json;

/// What `check` says of a fault, and how the fault comes about.
type Fault<'a> = (&'a str, Box<dyn Fn() + 'a>);

#[test]
fn a_release_lies_where_clients_look() {
    let place = Place::new();
    let more = "Summary: Blinks\nAuthor: Ada\nLicense-Expression: MIT\n";
    let files: Files = &[("foo_bar/__init__.py", CODE), ("foo_bar/page.html", b"<h1>")];
    place.wheel("Foo-Bar", "1.0", more, files);
    place.add(0, "dist --resources files");
    let text = fs::read_to_string(place.path("site/package/py/Foo-Bar/1.0.json")).unwrap();
    let expected = "{\"v\":1,\"hashes\":[[\"foo_bar/__init__.py\",\"7deaca0a\"],\
                    [\"foo_bar/page.html\",\"0f3b6ce8\"]],\"version\":\"1.0\"}\n";
    assert_eq!(text, expected);
    assert_eq!(
        fs::read_to_string(place.path("site/package/py/Foo-Bar/latest.json")).unwrap(),
        text
    );
    assert_eq!(fs::read(place.path("site/file/7d/7deaca0a")).unwrap(), CODE);
    let mut listed = place.json("site/index.json");
    assert!(listed["updated"].as_u64().unwrap() > 1_700_000_000);
    listed["updated"] = json!(0);
    let package = json!({
        "name": "Foo-Bar", "version": "1.0", "author": "Ada", "description": "Blinks",
        "license": "MIT", "versions": {"py": ["1.0"]}, "path": "",
    });
    assert_eq!(listed, json!({"packages": [package], "v": 2, "updated": 0}));
    assert!(place.check().contains("1 package, 1 version, 2 files, all well"));
}

#[test]
fn the_same_again_writes_nothing() {
    let place = Place::new();
    place.wheel("foo", "1.0", "Requires-Dist: bar\n", &[("foo.py", CODE)]);
    place.wheel("bar", "1.0", "Requires-Dist: foo\n", &[("bar.py", CODE)]);
    let report = place.add(0, "dist");
    assert!(report.contains("MP323"), "{report}");
    assert_eq!(place.json("site/package/py/bar/1.0.json")["deps"], json!([["foo", "1.0"]]));
    assert_eq!(place.json("site/package/py/foo/1.0.json").get("deps"), None);
    let before = state(&place.path("site"));
    let report = place.add(0, "dist");
    assert!(report.contains("2 unchanged"), "{report}");
    assert_eq!(state(&place.path("site")), before);
}

#[test]
fn the_index_depends_on_no_order() {
    let texts: Vec<_> = ["a b c", "c b a"]
        .map(|order| {
            let place = Place::new();
            let inputs: Vec<String> = order
                .split(' ')
                .map(|name| {
                    let more = format!("Requires-Dist: {}\n", if name == "a" { "c" } else { "a" });
                    place.wheel(name, "1.0", &more, &[(&format!("{name}.py"), CODE)])
                })
                .collect();
            let command = format!("add {} --to site --no-mpy", inputs.join(" "));
            let run = place.command(&command).env("SOURCE_DATE_EPOCH", "1000000000").output();
            assert!(run.unwrap().status.success());
            assert_eq!(place.json("site/index.json")["updated"], 1_000_000_000);
            let root = place.path("site");
            let files = contents(&root).into_iter();
            files.map(|(path, data)| (path.strip_prefix(&root).unwrap().to_owned(), data)).collect()
        })
        .map(|files: BTreeMap<_, _>| files)
        .into();
    assert_eq!(texts[0], texts[1]);
}

#[test]
fn a_published_version_does_not_change() {
    let place = Place::new();
    place.wheel("foo", "1.0", "", &[("foo.py", CODE)]);
    place.wheel_in("other", "foo", "1.0", "", &[("foo.py", b"import time\n")]);
    place.wheel_in("other", "bar", "1.0", "", &[("bar.py", b"bar\n")]);
    place.add(0, "dist");
    let report = place.add(1, "other");
    assert!(
        report.contains(
            "error[MP710]: foo-1.0: foo==1.0: the version is already published: found other files"
        ),
        "{report}"
    );
    assert_eq!(place.json("site/package/py/foo/1.0.json")["hashes"][0][1], "7deaca0a");
    assert_eq!(place.latest("bar"), "1.0", "one that is refused does not stop the others");
    let report = place.add(0, "other --replace");
    assert!(report.contains("warning[MP711]: foo 1.0"), "{report}");
    assert_eq!(place.json("site/package/py/foo/1.0.json")["hashes"][0][1], "7b2ddb8a");
    let report = place.check();
    assert!(report.contains("note[MP725]: site: file/7d/7deaca0a"), "{report}");
}

#[test]
fn a_published_version_keeps_its_dependencies() {
    let place = Place::new();
    place.wheel("foo", "1.0", "Requires-Dist: bar\n", &[("foo.py", CODE)]);
    place.wheel("bar", "1.0", "", &[("bar.py", CODE)]);
    place.add(0, "dist");
    place.wheel("bar", "1.1", "", &[("bar.py", CODE)]);
    assert!(place.add(0, "dist").contains("1 added, 2 unchanged"), "a newer one changes nothing");
    assert_eq!(place.json("site/package/py/foo/1.0.json")["deps"], json!([["bar", "1.0"]]));
    place.wheel_in("other", "foo", "1.0", "", &[("foo.py", CODE)]);
    let report = place.add(1, "other");
    assert!(report.contains("found the same files, but the dependencies none, expected bar==1.0"));
}

#[test]
fn inputs_that_disagree_are_all_refused() {
    let place = Place::new();
    place.wheel("foo", "1.0", "", &[("foo.py", CODE)]);
    place.wheel("bar", "1.0", "Requires-Dist: foo\n", &[("bar.py", CODE)]);
    fs::create_dir(place.path("project")).unwrap();
    let pyproject = "[build-system]\nbuild-backend = 'flit_core.buildapi'\n\
                     [project]\nname = 'foo'\nversion = '1.0'\ndescription = 'Foo'\n";
    fs::write(place.path("project/pyproject.toml"), pyproject).unwrap();
    fs::write(place.path("project/foo.py"), "import time\n").unwrap();
    let report = place.add(1, "dist project");
    assert_eq!(report.matches("error[MP710]").count(), 2, "{report}");
    assert!(report.contains("error[MP316]") && report.contains("3 refused"), "{report}");
    fs::write(place.path("project/foo.py"), CODE).unwrap();
    assert!(place.add(0, "dist/foo-1.0-py3-none-any.whl project").contains("2 added"));
}

#[test]
fn one_version_has_one_spelling() {
    let place = Place::new();
    let project = |version: &str, code: &[u8]| {
        let text = format!(
            "[build-system]\nbuild-backend = 'flit_core.buildapi'\n\
             [project]\nname = 'foo'\nversion = '{version}'\ndescription = 'Foo'\n"
        );
        fs::create_dir_all(place.path(version)).unwrap();
        fs::write(place.path(version).join("pyproject.toml"), text).unwrap();
        fs::write(place.path(version).join("foo.py"), code).unwrap();
    };
    project("1.0.0", CODE);
    project("1.0", b"import time\n");
    for inputs in ["1.0 1.0.0", "1.0.0 1.0 --replace"] {
        assert_eq!(place.add(1, inputs).matches("error[MP710]").count(), 2, "{inputs}");
    }
    project("1.0", CODE);
    place.add(0, "1.0.0 1.0");
    assert_eq!(place.listed("foo")["versions"]["py"], json!(["1.0"]));
}

#[test]
fn the_latest_is_the_highest_final_version() {
    let place = Place::new();
    for (version, latest) in [
        ("1.10rc1", "1.10rc1"),
        ("1.2", "1.2"),
        ("1.1", "1.2"),
        ("1.9", "1.9"),
        ("2.0.dev1", "1.9"),
    ] {
        let input = place.wheel("foo", version, "", &[("foo.py", version.as_bytes())]);
        place.add(0, &input);
        assert_eq!(place.latest("foo"), latest);
        assert_eq!(place.listed("foo")["version"], latest);
    }
    let sorted = json!(["1.1", "1.2", "1.9", "1.10rc1", "2.0.dev1"]);
    assert_eq!(place.listed("foo")["versions"]["py"], sorted);
    place.run(0, "remove foo==1.9 --from site");
    assert_eq!(place.latest("foo"), "1.2");
    place.run(0, "remove foo==1.1 foo==1.2 --from site");
    assert_eq!(place.latest("foo"), "2.0.dev1");
    place.check();
}

#[test]
fn what_others_need_is_not_removed() {
    let place = Place::new();
    place.wheel("foo", "1.0", "Requires-Dist: bar==1.0\n", &[("foo.py", CODE)]);
    place.wheel("bar", "1.0", "", &[("bar.py", CODE)]);
    place.wheel("bar", "1.1", "", &[("bar.py", CODE)]);
    place.add(0, "dist");
    let before = state(&place.path("site"));
    let report = place.run(1, "remove bar==1.0 bar==1.1 --from site");
    assert!(
        report.contains(
            "error[MP723]: site: bar==1.0: not removed, because the release is needed by foo==1.0"
        ),
        "{report}"
    );
    assert!(place.run(1, "remove nothing bar==7 --from site").matches("MP722").count() == 2);
    assert_eq!(state(&place.path("site")), before, "all or nothing");
    place.run(0, "remove bar==1.1 --from site");
    place.run(0, "remove bar --from site --force");
    assert!(place.run(1, "check site").contains("MP720"));
    place.run(0, "remove foo --from site");
    assert!(place.check().contains("0 packages"));
    assert!(!place.path("site/package/py").exists());
}

#[test]
fn collisions_get_longer_names() {
    let place = Place::new();
    // Both have a SHA-256 that starts with c4e37568.
    place.wheel("foo", "1.0", "", &[("foo.py", b"x = 5643\n")]);
    place.wheel("foo", "1.1", "", &[("foo.py", b"x = 8483\n")]);
    place.add(0, "dist");
    let name = |version: &str| {
        let json = place.json(&format!("site/package/py/foo/{version}.json"));
        json["hashes"][0][1].as_str().unwrap().to_owned()
    };
    assert_eq!((name("1.0").as_str(), name("1.1").as_str()), ("c4e37568", "c4e375685"));
    assert_eq!(fs::read(place.path("site/file/c4/c4e37568")).unwrap(), b"x = 5643\n");
    assert_eq!(fs::read(place.path("site/file/c4/c4e375685")).unwrap(), b"x = 8483\n");
    place.wheel("bar", "1.0", "", &[("bar.py", b"x = 5643\n"), ("baz.py", b"x = 8483\n")]);
    assert!(place.add(0, "dist").contains("1 added, 2 unchanged"));
    place.check();
}

/// An index as the official builder leaves it: an older release was built last, one package has no
/// version, and there are unknown keys.
fn official(place: &Place) {
    let text = |path: &str, text: &str| {
        let path = place.path("site").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    for form in ["py", "6"] {
        let release = |version| {
            format!("{{\"v\":1,\"hashes\":[[\"a.py\",\"7deaca0a\"]],\"version\":\"{version}\"}}\n")
        };
        text(&format!("package/{form}/foo/1.0.json"), &release("1.0"));
        text(&format!("package/{form}/foo/1.1.json"), &release("1.1"));
        text(&format!("package/{form}/foo/latest.json"), &release("1.0"));
        text(&format!("package/{form}/unversioned/latest.json"), &release(""));
    }
    fs::create_dir_all(place.path("site/file/7d")).unwrap();
    fs::write(place.path("site/file/7d/7deaca0a"), CODE).unwrap();
    let both = json!({"py": ["1.0", "1.1"], "6": ["1.0", "1.1"]});
    let index = json!({"v": 2, "updated": 5, "more": 1, "packages": [
        {"name": "foo", "version": "1.0", "author": "", "description": "Foo", "license": "MIT",
         "versions": both, "path": "micropython/foo", "more": [1]},
        {"name": "unversioned", "version": "", "author": "", "description": "", "license": "MIT",
         "versions": {}, "path": "micropython/unversioned"},
    ]});
    text("index.json", &format!("{index:#}\n"));
}

#[test]
fn an_official_index_is_added_to() {
    let place = Place::new();
    official(&place);
    assert!(place.run(1, "check site").contains("error[MP717]: site: package/6/foo/latest.json"));
    place.wheel("bar", "1.0", "Requires-Dist: foo\n", &[("bar.py", CODE)]);
    let before = contents(&place.path("site"));
    place.add(0, "dist");
    for (path, text) in before {
        assert!(path.ends_with("index.json") || fs::read(&path).unwrap() == text, "{path:?}");
    }
    let index = place.json("site/index.json");
    assert_eq!((&index["more"], &place.listed("foo")["more"]), (&json!(1), &json!([1])));
    place.wheel("Foo", "0.9", "", &[("foo.py", b"\n")]);
    place.add(0, "dist");
    assert_eq!(place.latest("foo"), "1.1", "what is touched is put right");
    let foo = place.listed("foo");
    assert_eq!(foo["versions"]["py"], json!(["0.9", "1.0", "1.1"]));
    assert_eq!((&foo["version"], &foo["path"]), (&json!("1.1"), &json!("micropython/foo")));
    place.wheel("unversioned", "0.1", "", &[("unversioned.py", b"\n")]);
    place.add(0, "dist");
    assert_eq!(place.latest("unversioned"), "0.1");
    assert!(place.path("site/package/6/unversioned/latest.json").exists());
    assert!(place.run(0, "list site").contains("unversioned   0.1"));
    place.run(0, "remove foo unversioned --from site --force");
    assert!(!place.path("site/package/6").exists());
}

#[test]
fn faults_of_all_kinds_are_found() {
    let place = Place::new();
    place.wheel("foo", "1.0", "Requires-Dist: bar\n", &[("foo.py", CODE)]);
    place.wheel("foo", "1.1", "", &[("foo.py", b"a\n")]);
    place.wheel("bar", "1.0", "", &[("bar.py", b"b\n")]);
    let good = |path: &str| place.path("site").join(path);
    let write = |path: &'static str, text: &'static str| -> Box<dyn Fn() + '_> {
        Box::new(move || {
            fs::create_dir_all(good(path).parent().unwrap()).unwrap();
            fs::write(good(path), text).unwrap();
        })
    };
    let faults: [Fault; 13] = [
        ("MP715", Box::new(|| fs::remove_file(good("file/7d/7deaca0a")).unwrap())),
        ("MP716", write("file/7d/7deaca0a", "import os\n")),
        ("MP701", write("package/py/foo/1.0.json", "{\"hashes\": [\"a\"]}")),
        ("MP701", write("package/py/foo/1.0.json", "{\"version\": \"1.1\"}")),
        ("MP702", write("index.json", "[]")),
        ("MP719", write("index.json", "{\"v\": 2, \"packages\": []}")),
        ("MP719", write("package/6/foo/1.0.json", "{\"version\": \"1.0\"}")),
        ("MP717", write("package/py/foo/latest.json", "{\"version\": \"1.0\"}")),
        ("MP718", write("package/py/foo/latest.json", "{\"version\": \"1.1\"}")),
        (
            "MP720",
            write("package/py/bar/1.0.json", "{\"version\": \"1.0\", \"deps\": [[\"x\", \"\"]]}"),
        ),
        (
            "MP726",
            write(
                "package/py/bar/1.0.json",
                "{\"version\": \"1.0\", \"deps\": [[\"foo\", \"1.0\"]]}",
            ),
        ),
        ("MP713", write("package/python/foo/1.0.json", "{}")),
        ("MP714", Box::new(|| symlink("/etc/passwd", good("package/py/foo/2.0.json")).unwrap())),
    ];
    for (code, fault) in faults {
        let _ = fs::remove_dir_all(place.path("site"));
        place.add(0, "dist");
        place.check();
        fault();
        let output = place.output("check site");
        let report = String::from_utf8(output.stderr).unwrap();
        assert!(report.contains(code), "{code}: {report}");
        let is_warning = report.contains(&format!("warning[{code}]"));
        assert!(is_warning || output.status.code() == Some(1), "{code}: {report}");
    }
}

#[test]
fn an_unreadable_index_was_listed_as_empty() {
    let place = Place::new();
    place.write("site/index.json", "{");
    let report = place.run(1, "list site");
    assert!(
        report.contains("error[MP702]: site: index.json: cannot read the index.json"),
        "{report}"
    );
    let report = place.run(1, "list site --output-format json");
    assert!(report.contains("MP702"), "{report}");
    let place = Place::new();
    place.wheel("foo", "1.0", "", &[("foo.py", CODE)]);
    place.add(0, "dist");
    place.write("site/package/py/foo/1.0.json", "[");
    let report = place.run(1, "list site");
    assert!(report.contains("foo") && report.contains("error[MP7"), "{report}");
}

#[test]
fn what_is_damaged_can_be_put_right() {
    let place = Place::new();
    place.wheel("foo", "1.0", "Author: Ada\n", &[("foo.py", CODE)]);
    place.wheel("foo", "2.0", "Author: Ada\n", &[("foo.py", b"2\n")]);
    place.add(0, "dist");
    let whole = contents(&place.path("site"));
    for damaged in ["file/7d/7deaca0a", "package/py/foo/latest.json", "index.json"] {
        fs::remove_file(place.path("site").join(damaged)).unwrap();
        place.run(1, "check site");
        place.add(0, "dist --replace");
        assert!(place.check().contains("all well"), "{damaged}");
        let mut now = contents(&place.path("site"));
        for (path, data) in &whole {
            let same = now.remove(path).is_some_and(|now| now == *data);
            assert!(same || path.ends_with("index.json"), "{}", path.display());
        }
        assert!(now.is_empty(), "{now:?}");
        assert_eq!(place.listed("foo")["author"], "Ada");
    }
}

#[test]
fn too_much_is_no_index() {
    let place = Place::new();
    fs::create_dir_all(place.path("site/package/1/2/3/4/5/6/7/8/9/10")).unwrap();
    let report = place.run(1, "check site");
    assert!(report.contains("error[MP708]: site/package: "), "{report}");
}

#[test]
fn links_lead_nowhere() {
    for link in ["package", "package/py", "package/py/foo", "file", ".mpconvert"] {
        let place = Place::new();
        place.wheel("foo", "1.0", "", &[("foo.py", CODE)]);
        let outside = place.path("outside");
        fs::create_dir(&outside).unwrap();
        let path = place.path("site").join(link);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(&outside, &path).unwrap();
        let output = place.output("add dist --to site --no-mpy");
        assert_ne!(output.status.code(), Some(0), "{link}");
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0, "{link}");
        assert!(place.output("gc site --older-than 0").status.code() != Some(0) || link == "file");
    }
}

#[test]
fn garbage_is_collected_when_nobody_can_ask_for_it() {
    let place = Place::new();
    place.wheel("foo", "1.0", "", &[("foo.py", CODE)]);
    place.wheel("foo", "1.1", "", &[("foo.py", b"a\n")]);
    place.add(0, "dist");
    let file = place.path("site/file/7d/7deaca0a");
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_hours(1);
    fs::File::options().write(true).open(&file).unwrap().set_modified(long_ago).unwrap();
    place.run(0, "remove foo==1.0 --from site");
    assert!(place.run(0, "gc site").contains("0 files removed, 1 kept for now"));
    assert!(
        place.run(0, "gc site -n --older-than 0").contains("file/7d/7deaca0a   15 B, to remove")
    );
    assert!(file.exists());
    fs::write(place.path("site/file/7d/notes.txt"), "mine").unwrap();
    assert!(place.run(0, "gc site --older-than 0").contains("1 file removed"));
    assert!(!file.exists() && place.path("site/file/7d/notes.txt").exists());
    fs::write(place.path("site/package/py/foo/1.1.json"), "no JSON").unwrap();
    assert!(place.run(1, "gc site --older-than 0").contains("MP701"), "it may need any file");
}

#[test]
fn a_name_that_no_client_can_ask_for_is_refused() {
    let place = Place::new();
    place.wheel("settings.json", "1.0", "", &[("foo.py", CODE)]);
    assert!(place.add(1, "dist").contains("MP712"));
    assert!(!place.path("site").exists());
}

#[test]
fn all_that_add_at_once_are_in_it() {
    let place = Place::new();
    let children: Vec<Child> = (0..8)
        .map(|number| {
            let name = format!("p{number}");
            let code = format!("x = {number}\n");
            let input = place.wheel(&name, "1.0", "", &[(&format!("{name}.py"), code.as_bytes())]);
            let mut command = place.command(&format!("add {input} --to site --no-mpy"));
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert!(place.check().contains("8 packages, 8 versions, 8 files, all well"));
}

#[test]
fn waiting_ends() {
    let place = Place::new();
    let input = place.wheel("foo", "1.0", "", &[("foo.py", CODE)]);
    place.add(0, &input);
    let lock = fs::File::options().write(true).open(place.path("site/.mpconvert/lock")).unwrap();
    lock.lock().unwrap();
    let report = place.run(2, "check site --lock-timeout 2");
    assert!(report.contains("waiting for another run"), "{report}");
    assert!(report.contains("another run holds the lock"), "{report}");
    place.add(2, &format!("{input} --lock-timeout 0"));
    drop(lock);
    place.add(0, &input);
}
