//! Folders and files on a disk where others may have put links, and where room may end.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use crate::error::{Error, Result};

/// Files that are written to the disk at a time: most of the time is waiting.
const SYNC_THREADS: usize = 8;

/// So many files are written faster together with all others of the file system, which may wait for
/// other programs' files, too.
const MANY: usize = 200;

/// The folder at `path`, which is made if it is not there.
///
/// # Errors
/// [`Error::Io`] also for a link, which may lead anywhere.
pub(crate) fn make_folder(path: &Path) -> Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => real_folder(path),
        made => made.map_err(Error::io(path)),
    }
}

/// That `path` is a folder and no link.
pub(crate) fn real_folder(path: &Path) -> Result<()> {
    let kind = fs::symlink_metadata(path).map_err(Error::io(path))?;
    if kind.is_dir() {
        return Ok(());
    }
    Err(Error::io(path)(io::Error::other("this is no folder; links are not followed here")))
}

/// Makes the folders that lead from `root` to `inside` it.
pub(crate) fn make_folders(root: &Path, inside: Option<&Path>) -> Result<()> {
    let mut folder = root.to_owned();
    for part in inside.into_iter().flat_map(Path::iter) {
        folder.push(part);
        make_folder(&folder)?;
    }
    Ok(())
}

/// Removes `folder` and those around it, below `root`, that are empty now.
pub(crate) fn remove_empty(folder: Option<&Path>, root: &Path) {
    let around = folder.into_iter().flat_map(Path::ancestors);
    for folder in around.take_while(|folder| *folder != root) {
        // One that is not empty stays.
        if fs::remove_dir(folder).is_err() {
            return;
        }
    }
}

/// Waits until the files are on the disk.
pub(crate) fn sync(paths: &[PathBuf]) -> Result<()> {
    if paths.len() > MANY
        && let Some(path) = paths.first()
        && together(path).map_err(Error::io(path))?
    {
        return Ok(());
    }
    let sync =
        |path: &PathBuf| File::open(path).and_then(|file| file.sync_all()).map_err(Error::io(path));
    let share = paths.len().div_ceil(SYNC_THREADS).max(1);
    thread::scope(|scope| {
        let threads: Vec<_> = paths
            .chunks(share)
            .map(|paths| scope.spawn(move || paths.iter().try_for_each(sync)))
            .collect();
        threads.into_iter().try_for_each(|thread| {
            let panicked = |_| Err(Error::io("disk")(io::Error::other("a thread panicked")));
            thread.join().unwrap_or_else(panicked)
        })
    })
}

/// Waits until all files of the file system in which `path` lies are on the disk; whether the system
/// can.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn together(path: &Path) -> io::Result<bool> {
    rustix::fs::syncfs(File::open(path)?)?;
    Ok(true)
}

/// Waits until all files of the file system in which `path` lies are on the disk; whether the system
/// can.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn together(_path: &Path) -> io::Result<bool> {
    Ok(false)
}
