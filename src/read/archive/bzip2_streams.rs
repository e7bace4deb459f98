//! The bzip2 streams of one file, which parallel compressors write one after the other.

use std::io::{self, BufRead, Read};

use bzip2::bufread::BzDecoder;

use crate::limits::{MAX_BZIP2_STREAMS, WorkBudget};

/// Decodes all bzip2 streams of a file, up to [`MAX_BZIP2_STREAMS`]: each costs time even if it is empty.
pub(super) struct Bzip2Streams<'a> {
    decoder: BzDecoder<&'a [u8]>,
    budget: WorkBudget,
}

impl<'a> Bzip2Streams<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self { decoder: BzDecoder::new(data), budget: WorkBudget::new(MAX_BZIP2_STREAMS - 1) }
    }
}

impl Read for Bzip2Streams<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.decoder.read(buffer)?;
            let mut rest = *self.decoder.get_ref();
            if count > 0 || buffer.is_empty() || rest.fill_buf()?.is_empty() {
                return Ok(count);
            }
            self.budget.charge(1).map_err(io::Error::other)?;
            self.decoder = BzDecoder::new(rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn bzip2(data: &[u8]) -> Vec<u8> {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn read(data: &[u8]) -> io::Result<Vec<u8>> {
        let mut read = Vec::new();
        Bzip2Streams::new(data).read_to_end(&mut read)?;
        Ok(read)
    }

    #[test]
    fn all_streams_are_read() {
        assert_eq!(read(&[bzip2(b"a"), bzip2(b""), bzip2(b"b")].concat()).unwrap(), b"ab");
        assert!(read(&[bzip2(b"a"), b"junk".to_vec()].concat()).is_err());
    }

    #[test]
    fn empty_streams_without_end_are_refused() {
        assert!(read(&bzip2(b"").repeat(MAX_BZIP2_STREAMS)).is_ok());
        let error = read(&bzip2(b"").repeat(MAX_BZIP2_STREAMS + 1)).unwrap_err();
        assert!(error.get_ref().unwrap().is::<crate::limits::TooMuchWork>());
    }
}
