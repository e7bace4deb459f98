//! What is costly to make or to fetch, kept between runs: entries by a key that is made of all they
//! depend on.
//!
//! The folder may be shared by processes, damaged, full, read-only or deleted at any moment: an
//! entry is then made again.

mod stored;

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use etcetera::BaseStrategy;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::digest::hexadecimal;

pub use stored::{Stored, prune, size};

/// The variable that names the folder.
pub const VARIABLE: &str = "MPCONVERT_CACHE";

/// Bytes of the largest entry.
const LARGEST: u64 = 256 << 20;

/// Bytes of the digest at the start of an entry.
const DIGEST: usize = 32;

/// Digits of a key that name the folder of an entry; the others name its file.
const PART: usize = 1;

/// The folder of all caches: what `MPCONVERT_CACHE` says, else `mpconvert` where the user's caches
/// lie (`$XDG_CACHE_HOME` or `~/.cache`; on Windows `%LOCALAPPDATA%`). `None` where there is no such
/// place.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    if let Some(own) = std::env::var_os(VARIABLE).filter(|own| !own.is_empty()) {
        return Some(own.into());
    }
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.cache_dir().join("mpconvert"))
}

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
    folder: Option<PathBuf>,
}

impl Cache {
    /// The entries of this kind in the user's [`folder`]. Nothing is created before there is
    /// something to keep.
    #[must_use]
    pub fn of_user(kind: &str) -> Self {
        Self { folder: folder().map(|folder| folder.join(kind)) }
    }

    /// The entries of this kind in another folder.
    #[must_use]
    pub fn below(folder: &Path, kind: &str) -> Self {
        Self { folder: Some(folder.join(kind)) }
    }

    /// A cache that keeps nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The entry of `key`, if it is there and as it was put.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<Bytes> {
        let file = File::open(self.path(key)?).ok()?;
        let size = file.metadata().ok().filter(fs::Metadata::is_file)?.len();
        if size > LARGEST + DIGEST as u64 {
            return None;
        }
        let mut entry = Vec::with_capacity(usize::try_from(size).ok()?);
        file.take(size).read_to_end(&mut entry).ok()?;
        let entry = Bytes::from(entry);
        let digest = entry.get(..DIGEST)?;
        let data = entry.slice(DIGEST..);
        (digest == checksum(key, &data)).then_some(data)
    }

    /// Keeps `data` as the entry of `key`, in place of one that may be there. Others see the old
    /// entry or the new one, whole.
    ///
    /// # Errors
    /// What the system says. Most callers can do without the entry.
    pub fn put(&self, key: &Key, data: &[u8]) -> io::Result<()> {
        let Some(path) = self.path(key) else { return Ok(()) };
        let Some(folder) = path.parent() else { return Ok(()) };
        if data.len() as u64 > LARGEST {
            return Ok(());
        }
        let mut file = match NamedTempFile::new_in(folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                fs::create_dir_all(folder)?;
                NamedTempFile::new_in(folder)?
            }
            file => file?,
        };
        file.write_all(&checksum(key, data))?;
        file.write_all(data)?;
        file.persist(&path).map(drop).map_err(|error| error.error)
    }

    /// The path of the entry of `key`. Not all in one folder, which some systems are slow with, nor
    /// each in one of its own, since to make one takes as long as to make a file.
    fn path(&self, key: &Key) -> Option<PathBuf> {
        let name = key.hex();
        let (part, rest) = name.split_at(PART);
        Some(self.folder.as_ref()?.join(part).join(rest))
    }
}

/// Tells that `data` is whole, and that it belongs to `key`.
fn checksum(key: &Key, data: &[u8]) -> [u8; DIGEST] {
    Sha256::new().chain_update(key.0).chain_update(data).finalize().into()
}

#[cfg(test)]
mod tests {
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
        let foreign = cache.path(&other).unwrap();
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
