//! Results that are replaced by a run that is killed: they are the old ones or the new ones, whole.

use std::fs;

use crate::fixtures::kill::{count, kill_when};
use crate::fixtures::sandbox::{Sandbox, is_sandbox};

/// How many files change together.
const TOGETHER: usize = 120;

/// How many runs are killed, unless `MPCONVERT_TEST_KILLS` says another number.
const RUNS: usize = 24;

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
    /// left some files of both results.
    fn kill(&self, command: &str, modules: &str) -> usize {
        self.make(0);
        self.run(0, &format!("{command} dist0 --out out"));
        let runs = std::env::var("MPCONVERT_TEST_KILLS").ok().and_then(|count| count.parse().ok());
        let (mut now, mut old, mut new, mut torn) = (0, 0, 0, 0);
        for run in 1..=runs.unwrap_or(RUNS) {
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
                _ => is_new(TOGETHER - 1),
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
            let names = fs::read_dir(self.path("out")).unwrap().flatten();
            let names: Vec<_> = names.map(|entry| entry.file_name()).collect();
            assert!(!names.iter().any(|name| name.to_string_lossy().starts_with('.')), "{names:?}");
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
    let torn = Place(Sandbox::new()).kill("mip", "out/foo");
    assert!(torn > 0, "no run was killed while it moved files");
}

#[test]
fn a_killed_freeze_leaves_the_old_package_or_the_new_one() {
    let torn = Place(Sandbox::new()).kill("freeze", "out/foo/foo");
    assert_eq!(torn, 0, "folders are exchanged as a whole");
}
