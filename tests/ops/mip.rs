//! Packages for mip: what their `package.json` says, and what is said of it.

use std::fs;
use std::process::{Command, Output};

use crate::fixtures::sandbox::{Sandbox, is_sandbox};
use crate::fixtures::{PURE, wheel};
use serde_json::{Value, json};

/// A folder with wheels in `dist`, and results in `site`.
struct Place(Sandbox);

is_sandbox!(Place);

impl Place {
    /// With wheels of these projects, each of version 1.0 and with a module of its name and the
    /// dependencies that follow the name.
    fn with(projects: &[&str]) -> Self {
        let place = Self(Sandbox::new());
        for project in projects {
            let (name, requires) = project.split_once(' ').unwrap_or((project, ""));
            let more: Vec<_> = requires
                .split_whitespace()
                .map(|line| format!("Requires-Dist: {line}\n"))
                .collect();
            let stem = name.replace(['-', '.'], "_").to_lowercase();
            let module = format!("{stem}.py");
            let data = wheel(name, "1.0", PURE, &more.concat(), &[(&module, b"")]);
            place.write(&format!("dist/{stem}-1.0-{PURE}.whl"), &data);
        }
        place
    }

    /// A project with a module of its name.
    fn project(&self, name: &str, dependencies: &str, settings: &str) {
        let text = format!(
            "[build-system]\nrequires = ['flit_core']\nbuild-backend = 'flit_core.buildapi'\n\
             [project]\nname = '{name}'\nversion = '1.0'\ndependencies = [{dependencies}]\n\
             [tool.mpconvert]\n{settings}\n"
        );
        self.write(&format!("{name}/pyproject.toml"), text.as_bytes());
        self.write(&format!("{name}/{name}.py"), b"");
    }

    fn output(&self, arguments: &str) -> Output {
        self.0.output(&format!("mip --output-format json {arguments}"))
    }

