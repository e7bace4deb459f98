//! Size and pruning of all caches together.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{DIGEST, PART};
use crate::dir::{Dir, Entry, Kind, PREFIX};
use crate::error::{Error, Result};

/// How far the clocks of computers that share a cache differ at most.
const CLOCKS_DIFFER: Duration = Duration::from_hours(1);

/// A number of entries, and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// How many entries.
    pub entries: u64,
    /// How many bytes.
    pub bytes: u64,
}

/// The content of the folder of all caches.
///
/// # Errors
/// Those of the system, if the folder exists and cannot be read.
pub fn size(folder: &Path) -> io::Result<Stored> {
    let mut stored = Stored::default();
    each(folder, &mut |_, _, entry| {
        stored.add(entry);
        Ok(())
    })
    .map_err(Error::into_io)?;
    Ok(stored)
}

/// Removes what was kept before `time`, or at a time that has not come yet, from the folder of all caches, and nothing that is not of a
/// cache. Other processes may use the caches meanwhile.
///
/// # Errors
/// Those of the system, if an entry cannot be removed.
pub fn prune(folder: &Path, time: SystemTime) -> io::Result<Stored> {
    let mut removed = Stored::default();
    // A wrong clock may have dated entries in the future, which would keep them for long.
    let wrong = SystemTime::now() + CLOCKS_DIFFER;
    each(folder, &mut |dir, path, entry| {
        if entry.modified > time && entry.modified < wrong {
            return Ok(());
        }
        match dir.remove_file(path) {
            Ok(()) => removed.add(entry),
            // Another run was first.
            Err(Error::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(())
    })
    .map_err(Error::into_io)?;
    Ok(removed)
}

impl Stored {
    fn add(&mut self, entry: &Entry) {
        self.entries += 1;
        self.bytes += entry.len;
    }
}

/// Calls `entry` for each file `{kind}/{digit}/{digits}`, and for the temporary ones that a run
/// which was killed left beside them. Links are not followed.
fn each(folder: &Path, found: &mut dyn FnMut(&Dir, &Path, &Entry) -> Result<()>) -> Result<()> {
    let dir = Dir::at(folder)?;
    for kind in folders(&dir, "".as_ref())? {
        for part in folders(&dir, &kind)? {
            if !has_digits(&part, PART) {
                continue;
            }
            for (name, _) in dir.entries(&part)? {
                let path = part.join(name);
                let Ok(Some(entry)) = dir.entry(&path) else { continue };
                if entry.kind == Kind::File
                    && (has_digits(&path, 2 * DIGEST - PART) || is_temporary(&path))
                {
                    found(&dir, &path, &entry)?;
                }
            }
        }
    }
    Ok(())
}

/// The folders in the folder at `path`.
fn folders(dir: &Dir, path: &Path) -> Result<Vec<PathBuf>> {
    let entries = dir.entries(path)?.into_iter();
    let folders = entries.filter(|(_, kind)| *kind == Kind::Folder);
    Ok(folders.map(|(name, _)| path.join(name)).collect())
}

fn has_digits(path: &Path, count: usize) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    name.len() == count && name.iter().all(u8::is_ascii_hexdigit)
}

fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    // Earlier versions began the names otherwise.
    name.starts_with(PREFIX.as_bytes()) || name.starts_with(b".tmp")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{Cache, Key};
    use super::*;

    #[test]
    fn only_entries_are_counted_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        assert_eq!(size(&root.join("missing")).unwrap(), Stored::default());
        let cache = Cache::below(root, "kind");
        cache.put(&Key::of(["one"]), b"1").unwrap();
        Cache::below(root, "other").put(&Key::of(["two"]), b"22").unwrap();
        let foreign = [root.join("notes.txt"), root.join("kind/notes.txt"), root.join("kind/a/x")];
        for path in &foreign {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "mine").unwrap();
        }
        let all = Stored { entries: 2, bytes: 2 * 32 + 3 };
        assert_eq!(size(root).unwrap(), all);
        let now = SystemTime::now();
        assert_eq!(prune(root, now - Duration::from_mins(1)).unwrap(), Stored::default());
        assert_eq!(prune(root, now + Duration::from_mins(1)).unwrap(), all);
        assert_eq!(size(root).unwrap(), Stored::default());
        assert_eq!(cache.get(&Key::of(["one"])), None);
        assert!(foreign.iter().all(|path| path.exists()));
    }
}
