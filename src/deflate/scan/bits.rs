//! Bits in the order of RFC 1951, 3.1.1: least significant first.

/// A cursor over the bits of `data`.
#[derive(Clone)]
pub(super) struct Bits<'a> {
    data: &'a [u8],
    /// How many bytes of `data` are in `buffer` or behind it.
    position: usize,
    /// The next bits, lowest first. Those from `count` upwards are either zero or what `data`
    /// holds at that place, so that loading them once more changes nothing.
    buffer: u64,
    count: u32,
}

/// There are fewer bits left than asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OutOfBits;

impl<'a> Bits<'a> {
    /// Starts at bit `offset` (0 to 7) of the first byte.
    pub(super) fn new(data: &'a [u8], offset: u32) -> Self {
        let mut bits = Self { data, position: 0, buffer: 0, count: 0 };
        if offset > 0 {
            bits.refill();
            bits.consume(offset);
        }
        bits
    }

    /// Loads the buffer with at least 56 bits, or with all that are left.
    #[inline]
    pub(super) fn refill(&mut self) {
        let rest = self.data.get(self.position..).unwrap_or_default();
        if let Some(chunk) = rest.first_chunk::<8>() {
            // All whole bytes that fit, which leaves 56 to 63 bits.
            self.buffer |= u64::from_le_bytes(*chunk) << self.count;
            self.position += ((63 - self.count) / 8) as usize;
            self.count |= 0x38;
        } else {
            for &byte in rest {
                if self.count >= 56 {
                    break;
                }
                self.buffer |= u64::from(byte) << self.count;
                self.position += 1;
                self.count += 8;
            }
        }
    }

    /// The next bits as far as they are loaded; above those, anything.
    #[inline]
    pub(super) fn peek(&self) -> u64 {
        self.buffer
    }

    /// How many bits are loaded.
    #[inline]
    pub(super) fn loaded(&self) -> u32 {
        self.count
    }

    /// Drops `count` bits, at most as many as are loaded.
    #[inline]
    pub(super) fn consume(&mut self, count: u32) {
        debug_assert!(count <= self.count, "only loaded bits are dropped");
        self.buffer >>= count;
        self.count -= count;
    }

    /// The next `count` bits (0 to 16) as a number.
    pub(super) fn take(&mut self, count: u32) -> Result<u16, OutOfBits> {
        if self.count < count {
            self.refill();
            if self.count < count {
                return Err(OutOfBits);
            }
        }
        let value = self.buffer & ((1 << count) - 1);
        self.consume(count);
        #[expect(clippy::cast_possible_truncation, reason = "it has at most 16 bits")]
        Ok(value as u16)
    }

    /// Drops the bits up to the next full byte.
    pub(super) fn align(&mut self) {
        self.consume(self.count % 8);
    }

    /// Drops up to `count` bytes, starting at a full byte, and says how many there were.
    pub(super) fn skip_bytes(&mut self, count: usize) -> usize {
        let (rest, _) = self.rest();
        let skipped = count.min(rest.len());
        *self = Self::new(rest.get(skipped..).unwrap_or_default(), 0);
        skipped
    }

    /// What is left: bytes, and the bit of the first one to begin at.
    pub(super) fn rest(&self) -> (&'a [u8], u32) {
        let loaded = self.count.div_ceil(8) as usize;
        (self.data.get(self.position - loaded..).unwrap_or_default(), self.count.wrapping_neg() % 8)
    }
}
