//! Names of projects, normalised.

/// A project's name in the one spelling by which indexes compare names (PEP 503).
///
/// ```
/// assert_eq!(mpconvert::normalized_name("Micropython_Umqtt.Simple"), "micropython-umqtt-simple");
/// ```
#[must_use]
pub fn normalized_name(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for character in name.chars() {
        if matches!(character, '-' | '_' | '.') {
            if !normal.ends_with('-') {
                normal.push('-');
            }
        } else {
            normal.extend(character.to_lowercase());
        }
    }
    normal
}

/// Whether `name` is a valid name of a project or an extra (PEP 508).
pub(crate) fn is_valid_name(name: &str) -> bool {
    let good_end = |letter: Option<char>| letter.is_some_and(|c| c.is_ascii_alphanumeric());
    good_end(name.chars().next())
        && good_end(name.chars().next_back())
        && name.chars().all(is_name_character)
}

/// Whether `letter` may be part of the name of a project or an extra (PEP 508).
pub(crate) fn is_name_character(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_')
}
