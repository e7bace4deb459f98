//! requires.txt of an egg-info folder.

#![no_main]

use mpconvert::requirement::egg_info;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    egg_info::requirements(data, "requires.txt", &mut Vec::new());
});
