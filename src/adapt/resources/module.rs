//! The text of a resource module.

use super::repr::{push_bytes, push_str};

/// Bytes of names and contents that go into the modules of one package. Each takes up to four in
/// the text, and no device has memory for a thousandth of it.
pub const MAX_RESOURCES_SIZE: usize = 64 << 20;

/// The text of a module `R.py` with these resources, by name and in their order: byte for byte what
/// CPython 3.11 gives for `repr` of names and contents.
///
/// ```
/// let text = mpconvert::adapt::resource_module([("data/a.txt", &b"it's\n"[..])]);
/// assert_eq!(text, b"R = {\n'data/a.txt': b\"it's\\n\",\n}\n");
/// ```
#[must_use]
pub fn resource_module<'a>(resources: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut text = b"R = {\n".to_vec();
    for (name, content) in resources {
        push_str(&mut text, name);
        text.extend_from_slice(b": ");
        push_bytes(&mut text, content);
        text.extend_from_slice(b",\n");
    }
    text.extend_from_slice(b"}\n");
    text
}
