//! The scanner of gzip members. What it accepts, zlib unpacks to the same length.

#![no_main]

use std::io::Read;

use flate2::read::MultiGzDecoder;
use mpconvert::deflate::scan_gzip;

/// Bytes that a case may unpack to.
const MAX_LENGTH: u64 = 1 << 24;

libfuzzer_sys::fuzz_target!(|gzip: &[u8]| {
    let Ok(scan) = scan_gzip(gzip) else { return };
    if scan.length > MAX_LENGTH {
        return;
    }
    let mut unpacked = Vec::new();
    // Checksums are not the scanner's.
    if MultiGzDecoder::new(gzip).read_to_end(&mut unpacked).is_ok() {
        assert_eq!(scan.length, unpacked.len() as u64);
    }
});
