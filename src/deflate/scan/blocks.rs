//! The blocks of a deflate stream (RFC 1951, 3.2.3), walked without making their output.

use super::bits::{Bits, OutOfBits};
use super::huffman::{Entry, Table};
use super::symbols::{CODE_LENGTHS, DISTANCES, FIXED_DISTANCES, FIXED_LITERALS, LITERALS};
use super::{Scan, ScanError};

/// Walks one deflate stream, in as many pieces as it comes.
pub(super) struct Blocks {
    state: State,
    /// Whether the block is the stream's last one.
    last: bool,
    /// Whether the tables hold the fixed codes, which then need not be set again.
    fixed: bool,
    literals: Table,
    distances: Table,
}

#[derive(Clone, Copy)]
enum State {
    Header,
    Stored { left: usize },
    Codes,
    End,
}

/// Why a step stopped: it needs more bits than there are yet, or will never succeed.
pub(super) enum Stop {
    OutOfBits,
    Fault(ScanError),
}

impl From<OutOfBits> for Stop {
    fn from(_: OutOfBits) -> Self {
        Self::OutOfBits
    }
}

impl From<ScanError> for Stop {
    fn from(fault: ScanError) -> Self {
        Self::Fault(fault)
    }
}

impl Blocks {
    pub(super) fn new() -> Self {
        Self {
            state: State::Header,
            last: false,
            fixed: false,
            literals: Table::new(11),
            distances: Table::new(9),
        }
    }

    /// Walks on to the end of the last block and leaves `bits` at the byte behind it. Where it
    /// starves, `bits` are left where the next call has to begin.
    pub(super) fn walk(&mut self, bits: &mut Bits<'_>, scan: &mut Scan) -> Result<(), Stop> {
        loop {
            self.state = match self.state {
                State::Header => {
                    let mut ahead = bits.clone();
                    let state = self.header(&mut ahead)?;
                    *bits = ahead;
                    scan.blocks += 1;
                    state
                }
                State::Stored { left } => {
                    let skipped = bits.skip_bytes(left);
                    scan.length += skipped as u64;
                    if skipped < left {
                        self.state = State::Stored { left: left - skipped };
                        return Err(Stop::OutOfBits);
                    }
                    self.behind_block()
                }
                State::Codes => {
                    self.codes(bits, scan)?;
                    self.behind_block()
                }
                State::End => {
                    bits.align();
                    return Ok(());
                }
            }
        }
    }

    fn behind_block(&self) -> State {
        if self.last { State::End } else { State::Header }
    }

