//! The gzip framing (RFC 1952) around the compressor.

use std::io::{self, Write};

use flate2::Crc;

use super::encoder::Encoder;

/// The header of every archive written here, equal to that of `sdist_upip`: deflate, no flags, no
/// time, best compression, made on Unix (RFC 1952, 2.3). Libraries put the operating system they
/// run on into the last byte; then equal input would not give equal archives.
pub const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3];

/// Writes its input to `inner` as one gzip member whose match distances stay within
/// [`super::WINDOW`].
///
/// The bytes depend only on the data, not on the machine nor on how the data is cut into writes.
/// [`Write::flush`] reaches `inner` but holds data back that is not yet compressed; only
/// [`GzipWriter::finish`] completes the member. A writer dropped before leaves it incomplete.
///
/// ```
/// use std::io::Write;
/// use mpconvert::deflate::{GzipWriter, scan_gzip};
///
/// let mut writer = GzipWriter::new(Vec::new())?;
/// writer.write_all(b"import machine\n")?;
/// let archive = writer.finish()?;
/// assert_eq!(scan_gzip(&archive)?.length, 15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct GzipWriter<W: Write> {
    encoder: Encoder<W>,
    crc: Crc,
}

impl<W: Write> GzipWriter<W> {
    /// Starts a member by writing its header to `inner`.
    ///
    /// # Errors
    /// What `inner` reports.
    pub fn new(mut inner: W) -> io::Result<Self> {
        inner.write_all(&HEADER)?;
        Ok(Self { encoder: Encoder::new(inner), crc: Crc::new() })
    }

    /// Completes the member by the rest of the data and the trailer, and gives `inner` back,
    /// neither flushed nor closed.
    ///
    /// # Errors
    /// What `inner` reports.
    pub fn finish(self) -> io::Result<W> {
        let mut inner = self.encoder.finish()?;
        inner.write_all(&self.crc.sum().to_le_bytes())?;
        inner.write_all(&self.crc.amount().to_le_bytes())?;
        Ok(inner)
    }
}

impl<W: Write> Write for GzipWriter<W> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let taken = self.encoder.write(data)?;
        self.crc.update(data.get(..taken).unwrap_or_default());
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.encoder.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::deflate::{WINDOW, scan_gzip};

    /// Words, noise and a run of zeros in a fixed order, for all three kinds of blocks.
    fn sample() -> Vec<u8> {
        const WORDS: [&str; 8] =
            ["import ", "self.", "return ", "def ", "machine", "    ", "\n", "upip "];
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut next = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()
        };
        let mut sample = Vec::new();
        for _ in 0..60_000 {
            let random = next();
            sample.extend_from_slice(WORDS[usize::from(random[0] % 8)].as_bytes());
            if random[1] < 40 {
                sample.extend_from_slice(&random[2..5]);
            }
        }
        sample.extend((0..20_000).flat_map(|_| next()));
        sample.resize(sample.len() + 100_000, 0);
        sample
    }

    fn gzip(data: &[u8], piece: usize) -> Vec<u8> {
        let mut writer = GzipWriter::new(Vec::new()).unwrap();
        for part in data.chunks(piece) {
            writer.write_all(part).unwrap();
            writer.flush().unwrap();
        }
        writer.finish().unwrap()
    }

    #[test]
    fn others_read_it_and_no_distance_is_too_long() {
        let sample = sample();
        for data in [&sample[..], &[], b"x", &sample[..BOUNDARY], &sample[..=BOUNDARY]] {
            let archive = gzip(data, usize::MAX);
            assert_eq!(archive[..10], HEADER);
            let mut unpacked = Vec::new();
            GzDecoder::new(&archive[..]).read_to_end(&mut unpacked).unwrap();
            assert!(unpacked == data);
            let scan = scan_gzip(&archive).unwrap();
            assert!(scan.max_distance <= WINDOW);
            assert_eq!(scan.length, data.len() as u64);
        }
    }

    /// A multiple of the encoder's block size.
    const BOUNDARY: usize = 1 << 17;

    #[test]
    fn bytes_do_not_depend_on_how_the_data_is_cut() {
        let sample = sample();
        let whole = gzip(&sample, usize::MAX);
        for piece in [1, 7, 512, 4096, 65_535, 65_537] {
            assert!(gzip(&sample, piece) == whole, "pieces of {piece}");
        }
    }

    /// Published archives are compared by their hash. If a new release of the compressor changes
    /// this one, every archive changes: that belongs into the changelog.
    #[test]
    fn bytes_are_the_same_everywhere() {
        let hash = Sha256::digest(gzip(&sample(), usize::MAX));
        let hash = hash.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        assert_eq!(hash, "2f38e132898606620996f08370de995d69ff2b84873effede3298c16af1ff0ac");
    }
}
