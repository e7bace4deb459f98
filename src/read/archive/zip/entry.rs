//! Entries of the central directory (APPNOTE 4.3.12).

use std::borrow::Cow;

use super::cp437;
use super::end_record::CentralDirectory;
use super::extra_field::ExtraFields;
use super::fields::Fields;
use crate::finding::Finding;
use crate::read::archive::ambiguous;
use crate::read::limits::unreadable;

const SIGNATURE: [u8; 4] = *b"PK\x01\x02";
/// Bytes of the shortest entry.
const LENGTH: usize = 46;

/// The host system whose attributes hold the mode of a file.
const UNIX: u8 = 3;
/// The bits of a mode with the type of a file, and their value for a symbolic link.
const FILE_TYPE: u32 = 0o170_000;
const SYMLINK: u32 = 0o120_000;

/// A member as the central directory describes it.
pub(super) struct Entry<'a> {
    pub(super) raw_name: &'a [u8],
    pub(super) name: Cow<'a, str>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) packed_size: u64,
    pub(super) size: u64,
    /// Where its local header starts.
    pub(super) offset: u64,
    pub(super) is_symlink: bool,
}

/// All entries, in their order.
pub(super) fn entries<'a>(
    data: &'a [u8],
    directory: &CentralDirectory,
) -> Result<Vec<Entry<'a>>, Finding> {
    let mut fields = Fields(data.get(directory.range.clone()).unwrap_or_default());
    let mut entries = Vec::with_capacity(directory.entries.min(fields.0.len() / LENGTH));
    while !fields.0.is_empty() && entries.len() <= directory.entries {
        entries.push(entry(&mut fields)?);
    }
    if entries.len() == directory.entries {
        return Ok(entries);
    }
    Err(ambiguous("a central directory whose number of entries differs from its end record"))
}

fn entry<'a>(fields: &mut Fields<'a>) -> Result<Entry<'a>, Finding> {
    let damaged = || unreadable(&"a damaged central directory");
    let fixed = fixed(fields).ok_or_else(damaged)?;
    let mut variable = |length: u16| fields.bytes(length.into()).ok_or_else(damaged);
    let raw_name = variable(fixed.name_length)?;
    let extra = ExtraFields::parse(variable(fixed.extra_length)?)?;
    variable(fixed.comment_length)?;
    let name = cp437::decoded(raw_name);
    extra.check_name(&name)?;
    let [size, packed_size, offset] =
        extra.widened([fixed.size, fixed.packed_size, fixed.offset]).map_err(|f| f.at(&*name))?;
    if fixed.disk != 0 {
        return Err(unreadable(&"a part of a zip archive that is split over several files"));
    }
    let [_, host] = fixed.made_by.to_le_bytes();
    let is_symlink = host == UNIX && (fixed.attributes >> 16) & FILE_TYPE == SYMLINK;
    let Fixed { flags, method, crc, .. } = fixed;
    Ok(Entry { raw_name, name, flags, method, crc, packed_size, size, offset, is_symlink })
}

/// The part of an entry that has the same length in all.
struct Fixed {
    made_by: u16,
    flags: u16,
    method: u16,
    crc: u32,
    packed_size: u32,
    size: u32,
    name_length: u16,
    extra_length: u16,
    comment_length: u16,
    disk: u16,
    attributes: u32,
    offset: u32,
}

fn fixed(fields: &mut Fields) -> Option<Fixed> {
    fields.signature(SIGNATURE)?;
    let made_by = fields.u16()?;
    let _version_needed = fields.u16()?;
    let (flags, method) = (fields.u16()?, fields.u16()?);
    let _time_and_date = fields.u32()?;
    Some(Fixed {
        made_by,
        flags,
        method,
        crc: fields.u32()?,
        packed_size: fields.u32()?,
        size: fields.u32()?,
        name_length: fields.u16()?,
        extra_length: fields.u16()?,
        comment_length: fields.u16()?,
        disk: fields.u16()?,
        attributes: {
            let _internal = fields.u16()?;
            fields.u32()?
        },
        offset: fields.u32()?,
    })
}