    /// The findings of a run that must end with this status, each as code and path.
    fn run(&self, status: i32, arguments: &str) -> Vec<String> {
        let output = self.output(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{arguments}: {said}");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let results = report["results"].as_array().unwrap().iter();
        let findings = results.flat_map(|result| result["findings"].as_array().unwrap());
        let text = |finding: &Value| {
            let part = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
            format!("{} {}", part("code"), part("path"))
        };
        findings.map(text).filter(|text| !text.starts_with("MP604")).collect()
    }

    /// The targets and the dependencies that the `package.json` in this folder names.
    fn made(&self, folder: &str) -> (Vec<String>, Value) {
        let text = fs::read(self.path(folder).join("package.json")).unwrap();
        let mut package: Value = serde_json::from_slice(&text).unwrap();
        let urls = package["urls"].as_array().unwrap().iter();
        (urls.map(|url| url[0].as_str().unwrap().to_owned()).collect(), package["deps"].take())
    }

    /// An `index.json` that lists these packages, each in version 1.0, in the folder `index`.
    fn index(&self, names: &[&str]) {
        let package = |name: &&str| {
            json!({
                "name": name, "version": "1.0", "author": "", "description": "", "license": "",
                "versions": { "py": ["1.0"] }, "path": "",
            })
        };
        let packages: Vec<Value> = names.iter().map(package).collect();
        let index = json!({ "v": 2, "updated": 0, "packages": packages });
        self.write("index/index.json", index.to_string().as_bytes());
    }
}

#[test]
fn inputs_bring_each_other_along_where_they_have_no_place() {
    let place = Place::with(&["top left right", "left base", "right base", "base"]);
    let findings = place.run(0, "dist --out site");
    assert_eq!(
        findings,
        ["MP611 base", "MP611 base", "MP611 left", "MP611 right", "MP611 base"],
        "left, right, then top"
    );
    let files = ["base.py", "left.py", "right.py", "top.py"];
    let (targets, deps) = place.made("site/top-1.0");
    assert_eq!(
        (targets.iter().map(String::as_str).collect::<Vec<_>>(), deps),
        (files.into(), json!([]))
    );
    assert!(files.iter().all(|file| place.path("site/top-1.0").join(file).is_file()));
    place.run(0, "dist --out site --check");
}

#[test]
fn inputs_in_a_circle_bring_each_other_along() {
    let place = Place::with(&["one two", "two one"]);
    place.run(0, "dist --out site");
    for folder in ["site/one-1.0", "site/two-1.0"] {
        assert_eq!(place.made(folder), (vec!["one.py".into(), "two.py".into()], json!([])));
    }
}

#[test]
fn what_comes_along_brings_its_dependencies() {
    let place = Place::with(&["top middle", "middle far Top"]);
    place.index(&["far"]);
    place.run(0, "dist --out site --index index");
    let both = vec!["middle.py".into(), "top.py".into()];
    assert_eq!(place.made("site/top-1.0"), (both, json!([["far", "1.0"]])));
}

#[test]
fn a_package_that_comes_along_does_not_name_the_one_it_comes_with() {
    let place = Place::with(&[]);
    place.project("published", "'local'", "url-base = 'github:org/published'");
    place.project("local", "'published'", "");
    place.run(0, "published local --out site");
    let both = vec!["local.py".into(), "published.py".into()];
    assert_eq!(place.made("site/published-1.0"), (both, json!([])));
    let url = "github:org/published/published-1.0/package.json";
    assert_eq!(place.made("site/local-1.0"), (vec!["local.py".into()], json!([[url, "HEAD"]])));
}

#[test]
fn there_is_no_room_for_dependencies_among_the_sources() {
    let place = Place::with(&[]);
    place.project("one", "'two'", "");
    place.project("two", "", "");
    assert!(place.run(0, "--in-place one two").contains(&"MP607 two".into()));
    assert_eq!(place.made("one"), (vec!["one.py".into()], json!([])));
    place.project("two", "", "url-base = 'github:org/two'");
    assert!(!place.run(0, "--in-place one two").contains(&"MP607 two".into()));
    assert_eq!(place.made("one").1, json!([["github:org/two/package.json", "HEAD"]]));
}

#[test]
fn missing_dependencies_are_reported() {
    let place = Place::with(&["top here nowhere here2>=2", "here2"]);
    place.index(&["here"]);
    let findings = place.run(1, "dist --out site --index index");
    assert_eq!(findings, ["MP316 nowhere", "MP317 here2"]);
    assert!(!place.path("site/top-1.0").exists());
    let allowed = "--allow-missing Nowhere --allow-missing here2";
    let findings = place.run(0, &format!("dist --out site --index index {allowed}"));
    assert_eq!(findings, ["MP329 nowhere", "MP329 here2"]);
    assert_eq!(place.made("site/top-1.0").1, json!([["here", "1.0"]]));
    let findings = place.run(0, &format!("dist --out blind {allowed}"));
    assert_eq!(findings, ["MP319 here", "MP319 nowhere", "MP329 here2"]);
    assert_eq!(place.made("blind/top-1.0").1, json!([["here", "latest"], ["nowhere", "latest"]]));
}

#[test]
fn packages_are_asked_for_as_the_index_spells_them() {
    let place = Place::with(&["top foo-bar", "Foo.Bar"]);
    place.index(&["foo_bar"]);
    place.run(0, "dist --out site --index index");
    assert_eq!(place.made("site/top-1.0").1, json!([["foo_bar", "1.0"]]));
}

#[test]
fn a_bundle_has_no_other_version_of_itself() {
    let place = Place::with(&["one two"]);
    place.index(&["one", "two"]);
    // The file is empty.
    let package = |deps: Value, target: &str| json!({ "v": 1, "version": "1.0", "hashes": [[target, "e3b0c442"]], "deps": deps });
    let write = |name: &str, json: &Value| {
        place.write(&format!("index/package/py/{name}/1.0.json"), json.to_string().as_bytes());
    };
    write("one", &package(json!([]), "old.py"));
    write("two", &package(json!([["one", "1.0"]]), "two.py"));
    place.write("index/file/e3/e3b0c442", b"");
    place.run(0, "dist --out site --deps bundle --index index");
    assert_eq!(place.made("site"), (vec!["one.py".into(), "two.py".into()], json!([])));
}

#[test]
fn a_package_json_in_place_does_not_name_itself() {
    let place = Place::with(&[]);
    let setup = "setup(name='one', version='1', packages=['one'], package_dir={'one': '.'},\n\
                 package_data={'one': ['*.json']})";
    place.write("one/setup.py", setup.as_bytes());
    place.write("one/__init__.py", b"");
    place.write("one/data.json", b"{}");
    for arguments in ["--in-place one", "--in-place --check one"] {
        place.run(0, arguments);
        assert_eq!(place.made("one").0, ["one/__init__.py", "one/data.json"]);
    }
}

#[test]
fn each_project_has_a_url_base_of_its_own() {
    let place = Place::with(&[]);
    place.project("one", "", "");
    place.project("two", "", "");
    let output = place.output("--in-place one two --url-base github:org/one");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("error: one URL base for the sources of 2 projects"), "{said}");
    assert_eq!(output.status.code(), Some(2));
    place.run(0, "--in-place one --url-base github:org/one");
}

