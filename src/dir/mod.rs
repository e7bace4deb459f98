//! A handle on a folder whose content is not trusted.
//!
//! The folder itself is named by the user and may be a link. Below it, no link is followed: not as a
//! folder on the way and not at the end of a path, even if one appears in the middle of a call, since
//! each step goes from the handle of one folder to that of the next.

mod aside;
mod change;
mod look;
mod replace;
mod steps;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::fs::{Dir as Handle, FileType, Metadata, OpenOptions};

use crate::error::{Error, Result};
use crate::file;

pub(crate) use aside::Aside;
pub(crate) use change::{PREFIX, Put};
pub(crate) use look::{Found, look};
pub(crate) use replace::replace_all;
pub(crate) use steps::{STEPS, Step, Steps, new_file};

/// A folder. One that does not exist is like an empty one, until something is to be written.
#[derive(Clone, Debug)]
pub(crate) struct Dir {
    path: PathBuf,
    handle: Option<Arc<Handle>>,
    last: Arc<Mutex<Option<Folder>>>,
}

/// The folder below that was entered last, and its path: most files are followed by others of theirs.
type Folder = (PathBuf, Arc<Handle>);

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    Link,
    /// A pipe, a device, or whatever else a system has.
    Special,
}

/// What is known of what lies at a path, without opening it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    /// The size of a file in bytes.
    pub(crate) len: u64,
    /// When its content was changed last.
    pub(crate) modified: SystemTime,
}

impl Dir {
    /// The folder at `path`, which need not exist.
    ///
    /// # Errors
    /// [`Error::Io`] for what is there and not a folder.
    pub(crate) fn at(path: &Path) -> Result<Self> {
        let opened = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let handle = match Handle::open_ambient_dir(opened, cap_std::ambient_authority()) {
            Ok(handle) => Some(Arc::new(handle)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(Error::io(path)(error)),
        };
        Ok(Self { path: path.to_owned(), handle, last: Arc::default() })
    }

    /// The folder at `path`, which is made with those around it if it does not exist.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(crate) fn create(path: &Path) -> Result<Self> {
        if !path.as_os_str().is_empty() {
            std::fs::create_dir_all(path).map_err(Error::io(path))?;
        }
        Self::at(path)
    }

    /// The folder that the file at `path` lies in, and the file's name.
    ///
    /// # Errors
    /// [`Error::Io`] if it is not a folder, or the path has no name at its end.
    pub(crate) fn around(path: &Path) -> Result<(Self, &Path)> {
        let Some(name) = path.file_name() else {
            return Err(Error::io(path)(io::ErrorKind::InvalidInput.into()));
        };
        Ok((Self::at(path.parent().unwrap_or(Path::new("")))?, Path::new(name)))
    }

