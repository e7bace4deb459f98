//! How a tree changes: all that is new is made ready in it, then each file is moved to its place, and
//! what was there is moved away and thrown away last.
//!
//! The moment that counts is that in which the record is replaced. What stops a change before, an
//! error or a signal, leaves all that is needed to restore the files of before: the run itself does
//! it after an error, the next run after a signal.

use std::path::PathBuf;

use bytes::Bytes;

use super::layout::{change, is_of_tree, part, record};
use crate::dir::{Dir, STEPS, Step, Steps, new_file};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::path::MemberPath;
use crate::write::disk::sync;

/// A change that is about to be made.
#[derive(Debug, Default)]
pub(super) struct Change {
    /// Files that go, first of all.
    pub(super) removals: Vec<MemberPath>,
    /// Files that come, and whether something is there that they replace.
    pub(super) writes: Vec<(MemberPath, Bytes, bool)>,
    /// The text of the record afterwards.
    pub(super) record: String,
}

/// The name of the record in the folder of a change.
const RECORD: &str = "installed.json";

impl Change {
    /// Makes the change. After an error the tree is what it was.
    pub(super) fn make(&self, tree: &Dir) -> Result<()> {
        let steps = Steps::new(tree, change(), self.steps());
        if let Err(error) = self.stage(tree, &steps) {
            // The next change of the tree cleans up what is left here.
            let _ = tree.remove_all(part());
            return Err(error);
        }
        tree.rename(part(), change())?;
        if let Err(error) = steps.apply().and_then(|()| commit(tree)) {
            let _ = steps.undo().and_then(|()| clean(tree));
            return Err(error);
        }
        clean(tree)
    }

    fn steps(&self) -> Vec<Step> {
        let removals = self.removals.iter().cloned().map(Step::removal);
        let writes = self
            .writes
            .iter()
            .map(|(path, data, is_there)| Step::write(path.clone(), data, *is_there));
        removals.chain(writes).collect()
    }

    fn stage(&self, tree: &Dir, steps: &Steps) -> Result<()> {
        let part = part();
        tree.make_folders(&part)?;
        let write = |path: PathBuf, data: &[u8]| tree.write_new(&path, data).map(|()| path);
        let contents =
            self.writes.iter().enumerate().map(|(place, (_, data, _))| {
                write(new_file(&part, self.removals.len() + place), data)
            });
        let mut written: Vec<PathBuf> = contents.collect::<Result<_>>()?;
        written.push(write(part.join(STEPS), &steps.text())?);
        written.push(write(part.join(RECORD), self.record.as_bytes())?);
        // The disk may be full only now.
        sync(tree, &written)
    }
}

/// Replaces the record: from now on the change is made.
fn commit(tree: &Dir) -> Result<()> {
    tree.rename(change().join(RECORD), record())
}

/// Whether a run was stopped in the middle of a change, before the moment that counts.
pub(super) fn is_interrupted(tree: &Dir) -> Result<bool> {
    tree.has_file(change().join(RECORD))
}

/// Restores what was there before an unfinished change; whether there was one.
pub(super) fn recover(tree: &Dir) -> Result<bool> {
    let is_interrupted = is_interrupted(tree)?;
    if is_interrupted {
        interrupted_steps(tree)?.undo()?;
    }
    clean(tree)?;
    Ok(is_interrupted)
}

/// The steps of an unfinished change. Whoever made the tree may have written them.
fn interrupted_steps(tree: &Dir) -> Result<Steps<'_>> {
    let invalid = |found: String| {
        let at = tree.display_path(change().join(STEPS)).display().to_string();
        let finding = Finding::new(Code::InvalidRecord, found).at(&at);
        let help = "nothing was changed; remove the folder `.mpconvert/change` if it is yours";
        Error::Refused { input: at, findings: vec![finding.hint(help)] }
    };
    let steps = Steps::read(tree, change(), &is_of_tree)?;
    steps.ok_or_else(|| invalid("no file".to_owned()))?.map_err(invalid)
}

