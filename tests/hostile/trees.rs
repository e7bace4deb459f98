//! Trees, indexes, results, caches and inputs that an attacker prepared: nothing outside of them is
//! touched, and nothing waits for ever.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use crate::fixtures::place::CODE;
use crate::fixtures::sandbox::{Files, Sandbox, is_sandbox};
use crate::fixtures::{PURE, wheel};
use mpconvert::digest::sha256;

/// A folder in which the program runs, with a folder `victim` that must stay as it is.
struct Place(Sandbox);

is_sandbox!(Place);

impl Place {
    fn new() -> Self {
        let place = Self(Sandbox::new());
        place.write("victim/file", "precious\n");
        place.write("m.py", "x = 1\n");
        place
    }

    fn link(&self, path: &str, to: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(self.path(to), path).unwrap();
    }

    fn pipe(&self, path: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    }

    fn wheel(&self, name: &str, version: &str, files: Files) {
        self.0.wheel("dist", name, version, "", files);
    }

    /// An interrupted change of the tree `lib` with these steps.
    fn interrupted(&self, steps: &str) {
        let record = r#"{"v":1,"packages":[]}"#;
        self.write("lib/.mpconvert/installed.json", record);
        self.write("lib/.mpconvert/change/installed.json", record);
        self.write("lib/.mpconvert/change/steps.json", steps);
    }

