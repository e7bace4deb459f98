//! Files of a project's folder, read when they are first asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;

use super::limits::{Budget, Stopped};
use crate::dir::Dir;
use crate::finding::{Code, Finding};
use crate::path::MemberPath;

/// The files that a walk through a folder finds.
#[derive(Default)]
pub(super) struct Found {
    pub(super) files: BTreeMap<MemberPath, OnDisk>,
    /// Files and folders that are links to others of the project.
    pub(super) linked: BTreeSet<MemberPath>,
    /// Folders that are git repositories of their own.
    pub(super) repositories: BTreeSet<MemberPath>,
}

/// A file of a folder, read when it is first asked for.
#[derive(Clone, Debug)]
pub(super) struct OnDisk {
    /// The root of the tree.
    dir: Arc<Dir>,
    /// Where it lies below the root, or why it may not be read.
    place: Result<PathBuf, Finding>,
    /// The number of bytes that all files together may still have.
    reading: Arc<Mutex<Budget>>,
    content: OnceLock<Result<Bytes, Finding>>,
}

impl OnDisk {
    /// A file at `place` below `dir`, or one that may not be read. `reading` counts its bytes.
    pub(super) fn new(
        dir: Arc<Dir>,
        place: Result<PathBuf, Finding>,
        reading: Arc<Mutex<Budget>>,
    ) -> Self {
        Self { dir, place, reading, content: OnceLock::new() }
    }

    /// The content; `path` stands for the file in messages.
    pub(super) fn read(&self, path: &str) -> Result<&Bytes, &Finding> {
        let load = || {
            let place = self.place.as_ref().map_err(Clone::clone)?;
            self.load(place).map_err(|fault| fault.at(path))
        };
        self.content.get_or_init(load).as_ref()
    }

    fn load(&self, place: &Path) -> Result<Bytes, Finding> {
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = self.dir.open(place).map_err(|error| unreadable(&error.into_io()))?;
        let file = opened.ok_or_else(|| unreadable(&io::ErrorKind::NotFound.into()))?;
        let size = file.metadata().map_or(0, |metadata| metadata.len());
        match reading.unpack(file, size) {
            Ok(bytes) => Ok(bytes.into()),
            Err(Stopped::Io(error)) => Err(unreadable(&error)),
            Err(Stopped::Limit(finding)) => Err(finding),
        }
    }

    /// Why it may not be read, asked for or not.
    pub(super) fn barrier(&self) -> Option<&Finding> {
        self.place.as_ref().err()
    }

    /// Why it could not be read, if that was tried.
    pub(super) fn fault(&self) -> Option<&Finding> {
        self.content.get()?.as_ref().err()
    }
}

/// The finding for what the system does not let us read.
pub(super) fn unreadable(error: &io::Error) -> Finding {
    Finding::new(Code::UnreadableSource, error.to_string())
}