#[test]
fn an_index_says_of_a_project_what_its_package_json_says() {
    let place = Place::with(&[]);
    let more = "Summary: Does things\nAuthor-email: Ann <ann@example.com>\n\
                License: A text\n        of several lines\n\
                Classifier: License :: OSI Approved :: MIT License\n";
    let data = wheel("one", "1.0", PURE, more, &[("one.py", b"")]);
    place.write(&format!("dist/one-1.0-{PURE}.whl"), &data);
    place.run(0, "dist --out site");
    assert!(place.0.output("index add dist --to index --no-mpy").status.success());
    let json = |path: &str| -> Value {
        serde_json::from_slice(&fs::read(place.path(path)).unwrap()).unwrap()
    };
    let (package, index) = (json("site/package.json"), json("index/index.json"));
    for (key, value) in
        [("author", "Ann"), ("description", "Does things"), ("license", "MIT License")]
    {
        assert_eq!((&package[key], &index["packages"][0][key]), (&json!(value), &json!(value)));
    }
}

#[test]
fn a_byte_order_mark_makes_a_file_outdated() {
    let place = Place::with(&[]);
    place.project("one", "", "");
    place.run(0, "--in-place one");
    let text = fs::read(place.path("one/package.json")).unwrap();
    place.write("one/package.json", &[b"\xef\xbb\xbf", &text[..]].concat());
    let checked = place.run(1, "--in-place --check one");
    assert_eq!(checked.last().unwrap(), "MP603 one/package.json");
    place.run(0, "--in-place one");
    assert_eq!(fs::read(place.path("one/package.json")).unwrap(), text);
}

#[test]
fn force_removes_nothing_but_earlier_results() {
    let place = Place::with(&["two"]);
    place.project("one", "", "");
    place.run(0, "--out made one");
    place.run(0, "--out made --force dist");
    assert!(!place.path("made/one.py").exists());
    place.run(0, "--in-place one");
    place.run(0, "--out one --force dist");
    assert!(place.path("one/one.py").exists(), "a source of a project");
    place.write("mine/package.json", br#"{"urls": [["one.py", "mine.py"]]}"#);
    place.write("mine/mine.py", b"");
    place.run(0, "--out mine --force dist");
    assert!(place.path("mine/mine.py").exists(), "another package names it");
}

#[test]
fn what_was_written_by_hand_stays_in_a_package_json_in_place() {
    let place = Place::with(&[]);
    place.project("one", "", "");
    place.write("one/boot_helper.py", b"");
    let by_hand = br#"{"urls": [["one.py", "github:org/one/one.py"],
        ["boot_helper.py", "github:org/one/boot_helper.py"], ["data.txt", "boot_helper.py"],
        ["typing.py", "github:else/stubs/typing.py"]],
        "deps": [["aioble", "latest"], ["github:org/other", "v1"]], "license": "MIT", "x-mine": [1]}"#;
    place.write("one/package.json", by_hand);
    let kept = vec!["MP613 one/package.json".to_owned(); 6];
    for _ in 0..2 {
        let mut findings = place.run(0, "--in-place one");
        findings.retain(|finding| finding.starts_with("MP61"));
        assert_eq!(findings, kept);
        let json: Value =
            serde_json::from_slice(&fs::read(place.path("one/package.json")).unwrap()).unwrap();
        let urls = json!([
            ["boot_helper.py", "github:org/one/boot_helper.py"],
            ["data.txt", "boot_helper.py"],
            ["one.py", "one.py"],
            ["typing.py", "github:else/stubs/typing.py"]
        ]);
        assert_eq!(json["urls"], urls);
        assert_eq!(json["deps"], json!([["aioble", "latest"], ["github:org/other", "v1"]]));
        assert_eq!((&json["license"], &json["x-mine"]), (&json!("MIT"), &json!([1])));
        place.run(0, "--in-place --check one");
    }
}

