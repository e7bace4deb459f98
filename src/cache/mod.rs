//! The cache of this machine: results that are expensive to make or download, under keys made of
//! everything that they depend on.
//!
//! The folder may be shared by processes, damaged, full, read-only or deleted at any moment: an
//! entry is then made again.

mod stored;

use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::digest::hexadecimal;
use crate::dir::{Dir, Put};
use crate::error::Error;

pub use stored::{Stored, prune, size};

/// Bytes of the largest entry.
const MAX_SIZE: u64 = 256 << 20;

/// Bytes of the digest at the start of an entry.
const DIGEST: usize = 32;

/// Digits of a key that name the folder of an entry; the others name its file.
const PART: usize = 1;

/// What an entry is found by.
///
/// ```
/// use mpconvert::cache::Key;
///
/// assert_eq!(Key::of([b"ab", b"cd"]), Key::of([b"ab", b"cd"]));
/// assert_ne!(Key::of([&b"ab"[..], b"cd"]), Key::of([&b"a"[..], b"bcd"]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key([u8; DIGEST]);

impl Key {
    /// The key of what depends on these parts and on nothing else.
    pub fn of<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            let part = part.as_ref();
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        Self(digest.finalize().into())
    }

    fn hex(&self) -> String {
        hexadecimal(&self.0)
    }
}

/// For keys that depend on others.
impl AsRef<[u8]> for Key {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// Entries of one kind.
///
/// ```
/// use mpconvert::cache::{Cache, Key};
///
/// let folder = tempfile::tempdir()?;
/// let cache = Cache::below(folder.path(), "squares");
/// let key = Key::of(["12"]);
/// assert_eq!(cache.get(&key), None);
/// cache.put(&key, b"144")?;
/// assert_eq!(cache.get(&key).unwrap(), "144");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Cache {
    /// The folder of all caches, and that of this one below it.
    folder: Option<(PathBuf, String)>,
}

impl Cache {
    /// The entries of this kind in a folder of caches. Nothing is created before there is something to
    /// keep.
    #[must_use]
    pub fn below(folder: &Path, kind: &str) -> Self {
        Self { folder: Some((folder.to_owned(), kind.to_owned())) }
    }

    /// A cache that keeps nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The entry of `key`, if it is there and as it was put.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<Bytes> {
        let (folder, path) = self.place(key)?;
        let entry = Dir::at(folder).ok()?.read(path, MAX_SIZE + DIGEST as u64).ok()??;
        let entry = Bytes::from(entry);
        let digest = entry.get(..DIGEST)?;
        let data = entry.slice(DIGEST..);
        (digest == checksum(key, &data)).then_some(data)
    }

    /// Keeps `data` as the entry of `key`, in place of one that may be there. Others see the old
    /// entry or the new one, whole.
    ///
    /// # Errors
    /// Those of the system. Most callers can do without the entry.
    pub fn put(&self, key: &Key, data: &[u8]) -> io::Result<()> {
        let Some((folder, path)) = self.place(key) else { return Ok(()) };
        if data.len() as u64 > MAX_SIZE {
            return Ok(());
        }
        let entry = [&checksum(key, data), data].concat();
        let put = || {
            let folder = Dir::create(folder)?;
            folder.make_parent(&path)?;
            folder.put(&path, &entry, Put::Private)
        };
        put().map_err(Error::into_io)
    }

    /// The folder of all caches, and the path of the entry of `key` below it. Not all in one folder, which some systems are slow with, nor
    /// each in one of its own, since to make one takes as long as to make a file.
    fn place(&self, key: &Key) -> Option<(&Path, PathBuf)> {
        let (folder, kind) = self.folder.as_ref()?;
        let name = key.hex();
        let (part, rest) = name.split_at(PART);
        Some((folder, Path::new(kind).join(part).join(rest)))
    }
}

/// Confirms that `data` is whole, and that it belongs to `key`.
fn checksum(key: &Key, data: &[u8]) -> [u8; DIGEST] {
    Sha256::new().chain_update(key.0).chain_update(data).finalize().into()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn entries(folder: &Path) -> Vec<PathBuf> {
        let below = |path: &Path| fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
        below(&folder.join("kind")).flat_map(|folder| below(&folder).collect::<Vec<_>>()).collect()
    }

    #[test]
    fn entries_are_found_by_their_keys() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::below(folder.path(), "kind");
        let (one, other) = (Key::of(["one"]), Key::of(["other"]));
        cache.put(&one, b"1").unwrap();
        assert_eq!(cache.get(&one).unwrap(), "1");
        assert_eq!(cache.get(&other), None);
        assert_eq!(Cache::below(folder.path(), "another").get(&one), None);
        cache.put(&one, b"").unwrap();
        assert_eq!(cache.get(&one).unwrap(), "");
        assert_eq!(entries(folder.path()).len(), 1, "no temporary file is left");
    }

    #[test]
    fn a_damaged_entry_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::below(folder.path(), "kind");
        let (key, other) = (Key::of(["one"]), Key::of(["other"]));
        cache.put(&key, b"content").unwrap();
        let path = entries(folder.path()).remove(0);
        let whole = fs::read(&path).unwrap();
        let mut flipped = whole.clone();
        *flipped.last_mut().unwrap() ^= 1;
        let longer = [&whole[..], b"x"].concat();
        for damaged in [&[][..], &whole[..31], &whole[..32], &whole[..35], &flipped, &longer] {
            fs::write(&path, damaged).unwrap();
            assert_eq!(cache.get(&key), None, "{} bytes", damaged.len());
        }
        let (root, foreign) = cache.place(&other).unwrap();
        let foreign = root.join(foreign);
        fs::create_dir_all(foreign.parent().unwrap()).unwrap();
        fs::write(foreign, &whole).unwrap();
        assert_eq!(cache.get(&other), None, "an entry of another key");
        cache.put(&key, b"content").unwrap();
        assert_eq!(cache.get(&key).unwrap(), "content");
    }

    #[test]
    fn what_cannot_be_kept_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("kind"), "a file in place of the folder").unwrap();
        let cache = Cache::below(folder.path(), "kind");
        let key = Key::of(["one"]);
        assert!(cache.put(&key, b"1").is_err());
        assert_eq!(cache.get(&key), None);
        Cache::none().put(&key, b"1").unwrap();
        assert_eq!(Cache::none().get(&key), None);
    }

    #[test]
    fn several_writers_leave_a_whole_entry() {
        let folder = tempfile::tempdir().unwrap();
        let key = Key::of(["one"]);
        std::thread::scope(|scope| {
            for content in [[b'a'; 4096], [b'b'; 4096]] {
                let (cache, key) = (Cache::below(folder.path(), "kind"), &key);
                scope.spawn(move || {
                    for _ in 0..100 {
                        cache.put(key, &content).unwrap();
                        let read = cache.get(key).unwrap();
                        assert!(read == [b'a'; 4096][..] || read == [b'b'; 4096][..]);
                    }
                });
            }
        });
    }
}
