//! Many files that are written together or not at all.

use std::io;
use std::path::{Path, PathBuf};

use super::{Aside, Dir};
use crate::error::{Error, Result};

/// What was done for a file.
struct Done<'a> {
    path: &'a Path,
    /// Where its predecessor was moved.
    old: Option<PathBuf>,
}

/// Writes the files below `dir`, in this order, with `force` in place of others. They are made ready
/// beside their places: after an error, such as a full disk, what was there is there again.
///
/// # Errors
/// [`Error::Io`].
pub(crate) fn replace_all(dir: &Dir, files: &[(&Path, &[u8])], force: bool) -> Result<()> {
    let aside = Aside::below(dir)?;
    for (index, (_, data)) in files.iter().enumerate() {
        dir.write_new(aside.new_place(&index.to_string()), data)?;
    }
    let mut done = Vec::with_capacity(files.len());
    let parents = files.iter().filter_map(|(path, _)| path.parent());
    let missing: Vec<&Path> =
        parents.filter(|parent| matches!(dir.enter(parent), Ok(None))).collect();
    let moved = files
        .iter()
        .enumerate()
        .try_for_each(|(index, (path, _))| replace(dir, &aside, index, path, force, &mut done));
    if moved.is_err() {
        for Done { path, old } in done.into_iter().rev() {
            // The first error says more than those of these would.
            let _ = match old {
                Some(old) => dir.rename(old, path),
                None => dir.remove_file(path),
            };
        }
        for parent in missing {
            dir.remove_empty(Some(parent), "".as_ref());
        }
    }
    moved
}

/// Moves one file to its place.
fn replace<'a>(
    dir: &Dir,
    aside: &Aside,
    index: usize,
    path: &'a Path,
    force: bool,
    done: &mut Vec<Done<'a>>,
) -> Result<()> {
    let name = index.to_string();
    dir.make_parent(path)?;
    if !dir.has(path)? {
        dir.move_new(aside.new_place(&name), path)?;
        done.push(Done { path, old: None });
        return Ok(());
    }
    if !force {
        return Err(Error::io(dir.display_path(path))(io::ErrorKind::AlreadyExists.into()));
    }
    let old = aside.old_place(&name);
    // A second name keeps the file in its place until the new one is there.
    if dir.link(path, &old).is_err() {
        dir.rename(path, &old)?;
    }
    done.push(Done { path, old: Some(old) });
    dir.rename(aside.new_place(&name), path)
}