#[test]
fn what_leads_nowhere_is_dropped_from_a_package_json_by_force_alone() {
    let place = Place::with(&[]);
    place.project("one", "", "");
    let by_hand = br#"{"urls": [["one.py", "one.py"], ["gone.py", "gone.py"]]}"#;
    place.write("one/package.json", by_hand);
    assert!(place.run(1, "--in-place one").contains(&"MP615 one/package.json".into()));
    assert_eq!(fs::read(place.path("one/package.json")).unwrap(), by_hand);
    assert!(place.run(0, "--in-place --force one").contains(&"MP614 one/package.json".into()));
    assert_eq!(place.made("one").0, ["one.py"]);
}

#[test]
fn modules_that_a_project_gave_up_leave_its_package_json() {
    let place = Place::with(&[]);
    place.project("one", "", "");
    fs::remove_file(place.path("one/one.py")).unwrap();
    for module in ["__init__", "old"] {
        place.write(&format!("one/one/{module}.py"), b"");
    }
    place.run(0, "--in-place one");
    fs::remove_file(place.path("one/one/old.py")).unwrap();
    assert!(place.run(0, "--in-place one").contains(&"MP614 one/package.json".into()));
    assert_eq!(place.made("one").0, ["one/__init__.py"]);
}

#[test]
fn settings_add_dependencies_that_only_devices_have() {
    let place = Place::with(&[]);
    let settings = "[tool.mpconvert.dependencies]\naioble = 'aioble@0.6.1'\ngone = false\n\
                    own = 'github:org/repo@v1'";
    place.project("one", "", settings);
    let findings = place.run(0, "one --out site");
    assert!(findings.contains(&"MP326 gone".into()), "{findings:?}");
    assert!(findings.contains(&"MP325 aioble".into()), "{findings:?}");
    let deps = json!([["aioble", "0.6.1"], ["github:org/repo", "v1"]]);
    assert_eq!(place.made("site").1, deps);
    // They are those of the project alone, and not of others below its folder.
    let data = wheel("two", "1.0", PURE, "", &[("two.py", b"")]);
    place.write(&format!("one/links/two-1.0-{PURE}.whl"), &data);
    place.run(0, "one/links --out two");
    assert_eq!(place.made("two").1, json!([]));
}

