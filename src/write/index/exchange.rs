//! From the packages before a change to those after it, in one step where the system has one.

use std::path::{Path, PathBuf};

use super::contents::{MAX_INDEX_JSON_SIZE, Walk, read_file};
use super::layout::PENDING;
use crate::dir::Dir;
use crate::error::Result;
use crate::mip::LATEST;

/// Makes `current` what `next` is, both below `root`. Afterwards `next` is there no longer, or is what
/// `current` was, or where the system cannot exchange two folders, still the same: to be removed in any
/// case.
pub(super) fn exchange(root: &Dir, current: &Path, next: &Path) -> Result<()> {
    if !root.has(current)? {
        return root.rename(next, current);
    }
    if root.exchange(next, current)? {
        return Ok(());
    }
    one_by_one(root, current, next)
}

/// Replaces each file by itself, in an order in which nothing names what is not there yet: new
/// versions, what is the latest, then what goes. It can be done again where it was interrupted,
/// until the last step.
fn one_by_one(root: &Dir, current: &Path, next: &Path) -> Result<()> {
    let mut after = Walk::new(root, next.to_owned());
    let mut before = Walk::new(root, current.to_owned());
    after.folder(Path::new(""), 0)?;
    before.folder(Path::new(""), 0)?;
    let is_latest = |path: &&PathBuf| path.file_stem().is_some_and(|stem| stem == LATEST);
    let (latest, mut ordered): (Vec<_>, Vec<_>) = after.files.iter().partition(is_latest);
    ordered.extend(latest);
    ordered.retain(|path| path.as_os_str() != PENDING);
    for path in ordered {
        let to = current.join(path);
        root.make_parent(&to)?;
        replace(root, &next.join(path), &to, &next.with_extension("part"))?;
    }
    for path in before.files.difference(&after.files) {
        let gone = current.join(path);
        root.remove_file(&gone)?;
        root.remove_empty(gone.parent(), current);
    }
    root.rename(next.join(PENDING), current.join(PENDING))
}

/// Puts a copy of the file at `from` to `to`, made at `part`.
fn replace(root: &Dir, from: &Path, to: &Path, part: &Path) -> Result<()> {
    let text = read_file(root, from, MAX_INDEX_JSON_SIZE)?;
    if root.holds(to, &text)? == Some(true) {
        return Ok(());
    }
    root.remove_all(part)?;
    root.write_new(part, &text)?;
    root.rename(part, to)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    type Swap = fn(&Dir, &Path, &Path) -> Result<()>;

    fn tree(root: &Path, files: &[(&str, &str)]) {
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    #[test]
    fn both_ways_lead_to_the_same() {
        for swap in [exchange as Swap, one_by_one] {
            let folder = tempfile::tempdir().unwrap();
            let root = Dir::at(folder.path()).unwrap();
            let (current, next) = (folder.path().join("package"), folder.path().join("next"));
            let old = [("py/a/1.json", "1"), ("py/a/latest.json", "1"), ("py/gone/1.json", "1")];
            tree(&current, &old);
            let new = [("py/a/1.json", "1"), ("py/a/2.json", "2"), ("py/a/latest.json", "2")];
            tree(&next, &new);
            tree(&next, &[("6/b/1.json", "b"), (PENDING, "{}")]);
            swap(&root, "package".as_ref(), "next".as_ref()).unwrap();
            let mut walk = Walk::new(&root, "package".into());
            walk.folder(Path::new(""), 0).unwrap();
            let files: Vec<_> = walk.files.iter().map(|path| path.to_str().unwrap()).collect();
            let expected =
                [PENDING, "6/b/1.json", "py/a/1.json", "py/a/2.json", "py/a/latest.json"];
            assert_eq!(files, expected);
            assert_eq!(fs::read(current.join("py/a/latest.json")).unwrap(), b"2");
            assert!(!current.join("py/gone").exists());
        }
    }
}
