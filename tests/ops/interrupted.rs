//! Results that a run replaces and is stopped by a signal, an error or a full disk: they are the old ones or
//! the new ones, whole.

use std::fs;
use std::path::Path;

use crate::fixtures::disk::OnFullDisk;
use crate::fixtures::kill::{count, kill_when};
use crate::fixtures::place::CODE;
use crate::fixtures::sandbox::{Sandbox, is_sandbox};
use crate::fixtures::{PURE, wheel};

/// How many files change together.
const TOGETHER: usize = 120;

/// How many runs are killed, unless `MPCONVERT_TEST_KILLS` says another number.
const RUNS: usize = 24;

/// How many times as many are tried until one was killed while it moved files.
const MORE: usize = 8;

struct Place(Sandbox);

is_sandbox!(Place);

impl Place {
    /// Makes the same release with other files, which contain the number of the run.
    fn make(&self, run: usize) {
        let text = format!("x = {run}\n");
        let own = format!("foo/only{run}.py");
        let names: Vec<String> = (0..TOGETHER).map(|number| format!("foo/m{number}.py")).collect();
        let names = names.iter().map(String::as_str).chain([own.as_str()]);
        let files: Vec<(&str, &[u8])> = names.map(|name| (name, text.as_bytes())).collect();
        self.wheel(&format!("dist{run}"), "foo", "1.0", "", &files);
    }

    /// Whether a run finds exactly this result.
    fn is_whole(&self, command: &str, run: usize) -> bool {
        let output = self.output(&format!("{command} dist{run} --out out"));
        output.status.success() && String::from_utf8_lossy(&output.stdout).contains("unchanged")
    }

    /// Kills runs of the command that replace its result, whose modules lie in `modules`. Returns how many
    /// left some files of both results, of which one is waited for if `is_torn_expected`.
    fn kill(&self, command: &str, modules: &str, is_torn_expected: bool) -> usize {
        self.make(0);
        self.run(0, &format!("{command} dist0 --out out"));
        let runs = std::env::var("MPCONVERT_TEST_KILLS").ok().and_then(|count| count.parse().ok());
        let (mut now, mut old, mut new, mut torn) = (0, 0, 0, 0);
        let runs = runs.unwrap_or(RUNS);
        for run in 1..=MORE * runs {
            // A machine may be too slow or too busy to stop a run while it moves files.
            if run > runs && (torn > 0 || !is_torn_expected) {
                break;
            }
            self.make(run);
            let mut command_line = self.command(&format!("{command} dist{run} --out out --force"));
            let is_new = |number: usize| {
                let path = self.path(&format!("{modules}/m{number}.py"));
                fs::read(path).is_ok_and(|data| data == format!("x = {run}\n").as_bytes())
            };
            kill_when(&mut command_line, || match run % 4 {
                0 => true,
                1 => count(&self.path("out")) > TOGETHER + run,
                2 => is_new(run % TOGETHER),
                // This one is not killed.
                _ => false,
            });
            let left = format!("run {run}, {now} before");
            torn += usize::from(self.is_torn());
            if self.is_whole(command, now) {
                old += 1;
            } else {
                assert!(self.is_whole(command, run), "{left}");
                new += 1;
                now = run;
            }
            let modules = count(&self.path(modules));
            assert!((TOGETHER + 1..=TOGETHER + 2).contains(&modules), "{left}: {modules}");
            let names = names(&self.path("out"));
            assert!(!names.iter().any(|name| name.starts_with('.')), "{names:?}");
        }
        assert!(old > 0 && new > 0, "{old} old, {new} new");
        torn
    }

    /// Whether a run was killed while it moved files.
    fn is_torn(&self) -> bool {
        let names = fs::read_dir(self.path("out")).unwrap().flatten();
        names.into_iter().any(|entry| entry.path().join("steps.json").exists())
    }
}

#[test]
fn a_killed_mip_leaves_the_old_package_or_the_new_one() {
    let torn = Place(Sandbox::new()).kill("mip", "out/foo", true);
    assert!(torn > 0, "no run was killed while it moved files");
}

#[test]
fn a_killed_freeze_leaves_the_old_package_or_the_new_one() {
    let torn = Place(Sandbox::new()).kill("freeze", "out/foo/foo", false);
    assert_eq!(torn, 0, "folders are exchanged as a whole");
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Files that fill some room.
fn large(name: &str, version: &str) -> (String, Vec<u8>) {
    let modules: Vec<(String, Vec<u8>)> = (0..10)
        .map(|number| {
            (format!("{name}/m{number}.py"), format!("x = '{version}'\n").repeat(500).into_bytes())
        })
        .collect();
    let files: Vec<(&str, &[u8])> =
        modules.iter().map(|(path, data)| (path.as_str(), &data[..])).collect();
    let data = wheel(name, version, PURE, "", &files);
    (format!("{version}/{name}-{version}-{PURE}.whl"), data)
}

#[test]
fn a_full_disk_left_half_a_package_for_mip() {
    let place = Place(Sandbox::new());
    for version in ["1.0", "2.0"] {
        let (path, data) = large("foo", version);
        place.write(&path, &data);
    }
    let on_disk = OnFullDisk {
        first: r#""$MPCONVERT" mip 1.0 --out "$MADE""#,
        change: r#""$MPCONVERT" mip 2.0 --out "$MADE" --force"#,
        check: r#"grep -q 2.0 "$MADE/foo/m9.py" "$MADE/package.json""#,
    };
    on_disk.run(&place.path(""));
}

#[test]
fn a_full_disk_leaves_no_half_frozen_package() {
    let place = Place(Sandbox::new());
    for version in ["1.0", "2.0"] {
        let (path, data) = large("foo", version);
        place.write(&path, &data);
    }
    let on_disk = OnFullDisk {
        first: r#""$MPCONVERT" freeze 1.0/* --out "$MADE""#,
        change: r#""$MPCONVERT" freeze 2.0/* --out "$MADE" --force"#,
        check: r#"grep -q 2.0 "$MADE/foo/foo/m9.py""#,
    };
    on_disk.run(&place.path(""));
}

#[test]
fn an_error_leaves_no_half_package_for_mip() {
    let place = Place(Sandbox::new());
    place.wheel("dist", "foo", "1.0", "", &[("foo/a.py", CODE), ("foo/z/b.py", CODE)]);
    // Nothing can be in a file.
    place.write("out/foo/z", "mine");
    place.run(2, "mip dist --out out --force");
    assert_eq!(names(&place.path("out")), ["foo"]);
    assert_eq!(names(&place.path("out/foo")), ["z"]);
}

#[test]
fn a_killed_freeze_left_folders() {
    let place = Place(Sandbox::new());
    place.wheel("dist", "foo", "1.0", "", &[("foo/__init__.py", CODE)]);
    place.write("out/.mpconvert-aB3xYz/new/.foo/foo/__init__.py", "half");
    fs::create_dir_all(place.path("out/.mpconvert-aB3xYz/old")).unwrap();
    place.write("out/.mpconvert-mine/notes", "mine");
    place.run(0, "freeze dist --out out");
    assert_eq!(names(&place.path("out")), [".mpconvert-mine", "foo", "manifest.py"]);
    place.write("made/.mpconvert-1-0/new/0", "half");
    place.run(0, "mip dist --out made");
    assert_eq!(names(&place.path("made")), ["foo", "package.json"]);
}