#[cfg(unix)]
#[test]
fn files_that_a_git_host_does_not_serve_are_told() {
    let place = Place::with(&[]);
    place.project("one", "", "");
    fs::remove_file(place.path("one/one.py")).unwrap();
    for path in ["one/__init__.py", "one/ignored.py", "one/sub/__init__.py", "lib/linked.py"] {
        place.write(&format!("one/{path}"), b"");
    }
    place.write("one/one/big.bin", b"\0");
    place.write("one/one/small.bin", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n");
    place.write("one/.gitattributes", b"*.bin filter=lfs diff=lfs -text\nsmall.bin -filter\n");
    place.write("one/.gitignore", b"ignored.py\n");
    std::os::unix::fs::symlink("../lib/linked.py", place.path("one/one/link.py")).unwrap();
    std::os::unix::fs::symlink("../lib", place.path("one/one/folder")).unwrap();
    let git = |folder: &str, arguments: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(place.path(folder)).env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.args(["-c", "filter.lfs.clean=cat", "-c", "filter.lfs.required=false"]);
        assert!(command.args(arguments).output().unwrap().status.success(), "{arguments:?}");
    };
    // Without a repository nothing is known.
    let told = |arguments: &str| {
        let mut findings = place.run(0, arguments);
        findings.retain(|finding| finding.starts_with("MP616"));
        findings
    };
    assert!(told("--in-place one").is_empty());
    git("one", &["init", "-q"]);
    git("one/one/sub", &["init", "-q"]);
    git("one/one/sub", &["add", "."]);
    git("one", &["add", ".gitattributes", "one/__init__.py", "one/big.bin", "one/small.bin"]);
    git("one", &["add", "one/folder", "one/link.py", "lib"]);
    let told = told("--in-place one --url-base github:org/one --force");
    for path in ["ignored.py", "sub/__init__.py", "big.bin", "small.bin", "link.py"] {
        assert!(told.contains(&format!("MP616 one/{path}")), "{path}: {told:?}");
    }
    assert!(
        !told
            .iter()
            .any(|finding| finding.ends_with("one/__init__.py") && !finding.contains("sub"))
    );
}

#[test]
fn a_project_without_a_known_version_is_packed_without_one() {
    let place = Place::with(&[]);
    place.write("one/pyproject.toml", b"[project]\nname = 'one'\ndynamic = ['version']\n");
    place.write("one/one.py", b"");
    place.write("two/manifest.py", b"module('two.py')\n");
    place.write("two/two.py", b"");
    for arguments in ["--in-place one", "one --out out", "--in-place two"] {
        let output = place.0.output(&format!("mip {arguments}"));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(!arguments.starts_with("--in-place") || !said.contains("--build"), "{said}");
    }
    for (path, name) in [("one", "one"), ("out", "one"), ("two", "two")] {
        let path = place.path(path).join("package.json");
        let json: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        assert_eq!((&json["name"], &json["version"]), (&json!(name), &Value::Null));
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_at_once() {
    let place = Place::with(&[]);
    place.project("one", "", "");
    let made = Command::new("mkfifo").arg(place.path("one/package.json")).status().unwrap();
    assert!(made.success());
    let output = place.0.output("mip --in-place one");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("this is not a regular file"));
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link_out_of_the_folder() {
    let place = Place::with(&[]);
    let data = wheel("foo", "1.0", PURE, "", &[("foo/__init__.py", b"")]);
    place.write(&format!("foo-1.0-{PURE}.whl"), &data);
    fs::create_dir_all(place.path("out")).unwrap();
    fs::create_dir_all(place.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink(place.path("elsewhere"), place.path("out/foo")).unwrap();
    let output = place.0.output(&format!("mip foo-1.0-{PURE}.whl --out out"));
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("a link leads out of the folder"));
    assert_eq!(fs::read_dir(place.path("elsewhere")).unwrap().count(), 0);
    assert!(!place.path("out/package.json").exists());
}

#[test]
fn micropython_lib_is_looked_at_unless_another_index_is_named() {
    let place = Place::with(&["top micropython-logging own requests>=2.28"]);
    let run = |arguments: &str| {
        // Nothing answers there.
        let mut command = place.command(&format!("mip dist --out site --force {arguments}"));
        command.env_remove("MPCONVERT_INDEX").env("HTTPS_PROXY", "http://localhost:9");
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (status, said) = run("");
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("warning[MP704]: top-1.0: https://micropython.org/pi/v2"), "{said}");
    assert!(said.contains("warning[MP319]: top-1.0: own: "), "{said}");
    assert!(said.contains("warning[MP327]: top-1.0: requests: "), "{said}");
    let (_, deps) = place.made("site");
    assert_eq!(deps, json!([["logging", "0.6.2"], ["own", "latest"], ["requests", "1.1.1"]]));
    let (status, said) = run("--index micropython-lib");
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("error[MP316]") && said.contains("own: not available"), "{said}");
    let (status, said) = run("--index none");
    assert_eq!(status, Some(0), "{said}");
    assert!(!said.contains("MP704"), "{said}");
}