    /// The path of the folder, as it was given.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The path of what lies at `path` below this, for messages only.
    pub(crate) fn display_path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.path.join(path)
    }

    /// What lies at `path`, which is not followed if it is a link.
    ///
    /// # Errors
    /// [`Error::Io`], also for a link or a file in place of a folder on the way; so for all others
    /// here.
    pub(crate) fn entry(&self, path: impl AsRef<Path>) -> Result<Option<Entry>> {
        let path = path.as_ref();
        let Some((folder, name)) = self.parent(path)? else { return Ok(None) };
        match folder.symlink_metadata(name) {
            Ok(metadata) => {
                Entry::of(&metadata).map(Some).map_err(Error::io(self.display_path(path)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io(self.display_path(path))(error)),
        }
    }

    /// Whether something lies at `path`, be it a dangling link.
    pub(crate) fn has(&self, path: impl AsRef<Path>) -> Result<bool> {
        self.entry(path).map(|entry| entry.is_some())
    }

    /// Whether a regular file lies at `path`.
    pub(crate) fn has_file(&self, path: impl AsRef<Path>) -> Result<bool> {
        Ok(self.entry(path)?.is_some_and(|entry| entry.kind == Kind::File))
    }

    /// The names of what lies in the folder at `path`, which is empty for this folder itself; nothing
    /// for one that does not exist.
    pub(crate) fn entries(&self, path: impl AsRef<Path>) -> Result<Vec<(OsString, Kind)>> {
        let path = path.as_ref();
        let list = |folder: &Handle| {
            folder
                .entries()?
                .map(|entry| {
                    let entry = entry?;
                    Ok((entry.file_name(), Kind::of(entry.file_type()?)))
                })
                .collect::<io::Result<Vec<_>>>()
        };
        match self.enter(path)? {
            Some(folder) => list(&folder).map_err(Error::io(self.display_path(path))),
            None => Ok(Vec::new()),
        }
    }

    /// The regular file at `path`, open for reading, if there is one.
    pub(crate) fn open(&self, path: impl AsRef<Path>) -> Result<Option<File>> {
        let path = path.as_ref();
        let Some((folder, name)) = self.parent(path)? else { return Ok(None) };
        match open(&folder, name, OpenOptions::new().read(true)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            opened => opened.map(Some).map_err(Error::io(self.display_path(path))),
        }
    }

    /// The content of the regular file at `path`, of at most `limit` bytes, if there is one.
    pub(crate) fn read(&self, path: impl AsRef<Path>, limit: u64) -> Result<Option<Vec<u8>>> {
        let path = path.as_ref();
        let Some(file) = self.open(path)? else { return Ok(None) };
        file::content(&file, limit).map(Some).map_err(Error::io(self.display_path(path)))
    }

    /// Whether the regular file at `path` has this content; `None` if there is none.
    pub(crate) fn holds(&self, path: impl AsRef<Path>, data: &[u8]) -> Result<Option<bool>> {
        let path = path.as_ref();
        let Some(file) = self.open(path)? else { return Ok(None) };
        let same = || {
            let size = data.len() as u64;
            Ok(file.metadata()?.len() == size && file::content(&file, size)? == data)
        };
        same().map(Some).map_err(Error::io(self.display_path(path)))
    }

    /// The folder at `path`, if it and those on the way exist.
    fn enter(&self, path: &Path) -> Result<Option<Arc<Handle>>> {
        let Some((mut at, mut handle)) = self.start(path) else { return Ok(None) };
        // Without the parts that lead to where this starts.
        for part in path.components().skip(at.components().count()) {
            let name = self.name(part, path)?;
            at.push(name);
            handle = match handle.open_dir_nofollow(name) {
                Ok(folder) => Arc::new(folder),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => {
                    return Err(Error::io(self.display_path(at))(explained(&handle, name, error)));
                }
            };
        }
        *self.last() = Some((at, Arc::clone(&handle)));
        Ok(Some(handle))
    }

    /// The folder from which `path` is entered: the last one if it is on the way, else this one.
    fn start(&self, path: &Path) -> Option<Folder> {
        let last = self.last().clone().filter(|(last, _)| path.starts_with(last));
        last.or_else(|| Some((PathBuf::new(), Arc::clone(self.handle.as_ref()?))))
    }

    fn last(&self) -> MutexGuard<'_, Option<Folder>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets the last folder, if it is the one at `path` or below it, which another may be from now on.
    fn forget(&self, path: &Path) {
        self.last().take_if(|(last, _)| last.starts_with(path));
    }

    /// The folder that `path` lies in, if it exists, and the last part of `path`.
    fn parent<'p>(&self, path: &'p Path) -> Result<Option<(Arc<Handle>, &'p OsStr)>> {
        let Some(last) = path.components().next_back() else { return Err(self.outside(path)) };
        let name = self.name(last, path)?;
        let folder = self.enter(path.parent().unwrap_or(Path::new("")))?;
        Ok(folder.map(|folder| (folder, name)))
    }

    /// The name that a part of `path` is.
    fn name<'p>(&self, part: Component<'p>, path: &Path) -> Result<&'p OsStr> {
        match part {
            // On Windows, a colon would lead to another stream of a file.
            Component::Normal(name)
                if !(cfg!(windows) && name.as_encoded_bytes().contains(&b':')) =>
            {
                Ok(name)
            }
            _ => Err(self.outside(path)),
        }
    }

    fn outside(&self, path: &Path) -> Error {
        let message = "this path does not lie below the folder";
        let error = io::Error::new(io::ErrorKind::InvalidInput, message);
        Error::io(self.display_path(path))(error)
    }
}

/// Opens the regular file `name` of `folder`, without waiting and without following a link.
fn open(folder: &Handle, name: &OsStr, options: &mut OpenOptions) -> io::Result<File> {
    // To open a device may already do something. The open file counts.
    if let Ok(metadata) = folder.symlink_metadata(name) {
        refuse(Kind::of(metadata.file_type()))?;
    }
    options.follow(FollowSymlinks::No).nonblock(true);
    let opened = folder.open_with(name, options);
    file::regular(opened.map_err(|error| explained(folder, name, error))?.into_std())
}

/// Refuses what is not a regular file.
fn refuse(kind: Kind) -> io::Result<()> {
    match kind {
        Kind::File => Ok(()),
        Kind::Link => Err(link()),
        Kind::Folder | Kind::Special => Err(file::not_regular()),
    }
}

fn link() -> io::Error {
    io::Error::other("this is a link, and links are not followed here")
}

/// Why the folder or file `name` could not be opened, if its kind is the reason.
fn explained(folder: &Handle, name: &OsStr, error: io::Error) -> io::Error {
    match folder.symlink_metadata(name).map(|metadata| Kind::of(metadata.file_type())) {
        Ok(Kind::Link) => link(),
        Ok(Kind::File | Kind::Special) if error.kind() == io::ErrorKind::NotADirectory => {
            io::Error::new(error.kind(), "this is not a folder")
        }
        _ => error,
    }
}

impl Kind {
    fn of(kind: FileType) -> Self {
        if kind.is_symlink() {
            Self::Link
        } else if kind.is_dir() {
            Self::Folder
        } else if kind.is_file() {
            Self::File
        } else {
            Self::Special
        }
    }
}

impl Entry {
    fn of(metadata: &Metadata) -> io::Result<Self> {
        Ok(Self {
            kind: Kind::of(metadata.file_type()),
            len: metadata.len(),
            modified: metadata.modified()?.into_std(),
        })
    }
}

#[cfg(test)]
mod tests;
