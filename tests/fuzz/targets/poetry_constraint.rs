//! Version constraints of Poetry.

#![no_main]

use mpconvert::requirement::poetry;
use toml_edit::{DocumentMut, value};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut document = DocumentMut::new();
    for key in ["version", "python", "platform", "markers"] {
        document["tool"]["poetry"]["dependencies"]["a"][key] = value("*");
    }
    let (constraint, key) = text.split_once('\n').unwrap_or((text, "version"));
    document["tool"]["poetry"]["dependencies"]["a"][key] = value(constraint);
    poetry::requirements(&document, "pyproject.toml", &mut Vec::new());
});
