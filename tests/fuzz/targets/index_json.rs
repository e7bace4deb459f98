//! index.json of mip.

#![no_main]

use mpconvert::mip::IndexJson;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _index = IndexJson::parse(data, "index.json");
});
