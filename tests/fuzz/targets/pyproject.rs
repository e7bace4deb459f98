//! pyproject.toml, for each build tool.

#![no_main]

#[path = "../sdist/mod.rs"]
mod sdist;

libfuzzer_sys::fuzz_target!(|data: &[u8]| sdist::read(&[("pyproject.toml", data)]));
