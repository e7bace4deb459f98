//! Judges a gzip stream by its match distances, without unpacking it.

mod bits;
mod blocks;
mod huffman;
mod symbols;

use std::convert::Infallible;

use bits::{Bits, OutOfBits};
use blocks::{Blocks, Stop};

/// What a stream turned out to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// The longest distance of any match, in bytes; 0 if there is none.
    pub max_distance: u32,
    /// The unpacked length in bytes.
    pub length: u64,
    /// The number of blocks.
    pub blocks: u64,
    /// The CRC-32 of the unpacked data as the trailer states it. The scanner sees no unpacked
    /// data and cannot verify it.
    pub checksum: u32,
}

/// Why a stream is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// The first bytes are not those of a gzip member.
    #[error("data without a gzip header")]
    NotGzip,
    /// The header names another method than deflate.
    #[error("gzip with a compression method other than deflate")]
    Method,
    /// Flags are set that RFC 1952 reserves; what follows the header cannot be known.
    #[error("gzip with reserved header flags")]
    ReservedFlags,
    /// A block is of the type that RFC 1951 reserves.
    #[error("a block of an unknown type")]
    BlockType,
    /// The length of a stored block and its complement do not match.
    #[error("a stored block with a damaged length")]
    StoredLength,
    /// A block announces more codes than there are symbols.
    #[error("a block with too many codes")]
    CodeCounts,
    /// The lengths of a block's codes give no usable code.
    #[error("a block with invalid code lengths")]
    CodeLengths,
    /// The bits are not a code of the block, or the code of a symbol that must not occur.
    #[error("an invalid code")]
    Symbol,
    /// A match begins before the start of the data.
    #[error("a match that starts before the data")]
    Distance,
    /// The trailer states another length than the blocks have.
    #[error("a wrong length in the trailer")]
    Length,
    /// The stream ends too early.
    #[error("truncated data")]
    Truncated,
    /// More bytes follow the first member. upip loses a second member without a word.
    #[error("bytes after the end of the first member")]
    Trailing,
}

/// Scans a gzip stream of one member.
///
/// Any header is taken that RFC 1952 allows. Apart from the checksums, a stream that passes is
/// one that zlib unpacks.
///
/// ```
/// use mpconvert::deflate::{ScanError, scan_gzip};
///
/// // Fixed codes: the literal `a`, then a match of length 258 at distance 1.
/// let archive = b"\x1f\x8b\x08\0\0\0\0\0\x02\x03\x4b\x1c\x05\x00\x56\xfa\xc2\x34\x03\x01\0\0";
/// let scan = scan_gzip(archive)?;
/// assert_eq!((scan.length, scan.max_distance), (259, 1));
/// assert_eq!(scan_gzip(&archive[..20]), Err(ScanError::Truncated));
/// # Ok::<(), ScanError>(())
/// ```
///
/// # Errors
/// [`ScanError`], the first one met.
pub fn scan_gzip(bytes: &[u8]) -> Result<Scan, ScanError> {
    let mut scanner = Scanner::new();
    scanner.push(bytes)?;
    scanner.finish()
}

/// [`scan_gzip`] for a stream that comes in pieces, of any size.
///
/// It holds back at most the header of one block (below 600 bytes) besides its tables.
pub struct Scanner {
    state: State,
    blocks: Blocks,
    scan: Scan,
    /// What was pushed and could not be judged yet, from bit `offset` of its first byte on.
    pending: Vec<u8>,
    offset: u32,
}

/// What comes next; the parts of the header carry the flags that are still to be obeyed.
#[derive(Clone, Copy)]
enum State {
    Header,
    Flags(u8),
    Extra { left: u16, flags: u8 },
    Text { flags: u8 },
    Blocks,
    Trailer,
    End,
}

/// Header flags (RFC 1952, 2.3.1). FTEXT, the lowest one, changes nothing.
const FHCRC: u8 = 1 << 1;
const FEXTRA: u8 = 1 << 2;
const FNAME: u8 = 1 << 3;
const FCOMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0xe0;

