//! How large inputs are.

use std::fs;
use std::path::{Path, PathBuf};

use crate::package::{File, Origin, Package};
use crate::read::Input;

/// The size of the archive that the payload came from, or of the first if that is unknown; for a
/// project, of the payload itself.
pub(super) fn payload_size(input: &Input, package: &Package) -> u64 {
    let archives = match input {
        Input::Archives(archives) => archives,
        Input::Known(archive) => return archive.size,
        Input::Project(_) | Input::Manifest(_) => {
            let is_given = |file: &&File| !matches!(file.origin, Origin::Generated { .. });
            let sources = package.files.iter().filter(is_given);
            return sources.map(|file| file.data.len() as u64).sum();
        }
    };
    let archive = package.files.iter().find_map(|file| match &file.origin {
        Origin::Member { archive, .. } => Some(archive.as_str()),
        Origin::Source { .. } | Origin::Fetched { .. } | Origin::Generated { .. } => None,
    });
    let is_it = |path: &&PathBuf| {
        path.file_name().is_some_and(|name| Some(&*name.to_string_lossy()) == archive)
    };
    archives.iter().find(is_it).or(archives.first()).map_or(0, |path| size(path))
}

/// The size of a file in bytes; zero if it is unknown.
pub(super) fn size(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |metadata| metadata.len())
}
