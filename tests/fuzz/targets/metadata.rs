//! Core metadata. What it is written as is read the same again.

#![no_main]

use mpconvert::metadata::Metadata;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let (metadata, _) = Metadata::parse(data, "PKG-INFO");
    // Control characters are blanks of some fields only.
    if data.iter().any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace()) {
        return;
    }
    let written = metadata.to_pkg_info("x", "1.0");
    let (again, _) = Metadata::parse(written.as_bytes(), "PKG-INFO");
    assert_eq!(again.to_pkg_info("x", "1.0"), written);
});