/// Throws away what no change needs any more.
fn clean(tree: &Dir) -> Result<()> {
    tree.remove_all(part())?;
    if !tree.has(change())? {
        return Ok(());
    }
    // In one step, so that no other run finds an unfinished change.
    tree.rename(change(), part())?;
    tree.remove_all(part())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::super::layout::work;
    use super::*;

    /// A tree with two files, and a change that replaces one, removes the other and brings a third.
    fn tree() -> (tempfile::TempDir, Dir, Change) {
        let folder = tempfile::tempdir().unwrap();
        let tree = Dir::at(folder.path()).unwrap();
        fs::create_dir_all(tree.display_path(work())).unwrap();
        fs::create_dir(folder.path().join("gone")).unwrap();
        fs::write(folder.path().join("a.py"), "old").unwrap();
        fs::write(folder.path().join("gone/b.py"), "b").unwrap();
        fs::write(tree.display_path(record()), "before").unwrap();
        let change = Change {
            removals: vec!["gone/b.py".parse().unwrap()],
            writes: vec![
                ("a.py".parse().unwrap(), "new".into(), true),
                ("c/d/e.py".parse().unwrap(), "e".into(), false),
            ],
            record: "after".to_owned(),
        };
        (folder, tree, change)
    }

    fn files(root: &Path) -> Vec<(String, String)> {
        let mut all = Vec::new();
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let text = fs::read_to_string(&path).unwrap();
                    all.push((path.strip_prefix(root).unwrap().display().to_string(), text));
                }
            }
        }
        all.sort();
        all
    }

    const AFTER: [(&str, &str); 3] =
        [(".mpconvert/installed.json", "after"), ("a.py", "new"), ("c/d/e.py", "e")];

    fn assert_files(root: &Path, expected: &[(&str, &str)]) {
        let found = files(root);
        let found: Vec<_> = found.iter().map(|(path, text)| (&path[..], &text[..])).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_change_leaves_nothing_but_the_files() {
        let (folder, tree, change) = tree();
        change.make(&tree).unwrap();
        assert_files(folder.path(), &AFTER);
        assert!(!folder.path().join("gone").exists());
        assert!(!recover(&tree).unwrap());
        assert_files(folder.path(), &AFTER);
    }

    #[test]
    fn an_error_restores_what_was_there() {
        let (folder, tree, mut change) = tree();
        let before = files(folder.path());
        // Nothing can be in a file.
        change.writes.push(("a.py/x".parse().unwrap(), "".into(), false));
        assert!(change.make(&tree).is_err());
        assert_eq!(files(folder.path()), before);
        assert!(!folder.path().join("c").exists());
        change.writes.pop();
        fs::create_dir_all(folder.path().join("c/d")).unwrap();
        fs::write(folder.path().join("c/d/e.py"), "mine").unwrap();
        assert!(change.make(&tree).is_err(), "it came into being");
        assert_eq!(fs::read(folder.path().join("a.py")).unwrap(), b"old");
        assert_eq!(fs::read(folder.path().join("c/d/e.py")).unwrap(), b"mine");
    }

    /// Copies a folder with all that is in it.
    fn copy(from: &Path, to: &Path) {
        fs::create_dir(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            let target = to.join(path.file_name().unwrap());
            if path.is_dir() {
                copy(&path, &target);
            } else {
                fs::copy(&path, &target).unwrap();
            }
        }
    }

    /// The tree as a run leaves it that is stopped after `count` moves of files.
    fn stopped(tree: &Dir, new: &Change, count: usize) {
        let steps = Steps::new(tree, super::change(), new.steps());
        new.stage(tree, &steps).unwrap();
        let change = tree.display_path(super::change());
        fs::rename(tree.display_path(part()), &change).unwrap();
        let mut moves = 0;
        for (place, (path, goes, comes)) in
            [("gone/b.py", true, false), ("a.py", true, true), ("c/d/e.py", false, true)]
                .into_iter()
                .enumerate()
        {
            let path = tree.display_path(path);
            if goes && moves < count {
                fs::rename(&path, change.join(format!("{place}.old"))).unwrap();
                moves += 1;
            }
            if comes && moves < count {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::rename(new_file(&change, place), &path).unwrap();
                moves += 1;
            }
        }
        assert_eq!(moves, count);
    }

    #[test]
    fn the_next_run_restores_what_was_there() {
        for count in 0..=4 {
            let (folder, tree, change) = tree();
            let before = files(folder.path());
            stopped(&tree, &change, count);
            assert!(is_interrupted(&tree).unwrap());
            let again = tempfile::tempdir().unwrap();
            copy(folder.path(), &again.path().join("tree"));
            assert!(recover(&tree).unwrap());
            assert_eq!(files(folder.path()), before, "stopped after {count} moves");
            assert!(!folder.path().join("c").exists());
            // If a run is stopped while it restores files, the next one restores the rest.
            let tree = Dir::at(&again.path().join("tree")).unwrap();
            Steps::new(&tree, super::change(), change.steps()[1..].to_vec()).undo().unwrap();
            assert!(recover(&tree).unwrap());
        }
    }

    #[test]
    fn a_change_that_was_made_is_not_undone() {
        let (folder, tree, change) = tree();
        stopped(&tree, &change, 4);
        commit(&tree).unwrap();
        assert!(!recover(&tree).unwrap());
        assert_files(folder.path(), &AFTER);
    }

    #[test]
    fn what_somebody_changed_since_is_kept() {
        let (folder, tree, change) = tree();
        stopped(&tree, &change, 4);
        fs::write(folder.path().join("c/d/e.py"), "mine").unwrap();
        assert!(recover(&tree).unwrap());
        assert_eq!(fs::read(folder.path().join("c/d/e.py")).unwrap(), b"mine");
        assert_eq!(fs::read(folder.path().join("a.py")).unwrap(), b"old");
    }
}
