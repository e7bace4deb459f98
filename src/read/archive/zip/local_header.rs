//! Local headers, held against the central directory (APPNOTE 4.3.7 to 4.3.9).
//!
//! Readers from a stream follow the local headers and all others the central directory. Both find the
//! same members only if the headers say the same and nothing lies between the members.

use std::ops::Range;

use super::entry::Entry;
use super::extra_field::{ExtraFields, IN_ZIP64};
use super::fields::Fields;
use crate::finding::Finding;
use crate::read::archive::{ambiguous, outside};
use crate::read::limits::unreadable;

const SIGNATURE: [u8; 4] = *b"PK\x03\x04";
const DESCRIPTOR_SIGNATURE: [u8; 4] = *b"PK\x07\x08";

/// The flag for a data descriptor behind the member, which has CRC and sizes.
const HAS_DESCRIPTOR: u16 = 1 << 3;

/// Where the data of each entry lie. All bytes before `end` belong to one of them.
pub(super) fn data_ranges(
    data: &[u8],
    entries: &[Entry],
    end: usize,
) -> Result<Vec<Range<usize>>, Finding> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|index| entries[*index].offset);
    let mut ranges = vec![0..0; entries.len()];
    let mut expected = 0;
    for (place, index) in order.iter().enumerate() {
        let entry = &entries[*index];
        let at = |finding: Finding| finding.at(&*entry.name);
        let start = usize::try_from(entry.offset).unwrap_or(usize::MAX);
        if start != expected {
            return Err(at(misplaced(start, expected)));
        }
        let next = order.get(place + 1).map(|next| entries[*next].offset);
        let next = next.map_or(end, |next| usize::try_from(next).unwrap_or(usize::MAX));
        let (range, descriptor_allowed) = data_range(data, entry, start).map_err(at)?;
        let rest = data.get(range.end..next).ok_or_else(|| at(misplaced(next, range.end)))?;
        let is_whole = rest.is_empty() || descriptor_allowed && is_descriptor(rest, entry);
        if !is_whole {
            return Err(at(misplaced(next, range.end)));
        }
        ranges[*index] = range;
        expected = next;
    }
    match end.checked_sub(expected) {
        Some(0) => Ok(ranges),
        _ => Err(misplaced(end, expected)),
    }
}

fn misplaced(found: usize, expected: usize) -> Finding {
    match found.checked_sub(expected) {
        Some(gap) => outside(format!("{gap} bytes between zip members")),
        None => unreadable(&"zip members that overlap"),
    }
}

/// Where the data of `entry` lie by its local header, and whether a data descriptor follows.
fn data_range(data: &[u8], entry: &Entry, start: usize) -> Result<(Range<usize>, bool), Finding> {
    let missing = || unreadable(&"a zip member without its local header");
    let mut fields = Fields::at(data, start).ok_or_else(missing)?;
    let local = Local::read(&mut fields).ok_or_else(missing)?;
    let extra = ExtraFields::parse(local.extra)?;
    extra.check_name(&entry.name)?;
    let differs = |what: &str| {
        Err(ambiguous(format!(
            "a {what} in the local header that differs from the central directory"
        )))
    };
    if local.name != entry.raw_name {
        return differs("name");
    }
    if local.method != entry.method {
        return differs("compression method");
    }
    if local.flags != entry.flags {
        return differs("set of flags");
    }
    let has_descriptor = local.flags & HAS_DESCRIPTOR != 0;
    let [size, packed_size] = extra.widened([local.size, local.packed_size])?;
    // The values of a data descriptor may be zero before it, or not be known in advance.
    let is_open = |value: u64| has_descriptor && (value == 0 || value == u64::from(IN_ZIP64));
    if local.crc != entry.crc && !(has_descriptor && local.crc == 0) {
        return differs("CRC-32");
    }
    if size != entry.size && !is_open(size)
        || packed_size != entry.packed_size && !is_open(packed_size)
    {
        return differs("size");
    }
    let start = data.len() - fields.0.len();
    let length = usize::try_from(entry.packed_size).ok();
    let end = length.and_then(|length| start.checked_add(length)).filter(|end| *end <= data.len());
    let end = end.ok_or_else(|| unreadable(&"a zip member that is truncated"))?;
    Ok((start..end, has_descriptor))
}

struct Local<'a> {
    flags: u16,
    method: u16,
    crc: u32,
    packed_size: u32,
    size: u32,
    name: &'a [u8],
    extra: &'a [u8],
}

impl<'a> Local<'a> {
    fn read(fields: &mut Fields<'a>) -> Option<Self> {
        fields.signature(SIGNATURE)?;
        let _version_needed = fields.u16()?;
        let (flags, method) = (fields.u16()?, fields.u16()?);
        let _time_and_date = fields.u32()?;
        let (crc, packed_size, size) = (fields.u32()?, fields.u32()?, fields.u32()?);
        let (name_length, extra_length) = (fields.u16()?, fields.u16()?);
        let name = fields.bytes(name_length.into())?;
        let extra = fields.bytes(extra_length.into())?;
        Some(Self { flags, method, crc, packed_size, size, name, extra })
    }
}

/// Whether `data` are the data descriptor of `entry`: with or without signature, with sizes of 32 or 64
/// bits.
fn is_descriptor(data: &[u8], entry: &Entry) -> bool {
    let mut fields = Fields(data);
    if matches!(data.len(), 16 | 24) && fields.signature(DESCRIPTOR_SIGNATURE).is_none() {
        return false;
    }
    let crc = fields.u32();
    let sizes = match data.len() {
        12 | 16 => [fields.u32().map(u64::from), fields.u32().map(u64::from)],
        20 | 24 => [fields.u64(), fields.u64()],
        _ => return false,
    };
    crc == Some(entry.crc) && sizes == [Some(entry.packed_size), Some(entry.size)]
}
