//! What lies in a tree.

use std::fs;
use std::io;
use std::path::Path;

use super::layout::Layout;
use crate::digest::sha256;
use crate::error::{Error, Result};
use crate::path::MemberPath;

/// What lies at a path of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    /// A file with this SHA-256.
    File(String),
    /// What no file can be put in place of, as a phrase.
    Occupied(String),
}

/// Looks at `path`; a link is none of its files, wherever it is. On the way there may be files that
/// are `going`: then there is nothing.
pub(super) fn look(
    layout: &Layout,
    path: &MemberPath,
    going: &dyn Fn(&str) -> bool,
) -> Result<Found> {
    let text = path.as_str();
    for (slash, _) in text.match_indices('/') {
        let folder = &text[..slash];
        match kind(&layout.root().join(folder))? {
            None => return Ok(Found::Nothing),
            Some(kind) if kind.is_dir() => {}
            Some(kind) if kind.is_file() && going(folder) => return Ok(Found::Nothing),
            Some(kind) => return Ok(Found::Occupied(format!("{} `{folder}`", name_of(kind)))),
        }
    }
    let path = layout.file(path);
    match kind(&path)? {
        None => Ok(Found::Nothing),
        Some(kind) if kind.is_file() => {
            let data = fs::read(&path).map_err(Error::io(path))?;
            Ok(Found::File(sha256(&data)))
        }
        Some(kind) => Ok(Found::Occupied(name_of(kind).to_owned())),
    }
}

fn kind(path: &Path) -> Result<Option<fs::FileType>> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata.file_type())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io(path)(error)),
    }
}

fn name_of(kind: fs::FileType) -> &'static str {
    if kind.is_dir() {
        "a folder"
    } else if kind.is_symlink() {
        "a link"
    } else if kind.is_file() {
        "a file"
    } else {
        "a special file"
    }
}
