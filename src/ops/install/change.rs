//! How a tree changes: all that is new is made ready in it, then each file is moved to its place, and
//! what was there is moved away and thrown away last.
//!
//! The moment that counts is that in which the record is replaced. What stops a change before, an
//! error or a signal, leaves all that is needed to restore the files of before: the run itself does
//! it after an error, the next run after a signal.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::layout::Layout;
use crate::digest::sha256;
use crate::error::{Error, Result};
use crate::path::MemberPath;
use crate::write::disk::{make_folder, make_folders, real_folder, remove_empty, sync};

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

/// What is done at one path.
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

fn new_file(change: &Path, place: usize) -> PathBuf {
    change.join(format!("{place}.new"))
}

fn old_file(change: &Path, place: usize) -> PathBuf {
    change.join(format!("{place}.old"))
}

impl Change {
    /// Makes the change. After an error the tree is what it was.
    pub(super) fn make(&self, layout: &Layout) -> Result<()> {
        let steps = self.steps();
        if let Err(error) = self.stage(layout, &steps) {
            // What cannot be cleaned up now is when the tree is changed next.
            let _ = remove_all(&layout.part());
            return Err(error);
        }
        fs::rename(layout.part(), layout.change()).map_err(Error::io(layout.change()))?;
        if let Err(error) = apply(layout, &steps).and_then(|()| commit(layout)) {
            let _ = undo(layout, &steps).and_then(|()| clean(layout));
            return Err(error);
        }
        clean(layout)
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

    fn stage(&self, layout: &Layout, steps: &[Step]) -> Result<()> {
        let part = layout.part();
        make_folder(&part)?;
        let write = |path: PathBuf, data: &[u8]| {
            fs::write(&path, data).map_err(Error::io(&path))?;
            Ok(path)
        };
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
        sync(&written)
    }
}

fn apply(layout: &Layout, steps: &[Step]) -> Result<()> {
    for (place, step) in steps.iter().enumerate() {
        let path = layout.file(&step.path);
        if step.new.is_some() {
            let folder = step.path.parent().map(Path::new);
            make_folders(layout.root(), folder)?;
        }
        if step.old {
            let old = old_file(&layout.change(), place);
            fs::rename(&path, old).map_err(Error::io(&path))?;
        } else if fs::symlink_metadata(&path).is_ok() {
            let came =
                io::Error::new(io::ErrorKind::AlreadyExists, "this came into being just now");
            return Err(Error::io(path)(came));
        }
        if step.new.is_some() {
            fs::rename(new_file(&layout.change(), place), &path).map_err(Error::io(&path))?;
        } else {
            remove_empty(path.parent(), layout.root());
        }
    }
    Ok(())
}

/// Replaces the record: from now on the change is made.
fn commit(layout: &Layout) -> Result<()> {
    fs::rename(layout.change().join(RECORD), layout.record()).map_err(Error::io(layout.record()))
}

/// Restores the files of before, wherever the change came to. May be done again where it was
/// interrupted itself.
fn undo(layout: &Layout, steps: &[Step]) -> Result<()> {
    let change = layout.change();
    for (place, step) in steps.iter().enumerate().rev() {
        let path = layout.file(&step.path);
        let (new, old) = (new_file(&change, place), old_file(&change, place));
        if let Some(new_digest) = &step.new
            && !new.exists()
        {
            // What somebody has changed since is theirs.
            if fs::read(&path).is_ok_and(|data| sha256(&data) == *new_digest) {
                fs::rename(&path, &new).map_err(Error::io(&path))?;
            }
        }
        if old.exists() && fs::symlink_metadata(&path).is_err() {
            make_folders(layout.root(), step.path.parent().map(Path::new))?;
            fs::rename(&old, &path).map_err(Error::io(&path))?;
        } else if !step.old {
            remove_empty(path.parent(), layout.root());
        }
    }
    Ok(())
}

/// Whether a run was stopped in the middle of a change, before the moment that counts.
pub(super) fn is_interrupted(layout: &Layout) -> bool {
    layout.change().join(RECORD).exists()
}

/// Restores what was there before a change that was not made to its end; whether there was one.
pub(super) fn recover(layout: &Layout) -> Result<bool> {
    real_folder(&layout.work())?;
    let is_interrupted = is_interrupted(layout);
    if is_interrupted {
        let path = layout.change().join(STEPS);
        let text = fs::read(&path).map_err(Error::io(&path))?;
        let steps: Vec<Step> =
            serde_json::from_slice(&text).map_err(|error| Error::io(path)(error.into()))?;
        undo(layout, &steps)?;
    }
    clean(layout)?;
    Ok(is_interrupted)
}

/// Throws away what no change needs any more.
fn clean(layout: &Layout) -> Result<()> {
    let (part, change) = (layout.part(), layout.change());
    remove_all(&part)?;
    match fs::rename(&change, &part) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        // In one step, so that nobody takes the rest of it for a change.
        moved => moved.map_err(Error::io(change)).and_then(|()| remove_all(&part)),
    }
}

