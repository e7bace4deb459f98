//! Records and names of a zip archive, as a wheel and as a source distribution.

#![no_main]

use mpconvert::ReadOptions;
use mpconvert::read::read_bytes;

libfuzzer_sys::fuzz_target!(|zip: &[u8]| {
    for name in ["x-1.0-py3-none-any.whl", "x-1.0.zip"] {
        let _answer = read_bytes(name, zip.to_vec(), &ReadOptions::default());
    }
});
