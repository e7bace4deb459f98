//! Archives that were read, so that nobody reads them again.

use std::collections::HashMap;
use std::sync::Arc;

use crate::net::pypi::ProjectFile;
use crate::read::KnownArchive;

/// Bytes of the files of archives that are kept after they were read.
const KEPT: usize = 64 << 20;

/// Archives that were read, as far as memory allows. What is read of one depends on its file name, too,
/// so that the same content under another name is another archive.
#[derive(Debug, Default)]
pub(super) struct Known {
    archives: HashMap<String, Arc<KnownArchive>>,
    /// Bytes of their files.
    size: usize,
}

impl Known {
    /// The archive that is this file.
    pub(super) fn get(&self, file: &ProjectFile) -> Option<Arc<KnownArchive>> {
        let archive = self.archives.get(&file.file_name)?;
        (archive.sha256 == file.sha256).then(|| Arc::clone(archive))
    }

    pub(super) fn add(&mut self, archive: &Arc<KnownArchive>) {
        let size: usize = archive.package.files.iter().map(|file| file.data.len()).sum();
        if self.size + size <= KEPT && !self.archives.contains_key(&archive.file_name) {
            self.size += size;
            self.archives.insert(archive.file_name.clone(), Arc::clone(archive));
        }
    }
}
