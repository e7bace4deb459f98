//! Keeps what is written to it and judges it at the same time.

use std::io::{self, Write};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use super::scan::{Scan, ScanError, Scanner};

/// Pieces that may wait for the scanner; one is at most as long as a write.
const WAITING: usize = 16;

/// A gzip stream in memory that a thread of its own scans while it grows, so that its judgement
/// costs no time where there is a second processor.
///
/// ```
/// use std::io::Write;
/// use mpconvert::deflate::{GzipWriter, ScannedWriter};
///
/// let mut gzip = GzipWriter::new(ScannedWriter::new()?)?;
/// gzip.write_all(&[7; 10_000])?;
/// let (archive, scan) = gzip.finish()?.finish();
/// assert_eq!(scan?.length, 10_000);
/// assert!(archive.len() < 100);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ScannedWriter {
    data: Vec<u8>,
    pieces: SyncSender<Vec<u8>>,
    verdict: JoinHandle<Result<Scan, ScanError>>,
}

impl ScannedWriter {
    /// An empty stream.
    ///
    /// # Errors
    /// What the system says if it grants no thread.
    pub fn new() -> io::Result<Self> {
        let (pieces, waiting) = sync_channel::<Vec<u8>>(WAITING);
        let verdict = Builder::new().name("scan".to_owned()).spawn(move || {
            let mut scanner = Scanner::new();
            waiting.into_iter().try_for_each(|piece| scanner.push(&piece))?;
            scanner.finish()
        })?;
        Ok(Self { data: Vec::new(), pieces, verdict })
    }

    /// The stream and what it turned out to be.
    pub fn finish(self) -> (Vec<u8>, Result<Scan, ScanError>) {
        drop(self.pieces);
        let verdict = self.verdict.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (self.data, verdict)
    }
}

impl Write for ScannedWriter {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.data.extend_from_slice(piece);
        // The scanner stops at the first fault, which its verdict contains.
        let _ = self.pieces.send(piece.to_vec());
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_reported_at_the_end() {
        let mut judged = ScannedWriter::new().unwrap();
        for _ in 0..100 {
            judged.write_all(b"no gzip").unwrap();
        }
        let (data, verdict) = judged.finish();
        assert_eq!(data.len(), 700);
        assert_eq!(verdict, Err(ScanError::NotGzip));
    }
}