impl Scanner {
    /// A scanner at the start of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self {
            state: State::Header,
            blocks: Blocks::new(),
            scan: Scan::default(),
            pending: Vec::new(),
            offset: 0,
        }
    }

    /// Scans the next piece.
    ///
    /// # Errors
    /// [`ScanError`] as soon as one shows; the scanner is of no further use then.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), ScanError> {
        let mut pending = std::mem::take(&mut self.pending);
        let data = if pending.is_empty() {
            piece
        } else {
            pending.extend_from_slice(piece);
            &pending
        };
        let mut bits = Bits::new(data, self.offset);
        let Err(stop) = self.advance(&mut bits);
        if let Stop::Fault(fault) = stop {
            return Err(fault);
        }
        let (rest, offset) = bits.rest();
        self.pending = rest.to_vec();
        self.offset = offset;
        Ok(())
    }

    /// What the stream was, now that it is over.
    ///
    /// # Errors
    /// [`ScanError::Truncated`] if it is not.
    pub fn finish(self) -> Result<Scan, ScanError> {
        match self.state {
            State::End => Ok(self.scan),
            _ => Err(ScanError::Truncated),
        }
    }

    /// Goes on until the bits are used up. Where it starves, `bits` and the state are left where
    /// the next call has to begin.
    fn advance(&mut self, bits: &mut Bits<'_>) -> Result<Infallible, Stop> {
        loop {
            let mut ahead = bits.clone();
            self.state = match self.state {
                State::Header => header(&mut ahead)?,
                State::Flags(flags) => optional_field(flags, &mut ahead)?,
                State::Extra { left: 0, flags } => State::Flags(flags),
                State::Extra { left, flags } => {
                    ahead.take(8)?;
                    State::Extra { left: left - 1, flags }
                }
                State::Text { flags } => match ahead.take(8)? {
                    0 => State::Flags(flags),
                    _ => State::Text { flags },
                },
                State::Blocks => {
                    // The blocks keep their own place: starving, they have gone part of the way.
                    self.blocks.walk(bits, &mut self.scan)?;
                    ahead = bits.clone();
                    State::Trailer
                }
                State::Trailer => self.trailer(&mut ahead)?,
                State::End if bits.rest().0.is_empty() => return Err(Stop::OutOfBits),
                State::End => return Err(ScanError::Trailing.into()),
            };
            *bits = ahead;
        }
    }

    fn trailer(&mut self, bits: &mut Bits<'_>) -> Result<State, Stop> {
        self.scan.checksum = number(bits)?;
        // The length is stated modulo 2^32.
        if u64::from(number(bits)?) != self.scan.length & u64::from(u32::MAX) {
            return Err(ScanError::Length.into());
        }
        Ok(State::End)
    }
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

/// Reads the part of the header that is always there.
fn header(bits: &mut Bits<'_>) -> Result<State, Stop> {
    if bits.take(16)? != 0x8b1f {
        return Err(ScanError::NotGzip.into());
    }
    if bits.take(8)? != 8 {
        return Err(ScanError::Method.into());
    }
    let [flags, _] = bits.take(8)?.to_le_bytes();
    if flags & RESERVED != 0 {
        return Err(ScanError::ReservedFlags.into());
    }
    // Time, level and operating system.
    for _ in 0..3 {
        bits.take(16)?;
    }
    Ok(State::Flags(flags))
}

/// Begins the next of the header's optional parts, whose order is fixed.
fn optional_field(flags: u8, bits: &mut Bits<'_>) -> Result<State, OutOfBits> {
    let rest = |done: u8| flags & !done;
    Ok(if flags & FEXTRA != 0 {
        State::Extra { left: bits.take(16)?, flags: rest(FEXTRA) }
    } else if flags & FNAME != 0 {
        State::Text { flags: rest(FNAME) }
    } else if flags & FCOMMENT != 0 {
        State::Text { flags: rest(FCOMMENT) }
    } else if flags & FHCRC != 0 {
        bits.take(16)?;
        State::Flags(rest(FHCRC))
    } else {
        State::Blocks
    })
}

/// The next 32 bits as a number.
fn number(bits: &mut Bits<'_>) -> Result<u32, OutOfBits> {
    Ok(u32::from(bits.take(16)?) | u32::from(bits.take(16)?) << 16)
}

#[cfg(test)]
mod tests;
