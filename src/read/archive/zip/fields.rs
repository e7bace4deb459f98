//! The little-endian fields that the records of a zip file consist of.

/// Reads fields one after the other; `None` where the data ends.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    /// The fields that start at `offset`.
    pub(super) fn at(data: &'a [u8], offset: usize) -> Option<Self> {
        data.get(offset..).map(Self)
    }

    pub(super) fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// Takes `signature`, if it comes next.
    pub(super) fn signature(&mut self, signature: [u8; 4]) -> Option<()> {
        (self.bytes(4)? == signature).then_some(())
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn array<const LENGTH: usize>(&mut self) -> Option<[u8; LENGTH]> {
        self.bytes(LENGTH)?.first_chunk().copied()
    }
}
