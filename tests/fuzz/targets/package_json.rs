//! package.json of mip. What is written is read the same again.

#![no_main]

use mpconvert::mip::PackageJson;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(package) = PackageJson::parse(data, "package.json") else { return };
    let text = package.to_text();
    let again = PackageJson::parse(text.as_bytes(), "package.json");
    assert_eq!(again.map(|again| again.to_text()).ok(), Some(text));
});
