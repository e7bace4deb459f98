//! What is created, moved and removed below a folder.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use cap_fs_ext::{DirExt, SystemTimeSpec};
use cap_std::fs::{Dir as Handle, OpenOptions, Permissions};

use super::{Dir, Kind, open};
use crate::error::{Error, Result};

/// How a file is put into its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Put {
    /// Where nothing is.
    New,
    /// In place of another file or of a link, which is not followed.
    Replace,
    /// The same, for the eyes of the user alone.
    Private,
}

/// Keeps the names of temporary files of this process apart.
static COUNTER: AtomicU64 = AtomicU64::new(0);

/// A name that hardly anything else has.
pub(super) fn temporary(ending: &str) -> PathBuf {
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    format!("{PREFIX}{}-{count}{ending}", std::process::id()).into()
}

/// How the names of temporary files and folders start.
pub(crate) const PREFIX: &str = ".mpconvert-";

impl Dir {
    /// Writes a new file.
    ///
    /// # Errors
    /// [`Error::Io`], also if something is there; so for all others here.
    pub(crate) fn write_new(&self, path: impl AsRef<Path>, data: &[u8]) -> Result<()> {
        self.write(path.as_ref(), data, Put::New)
    }

    fn write(&self, path: &Path, data: &[u8], put: Put) -> Result<()> {
        let (folder, name) = self.existing_parent(path)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if put == Put::Private {
            cap_std::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        #[cfg(not(unix))]
        let _ = put;
        let mut write = || open(&folder, name.as_os_str(), &mut options)?.write_all(data);
        write().map_err(Error::io(self.display_path(path)))
    }

    /// Writes a file beside `path`, then moves it there: others see the old file or the new one, whole.
    pub(crate) fn put(&self, path: impl AsRef<Path>, data: &[u8], put: Put) -> Result<()> {
        let path = path.as_ref();
        let part = path.with_file_name(temporary(".part"));
        let written = self.write(&part, data, put).and_then(|()| match put {
            Put::New => self.move_new(&part, path),
            Put::Replace | Put::Private => self.rename(&part, path),
        });
        if written.is_err() {
            // The first error says more than that of this would.
            let _ = self.remove_file(&part);
        }
        written
    }

    /// The regular file at `path`, open for writing, which is created if there is none; its content is
    /// kept.
    pub(crate) fn open_or_create(&self, path: impl AsRef<Path>) -> Result<File> {
        let path = path.as_ref();
        let (folder, name) = self.existing_parent(path)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        open(&folder, name.as_os_str(), &mut options).map_err(Error::io(self.display_path(path)))
    }

    /// Makes the folders at and above `path`, as far as they do not exist.
    pub(crate) fn make_folders(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        if self.enter(path)?.is_some() {
            return Ok(());
        }
        let mut folder = PathBuf::new();
        for part in path.components() {
            folder.push(part);
            let (parent, name) = self.existing_parent(&folder)?;
            match parent.create_dir(&name) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => made.map_err(Error::io(self.display_path(&folder)))?,
            }
            // That what was there is a folder.
            self.enter(&folder)?;
        }
        Ok(())
    }

    /// Makes the folder that `path` lies in.
    pub(crate) fn make_parent(&self, path: impl AsRef<Path>) -> Result<()> {
        path.as_ref().parent().map_or(Ok(()), |parent| self.make_folders(parent))
    }

