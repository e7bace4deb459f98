//! Pages of a package index, in HTML and JSON.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    for media_type in ["text/html", "application/vnd.pypi.simple.v1+json"] {
        mpconvert::net::pypi::fuzz_page(data, media_type);
    }
});
