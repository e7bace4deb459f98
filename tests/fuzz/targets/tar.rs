//! Headers, names and extended headers of a tar archive.

#![no_main]

#[path = "../sdist/mod.rs"]
mod sdist;

libfuzzer_sys::fuzz_target!(|tar: &[u8]| sdist::read_tar(tar));
