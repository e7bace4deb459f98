//! How a tree changes: all that is new is made ready in it, then each file is moved to its place, and
//! what was there is moved away and thrown away last.
//!
//! The moment that counts is that in which the record is replaced. What stops a change before, an
//! error or a signal, leaves all that is needed to restore the files of before: the run itself does
//! it after an error, the next run after a signal.

use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::disk::{Found, link_on_the_way, look};
use super::layout::{change, is_of_tree, part, record};
use crate::digest::sha256;
use crate::dir::Dir;
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

/// A step of a change, at one path.
#[derive(Debug, Serialize, Deserialize)]
struct Step {
    path: MemberPath,
    /// The SHA-256 of what comes, if something does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    new: Option<String>,
    /// Whether something is there that goes.
    old: bool,
}

/// The names of the files of a change in its folder.
const STEPS: &str = "steps.json";
const RECORD: &str = "installed.json";

/// Bytes of the list of steps at most.
const MAX_STEPS_SIZE: u64 = 256 << 20;

fn new_file(change: &Path, place: usize) -> PathBuf {
    change.join(format!("{place}.new"))
}

fn old_file(change: &Path, place: usize) -> PathBuf {
    change.join(format!("{place}.old"))
}

impl Change {
    /// Makes the change. After an error the tree is what it was.
    pub(super) fn make(&self, tree: &Dir) -> Result<()> {
        let steps = self.steps();
        if let Err(error) = self.stage(tree, &steps) {
            // The next change of the tree cleans up what is left here.
            let _ = tree.remove_all(part());
            return Err(error);
        }
        tree.rename(part(), change())?;
        if let Err(error) = apply(tree, &steps).and_then(|()| commit(tree)) {
            let _ = undo(tree, &steps).and_then(|()| clean(tree));
            return Err(error);
        }
        clean(tree)
    }

    fn steps(&self) -> Vec<Step> {
        let removals =
            self.removals.iter().map(|path| Step { path: path.clone(), new: None, old: true });
        let writes = self.writes.iter().map(|(path, data, is_there)| Step {
            path: path.clone(),
            new: Some(sha256(data)),
            old: *is_there,
        });
        removals.chain(writes).collect()
    }

    fn stage(&self, tree: &Dir, steps: &[Step]) -> Result<()> {
        let part = part();
        tree.make_folders(&part)?;
        let write = |path: PathBuf, data: &[u8]| tree.write_new(&path, data).map(|()| path);
        let contents =
            self.writes.iter().enumerate().map(|(place, (_, data, _))| {
                write(new_file(&part, self.removals.len() + place), data)
            });
        let mut written: Vec<PathBuf> = contents.collect::<Result<_>>()?;
        // Texts and lists of them cannot fail.
        let steps = serde_json::to_vec(steps).unwrap_or_default();
        written.push(write(part.join(STEPS), &steps)?);
        written.push(write(part.join(RECORD), self.record.as_bytes())?);
        // The disk may be full only now.
        sync(tree, &written)
    }
}

fn apply(tree: &Dir, steps: &[Step]) -> Result<()> {
    let change = change();
    for (place, step) in steps.iter().enumerate() {
        let path = Path::new(step.path.as_str());
        if step.new.is_some() {
            tree.make_parent(path)?;
        }
        if step.old {
            tree.rename(path, old_file(&change, place))?;
        } else if tree.has(path)? {
            let came = io::Error::new(
                io::ErrorKind::AlreadyExists,
                "another process has just created this path",
            );
            return Err(Error::io(tree.display_path(path))(came));
        }
        if step.new.is_some() {
            tree.rename(new_file(&change, place), path)?;
        } else {
            tree.remove_empty(path.parent(), "".as_ref());
        }
    }
    Ok(())
}

/// Replaces the record: from now on the change is made.
fn commit(tree: &Dir) -> Result<()> {
    tree.rename(change().join(RECORD), record())
}

/// Restores the files of before, wherever the change came to. May be done again where it was
/// interrupted itself.
fn undo(tree: &Dir, steps: &[Step]) -> Result<()> {
    let change = change();
    for (place, step) in steps.iter().enumerate().rev() {
        let path = Path::new(step.path.as_str());
        let (new, old) = (new_file(&change, place), old_file(&change, place));
        let there = || look(tree, &step.path, &|_| true);
        if let Some(new_digest) = &step.new
            && !tree.has(&new)?
            // Files that were changed since then belong to the user.
            && matches!(there()?, Found::File(digest) if digest == *new_digest)
        {
            tree.rename(path, &new)?;
        }
        if tree.has(&old)? && there()? == Found::Nothing {
            tree.make_parent(path)?;
            tree.rename(&old, path)?;
        } else if !step.old {
            tree.remove_empty(path.parent(), "".as_ref());
        }
    }
    Ok(())
}

/// Whether a run was stopped in the middle of a change, before the moment that counts.
pub(super) fn is_interrupted(tree: &Dir) -> Result<bool> {
    tree.has_file(change().join(RECORD))
}

/// Restores what was there before an unfinished change; whether there was one.
pub(super) fn recover(tree: &Dir) -> Result<bool> {
    let is_interrupted = is_interrupted(tree)?;
    if is_interrupted {
        undo(tree, &interrupted_steps(tree)?)?;
    }
    clean(tree)?;
    Ok(is_interrupted)
}

/// The steps of an unfinished change. Whoever made the tree may have written them:
/// they are checked before the first is undone.
fn interrupted_steps(tree: &Dir) -> Result<Vec<Step>> {
    let path = change().join(STEPS);
    let invalid = |found: String| {
        let at = tree.display_path(&path).display().to_string();
        let finding = Finding::new(Code::InvalidRecord, found).at(&at);
        let help = "nothing was changed; remove the folder `.mpconvert/change` if it is yours";
        Error::Refused { input: at, findings: vec![finding.hint(help)] }
    };
    let text = tree.read(&path, MAX_STEPS_SIZE)?.ok_or_else(|| invalid("no file".to_owned()))?;
    let steps: Vec<Step> =
        serde_json::from_slice(&text).map_err(|error| invalid(error.to_string()))?;
    for Step { path, .. } in &steps {
        if is_of_tree(path) {
            return Err(invalid(format!("the path `{path}`")));
        }
        if let Some(link) = link_on_the_way(tree, path)? {
            return Err(invalid(format!("the path `{path}`, where `{link}` is a link")));
        }
    }
    Ok(steps)
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
        let steps = new.steps();
        new.stage(tree, &steps).unwrap();
        let change = tree.display_path(change());
        fs::rename(tree.display_path(part()), &change).unwrap();
        let mut moves = 0;
        for (place, step) in steps.iter().enumerate() {
            let path = tree.display_path(step.path.as_str());
            if step.old && moves < count {
                fs::rename(&path, old_file(&change, place)).unwrap();
                moves += 1;
            }
            if step.new.is_some() && moves < count {
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
            let steps = change.steps();
            undo(&tree, &steps[1..]).unwrap();
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
