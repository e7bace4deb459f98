//! The paths in git's index (gitformat-index(5)).

use std::collections::HashMap;

/// Bytes of an entry before its object name.
const STAT: usize = 40;

/// Where an entry has the mode of its file.
const MODE: usize = 24;

/// Bytes that all paths may have together: in version 4 each can repeat what was before, so that a
/// small index could fill the memory.
const MAX_BYTES: usize = 128 << 20;

/// The tracked files below `folder`, which ends with a slash (or is empty), relative to it, each with its
/// mode: that of a file, a link or a submodule. `None` for an index that this reader does not know or that
/// is damaged.
pub(in crate::read) fn modes(index: &[u8], folder: &str) -> Option<HashMap<String, u32>> {
    // The width of object names is configured elsewhere; with the wrong one, nothing fits.
    [20, 32].into_iter().find_map(|hash| entries(index, folder, hash))
}

fn entries(index: &[u8], folder: &str, hash: usize) -> Option<HashMap<String, u32>> {
    let body = index.get(..index.len().checked_sub(hash)?)?;
    let mut rest = body.strip_prefix(b"DIRC")?;
    let version = number(&mut rest)?;
    let count = number(&mut rest)?;
    let mut found = HashMap::new();
    let mut path = Vec::new();
    let mut left = MAX_BYTES;
    for _ in 0..count {
        let flags = u16::from_be_bytes(*rest.get(STAT + hash..)?.first_chunk()?);
        let mode = u32::from_be_bytes(*rest.get(MODE..)?.first_chunk()?);
        let is_extended = version >= 3 && flags & 0x4000 != 0;
        let start = STAT + hash + if is_extended { 4 } else { 2 };
        let mut name = rest.get(start..)?;
        if version == 4 {
            path.truncate(path.len().checked_sub(removed(&mut name)?)?);
        } else {
            path.clear();
        }
        let length = name.iter().position(|byte| *byte == 0)?;
        path.extend_from_slice(name.get(..length)?);
        left = left.checked_sub(path.len())?;
        // Up to version 3, one to eight zeros make the length a multiple of eight.
        rest = match version {
            2 | 3 => rest.get((start + length + 8) / 8 * 8..)?,
            4 => name.get(length + 1..)?,
            _ => return None,
        };
        let text = std::str::from_utf8(&path).unwrap_or_default();
        found.extend(text.strip_prefix(folder).map(|path| (path.to_owned(), mode)));
    }
    is_whole(rest).then_some(found)
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    let (first, behind) = rest.split_first_chunk()?;
    *rest = behind;
    Some(u32::from_be_bytes(*first))
}

/// How many bytes of the path before do not count for this one: the number with as many bytes as
/// it needs that version 4 has before each path.
fn removed(rest: &mut &[u8]) -> Option<usize> {
    let mut value = 0_usize;
    loop {
        let (byte, behind) = rest.split_first()?;
        *rest = behind;
        value = value.checked_mul(128)?.checked_add(usize::from(byte & 0x7f))?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
        value = value.checked_add(1)?;
    }
}

/// Whether extensions follow up to the end, none of which moves entries to another file.
fn is_whole(mut rest: &[u8]) -> bool {
    while let Some((name, mut behind)) = rest.split_first_chunk::<4>() {
        let length = number(&mut behind).and_then(|length| usize::try_from(length).ok());
        let Some(next) = length.and_then(|length| behind.get(length..)) else { return false };
        // In capitals are those that may be passed over.
        if !name[0].is_ascii_uppercase() && name != b"sdir" {
            return false;
        }
        rest = next;
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An index with two files; in version 4 the second gives up the last byte of the first.
    fn index(version: u8, extension: &[u8]) -> Vec<u8> {
        let mut index = [b"DIRC\0\0\0", &[version][..], &[0, 0, 0, 2]].concat();
        for (whole, removed, added) in [("work/a.py", 0, "work/a.py"), ("work/a.pyi", 0, "i")] {
            let start = index.len();
            index.extend([0; STAT + 20 + 2]);
            if version == 4 {
                index.extend([removed]);
                index.extend(added.bytes().chain([0]));
            } else {
                index.extend(whole.bytes());
                let zeros = 8 - (index.len() - start) % 8;
                index.extend(vec![0; zeros]);
            }
        }
        index.extend(extension);
        index.extend([0; 20]);
        index
    }

    fn sorted(index: &[u8], folder: &str) -> Option<Vec<String>> {
        let mut paths: Vec<_> = modes(index, folder)?.into_keys().collect();
        paths.sort();
        Some(paths)
    }

    #[test]
    fn paths_of_all_versions() {
        for version in [2, 3, 4] {
            let index = index(version, b"TREE\0\0\0\x02ab");
            assert_eq!(sorted(&index, "work/").unwrap(), ["a.py", "a.pyi"]);
            assert_eq!(sorted(&index, "").unwrap(), ["work/a.py", "work/a.pyi"]);
            assert_eq!(sorted(&index, "other/").unwrap(), [""; 0]);
        }
        assert_eq!(sorted(&index(5, b""), ""), None);
    }

    #[test]
    fn an_index_in_parts_is_not_taken_for_whole() {
        assert_eq!(sorted(&index(2, b"link\0\0\0\x01a"), ""), None);
        assert!(sorted(&index(2, b"sdir\0\0\0\0"), "").is_some());
    }

    #[test]
    fn paths_that_repeat_without_end_are_not_read() {
        let entry = |path: &str| [&[0; STAT + 20 + 3][..], path.as_bytes(), b"\0"].concat();
        let index = |count: u8| {
            let first = entry(&"a".repeat(MAX_BYTES / 100));
            let rest = entry("").repeat(usize::from(count) - 1);
            [b"DIRC\0\0\0\x04\0\0\0", &[count][..], &first, &rest, &[0; 20]].concat()
        };
        assert!(modes(&index(100), "").is_some());
        assert_eq!(modes(&index(101), ""), None);
    }

    #[test]
    fn damaged_indexes_give_nothing() {
        for version in [2, 4] {
            let index = index(version, b"");
            for end in 0..index.len() {
                assert_eq!(sorted(&index[..end], ""), None, "{end}");
            }
        }
        let endless = [b"DIRC\0\0\0\x04\0\0\0\x01", &[0; 62][..], &[0xff; 100]].concat();
        assert_eq!(sorted(&endless, ""), None);
    }
}
