//! manifest.py of MicroPython.

#![no_main]

use std::fs;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(folder) = tempfile::tempdir() else { return };
    let manifest = folder.path().join("manifest.py");
    if fs::write(&manifest, data).is_ok() && fs::write(folder.path().join("a.py"), "").is_ok() {
        let _answer = mpconvert::read(&manifest);
    }
});
