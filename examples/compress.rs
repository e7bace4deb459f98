//! Compresses one file into another and does nothing else: `compress INPUT OUTPUT`.
//!
//! The benchmarks compare conversions with it, since every conversion has to compress its result.

use std::env;
use std::error::Error;
use std::fs;

use flate2::{Compress, Compression, FlushCompress, Status};

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = env::args_os().skip(1);
    let (Some(input), Some(output)) = (paths.next(), paths.next()) else {
        return Err("usage: compress INPUT OUTPUT".into());
    };
    let data = fs::read(input)?;
    let mut zlib = Compress::new_with_window_bits(Compression::best(), false, 12);
    // Deflate adds at most a few bytes to each block that does not shrink.
    let mut deflated = Vec::with_capacity(data.len() + data.len() / 1000 + 64);
    match zlib.compress_vec(&data, &mut deflated, FlushCompress::Finish)? {
        Status::StreamEnd => Ok(fs::write(output, deflated)?),
        status => Err(format!("compressor stopped: {status:?}").into()),
    }
}
