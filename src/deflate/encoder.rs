//! The compressor: raw deflate (RFC 1951) whose match distances stay within [`super::WINDOW`].

use std::io::{self, Write};

use flate2::{Compress, Compression, FlushCompress, Status};

/// The base-2 logarithm of [`super::WINDOW`].
const WINDOW_BITS: u8 = 12;

/// The compressor sees its input in blocks of this size, however the caller cuts it.
const BLOCK: usize = 1 << 16;

/// Compresses its input into `inner`.
///
/// Equal input gives equal bytes on every machine, for all the compressor's decisions follow from
/// the input alone:
/// - At level 9 zlib-rs hashes strings by the rolling hash (`HashCalcVariant::for_max_chain_length`
///   in its `deflate/hash_calc.rs`), which has one form for all processors. What differs between
///   processors is how fast matches are compared and tables are slid, not what comes out.
/// - Where its window slides depends on how the input arrives, and a slide can hide the oldest
///   match from it. So it is always fed blocks of one size.
/// - Flushing would end a block of the stream early. So [`Write::flush`] leaves it alone.
pub(super) struct Encoder<W: Write> {
    inner: W,
    zlib: Compress,
    block: Vec<u8>,
    output: Box<[u8]>,
}

impl<W: Write> Encoder<W> {
    pub(super) fn new(inner: W) -> Self {
        Self {
            inner,
            zlib: Compress::new_with_window_bits(Compression::best(), false, WINDOW_BITS),
            block: Vec::with_capacity(BLOCK),
            output: vec![0; BLOCK].into_boxed_slice(),
        }
    }

    /// Writes the rest and returns `inner`.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.compress(FlushCompress::Finish)?;
        Ok(self.inner)
    }

    /// Compresses the block into `inner`.
    fn compress(&mut self, flush: FlushCompress) -> io::Result<()> {
        let mut rest = self.block.as_slice();
        loop {
            let (before_in, before_out) = (self.zlib.total_in(), self.zlib.total_out());
            let status = self.zlib.compress(rest, &mut self.output, flush)?;
            let (taken, given) = (
                advance(before_in, self.zlib.total_in()),
                advance(before_out, self.zlib.total_out()),
            );
            rest = rest.get(taken..).unwrap_or_default();
            self.inner.write_all(self.output.get(..given).unwrap_or_default())?;
            let done = match flush {
                FlushCompress::Finish => status == Status::StreamEnd,
                _ => rest.is_empty(),
            };
            if done {
                self.block.clear();
                return Ok(());
            }
        }
    }
}

/// How far one of the compressor's counters moved in one call: at most the length of a buffer.
fn advance(before: u64, after: u64) -> usize {
    usize::try_from(after - before).unwrap_or(usize::MAX)
}

impl<W: Write> Write for Encoder<W> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let (now, _) = data.split_at(data.len().min(BLOCK - self.block.len()));
        self.block.extend_from_slice(now);
        if self.block.len() == BLOCK {
            self.compress(FlushCompress::None)?;
        }
        Ok(now.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
