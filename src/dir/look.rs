//! What lies at a path, in view of putting a file there.

use super::{Dir, Kind};
use crate::digest::{hexadecimal, of_file};
use crate::error::{Error, Result};
use crate::path::MemberPath;

/// The state of a path below a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Nothing,
    /// A file with this SHA-256.
    File(String),
    /// A path that no file can replace, as a phrase.
    Occupied(String),
}

/// Looks at `path`. Links are not followed. A file above it that is `going` to be removed means
/// that there is nothing.
pub(crate) fn look(tree: &Dir, path: &MemberPath, going: &dyn Fn(&str) -> bool) -> Result<Found> {
    let text = path.as_str();
    for (slash, _) in text.match_indices('/') {
        let folder = &text[..slash];
        match tree.entry(folder)?.map(|entry| entry.kind) {
            None => return Ok(Found::Nothing),
            Some(Kind::Folder) => {}
            Some(Kind::File) if going(folder) => return Ok(Found::Nothing),
            Some(kind) => return Ok(Found::Occupied(format!("{} `{folder}`", name_of(kind)))),
        }
    }
    match tree.entry(text)?.map(|entry| entry.kind) {
        None => Ok(Found::Nothing),
        Some(Kind::File) => Ok(digest(tree, path)?.map_or(Found::Nothing, Found::File)),
        Some(kind) => Ok(Found::Occupied(name_of(kind).to_owned())),
    }
}

/// The first folder on the way to `path` that is a link.
pub(crate) fn link_on_the_way<'p>(tree: &Dir, path: &'p MemberPath) -> Result<Option<&'p str>> {
    let text = path.as_str();
    for (slash, _) in text.match_indices('/') {
        let folder = &text[..slash];
        match tree.entry(folder)?.map(|entry| entry.kind) {
            Some(Kind::Folder) => {}
            Some(Kind::Link) => return Ok(Some(folder)),
            _ => break,
        }
    }
    Ok(None)
}

/// The SHA-256 of the file at `path`, if there is one.
fn digest(tree: &Dir, path: &MemberPath) -> Result<Option<String>> {
    let Some(file) = tree.open(path.as_str())? else { return Ok(None) };
    let digest = of_file(file).map_err(Error::io(tree.display_path(path.as_str())))?;
    Ok(Some(hexadecimal(&digest)))
}

fn name_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Folder => "a folder",
        Kind::Link => "a link",
        Kind::File => "a file",
        Kind::Special => "a special file",
    }
}
