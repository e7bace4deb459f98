//! The paths in git's index (gitformat-index(5)).

use std::collections::HashSet;

/// Bytes of an entry before its object name.
const STAT: usize = 40;

/// The tracked files below `folder`, which ends with a slash (or is empty), relative to it; `None`
/// for an index that this reader does not know or that is damaged.
pub(super) fn paths(index: &[u8], folder: &str) -> Option<HashSet<String>> {
    // The width of object names is told elsewhere; with the wrong one, nothing fits.
    [20, 32].into_iter().find_map(|hash| entries(index, folder, hash))
}

fn entries(index: &[u8], folder: &str, hash: usize) -> Option<HashSet<String>> {
    let body = index.get(..index.len().checked_sub(hash)?)?;
    let mut rest = body.strip_prefix(b"DIRC")?;
    let version = number(&mut rest)?;
    let count = number(&mut rest)?;
    let mut found = HashSet::new();
    let mut path = Vec::new();
    for _ in 0..count {
        let flags = u16::from_be_bytes(*rest.get(STAT + hash..)?.first_chunk()?);
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
        // Up to version 3, one to eight zeros make the length a multiple of eight.
        rest = match version {
            2 | 3 => rest.get((start + length + 8) / 8 * 8..)?,
            4 => name.get(length + 1..)?,
            _ => return None,
        };
        let text = std::str::from_utf8(&path).unwrap_or_default();
        found.extend(text.strip_prefix(folder).map(str::to_owned));
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
        value += 1;
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
