//! An index whose change is interrupted, while others read it.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::fixtures::disk::OnFullDisk;
use crate::fixtures::kill::{count, kill_when};
use crate::fixtures::place::{CODE, Place};
use serde_json::Value;

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

/// The files that an `index.json` names and that are missing.
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
    place.add(0, "dist0");
    let (site, stop) = (place.path("site"), AtomicBool::new(false));
    let work = site.join(".mpconvert");
    let (mut old, mut new) = (0, 0);
    thread::scope(|scope| {
        let reader = scope.spawn(|| read_on(&site, &stop));
        let stopper = Stop(&stop);
        for run in 1..=RUNS {
            make(run);
            let before = read_release(&site, 0).unwrap();
            let command = format!("add dist{run} --to site --no-mpy");
            let asked = format!("1.{run}");
            kill_when(&mut place.command(&command), || match run % 6 {
                0 => true,
                1 => count(&work.join("part-file")) > run as usize % TOGETHER,
                2 => count(&work.join("part-package")) > run as usize,
                3 => work.join("part-index.json").exists(),
                4 => work.join("package").exists(),
                _ => read_release(&site, 0).as_ref() == Some(&asked),
            });
            let checked = place.output("check site");
            let report = String::from_utf8(checked.stderr).unwrap();
            assert!(checked.status.success(), "run {run}: {report}");
            let after = read_release(&site, 0).unwrap();
            // A run completes what the one before it had made ready.
            let expected = [before, format!("1.{}", run - 1), asked];
            assert!(expected.contains(&after), "{after}, none of {expected:?}");
            let counted = if after == expected[2] { &mut new } else { &mut old };
            *counted += 1;
        }
        drop(stopper);
        assert!(reader.join().unwrap() > 0);
    });
    assert!(old > 0 && new > 0, "{old} old, {new} new: killed at the wrong moments");
    place.run(0, "gc site --older-than 0");
    let report = place.check();
    assert!(report.contains("all well") && !report.contains("MP7"), "{report}");
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
    place.run(0, &releases(RUNS));
    let (site, stop) = (place.path("site"), AtomicBool::new(false));
    let work = site.join(".mpconvert");
    let (mut old, mut new) = (0, 0);
    thread::scope(|scope| {
        let reader = scope.spawn(|| read_on(&site, &stop));
        let stopper = Stop(&stop);
        for run in (0..RUNS).rev() {
            let release = site.join(format!("package/py/p0/1.{run}.json"));
            kill_when(&mut place.command(&releases(run)), || match run % 5 {
                0 => true,
                1 => count(&work.join("part-package")) > run as usize,
                2 => work.join("part-index.json").exists(),
                3 => work.join("package").exists(),
                _ => !release.exists(),
            });
            let checked = place.output("check site");
            assert!(checked.status.success(), "{}", String::from_utf8(checked.stderr).unwrap());
            let counted = if release.exists() { &mut old } else { &mut new };
            *counted += 1;
        }
        drop(stopper);
        assert!(reader.join().unwrap() > 0);
    });
    assert!(old > 0 && new > 0, "{old} old, {new} new: killed at the wrong moments");
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
