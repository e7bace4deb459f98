//! The lockfile.

#![no_main]

use mpconvert::resolve::lockfile::Lockfile;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _lockfile = Lockfile::parse(text, "mpconvert.lock");
});
