//! The literals of setup.py.

#![no_main]

#[path = "../sdist/mod.rs"]
mod sdist;

libfuzzer_sys::fuzz_target!(|data: &[u8]| sdist::read(&[("setup.py", data)]));