    /// Moves what lies at `from`, in place of a file or link at `to`.
    pub(crate) fn rename(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<()> {
        let (from, to) = (from.as_ref(), to.as_ref());
        let (from_folder, from_name) = self.existing_parent(from)?;
        let (to_folder, to_name) = self.existing_parent(to)?;
        self.forget(from);
        self.forget(to);
        from_folder.rename(from_name, &to_folder, to_name).map_err(Error::io(self.display_path(to)))
    }

    /// Moves the file at `from` to `to`, where nothing may be.
    pub(crate) fn move_new(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<()> {
        let (from, to) = (from.as_ref(), to.as_ref());
        match self.link(from, to) {
            Ok(()) => self.remove_file(from),
            Err(Error::Io { source, .. }) if source.kind() != io::ErrorKind::AlreadyExists => {
                // Some file systems have no links.
                if self.has(to)? {
                    return Err(Error::io(self.display_path(to))(
                        io::ErrorKind::AlreadyExists.into(),
                    ));
                }
                self.rename(from, to)
            }
            failed => failed,
        }
    }

    /// Gives the file at `from` a second name.
    pub(crate) fn link(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<()> {
        let (from, to) = (from.as_ref(), to.as_ref());
        let (from_folder, from_name) = self.existing_parent(from)?;
        let (to_folder, to_name) = self.existing_parent(to)?;
        from_folder
            .hard_link(from_name, &to_folder, to_name)
            .map_err(Error::io(self.display_path(to)))
    }

    /// Exchanges what lies at two paths in one step; whether the system can.
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    pub(crate) fn exchange(&self, one: &Path, other: &Path) -> Result<bool> {
        use rustix::fs::{RenameFlags, renameat_with};
        use rustix::io::Errno;

        let (one_folder, one_name) = self.existing_parent(one)?;
        let (other_folder, other_name) = self.existing_parent(other)?;
        let flags = RenameFlags::EXCHANGE;
        self.forget(one);
        self.forget(other);
        match renameat_with(&*one_folder, one_name, &*other_folder, other_name, flags) {
            Ok(()) => Ok(true),
            // What systems and file systems say that know no exchange, of folders or at all.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP | Errno::XDEV | Errno::PERM) => {
                Ok(false)
            }
            Err(error) => Err(Error::io(self.display_path(other))(error.into())),
        }
    }

    /// Exchanges what lies at two paths in one step; whether the system can.
    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "other systems can")]
    pub(crate) fn exchange(&self, _one: &Path, _other: &Path) -> Result<bool> {
        Ok(false)
    }

    /// Removes the file or link at `path`.
    pub(crate) fn remove_file(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let (folder, name) = self.existing_parent(path)?;
        folder.remove_file(name).map_err(Error::io(self.display_path(path)))
    }

    /// Removes what lies at `path`, a folder with all that is in it; links are removed themselves.
    pub(crate) fn remove_all(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let Some(entry) = self.entry(path)? else { return Ok(()) };
        if entry.kind != Kind::Folder {
            return self.remove_file(path);
        }
        let (folder, name) = self.existing_parent(path)?;
        self.forget(path);
        match folder.remove_dir_all(name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed.map_err(Error::io(self.display_path(path))),
        }
    }

    /// Removes the folder at `path` and those around it that are empty now, up to `top`, which stays.
    pub(crate) fn remove_empty(&self, path: Option<&Path>, top: &Path) {
        let around = path.into_iter().flat_map(Path::ancestors);
        for path in around.take_while(|path| *path != top) {
            // One that is not empty stays.
            let Ok(Some((folder, name))) = self.parent(path) else { return };
            self.forget(path);
            if folder.remove_dir(name).is_err() {
                return;
            }
        }
    }

    /// Says that the file at `path` was changed last at `time`.
    pub(crate) fn touch(&self, path: impl AsRef<Path>, time: SystemTime) -> Result<()> {
        let path = path.as_ref();
        let (folder, name) = self.existing_parent(path)?;
        let time = SystemTimeSpec::Absolute(cap_std::time::SystemTime::from_std(time));
        folder.set_symlink_times(name, None, Some(time)).map_err(Error::io(self.display_path(path)))
    }

    /// Gives the folder at `to` the permissions of the one at `from`, if there is one; both may be
    /// below this.
    pub(crate) fn like(&self, from: &Path, to: &Path) -> Result<()> {
        let Some(from) = self.enter(from)? else { return Ok(()) };
        let permissions = from.dir_metadata().map(|metadata| metadata.permissions());
        let set = |permissions: Permissions| match self.enter(to)? {
            Some(to_folder) => to_folder
                .set_permissions(".", permissions)
                .map_err(Error::io(self.display_path(to))),
            None => Ok(()),
        };
        permissions.map_err(Error::io(self.display_path(to))).and_then(set)
    }

    /// The folder that `path` lies in, which must exist, and the last part of `path`.
    fn existing_parent(&self, path: &Path) -> Result<(Arc<Handle>, PathBuf)> {
        match self.parent(path)? {
            Some((folder, name)) => Ok((folder, name.into())),
            None => Err(Error::io(self.display_path(path))(io::ErrorKind::NotFound.into())),
        }
    }
}
