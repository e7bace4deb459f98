//! From the packages before a change to those after it, in one step where the system has one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::contents::Walk;
use super::layout::PENDING;
use crate::error::{Error, Result};
use crate::mip::LATEST;
use crate::write::disk::{make_folders, remove_empty};

/// Makes `current` what `next` is. Afterwards `next` is there no longer, or is what `current` was,
/// or where the system cannot exchange two folders, still the same: to be removed in any case.
pub(super) fn exchange(current: &Path, next: &Path) -> Result<()> {
    match fs::symlink_metadata(current) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return fs::rename(next, current).map_err(Error::io(current));
        }
        Err(error) => return Err(Error::io(current)(error)),
        Ok(_) => {}
    }
    if at_once(current, next).map_err(Error::io(current))? {
        return Ok(());
    }
    one_by_one(current, next)
}

/// Exchanges two folders; whether the system can.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn at_once(current: &Path, next: &Path) -> io::Result<bool> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;

    match renameat_with(CWD, next, CWD, current, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        // What systems and file systems say that know no exchange, of folders or at all.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP | Errno::XDEV | Errno::PERM) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Exchanges two folders; whether the system can.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn at_once(_current: &Path, _next: &Path) -> io::Result<bool> {
    Ok(false)
}

/// Replaces each file by itself, in an order in which nothing names what is not there yet: new
/// versions, what is the latest, then what goes. It can be done again where it was interrupted,
/// until the last step.
fn one_by_one(current: &Path, next: &Path) -> Result<()> {
    let (mut after, mut before) = (Walk::new(next.to_owned()), Walk::new(current.to_owned()));
    after.folder(Path::new(""), 0)?;
    before.folder(Path::new(""), 0)?;
    let is_latest = |path: &&PathBuf| path.file_stem().is_some_and(|stem| stem == LATEST);
    let (latest, mut ordered): (Vec<_>, Vec<_>) = after.files.iter().partition(is_latest);
    ordered.extend(latest);
    ordered.retain(|path| path.as_os_str() != PENDING);
    for path in ordered {
        make_folders(current, path.parent())?;
        replace(&next.join(path), &current.join(path), &next.with_extension("part"))?;
    }
    for path in before.files.difference(&after.files) {
        let gone = current.join(path);
        fs::remove_file(&gone).map_err(Error::io(&gone))?;
        remove_empty(gone.parent(), current);
    }
    let (from, to) = (next.join(PENDING), current.join(PENDING));
    fs::rename(from, &to).map_err(Error::io(to))
}

/// Puts a copy of the file at `from` to `to`, made at `part`.
fn replace(from: &Path, to: &Path, part: &Path) -> Result<()> {
    let text = fs::read(from).map_err(Error::io(from))?;
    if fs::read(to).is_ok_and(|known| known == text) {
        return Ok(());
    }
    fs::write(part, &text).map_err(Error::io(part))?;
    fs::rename(part, to).map_err(Error::io(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Swap = fn(&Path, &Path) -> Result<()>;

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
            let (current, next) = (folder.path().join("package"), folder.path().join("next"));
            let old = [("py/a/1.json", "1"), ("py/a/latest.json", "1"), ("py/gone/1.json", "1")];
            tree(&current, &old);
            let new = [("py/a/1.json", "1"), ("py/a/2.json", "2"), ("py/a/latest.json", "2")];
            tree(&next, &new);
            tree(&next, &[("6/b/1.json", "b"), (PENDING, "{}")]);
            swap(&current, &next).unwrap();
            let mut walk = Walk::new(current.clone());
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
