//! Compressed streams one after the other, as some compressors write them, up to a number.

use std::io::{self, BufRead, Read};

use crate::limits::{MAX_BZIP2_STREAMS, MAX_GZIP_MEMBERS, WorkBudget};

/// A decoder of one stream that leaves what follows it alone.
pub(super) trait Decoder<'a>: Read {
    /// How many streams one file may have. Each costs time even if it is empty.
    const MAX_STREAMS: usize;

    /// Starts to decode the stream at the start of `data`.
    fn start(data: &'a [u8]) -> Self;

    /// What follows the stream, once that is read to its end.
    fn rest(&self) -> &'a [u8];
}

impl<'a> Decoder<'a> for flate2::bufread::GzDecoder<&'a [u8]> {
    const MAX_STREAMS: usize = MAX_GZIP_MEMBERS;

    fn start(data: &'a [u8]) -> Self {
        Self::new(data)
    }

    fn rest(&self) -> &'a [u8] {
        self.get_ref()
    }
}

impl<'a> Decoder<'a> for bzip2::bufread::BzDecoder<&'a [u8]> {
    const MAX_STREAMS: usize = MAX_BZIP2_STREAMS;

    fn start(data: &'a [u8]) -> Self {
        Self::new(data)
    }

    fn rest(&self) -> &'a [u8] {
        self.get_ref()
    }
}

/// Decodes all streams of a file.
pub(super) struct Streams<D> {
    decoder: D,
    streams: WorkBudget,
}

impl<'a, D: Decoder<'a>> Streams<D> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self { decoder: D::start(data), streams: WorkBudget::new(D::MAX_STREAMS - 1) }
    }
}

impl<'a, D: Decoder<'a>> Read for Streams<D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.decoder.read(buffer)?;
            let mut rest = self.decoder.rest();
            if count > 0 || buffer.is_empty() || rest.fill_buf()?.is_empty() {
                return Ok(count);
            }
            self.streams.charge(1).map_err(io::Error::other)?;
            self.decoder = D::start(rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn read(data: &[u8]) -> io::Result<Vec<u8>> {
        let mut read = Vec::new();
        Streams::<flate2::bufread::GzDecoder<_>>::new(data).read_to_end(&mut read)?;
        Ok(read)
    }

    #[test]
    fn all_streams_are_read() {
        assert_eq!(read(&[gzip(b"a"), gzip(b""), gzip(b"b")].concat()).unwrap(), b"ab");
        assert!(read(&[gzip(b"a"), b"junk".to_vec()].concat()).is_err());
    }

    #[test]
    fn empty_streams_without_end_are_refused() {
        assert!(read(&gzip(b"").repeat(MAX_GZIP_MEMBERS)).is_ok());
        let error = read(&gzip(b"").repeat(MAX_GZIP_MEMBERS + 1)).unwrap_err();
        assert!(error.get_ref().unwrap().is::<crate::limits::TooMuchWork>());
    }
}
