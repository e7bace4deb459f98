//! Gzip in a 4 KiB window: the encoder, its framing, and the scanner that judges the result.
//!
//! upip unpacks with a dictionary of 4096 bytes where the heap is small; a match that reaches
//! further back fails there after half of the files are written. A decoder with a limited window
//! does not prove that a stream is valid, since most of them accept longer distances as long as
//! their output buffer reaches that far back; [`scan_gzip`] reads the distances themselves.

mod encoder;
mod gzip;
mod scan;
mod scanned_writer;

pub use crate::deflate::scanned_writer::ScannedWriter;
pub use gzip::{GzipWriter, HEADER};
pub use scan::{Scan, ScanError, Scanner, scan_gzip};

/// The longest match distance that every device can follow, in bytes.
pub const WINDOW: u32 = 4096;