fn remove_all(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.map_err(Error::io(folder)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree with two files, and a change that replaces one, removes the other and brings a third.
    fn tree() -> (tempfile::TempDir, Layout, Change) {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::new(folder.path());
        fs::create_dir_all(layout.work()).unwrap();
        fs::create_dir(folder.path().join("gone")).unwrap();
        fs::write(folder.path().join("a.py"), "old").unwrap();
        fs::write(folder.path().join("gone/b.py"), "b").unwrap();
        fs::write(layout.record(), "before").unwrap();
        let change = Change {
            removals: vec!["gone/b.py".parse().unwrap()],
            writes: vec![
                ("a.py".parse().unwrap(), "new".into(), true),
                ("c/d/e.py".parse().unwrap(), "e".into(), false),
            ],
            record: "after".to_owned(),
        };
        (folder, layout, change)
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
        let (folder, layout, change) = tree();
        change.make(&layout).unwrap();
        assert_files(folder.path(), &AFTER);
        assert!(!folder.path().join("gone").exists());
        assert!(!recover(&layout).unwrap());
        assert_files(folder.path(), &AFTER);
    }

    #[test]
    fn an_error_restores_what_was_there() {
        let (folder, layout, mut change) = tree();
        let before = files(folder.path());
        // Nothing can be in a file.
        change.writes.push(("a.py/x".parse().unwrap(), "".into(), false));
        assert!(change.make(&layout).is_err());
        assert_eq!(files(folder.path()), before);
        assert!(!folder.path().join("c").exists());
        change.writes.pop();
        fs::create_dir_all(folder.path().join("c/d")).unwrap();
        fs::write(folder.path().join("c/d/e.py"), "mine").unwrap();
        assert!(change.make(&layout).is_err(), "it came into being");
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
    fn stopped(layout: &Layout, change: &Change, count: usize) {
        let steps = change.steps();
        change.stage(layout, &steps).unwrap();
        fs::rename(layout.part(), layout.change()).unwrap();
        let mut moves = 0;
        for (place, step) in steps.iter().enumerate() {
            let path = layout.file(&step.path);
            if step.old && moves < count {
                fs::rename(&path, old_file(&layout.change(), place)).unwrap();
                moves += 1;
            }
            if step.new.is_some() && moves < count {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::rename(new_file(&layout.change(), place), &path).unwrap();
                moves += 1;
            }
        }
        assert_eq!(moves, count);
    }

    #[test]
    fn the_next_run_restores_what_was_there() {
        for count in 0..=4 {
            let (folder, layout, change) = tree();
            let before = files(folder.path());
            stopped(&layout, &change, count);
            assert!(is_interrupted(&layout));
            let again = tempfile::tempdir().unwrap();
            copy(folder.path(), &again.path().join("tree"));
            assert!(recover(&layout).unwrap());
            assert_eq!(files(folder.path()), before, "stopped after {count} moves");
            assert!(!folder.path().join("c").exists());
            // What a restoring run leaves that is stopped is restored, too.
            let layout = Layout::new(&again.path().join("tree"));
            let steps = change.steps();
            undo(&layout, &steps[1..]).unwrap();
            assert!(recover(&layout).unwrap());
        }
    }

    #[test]
    fn a_change_that_was_made_is_not_undone() {
        let (folder, layout, change) = tree();
        stopped(&layout, &change, 4);
        commit(&layout).unwrap();
        assert!(!recover(&layout).unwrap());
        assert_files(folder.path(), &AFTER);
    }

    #[test]
    fn what_somebody_changed_since_is_kept() {
        let (folder, layout, change) = tree();
        stopped(&layout, &change, 4);
        fs::write(folder.path().join("c/d/e.py"), "mine").unwrap();
        assert!(recover(&layout).unwrap());
        assert_eq!(fs::read(folder.path().join("c/d/e.py")).unwrap(), b"mine");
        assert_eq!(fs::read(folder.path().join("a.py")).unwrap(), b"old");
    }
}
