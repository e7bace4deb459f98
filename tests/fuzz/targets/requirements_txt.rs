//! Requirements files of pip.

#![no_main]

use mpconvert::requirement::requirements_txt;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _lines = requirements_txt::parse(text);
});
