//! An index for mip: what lies in it after each command, and what happens to it meanwhile.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod fixtures;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use fixtures::disk::{OnFullDisk, state};
use fixtures::place::{CODE, Files, Place, contents};
use serde_json::{Value, json};

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
    let told = place.add(0, "dist");
    assert!(told.contains("MP323"), "{told}");
    assert_eq!(place.json("site/package/py/bar/1.0.json")["deps"], json!([["foo", "1.0"]]));
    assert_eq!(place.json("site/package/py/foo/1.0.json").get("deps"), None);
    let before = state(&place.path("site"));
    let told = place.add(0, "dist");
    assert!(told.contains("2 unchanged"), "{told}");
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
    let told = place.add(1, "other");
    assert!(
        told.contains(
            "error[MP710]: foo-1.0: foo==1.0: the version is already published: found other files"
        ),
        "{told}"
    );
    assert_eq!(place.json("site/package/py/foo/1.0.json")["hashes"][0][1], "7deaca0a");
    assert_eq!(place.latest("bar"), "1.0", "one that is refused does not stop the others");
    let told = place.add(0, "other --replace");
    assert!(told.contains("warning[MP711]: foo 1.0"), "{told}");
    assert_eq!(place.json("site/package/py/foo/1.0.json")["hashes"][0][1], "7b2ddb8a");
    let told = place.check();
    assert!(told.contains("note[MP725]: site: file/7d/7deaca0a"), "{told}");
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
    let told = place.add(1, "other");
    assert!(told.contains("found the same files, but the dependencies none, expected bar==1.0"));
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
    let told = place.add(1, "dist project");
    assert_eq!(told.matches("error[MP710]").count(), 2, "{told}");
    assert!(told.contains("warning[MP316]") && told.contains("1 added, 2 refused"), "{told}");
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
    let told = place.run(1, "remove bar==1.0 bar==1.1 --from site");
    assert!(
        told.contains(
            "error[MP723]: site: bar==1.0: not removed, because the release is needed by foo==1.0"
        ),
        "{told}"
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
/// version, and there are keys that nobody here knows.
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
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(code), "{code}: {told}");
        let is_warning = told.contains(&format!("warning[{code}]"));
        assert!(is_warning || output.status.code() == Some(1), "{code}: {told}");
    }
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
    let told = place.run(1, "check site");
    assert!(told.contains("error[MP708]: site/package: "), "{told}");
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
    let told = place.run(2, "check site --lock-timeout 2");
    assert!(told.contains("waiting for another run"), "{told}");
    assert!(told.contains("another run holds the lock"), "{told}");
    place.add(2, &format!("{input} --lock-timeout 0"));
    drop(lock);
    place.add(0, &input);
}

/// How many packages change together in the test of interrupted runs.
const TOGETHER: usize = 6;

/// The version of package `number`, once all that it names are there.
fn read_release(site: &Path, number: usize) -> Option<String> {
    let path = site.join(format!("package/py/p{number}/latest.json"));
    let json: Value = serde_json::from_slice(&fs::read(path).ok()?).unwrap();
    for pair in json["hashes"].as_array().unwrap() {
        let name = pair[1].as_str().unwrap();
        assert!(site.join("file").join(&name[..2]).join(name).exists(), "{name}");
    }
    Some(json["version"].as_str().unwrap().to_owned())
}

/// Stops a reader whatever happens.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What an `index.json` names and nobody can get.
fn missing(site: &Path, index_json: &Value) -> Vec<String> {
    let mut missing = Vec::new();
    for package in index_json["packages"].as_array().unwrap() {
        for version in package["versions"]["py"].as_array().unwrap() {
            let (name, version) = (package["name"].as_str().unwrap(), version.as_str().unwrap());
            missing.push(format!("package/py/{name}/{version}.json"));
        }
    }
    missing.retain(|path| !site.join(path).exists());
    missing
}

/// Reads the index as clients and tools do until told to stop; how often it could.
fn read_on(site: &Path, stop: &AtomicBool) -> usize {
    let mut times = 0;
    while !stop.load(Ordering::Relaxed) {
        let tools = fs::read(site.join("index.json")).unwrap();
        let missing = missing(site, &serde_json::from_slice(&tools).unwrap());
        // What was removed since may be missing.
        let is_old = fs::read(site.join("index.json")).unwrap() != tools;
        assert!(missing.is_empty() || is_old, "index.json names {missing:?}");
        let first = read_release(site, 0);
        let all: Vec<_> = (0..TOGETHER).map(|number| read_release(site, number)).collect();
        if read_release(site, 0) == first {
            assert!(all.iter().all(|version| *version == first), "{all:?}");
            times += 1;
        }
    }
    times
}

