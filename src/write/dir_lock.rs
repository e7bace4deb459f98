//! One change of a folder at a time.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::dir::Dir;
use crate::error::{Error, Result};

/// How long to wait for others who change the same folder.
#[derive(Clone, Copy)]
pub struct LockTimeout<'a> {
    /// When to give up.
    pub timeout: Duration,
    /// Called once, if the wait is long enough to report.
    pub waiting: &'a (dyn Fn() + Sync),
}

impl Default for LockTimeout<'_> {
    fn default() -> Self {
        Self { timeout: Duration::from_mins(5), waiting: &|| () }
    }
}

/// Shorter waits are not reported.
const MIN_REPORTED_WAIT: Duration = Duration::from_secs(1);

/// Between two looks at the lock.
const PAUSE: Duration = Duration::from_millis(20);

/// The folder in a result for what no client needs: the lock, and changes that are not done yet.
pub(crate) const WORK: &str = ".mpconvert";

/// The name of the lock in that folder.
pub(crate) const LOCK: &str = "lock";

/// Holds the lock until it is dropped. The system drops it for a process that is killed.
#[derive(Debug)]
pub(crate) struct DirLock {
    _file: File,
}

impl DirLock {
    /// The lock at `path` of the one that changes the folder `dir`.
    pub(crate) fn exclusive(dir: &Dir, path: &Path, patience: &LockTimeout) -> Result<Self> {
        let file = dir.open_or_create(path)?;
        wait(&dir.display_path(path), patience, || file.try_lock())?;
        Ok(Self { _file: file })
    }

    /// A shared lock at `path` for reading the folder `dir`; `None` if this program has never
    /// changed the folder, or if the file system has no locks.
    pub(crate) fn shared(dir: &Dir, path: &Path, patience: &LockTimeout) -> Result<Option<Self>> {
        let file = match dir.open(path) {
            Ok(Some(file)) => file,
            Ok(None) => return Ok(None),
            Err(Error::Io { source, .. }) if source.kind() == ErrorKind::PermissionDenied => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        match file.try_lock_shared() {
            Err(TryLockError::Error(_)) => return Ok(None),
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                wait(&dir.display_path(path), patience, || file.try_lock_shared())?;
            }
        }
        Ok(Some(Self { _file: file }))
    }
}

fn wait(
    path: &Path,
    patience: &LockTimeout,
    mut attempt: impl FnMut() -> Result<(), TryLockError>,
) -> Result<()> {
    let start = Instant::now();
    let mut reported = false;
    loop {
        match attempt() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(Error::io(path)(error)),
            Err(TryLockError::WouldBlock) => {}
        }
        if !reported && start.elapsed() >= MIN_REPORTED_WAIT {
            (patience.waiting)();
            reported = true;
        }
        if start.elapsed() >= patience.timeout {
            return Err(Error::Usage {
                message: format!("{}: another run holds the lock", path.display()),
                help: "wait until it ends, or allow more time with --lock-timeout".to_owned(),
            });
        }
        thread::sleep(PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn the_lock_is_tried_until_the_time_is_over() {
        let (tries, reported) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let waiting = || _ = reported.fetch_add(1, Ordering::Relaxed);
        let wait_for = |timeout, free_after| {
            let attempt = || {
                let before = tries.fetch_add(1, Ordering::Relaxed);
                if before == free_after { Ok(()) } else { Err(TryLockError::WouldBlock) }
            };
            let patience = LockTimeout { timeout, waiting: &waiting };
            let result = wait(Path::new("lock"), &patience, attempt);
            (result.is_ok(), tries.swap(0, Ordering::Relaxed), reported.swap(0, Ordering::Relaxed))
        };
        assert_eq!(wait_for(Duration::ZERO, 1), (false, 1, 0));
        let (is_free, tries, _) = wait_for(10 * PAUSE, usize::MAX);
        // A pause is never shorter than asked for, but may be longer.
        assert!(!is_free && (2..=11).contains(&tries), "{tries}");
        let pauses = (MIN_REPORTED_WAIT.as_millis() / PAUSE.as_millis()) as usize + 1;
        assert_eq!(wait_for(Duration::MAX, pauses), (true, pauses + 1, 1));
    }

    #[test]
    fn one_changes_while_nobody_looks() {
        let folder = tempfile::tempdir().unwrap();
        let (dir, path) = (Dir::at(folder.path()).unwrap(), Path::new("lock"));
        let at_once = LockTimeout { timeout: Duration::ZERO, waiting: &|| () };
        let changing = DirLock::exclusive(&dir, path, &at_once).unwrap();
        assert!(DirLock::exclusive(&dir, path, &at_once).is_err());
        assert!(DirLock::shared(&dir, path, &at_once).is_err());
        drop(changing);
        let looking = DirLock::shared(&dir, path, &at_once).unwrap();
        assert!(looking.is_some() && DirLock::shared(&dir, path, &at_once).unwrap().is_some());
        assert!(DirLock::exclusive(&dir, path, &at_once).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_waits_for_a_pipe() {
        let folder = tempfile::tempdir().unwrap();
        let (dir, path) = (Dir::at(folder.path()).unwrap(), Path::new("lock"));
        let pipe = folder.path().join("lock");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for result in [
            DirLock::exclusive(&dir, path, &LockTimeout::default()).map(drop),
            DirLock::shared(&dir, path, &LockTimeout::default()).map(drop),
        ] {
            assert!(matches!(result, Err(Error::Io { .. })));
        }
    }
}
