//! Literals as CPython writes them: `repr` of a text and of bytes.

use unicode_general_category::{GeneralCategory, get_general_category};

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Appends `repr(text)` of a `str`, as CPython 3.11 gives it.
///
/// Which characters are printed as they are is decided by Unicode 14.0, the version of that
/// CPython: one of another version differs in characters that came in between.
pub(super) fn push_str(out: &mut Vec<u8>, text: &str) {
    let quote = quote(text.as_bytes());
    out.push(quote);
    for character in text.chars() {
        match u8::try_from(character) {
            Ok(byte) if byte.is_ascii() => push_byte(out, byte, quote),
            _ if is_printable(character) => {
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            _ => match u32::from(character) {
                code @ ..=0xff => push_hex(out, b'x', code, 2),
                code @ ..=0xffff => push_hex(out, b'u', code, 4),
                code => push_hex(out, b'U', code, 8),
            },
        }
    }
    out.push(quote);
}

/// Appends `repr(data)` of a `bytes`, as every CPython 3 gives it.
pub(super) fn push_bytes(out: &mut Vec<u8>, data: &[u8]) {
    let quote = quote(data);
    out.extend([b'b', quote]);
    for &byte in data {
        push_byte(out, byte, quote);
    }
    out.push(quote);
}

/// Single quotes, unless only these would have to be escaped.
fn quote(text: &[u8]) -> u8 {
    if text.contains(&b'\'') && !text.contains(&b'"') { b'"' } else { b'\'' }
}

fn push_byte(out: &mut Vec<u8>, byte: u8, quote: u8) {
    match byte {
        b'\t' => out.extend_from_slice(b"\\t"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\\' => out.extend_from_slice(b"\\\\"),
        _ if byte == quote => out.extend([b'\\', quote]),
        b' '..=b'~' => out.push(byte),
        _ => push_hex(out, b'x', byte.into(), 2),
    }
}

/// Appends a backslash, `kind` and the `digits` last digits of `code`.
fn push_hex(out: &mut Vec<u8>, kind: u8, code: u32, digits: u32) {
    out.extend([b'\\', kind]);
    out.extend((0..digits).rev().map(|digit| HEX[(code >> (4 * digit)) as usize & 0xf]));
}

/// What `str.isprintable` says of a character that is not ASCII.
fn is_printable(character: char) -> bool {
    use GeneralCategory as Category;
    !matches!(
        get_general_category(character),
        Category::Control
            | Category::Format
            | Category::Surrogate
            | Category::PrivateUse
            | Category::Unassigned
            | Category::LineSeparator
            | Category::ParagraphSeparator
            | Category::SpaceSeparator
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_str(text: &str) -> String {
        let mut out = Vec::new();
        push_str(&mut out, text);
        String::from_utf8(out).unwrap()
    }

    fn of_bytes(data: &[u8]) -> String {
        let mut out = Vec::new();
        push_bytes(&mut out, data);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_quote_is_the_one_that_needs_no_escape() {
        assert_eq!(of_bytes(b"a"), "b'a'");
        assert_eq!(of_bytes(b"it's"), r#"b"it's""#);
        assert_eq!(of_bytes(b"\"a\""), r#"b'"a"'"#);
        assert_eq!(of_bytes(b"'\""), r#"b'\'"'"#);
        assert_eq!(of_str("it's"), r#""it's""#);
        assert_eq!(of_str("'\"\\"), r#"'\'"\\'"#);
    }

    #[test]
    fn bytes_are_ascii_or_hexadecimal() {
        assert_eq!(
            of_bytes(b"\0\t\n\r\x0b\x1f ~\x7f\x80\xff"),
            r"b'\x00\t\n\r\x0b\x1f ~\x7f\x80\xff'"
        );
        assert_eq!(of_bytes(b""), "b''");
    }

    #[test]
    fn characters_are_printed_where_unicode_14_has_something_to_print() {
        assert_eq!(of_str("é\u{a0}\u{ad}\u{7f}"), r"'é\xa0\xad\x7f'");
        assert_eq!(
            of_str("\u{3b1}\u{2028}\u{3000}\u{e000}\u{feff}"),
            r"'α\u2028\u3000\ue000\ufeff'"
        );
        assert_eq!(of_str("\u{1f600}\u{e0001}\u{10ffff}"), r"'😀\U000e0001\U0010ffff'");
        // Assigned in Unicode 14.0, and in 15.0.
        assert_eq!(of_str("\u{1fae0}\u{1fae8}"), "'\u{1fae0}\\U0001fae8'");
    }
}