#[test]
fn a_killed_run_leaves_the_old_index_or_the_new_one() {
    const RUNS: u32 = 60;
    let place = Place::new();
    let make = |run: u32| {
        for number in 0..TOGETHER {
            let (name, code) = (format!("p{number}"), format!("x = {run}, {number}\n"));
            let file = format!("{name}.py");
            let version = format!("1.{run}");
            place.wheel_in(&format!("dist{run}"), &name, &version, "", &[(&file, code.as_bytes())]);
        }
    };
    make(0);
    let start = Instant::now();
    place.add(0, "dist0");
    let whole = start.elapsed();
    let (site, stop) = (place.path("site"), AtomicBool::new(false));
    let (mut old, mut new, mut delay) = (0, 0, whole / 2);
    thread::scope(|scope| {
        let reader = scope.spawn(|| read_on(&site, &stop));
        let stopper = Stop(&stop);
        for run in 1..=RUNS {
            make(run);
            let before = read_release(&site, 0).unwrap();
            let command = format!("add dist{run} --to site --no-mpy");
            let mut command = place.command(&command);
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            thread::sleep(delay);
            child.kill().unwrap();
            child.wait().unwrap();
            let checked = place.output("check site");
            let told = String::from_utf8(checked.stderr).unwrap();
            assert!(checked.status.success(), "run {run}: {told}");
            let after = read_release(&site, 0).unwrap();
            // A run completes what the one before it had made ready.
            let expected = [before, format!("1.{}", run - 1), format!("1.{run}")];
            assert!(expected.contains(&after), "{after}, none of {expected:?}");
            // Close to the moment of the change.
            if after == expected[2] {
                (new, delay) = (new + 1, delay * 4 / 5);
            } else {
                (old, delay) = (old + 1, delay * 5 / 4);
            }
        }
        drop(stopper);
        assert!(reader.join().unwrap() > 0);
    });
    assert!(old > 0 && new > 0, "{old} old, {new} new: killed at the wrong times");
    place.run(0, "gc site --older-than 0");
    let told = place.check();
    assert!(told.contains("all well") && !told.contains("MP7"), "{told}");
    assert_eq!(fs::read_dir(place.path("site/.mpconvert")).unwrap().count(), 1);
}

#[test]
fn a_killed_removal_leaves_the_old_index_or_the_new_one() {
    const RUNS: u32 = 30;
    let place = Place::new();
    for number in 0..TOGETHER {
        let name = format!("p{number}");
        for version in 0..=RUNS {
            let (file, code) = (format!("{name}.py"), format!("x = {number}, {version}\n"));
            place.wheel(&name, &format!("1.{version}"), "", &[(&file, code.as_bytes())]);
        }
    }
    place.add(0, "dist");
    let releases = |version: u32| {
        let all: Vec<_> = (0..TOGETHER).map(|number| format!("p{number}==1.{version}")).collect();
        format!("remove {} --from site", all.join(" "))
    };
    let start = Instant::now();
    place.run(0, &releases(RUNS));
    let whole = start.elapsed();
    let (site, stop) = (place.path("site"), AtomicBool::new(false));
    let (mut old, mut new, mut delay) = (0, 0, whole / 2);
    thread::scope(|scope| {
        let reader = scope.spawn(|| read_on(&site, &stop));
        let stopper = Stop(&stop);
        for run in (0..RUNS).rev() {
            let mut command = place.command(&releases(run));
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            thread::sleep(delay);
            child.kill().unwrap();
            child.wait().unwrap();
            let checked = place.output("check site");
            assert!(checked.status.success(), "{}", String::from_utf8(checked.stderr).unwrap());
            if site.join(format!("package/py/p0/1.{run}.json")).exists() {
                (old, delay) = (old + 1, delay * 5 / 4);
            } else {
                (new, delay) = (new + 1, delay * 4 / 5);
            }
        }
        drop(stopper);
        assert!(reader.join().unwrap() > 0);
    });
    assert!(old > 0 && new > 0, "{old} old, {new} new: killed at the wrong times");
    place.run(0, "gc site --older-than 0");
    assert!(place.check().contains("all well"));
}

#[test]
fn a_full_disk_leaves_the_old_index() {
    let place = Place::new();
    place.wheel_in("small", "foo", "1.0", "", &[("foo.py", CODE)]);
    for number in 0..8 {
        let name = format!("p{number}");
        let code = format!("x = {number}\n").repeat(500);
        place.wheel_in("large", &name, "1.0", "", &[(&format!("{name}.py"), code.as_bytes())]);
    }
    place.wheel_in("large", "foo", "1.1", "", &[("foo.py", b"a\n")]);
    let on_disk = OnFullDisk {
        first: r#""$MPCONVERT" -q index add small --to "$MADE" --no-mpy"#,
        change: r#""$MPCONVERT" index add large --to "$MADE" --no-mpy"#,
        check: r#""$MPCONVERT" index check "$MADE""#,
    };
    on_disk.run(&place.path(""));
}
