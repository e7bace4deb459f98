//! One change of a folder at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// How long to wait for others who change the same folder.
#[derive(Clone, Copy)]
pub struct Patience<'a> {
    /// When to give up.
    pub timeout: Duration,
    /// Called once when the waiting takes long enough to be told.
    pub waiting: &'a (dyn Fn() + Sync),
}

impl Default for Patience<'_> {
    fn default() -> Self {
        Self { timeout: Duration::from_mins(5), waiting: &|| () }
    }
}

/// How long nobody wonders about.
const UNTOLD: Duration = Duration::from_secs(1);

/// Between two looks at the lock.
const PAUSE: Duration = Duration::from_millis(20);

/// Holds the lock until it is dropped. The system drops it for a process that is killed.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// The lock of the one that changes the folder.
    pub(crate) fn exclusive(path: &Path, patience: &Patience) -> Result<Self> {
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).open(path);
        let file = file.map_err(Error::io(path))?;
        wait(path, patience, || file.try_lock())?;
        Ok(Self { _file: file })
    }

    /// The lock of those that look at the folder; none where nobody ever changed it by this program,
    /// or where the file system has no locks.
    pub(crate) fn shared(path: &Path, patience: &Patience) -> Result<Option<Self>> {
        let Ok(file) = File::open(path) else { return Ok(None) };
        match file.try_lock_shared() {
            Err(TryLockError::Error(_)) => return Ok(None),
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => wait(path, patience, || file.try_lock_shared())?,
        }
        Ok(Some(Self { _file: file }))
    }
}

fn wait(
    path: &Path,
    patience: &Patience,
    mut attempt: impl FnMut() -> Result<(), TryLockError>,
) -> Result<()> {
    let start = Instant::now();
    let mut told = false;
    loop {
        match attempt() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(Error::io(path)(error)),
            Err(TryLockError::WouldBlock) => {}
        }
        if !told && start.elapsed() >= UNTOLD {
            (patience.waiting)();
            told = true;
        }
        if start.elapsed() >= patience.timeout {
            return Err(Error::Usage {
                message: format!("{}: another run holds the lock", path.display()),
                help: "wait for its end, or give more time with --lock-timeout".to_owned(),
            });
        }
        thread::sleep(PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_changes_while_nobody_looks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let at_once = Patience { timeout: Duration::ZERO, waiting: &|| () };
        let changing = Lock::exclusive(&path, &at_once).unwrap();
        assert!(Lock::exclusive(&path, &at_once).is_err());
        assert!(Lock::shared(&path, &at_once).is_err());
        drop(changing);
        let looking = Lock::shared(&path, &at_once).unwrap();
        assert!(looking.is_some() && Lock::shared(&path, &at_once).unwrap().is_some());
        assert!(Lock::exclusive(&path, &at_once).is_err());
    }
}
