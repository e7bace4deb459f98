//! Names in zip files: UTF-8, or code page 437 (APPNOTE appendix D).

use std::borrow::Cow;

/// The characters of the bytes from 0x80.
const UPPER_HALF: &str = "\
ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ ";

/// The text of a name. The flag for UTF-8 does not decide, since Python before 3 and other tools wrote
/// UTF-8 without it.
pub(super) fn decoded(name: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(name) {
        return text.into();
    }
    let upper: Vec<char> = UPPER_HALF.chars().collect();
    let character = |byte: &u8| match byte.checked_sub(0x80) {
        Some(place) => {
            upper.get(usize::from(place)).copied().unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        None => char::from(*byte),
    };
    name.iter().map(character).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_utf_8_are_of_code_page_437() {
        assert_eq!(decoded("\u{e9}.py".as_bytes()), "\u{e9}.py");
        assert_eq!(decoded(b"\x82.py"), "\u{e9}.py");
        assert_eq!(UPPER_HALF.chars().count(), 128);
    }
}
