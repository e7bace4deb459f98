//! Text that is safe to print: without secrets, and without characters that act on a terminal or hide.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use unicode_general_category::{GeneralCategory, get_general_category};

use super::swept;

/// Text of an input, a server or a user as it is printed: without secrets, on one line, and with
/// every character escaped that a terminal would obey or not show.
pub(crate) struct Printable<'a>(pub(crate) &'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in swept(self.0).chars() {
            if is_hidden(character) {
                write!(out, "{}", character.escape_default())?;
            } else {
                out.write_char(character)?;
            }
        }
        Ok(())
    }
}

/// The JSON `document` with every character that [`Printable`] escapes written as `\uXXXX`. Parsers
/// read the same values from it; line feeds between the values stay.
pub(crate) fn ascii_json(document: &str) -> Cow<'_, str> {
    let is_escaped = |character: char| character != '\n' && is_hidden(character);
    if !document.contains(is_escaped) {
        return Cow::Borrowed(document);
    }
    let mut text = String::with_capacity(document.len());
    for character in document.chars() {
        // Outside of strings, a document has no such character but the line feed.
        if is_escaped(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a text cannot fail.
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(character);
        }
    }
    Cow::Owned(text)
}

/// Whether a terminal obeys the character, or shows nothing in its place: control and format
/// characters, the separators of lines and paragraphs, and what Unicode calls default ignorable.
fn is_hidden(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    let is_ignorable = matches!(
        character,
        '\u{34f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{2065}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    is_ignorable
        || matches!(
            get_general_category(character),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each kind: C0, DEL, C1, soft hyphen, marks and controls of direction, zero width,
    /// separators, a filler, a variation selector, and a tag outside of the basic plane.
    const HIDDEN: &str = "\u{1b}\u{7f}\u{9b}\u{ad}\u{61c}\u{200b}\u{200e}\u{200f}\u{2028}\u{2029}\
                          \u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{feff}\u{3164}\u{fe0f}\u{e0041}";

    #[test]
    fn hidden_characters_are_escaped_in_text() {
        let text = Printable(HIDDEN).to_string();
        assert!(text.starts_with("\\u{1b}\\u{7f}\\u{9b}\\u{ad}\\u{61c}\\u{200b}"), "{text}");
        assert!(text.is_ascii() && !text.contains(char::is_control), "{text}");
        assert_eq!(Printable("a\r\nb").to_string(), "a\\r\\nb");
        assert_eq!(Printable("é 漢 … 🎉 a b").to_string(), "é 漢 … 🎉 a b");
    }

    #[test]
    fn hidden_characters_are_escaped_in_json_and_the_value_is_the_same() {
        let value = serde_json::json!({ HIDDEN: [HIDDEN, "é 漢\n"] });
        let document = format!("{value:#}");
        let text = ascii_json(&document);
        assert!(text.contains("\\u009b") && text.contains("\\udb40\\udc41"), "{text}");
        assert!(text.contains("é 漢"), "{text}");
        assert!(!text.contains(|letter| letter != '\n' && is_hidden(letter)), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
