//! The extra fields of zip headers that change a member (APPNOTE 4.5).

use super::fields::Fields;
use crate::finding::Finding;
use crate::read::archive::ambiguous;
use crate::read::limits::unreadable;

/// Sizes and offsets that do not fit into 32 bits.
const ZIP64: u16 = 0x0001;
/// Another spelling of the name.
const UNICODE_PATH: u16 = 0x7075;

/// A 32-bit field whose value is in the ZIP64 extra field.
pub(super) const IN_ZIP64: u32 = u32::MAX;

/// The extra fields of one header that matter.
#[derive(Default)]
pub(super) struct ExtraFields<'a> {
    zip64: Option<&'a [u8]>,
    unicode_path: Option<&'a [u8]>,
}

impl<'a> ExtraFields<'a> {
    /// Reads all extra fields of a header; fewer than four bytes at the end are padding.
    pub(super) fn parse(data: &'a [u8]) -> Result<Self, Finding> {
        let mut found = Self::default();
        let mut fields = Fields(data);
        while let (Some(id), Some(length)) = (fields.u16(), fields.u16()) {
            let data = fields
                .bytes(length.into())
                .ok_or_else(|| unreadable(&"an extra field that is longer than its header"))?;
            let place = match id {
                ZIP64 => &mut found.zip64,
                UNICODE_PATH => &mut found.unicode_path,
                _ => continue,
            };
            if place.replace(data).is_some() {
                return Err(ambiguous(format!("two extra fields of type {id:#06x}")));
            }
        }
        Ok(found)
    }

    /// The values of 32-bit fields, each from the ZIP64 extra field if the header refers to it.
    ///
    /// A value that both have is refused: which of them readers take differs.
    pub(super) fn widened<const FIELDS: usize>(
        &self,
        narrow: [u32; FIELDS],
    ) -> Result<[u64; FIELDS], Finding> {
        let mut zip64 = Fields(self.zip64.unwrap_or_default());
        let mut wide = narrow.map(u64::from);
        if self.zip64.is_none() {
            return Ok(wide);
        }
        for value in wide.iter_mut().filter(|value| **value == u64::from(IN_ZIP64)) {
            *value =
                zip64.u64().ok_or_else(|| unreadable(&"a ZIP64 extra field that is too short"))?;
        }
        if zip64.0.is_empty() {
            return Ok(wide);
        }
        Err(ambiguous("a ZIP64 extra field for values that the header also has"))
    }

    /// Refuses another spelling of the name than `name`.
    pub(super) fn check_name(&self, name: &str) -> Result<(), Finding> {
        // The version of the field and the CRC-32 of the name in the header come first.
        let other = self.unicode_path.map(|field| field.get(5..).unwrap_or_default());
        match other {
            Some(other) if other != name.as_bytes() => {
                let other = String::from_utf8_lossy(other);
                Err(ambiguous(format!("the Unicode path `{other}`")).at(name).expected("one name"))
            }
            _ => Ok(()),
        }
    }
}
