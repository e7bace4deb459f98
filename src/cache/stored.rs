//! What all caches hold together.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{DIGEST, PART};

/// A number of entries, and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// How many entries.
    pub entries: u64,
    /// How many bytes.
    pub bytes: u64,
}

/// What lies in the folder of all caches.
///
/// # Errors
/// What the system says of a folder that is there and cannot be read.
pub fn size(folder: &Path) -> io::Result<Stored> {
    let mut stored = Stored::default();
    each(folder, &mut |_, metadata| {
        stored.add(metadata);
        Ok(())
    })?;
    Ok(stored)
}

/// Removes what was kept before `time` from the folder of all caches, and nothing that is not of a
/// cache. Other processes may use the caches meanwhile.
///
/// # Errors
/// What the system says of what cannot be removed.
pub fn prune(folder: &Path, time: SystemTime) -> io::Result<Stored> {
    let mut removed = Stored::default();
    each(folder, &mut |path, metadata| {
        if metadata.modified()? > time {
            return Ok(());
        }
        match fs::remove_file(path) {
            Ok(()) => removed.add(metadata),
            // Another run was first.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(())
    })?;
    Ok(removed)
}

impl Stored {
    fn add(&mut self, metadata: &Metadata) {
        self.entries += 1;
        self.bytes += metadata.len();
    }
}

/// Calls `entry` for each file `{kind}/{digit}/{digits}`, and for the temporary ones that a run
/// which was killed left beside them. Links are not followed.
fn each(
    folder: &Path,
    entry: &mut dyn FnMut(&Path, &Metadata) -> io::Result<()>,
) -> io::Result<()> {
    for kind in below(folder)? {
        if !is_folder(&kind) {
            continue;
        }
        for part in below(&kind)? {
            if !is_folder(&part) || !has_digits(&part, PART) {
                continue;
            }
            for path in below(&part)? {
                let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
                if metadata.is_file()
                    && (has_digits(&path, 2 * DIGEST - PART) || is_temporary(&path))
                {
                    entry(&path, &metadata)?;
                }
            }
        }
    }
    Ok(())
}

fn below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

fn has_digits(path: &Path, count: usize) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    name.len() == count && name.iter().all(u8::is_ascii_hexdigit)
}

fn is_temporary(path: &Path) -> bool {
    path.file_name().unwrap_or_default().as_encoded_bytes().starts_with(b".tmp")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