    fn assert_victim(&self) {
        assert_eq!(fs::read(self.path("victim/file")).unwrap(), b"precious\n");
        assert_eq!(names(&self.path("victim")), ["file"]);
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn an_interrupted_change_moved_files_through_a_link() {
    let precious = sha256(b"precious\n");
    for (steps, moved) in [
        (format!(r#"[{{"path":"d/file","new":"{precious}","old":false}}]"#), None),
        // A file of before would be put into the folder that the link leads to.
        (r#"[{"path":"d/other","old":true}]"#.to_owned(), Some("0.old")),
        (r#"[{"path":"a/d/x/other","old":true}]"#.to_owned(), Some("0.old")),
    ] {
        let place = Place::new();
        place.interrupted(&steps);
        if let Some(moved) = moved {
            place.write(&format!("lib/.mpconvert/change/{moved}"), "evil");
        }
        place.link("lib/d", "victim");
        place.link("lib/a/d", "victim");
        let report = place.run(1, "install -p lib ./m.py --no-index");
        assert!(report.contains("MP790") && report.contains("d` is a link"), "{report}");
        place.assert_victim();
    }
}

#[test]
fn an_interrupted_change_named_files_out_of_the_tree() {
    for path in ["../victim/file", "/etc/hosts", "C:/x", "a\\\\b", ".mpconvert/installed.json"] {
        let place = Place::new();
        place.interrupted(&format!(
            r#"[{{"path":"{path}","new":"{}","old":false}}]"#,
            sha256(b"precious\n")
        ));
        let report = place.run(1, "install -p lib ./m.py --no-index");
        assert!(report.contains("MP790"), "{path}: {report}");
        place.assert_victim();
        assert!(place.path("lib/.mpconvert/installed.json").exists());
    }
}

#[test]
fn an_interrupted_change_put_a_hook_into_a_repository() {
    let steps = r#"[{"path":".git/hooks/pre-commit","old":true}]"#;
    let place = Place::new();
    place.interrupted(steps);
    place.write("lib/.mpconvert/change/0.old", "evil");
    place.write("lib/.git/hooks/x", "");
    assert!(place.run(1, "install -p lib ./m.py --no-index").contains("MP790"));
    assert_eq!(names(&place.path("lib/.git/hooks")), ["x"]);
    // `mip` and `freeze` leave what they did not write.
    place.wheel("foo", "1.0", &[("foo/a.py", CODE)]);
    for command in ["mip", "freeze"] {
        let left = format!("{command}/.mpconvert-1-0");
        place.write(&format!("{left}/steps.json"), steps);
        place.write(&format!("{left}/0.old"), "evil");
        place.write(&format!("{command}/.git/hooks/x"), "");
        place.run(0, &format!("{command} dist --out {command}"));
        assert_eq!(names(&place.path(&format!("{command}/.git/hooks"))), ["x"]);
        assert_eq!(names(&place.path(&left)), ["0.old", "steps.json"]);
    }
}

#[test]
fn unfinished_steps_moved_files_out_of_the_folder() {
    let precious = sha256(b"precious\n");
    for steps in [
        format!(r#"[{{"path":"../victim/file","new":"{precious}","old":false}}]"#),
        format!(r#"[{{"path":"d/file","new":"{precious}","old":false}}]"#),
        r#"[{"path":"d/other","old":true}]"#.to_owned(),
    ] {
        let place = Place::new();
        place.wheel("foo", "1.0", &[("foo/a.py", CODE)]);
        place.write("out/.mpconvert-1-0/steps.json", &steps);
        place.write("out/.mpconvert-1-0/0.old", "evil");
        place.link("out/d", "victim");
        place.run(0, "mip dist --out out");
        place.assert_victim();
    }
}

#[test]
fn a_record_named_files_out_of_the_tree() {
    for path in ["../victim/file", "/etc/hosts", "C:/x", "a\\\\b", ".mpconvert/lock"] {
        let place = Place::new();
        let file = format!(r#"{{"path":"{path}","size":9,"sha256":"{}"}}"#, sha256(b"precious\n"));
        place.write(
            "lib/.mpconvert/installed.json",
            &format!(
                r#"{{"v":1,"packages":[{{"name":"a","version":"1","source":"a","requested":true,"deps":[],"files":[{file}]}}]}}"#
            ),
        );
        for command in ["uninstall -p lib a --force", "list -p lib"] {
            let report = place.run(1, command);
            assert!(report.contains("MP790"), "{path}: {report}");
        }
        place.assert_victim();
    }
}

#[test]
fn a_lock_that_is_a_link_created_a_file_elsewhere() {
    let place = Place::new();
    place.wheel("foo", "1.0", &[("foo.py", CODE)]);
    for (folder, command) in [
        ("lib", "install -p lib ./m.py --no-index"),
        ("site", "index add dist --to site --no-mpy"),
        ("site", "index list site"),
        ("lib", "list -p lib"),
    ] {
        let lock = format!("{folder}/.mpconvert/lock");
        let _ = fs::remove_dir_all(place.path(folder));
        place.write(&format!("{folder}/index.json"), r#"{"v":2,"updated":0,"packages":[]}"#);
        place.link(&lock, "victim/new");
        let report = place.run(2, command);
        assert!(report.contains(&format!("{lock}: this is a link")), "{report}");
        place.assert_victim();
    }
}

#[test]
fn a_work_folder_that_is_a_link_was_filled() {
    let place = Place::new();
    place.wheel("foo", "1.0", &[("foo.py", CODE)]);
    place.link("lib/.mpconvert", "victim");
    place.link("site/.mpconvert", "victim");
    assert!(place.run(2, "install -p lib ./m.py --no-index").contains("this is a link"));
    assert!(place.run(2, "index add dist --to site --no-mpy").contains("this is a link"));
    place.assert_victim();
}

#[test]
fn what_is_known_of_a_tree_was_read_through_links() {
    for link in ["change", "part", "installed.json", "change/installed.json", "change/steps.json"] {
        let place = Place::new();
        place.interrupted("[]");
        let path = format!("lib/.mpconvert/{link}");
        let _ = fs::remove_dir_all(place.path(&path));
        let _ = fs::remove_file(place.path(&path));
        place.link(&path, if link.ends_with("json") { "victim/file" } else { "victim" });
        let _ = place.command("install -p lib ./m.py --no-index").output().unwrap();
        place.assert_victim();
    }
}

#[test]
fn a_tree_named_by_a_link_is_the_users_word() {
    let place = Place::new();
    fs::create_dir(place.path("real")).unwrap();
    place.link("lib", "real");
    place.run(0, "install -p lib ./m.py --no-index");
    assert!(place.path("real/m.py").is_file());
    place.run(0, "uninstall -p lib m");
    assert!(!place.path("real/m.py").exists());
}

#[test]
fn a_folder_of_a_tree_that_is_a_link_is_not_followed() {
    let place = Place::new();
    place.wheel("foo", "1.0", &[("foo/__init__.py", CODE), ("foo/a.py", CODE)]);
    fs::create_dir_all(place.path("lib/other")).unwrap();
    place.link("lib/foo", "lib/other");
    let report = place.run(1, "install -p lib --no-index --find-links dist foo");
    assert!(report.contains("MP795") && report.contains("a link `foo`"), "{report}");
    assert!(names(&place.path("lib/other")).is_empty());
}

/// An index in `site` of `foo` 1.0, with the contents of its one file under this path.
fn index(place: &Place) -> PathBuf {
    place.wheel("foo", "1.0", &[("foo.py", CODE)]);
    place.run(0, "index add dist --to site --no-mpy");
    let name = sha256(CODE)[..8].to_owned();
    place.path("site/file").join(&name[..2]).join(name)
}

#[test]
fn links_below_an_index_lead_nowhere() {
    for link in ["file", "file/7d", "package", "package/py", "package/py/foo", "index.json"] {
        let place = Place::new();
        index(&place);
        place.wheel("foo", "1.1", &[("foo.py", b"y = 2\n")]);
        place.wheel("bar", "1.0", &[("bar.py", b"z = 3\n")]);
        let path = place.path(&format!("site/{link}"));
        // What the link leads to is a copy, so that nothing else stands against a change.
        let target = place.path("victim/copy");
        fs::rename(&path, &target).unwrap();
        symlink(&target, &path).unwrap();
        let before = crate::fixtures::place::contents(&place.path("victim"));
        for command in [
            "index add dist --to site --no-mpy",
            "index remove foo --from site",
            "index gc site --older-than 0",
        ] {
            let output = place.command(command).output().unwrap();
            let report = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(!report.contains("panicked"), "{report}");
            let after = crate::fixtures::place::contents(&place.path("victim"));
            assert_eq!(before, after, "{link}: {command}");
        }
    }
}

#[test]
fn a_prepared_change_of_an_index_led_out_of_it() {
    for link in ["part-file", "part-package", "package", "part-index.json"] {
        let place = Place::new();
        index(&place);
        place.wheel("bar", "1.0", &[("bar.py", b"z = 3\n")]);
        place.link(&format!("site/.mpconvert/{link}"), "victim");
        place.write("victim/.index.json", "{}");
        let _ = place.command("index add dist --to site --no-mpy").output().unwrap();
        assert_eq!(names(&place.path("victim")), [".index.json", "file"], "{link}");
        assert_eq!(fs::read(place.path("victim/.index.json")).unwrap(), b"{}", "{link}");
    }
}

#[test]
fn a_result_that_is_a_link_was_read_and_replaced() {
    let place = Place::new();
    place.wheel("foo", "1.0", &[("foo/__init__.py", CODE), ("foo/a.py", CODE)]);
    place.link("out/foo/a.py", "victim/file");
    for force in ["", " --force"] {
        let report = place.run(2, &format!("mip dist --out out{force}"));
        assert!(report.contains("foo/a.py: this is a link"), "{report}");
    }
    assert_eq!(names(&place.path("out")), ["foo"], "nothing else is written");
    fs::remove_dir_all(place.path("out")).unwrap();
    // Within the folder, too.
    fs::create_dir_all(place.path("out/other")).unwrap();
    place.link("out/foo", "out/other");
    let report = place.run(2, "mip dist --out out");
    assert!(report.contains("out/foo: this is a link"), "{report}");
    fs::remove_dir_all(place.path("out")).unwrap();
    place.link("out/foo-1.0.tar.gz", "victim/file");
    let report = place.run(2, "dist --out out --force");
    assert!(report.contains("foo-1.0.tar.gz: this is a link"), "{report}");
    place.assert_victim();
}

#[test]
fn a_package_json_that_is_a_link_was_read() {
    let place = Place::new();
    place.write("one/pyproject.toml", "[project]\nname = 'one'\nversion = '1.0'\n");
    place.write("one/one.py", CODE);
    place.link("one/package.json", "victim/file");
    let report = place.run(2, "mip --in-place one");
    assert!(report.contains("one/package.json: this is a link"), "{report}");
    place.assert_victim();
}

#[test]
fn a_cache_with_links_was_written_through() {
    let place = Place::new();
    place.wheel("foo", "1.0", &[("foo.py", CODE)]);
    place.link("cache/index", "victim");
    let add = "index add dist --to site --no-mpy";
    place.run(0, add);
    place.run(0, add);
    place.run(0, "cache prune --all");
    place.assert_victim();
}

#[test]
fn a_pipe_in_place_of_a_file_was_waited_for() {
    let place = Place::new();
    for pipe in [
        "dist/foo-1.0.tar.gz",
        "r.txt",
        "mpconvert.lock",
        "lib/.mpconvert/installed.json",
        "tree/.mpconvert/change/installed.json",
        "tree/.mpconvert/change/steps.json",
        "netrc",
        "pip.conf",
        "roots.pem",
        "site/index.json",
        "pkg/package.json",
        "one/pyproject.toml",
        "one/.gitignore",
        "one/.git/index",
        "one/.git/HEAD",
        "one/MANIFEST.in",
        "one/PKG-INFO",
        "out/foo-1.0.tar.gz",
    ] {
        place.pipe(pipe);
    }
    place.write("one/setup.py", "from setuptools import setup\nsetup(name='one', version='1')\n");
    place.write(&format!("wheels/foo-1.0-{PURE}.whl"), &wheel("foo", "1.0", PURE, "", &[]));
    for (command, is_refused) in [
        ("inspect dist", true),
        ("inspect dist/foo-1.0.tar.gz", true),
        ("dist/foo-1.0.tar.gz --out made", true),
        ("lock -r r.txt -o l --no-index", true),
        ("lock m -o r.txt --no-index", true),
        ("migrate foo --locked --out o --no-index", true),
        ("download foo --no-index --find-links dist --out o", true),
        ("list -p lib", true),
        ("install -p tree ./m.py --no-index", false),
        ("fetch foo --index-url http://127.0.0.1:9/simple", true),
        ("fetch bar --index-url https://127.0.0.1:9/simple", true),
        ("config show", true),
        ("index list site", true),
        ("index add wheels --to site --no-mpy", true),
        ("mip pkg/package.json --out o", true),
        ("inspect one", false),
        ("resources r.txt", true),
        ("wheels --out out", true),
    ] {
        let mut command_line = place.command(command);
        command_line.env("NETRC", place.path("netrc"));
        if command == "config show" {
            command_line.env("PIP_CONFIG_FILE", place.path("pip.conf"));
        }
        if command.contains("https") {
            command_line.env("SSL_CERT_FILE", place.path("roots.pem"));
        }
        let status = ended(command_line.stdout(Stdio::null()).stderr(Stdio::null()));
        assert!(!is_refused || status != Some(0), "{command}");
    }
}

/// The status of a command that must come to an end. The time is far above what it needs.
fn ended(command: &mut Command) -> Option<i32> {
    let mut child = command.spawn().unwrap();
    for _ in 0..6000 {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    panic!("{command:?} waits for ever");
}

#[test]
fn devices_and_standard_input_are_not_files() {
    let place = Place::new();
    for path in ["/dev/zero", "/dev/stdin"] {
        let mut command = place.command(&format!("lock -r {path} -o l --no-index"));
        let output = command.stdin(Stdio::piped()).output().unwrap();
        let report = String::from_utf8(output.stderr).unwrap();
        assert!(report.contains(&format!("{path}: this is not a regular file")), "{report}");
    }
}

fn set_time(path: &Path, time: SystemTime) {
    fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

#[test]
fn a_clock_that_went_back_made_gc_remove_what_is_in_use() {
    const DAY: Duration = Duration::from_hours(24);
    let place = Place::new();
    let file = index(&place);
    place.run(0, "index remove foo --from site");
    let now = SystemTime::now();
    set_time(&file, now + 365 * DAY);
    assert!(place.run(0, "index gc site -n").contains("kept for now"));
    assert!(place.run(0, "index gc site").contains("0 files removed, 1 kept for now"));
    // From now on, and not for another year.
    let time = fs::metadata(&file).unwrap().modified().unwrap();
    assert!(time < now + DAY, "it would be kept for ever");
    assert!(file.exists());
    set_time(&file, now - 365 * DAY);
    assert!(place.run(0, "index gc site").contains("1 file removed"));
}

#[test]
fn a_file_that_was_made_in_the_future_is_not_older_once_it_is_not_needed() {
    let place = Place::new();
    let file = index(&place);
    let future = SystemTime::now() + Duration::from_hours(2);
    set_time(&file, future);
    place.run(0, "index remove foo --from site");
    assert!(place.run(0, "index gc site --older-than 1h").contains("1 kept for now"));
    assert!(file.exists());
}

#[test]
fn times_before_1970_do_no_harm() {
    let place = Place::new();
    let file = index(&place);
    let before = SystemTime::UNIX_EPOCH - Duration::from_hours(24);
    set_time(&file, before);
    set_time(&place.path("site/index.json"), before);
    place.run(0, "index add dist --to site --no-mpy");
    place.run(0, "index check site");
    place.run(0, "index gc site");
    place.run(0, "index remove foo --from site");
    place.run(0, "index gc site");
}

#[test]
fn cache_entries_of_the_future_were_kept_for_ever() {
    let place = Place::new();
    index(&place);
    place.run(0, "index add dist --to site --no-mpy");
    let mut entries: Vec<PathBuf> =
        crate::fixtures::disk::state(&place.path("cache")).into_keys().collect();
    entries.sort();
    assert!(!entries.is_empty());
    for entry in &entries {
        set_time(entry, SystemTime::now() + Duration::from_hours(240_000));
    }
    place.run(0, "cache prune --older-than 30");
    assert!(entries.iter().all(|entry| !entry.exists()));
}
