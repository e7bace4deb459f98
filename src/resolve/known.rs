//! Archives that were read already.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use crate::limits::MAX_KEPT_BYTES;
use crate::net::pypi::ProjectFile;
use crate::read::ParsedArchive;

/// Archives that were read, as far as memory allows. What is read of one depends on its file name, too,
/// so that the same content under another name is another archive.
#[derive(Debug, Default)]
pub(super) struct Known {
    archives: HashMap<String, Arc<ParsedArchive>>,
    /// About how many bytes they take.
    size: usize,
}

impl Known {
    /// The archive that is this file.
    pub(super) fn get(&self, file: &ProjectFile) -> Option<Arc<ParsedArchive>> {
        let archive = self.archives.get(&file.file_name)?;
        (archive.sha256 == file.sha256).then(|| Arc::clone(archive))
    }

    pub(super) fn add(&mut self, archive: &Arc<ParsedArchive>) {
        let size = archive.package.memory_size();
        if self.size + size <= MAX_KEPT_BYTES && !self.archives.contains_key(&archive.file_name) {
            self.size += size;
            let mut copy = ParsedArchive::clone(archive);
            for file in &mut copy.package.files {
                // A slice would keep the whole archive, with all that is not installed.
                file.data = Bytes::copy_from_slice(&file.data);
            }
            self.archives.insert(archive.file_name.clone(), Arc::new(copy));
        }
    }
}
