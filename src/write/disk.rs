//! Disks, on which room may end.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::thread;

use crate::dir::Dir;
use crate::error::{Error, Result};

/// Files that are written to the disk at a time: most of the time is waiting.
const SYNC_THREADS: usize = 8;

/// So many files are written faster together with all others of the file system, which may wait for
/// other programs' files, too.
const MANY: usize = 200;

/// Waits until these files below `dir` are on the disk.
pub(crate) fn sync(dir: &Dir, paths: &[PathBuf]) -> Result<()> {
    if paths.len() > MANY
        && let Some(path) = paths.first()
        && let Some(file) = dir.open(path)?
        && together(&file).map_err(Error::io(dir.display_path(path)))?
    {
        return Ok(());
    }
    let sync = |path: &PathBuf| {
        let file = dir.open(path)?;
        file.map_or(Ok(()), |file| file.sync_all()).map_err(Error::io(dir.display_path(path)))
    };
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

/// Flushes the file system that contains `file` to the disk. Returns whether the system supports
/// that.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn together(file: &File) -> io::Result<bool> {
    rustix::fs::syncfs(file)?;
    Ok(true)
}

/// Flushes the file system that contains `file` to the disk. Returns whether the system supports
/// that.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn together(_file: &File) -> io::Result<bool> {
    Ok(false)
}
