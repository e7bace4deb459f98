//! The state of an index, by which a change is noticed.

use std::io::ErrorKind;
use std::path::Path;
use std::time::SystemTime;

use rayon::prelude::*;

use super::contents::{MAX_INDEX_JSON_SIZE, MAX_PACKAGE_JSON_SIZE, Walk, read_file};
use super::layout::Layout;
use super::{Committed, change};
use crate::cache::Key;
use crate::error::{Error, Result};
use crate::write::dir_lock::{DirLock, LockTimeout};

/// The state of the index in the folder `dir`; `None` if there is no index, or if its last change
/// is unfinished.
///
/// It is another one as soon as anything of the index is: any text below `package/` or the list of
/// packages, or of a content its name, size or time of change. Contents that are changed with the
/// same size and time are not noticed: to find those, `index check` reads them all.
///
/// # Errors
/// [`Error::Usage`] if others change it longer than `patience` lasts, [`Error::Refused`] for one that
/// is too large, [`Error::Io`].
pub fn state(dir: &Path, patience: &LockTimeout) -> Result<Option<Key>> {
    let layout = Layout::at(dir)?;
    if !layout.root().has_file(layout.index_json())? {
        return Ok(None);
    }
    let _lock = DirLock::shared(layout.root(), &layout.lock(), patience)?;
    if change::is_interrupted(&layout)? { Ok(None) } else { read(&layout).map(Some) }
}

impl Committed {
    /// The [`state`] of the index.
    ///
    /// # Errors
    /// [`Error::Refused`] for one that is too large, [`Error::Io`].
    pub fn state(&self) -> Result<Key> {
        read(&self.layout)
    }
}

fn read(layout: &Layout) -> Result<Key> {
    let root = layout.root();
    let mut packages = Walk::new(root, layout.packages());
    let mut files = Walk::new(root, layout.files());
    packages.folder(Path::new(""), 0)?;
    files.folder(Path::new(""), 0)?;
    let texts = packages.files.par_iter().map(|path| {
        let text = read_file(root, &layout.packages().join(path), MAX_PACKAGE_JSON_SIZE)?;
        Ok([path.as_os_str().as_encoded_bytes(), &text].concat())
    });
    let contents = files.files.par_iter().map(|path| {
        let full = layout.files().join(path);
        let missing = || Error::io(root.display_path(&full))(ErrorKind::NotFound.into());
        let entry = root.entry(&full)?.ok_or_else(missing)?;
        let (since, is_before) = match entry.modified.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => (since, 0),
            Err(error) => (error.duration(), 1),
        };
        let numbers = [u128::from(entry.len), since.as_nanos(), is_before].map(u128::to_le_bytes);
        Ok([path.as_os_str().as_encoded_bytes(), numbers.as_flattened()].concat())
    });
    let texts: Vec<_> = texts.collect::<Result<_>>()?;
    let contents: Vec<_> = contents.collect::<Result<_>>()?;
    let strange = packages.findings.iter().chain(&files.findings);
    let strange = strange.map(|finding| finding.to_string().into_bytes());
    let mut parts = vec![read_file(root, &layout.index_json(), MAX_INDEX_JSON_SIZE)?];
    parts.push(texts.len().to_le_bytes().to_vec());
    parts.extend(texts.into_iter().chain(contents).chain(strange));
    Ok(Key::of(parts))
}
