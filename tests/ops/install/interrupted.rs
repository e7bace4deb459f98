//! Changes of a tree that are interrupted, and those that wait for others.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use super::Place;
use crate::fixtures::disk::OnFullDisk;
use crate::fixtures::kill::{count, kill_when};

/// How many files change together in the test of interrupted runs.
const TOGETHER: usize = 150;

/// Makes version `1.{run}` of a package whose files all contain it.
fn make(place: &Place, run: u32) {
    let text = format!("{run}\n");
    let names: Vec<String> = (0..TOGETHER).map(|number| format!("foo/m{number}.py")).collect();
    let own = format!("foo/only{run}.py");
    let names = names.iter().map(String::as_str).chain([own.as_str()]);
    let files: Vec<(&str, &[u8])> = names.map(|name| (name, text.as_bytes())).collect();
    place.wheel(&format!("dist{run}"), "foo", &format!("1.{run}"), "", &files);
}

#[test]
fn a_killed_run_is_undone_or_done() {
    const RUNS: u32 = 40;
    let place = Place::new();
    place.write("solo.py", "solo\n");
    make(&place, 0);
    place.run(0, "install -p lib dist0");
    let (mut old, mut new, mut torn) = (0, 0, 0);
    for run in 1..=RUNS {
        make(&place, run);
        let before = place.record();
        let mut command = place.command(&format!("install -p lib dist{run}"));
        let (asked, text) = (format!("foo 1.{run}"), format!("{run}\n"));
        kill_when(&mut command, || match run % 4 {
            0 => true,
            1 => count(&place.path("lib/.mpconvert/part")) > run as usize,
            2 => place.tree_has(&format!("foo/m{}.py", run - 2), &text),
            _ => place.record().contains(&asked),
        });
        let report = place.run(0, "list -p lib");
        let is_torn = report.contains("MP798");
        torn += u32::from(is_torn);
        // Any other run restores what was there.
        place.run(0, "install -p lib solo.py");
        let record = place.record();
        let versions: Vec<String> = record.iter().map(|one| one.replace("foo 1.", "")).collect();
        let version = format!("{}\n", versions[0]);
        let mut tree = place.tree();
        assert_eq!(tree.remove("solo.py").unwrap(), "solo\n");
        assert!(tree.remove(&format!("foo/only{}.py", versions[0])).is_some(), "{tree:?}");
        assert_eq!(tree.len(), TOGETHER, "run {run}");
        assert!(tree.values().all(|text| *text == version), "run {run}: {tree:?}");
        assert!(!place.run(0, "list -p lib").contains("MP79"));
        let left: Vec<_> = fs::read_dir(place.path("lib/.mpconvert")).unwrap().collect();
        assert_eq!(left.len(), 2, "the lock and the record");
        if !is_torn && record[0] == asked {
            new += 1;
        } else {
            assert_eq!(record[0], before[0]);
            old += 1;
        }
    }
    assert!(old > 0 && new > 0 && torn > 0, "{old} old, {new} new, {torn} torn");
}

#[test]
fn a_full_disk_leaves_the_old_tree() {
    let place = Place::new();
    place.wheel("small", "foo", "1.0", "", &[("foo/a.py", b"1\n"), ("foo/b.py", b"1\n")]);
    let text = "x = 1\n".repeat(700);
    let names: Vec<String> = (0..16).map(|number| format!("foo/deep{number}/m.py")).collect();
    let mut files: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), text.as_bytes())).collect();
    files.push(("foo/a.py", b"2\n"));
    place.wheel("large", "foo", "1.1", "", &files);
    let on_disk = OnFullDisk {
        first: r#""$MPCONVERT" -q install -p "$MADE" small"#,
        change: r#""$MPCONVERT" install -p "$MADE" large"#,
        check: r#""$MPCONVERT" list -p "$MADE" >report 2>&1; if grep MP79 report; then exit 1; fi"#,
    };
    on_disk.run(&place.path(""));
}

#[test]
fn waiting_ends() {
    let place = Place::new();
    place.wheel("dist", "foo", "1.0", "", &[("foo.py", b"foo\n")]);
    place.install(0, "foo");
    let lock = fs::File::options().write(true).open(place.path("lib/.mpconvert/lock")).unwrap();
    lock.lock().unwrap();
    let report = place.install(2, "foo --lock-timeout 2");
    assert!(report.contains("waiting for another run"), "{report}");
    assert!(report.contains("another run holds the lock"), "{report}");
    place.run(2, "list -p lib --lock-timeout 0");
    drop(lock);
    place.install(0, "foo");
}

#[test]
fn a_run_that_waits_goes_on_when_the_other_ends() {
    let place = Place::new();
    place.wheel("dist", "foo", "1.0", "", &[("foo.py", b"foo\n")]);
    place.install(0, "foo");
    let lock = fs::File::options().write(true).open(place.path("lib/.mpconvert/lock")).unwrap();
    lock.lock().unwrap();
    let mut command = place.command("list -p lib");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut report = String::new();
    BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut report).unwrap();
    assert!(report.contains("waiting for another run"), "{report}");
    assert!(child.try_wait().unwrap().is_none());
    drop(lock);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stdout.starts_with(b"foo"), "{output:?}");
}