    /// Reads a block's header with the codes that belong to it.
    fn header(&mut self, bits: &mut Bits<'_>) -> Result<State, Stop> {
        self.last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => {
                bits.align();
                let (length, check) = (bits.take(16)?, bits.take(16)?);
                if length != !check {
                    return Err(ScanError::StoredLength.into());
                }
                Ok(State::Stored { left: length.into() })
            }
            1 => {
                if !self.fixed {
                    self.set_codes(&FIXED_LITERALS, &FIXED_DISTANCES)?;
                    self.fixed = true;
                }
                Ok(State::Codes)
            }
            2 => {
                self.dynamic(bits)?;
                self.fixed = false;
                Ok(State::Codes)
            }
            _ => Err(ScanError::BlockType.into()),
        }
    }

    fn set_codes(&mut self, literals: &[u8], distances: &[u8]) -> Result<(), ScanError> {
        self.literals
            .set(literals, &LITERALS, false)
            .and_then(|()| self.distances.set(distances, &DISTANCES, false))
            .map_err(|_| ScanError::CodeLengths)
    }

    /// Reads the codes of a block that brings its own (RFC 1951, 3.2.7).
    fn dynamic(&mut self, bits: &mut Bits<'_>) -> Result<(), Stop> {
        const ORDER: [usize; 19] =
            [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        let literals = usize::from(bits.take(5)?) + 257;
        let distances = usize::from(bits.take(5)?) + 1;
        let codes = usize::from(bits.take(4)?) + 4;
        if literals > 286 || distances > 30 {
            return Err(ScanError::CodeCounts.into());
        }
        let mut lengths = [0_u8; 19];
        for &symbol in ORDER.iter().take(codes) {
            lengths[symbol] = low_byte(bits.take(3)?);
        }
        let mut table = Table::new(7);
        table.set(&lengths, &CODE_LENGTHS, true).map_err(|_| ScanError::CodeLengths)?;
        let lengths = code_lengths(bits, &table, literals + distances)?;
        let (literals, distances) = lengths.split_at(literals.min(lengths.len()));
        if literals.get(256).is_none_or(|&length| length == 0) {
            return Err(ScanError::CodeLengths.into());
        }
        Ok(self.set_codes(literals, distances)?)
    }

    /// Walks the literals and matches of a block to its end.
    fn codes(&self, bits: &mut Bits<'_>, scan: &mut Scan) -> Result<(), Stop> {
        loop {
            bits.refill();
            let entry = self.literals.lookup(bits.peek());
            let length = u32::from(entry.length);
            if length > bits.loaded() {
                return Err(Stop::OutOfBits);
            }
            if entry.tag & Entry::LITERAL != 0 {
                bits.consume(length);
                scan.length += 1;
            } else if entry.tag & Entry::END != 0 {
                bits.consume(length);
                return Ok(());
            } else if entry.tag & Entry::INVALID != 0 {
                return Err(ScanError::Symbol.into());
            } else {
                self.copy(entry, bits, scan)?;
            }
        }
    }

    /// Walks one match, whose length `entry` gives. All of it has at most 48 bits.
    #[inline]
    fn copy(&self, entry: Entry, bits: &mut Bits<'_>, scan: &mut Scan) -> Result<(), Stop> {
        let next = bits.peek() >> entry.length;
        let length = u32::from(entry.base) + low(next, entry.tag);
        let next = next >> entry.tag;
        let far = self.distances.lookup(next);
        let code = u32::from(entry.length + entry.tag + far.length);
        if far.tag & Entry::INVALID != 0 {
            return Err(if code > bits.loaded() {
                Stop::OutOfBits
            } else {
                ScanError::Symbol.into()
            });
        }
        let used = code + u32::from(far.tag);
        if used > bits.loaded() {
            return Err(Stop::OutOfBits);
        }
        let distance = u32::from(far.base) + low(next >> far.length, far.tag);
        if u64::from(distance) > scan.length {
            return Err(ScanError::Distance.into());
        }
        bits.consume(used);
        scan.length += u64::from(length);
        scan.max_distance = scan.max_distance.max(distance);
        Ok(())
    }
}

/// The lowest `count` bits (0 to 13).
#[inline]
fn low(bits: u64, count: u8) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "the mask has 13 bits")]
    let low = bits as u32;
    low & ((1 << count) - 1)
}

/// The number itself where it is below 256, as all lengths of codes are.
fn low_byte(number: u16) -> u8 {
    number.to_le_bytes()[0]
}

/// Reads `total` lengths of codes, in which runs are shortened (RFC 1951, 3.2.7).
fn code_lengths(bits: &mut Bits<'_>, table: &Table, total: usize) -> Result<Vec<u8>, Stop> {
    let mut lengths = Vec::with_capacity(total);
    while lengths.len() < total {
        bits.refill();
        let entry = table.lookup(bits.peek());
        if u32::from(entry.length) > bits.loaded() {
            return Err(Stop::OutOfBits);
        }
        bits.consume(entry.length.into());
        if entry.tag & Entry::INVALID != 0 {
            return Err(ScanError::Symbol.into());
        }
        let (length, times) = match entry.base {
            16 => (*lengths.last().ok_or(ScanError::CodeLengths)?, 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            18 => (0, 11 + bits.take(7)?),
            length => (low_byte(length), 1),
        };
        lengths.resize(lengths.len() + usize::from(times), length);
    }
    if lengths.len() > total { Err(ScanError::CodeLengths.into()) } else { Ok(lengths) }
}
