//! The end of central directory record, and its ZIP64 form (APPNOTE 4.3.14 to 4.3.16).

use std::ops::Range;

use super::fields::Fields;
use crate::finding::Finding;
use crate::read::archive::{ambiguous, outside};
use crate::read::limits::unreadable;

const SIGNATURE: [u8; 4] = *b"PK\x05\x06";
const ZIP64_SIGNATURE: [u8; 4] = *b"PK\x06\x06";
const ZIP64_LOCATOR_SIGNATURE: [u8; 4] = *b"PK\x06\x07";

/// Bytes of the record without its comment.
const LENGTH: usize = 22;
const ZIP64_LOCATOR_LENGTH: usize = 20;
/// Bytes of a ZIP64 record that its own field for the size does not count.
const ZIP64_HEAD: usize = 12;

/// Where the central directory lies.
pub(super) struct CentralDirectory {
    /// Its bytes in the file.
    pub(super) range: Range<usize>,
    /// How many entries it has.
    pub(super) entries: usize,
}

/// The fields that both forms of the record have.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Counts {
    disk: u64,
    directory_disk: u64,
    entries_on_disk: u64,
    entries: u64,
    size: u64,
    offset: u64,
}

/// Finds the central directory. There has to be one way to find it only: the record ends the file, no
/// other one lies in its comment, and the directory lies right before it.
pub(super) fn find(data: &[u8]) -> Result<CentralDirectory, Finding> {
    let at = position(data)?;
    let (counts, end) = match zip64(data, at)? {
        Some(found) => found,
        None => (counts(data, at).ok_or_else(truncated)?, at),
    };
    if counts.disk != 0 || counts.directory_disk != 0 || counts.entries_on_disk != counts.entries {
        return Err(unreadable(&"a part of a zip archive that is split over several files"));
    }
    let to_usize = |value: u64| usize::try_from(value).map_err(|_| truncated());
    let (start, size) = (to_usize(counts.offset)?, to_usize(counts.size)?);
    match start.checked_add(size).map(|directory_end| end.checked_sub(directory_end)) {
        Some(Some(0)) => {}
        Some(Some(more)) => {
            return Err(outside(format!("{more} bytes before the zip archive or its end record")));
        }
        _ => return Err(truncated()),
    }
    Ok(CentralDirectory { range: start..end, entries: to_usize(counts.entries)? })
}

/// Where the record starts.
pub(super) fn position(data: &[u8]) -> Result<usize, Finding> {
    let tail = data.len().saturating_sub(LENGTH + usize::from(u16::MAX));
    let last = data[tail..].windows(SIGNATURE.len()).rposition(|window| window == SIGNATURE);
    let last = tail + last.ok_or_else(|| unreadable(&"no end of central directory record"))?;
    if end(data, last) == Some(data.len()) {
        return Ok(last);
    }
    let is_record =
        |at: &usize| data[*at..].starts_with(&SIGNATURE) && end(data, *at) == Some(data.len());
    if (tail..last).any(|at| is_record(&at)) {
        return Err(ambiguous("a zip comment that contains an end record"));
    }
    match end(data, last).and_then(|end| data.len().checked_sub(end)) {
        Some(more) => Err(outside(format!("{more} bytes after the zip archive"))),
        None => Err(truncated()),
    }
}

/// The end of the record that starts at `at`, according to the length of its comment.
fn end(data: &[u8], at: usize) -> Option<usize> {
    let mut fields = Fields::at(data, at + LENGTH - 2)?;
    Some(at + LENGTH + usize::from(fields.u16()?))
}

fn counts(data: &[u8], at: usize) -> Option<Counts> {
    let mut fields = Fields::at(data, at)?;
    fields.signature(SIGNATURE)?;
    Some(Counts {
        disk: fields.u16()?.into(),
        directory_disk: fields.u16()?.into(),
        entries_on_disk: fields.u16()?.into(),
        entries: fields.u16()?.into(),
        size: fields.u32()?.into(),
        offset: fields.u32()?.into(),
    })
}

/// The ZIP64 record and its start, if there is one before the record at `at`.
fn zip64(data: &[u8], at: usize) -> Result<Option<(Counts, usize)>, Finding> {
    let Some(locator) = at.checked_sub(ZIP64_LOCATOR_LENGTH) else { return Ok(None) };
    if !data[locator..].starts_with(&ZIP64_LOCATOR_SIGNATURE) {
        return Ok(None);
    }
    let (large, start) = zip64_record(data, locator)
        .ok_or_else(|| ambiguous("a ZIP64 locator that does not point to the record before it"))?;
    let small = counts(data, at).ok_or_else(truncated)?;
    let pairs = [
        (small.disk, large.disk, u64::from(u16::MAX)),
        (small.directory_disk, large.directory_disk, u64::from(u16::MAX)),
        (small.entries_on_disk, large.entries_on_disk, u64::from(u16::MAX)),
        (small.entries, large.entries, u64::from(u16::MAX)),
        (small.size, large.size, u64::from(u32::MAX)),
        (small.offset, large.offset, u64::from(u32::MAX)),
    ];
    if pairs.iter().any(|(small, large, unset)| small != unset && small != large) {
        return Err(ambiguous("a ZIP64 end record that differs from the end record"));
    }
    Ok(Some((large, start)))
}

fn zip64_record(data: &[u8], locator: usize) -> Option<(Counts, usize)> {
    let mut fields = Fields::at(data, locator + ZIP64_LOCATOR_SIGNATURE.len())?;
    let (disk, start, disks) = (fields.u32()?, fields.u64()?, fields.u32()?);
    let start = usize::try_from(start).ok()?;
    let mut fields = Fields::at(data, start)?;
    fields.signature(ZIP64_SIGNATURE)?;
    let size = usize::try_from(fields.u64()?).ok()?;
    let ends_here = start.checked_add(ZIP64_HEAD)?.checked_add(size)? == locator;
    if disk != 0 || disks > 1 || !ends_here {
        return None;
    }
    // The versions that made it and that are needed to read it.
    fields.bytes(4)?;
    let counts = Counts {
        disk: fields.u32()?.into(),
        directory_disk: fields.u32()?.into(),
        entries_on_disk: fields.u64()?,
        entries: fields.u64()?,
        size: fields.u64()?,
        offset: fields.u64()?,
    };
    Some((counts, start))
}

fn truncated() -> Finding {
    unreadable(&"a zip archive that is truncated or damaged")
}
