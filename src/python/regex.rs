//! Python's regular expressions, as far as the crate `regex` reads them alike.

use regex::{Regex, RegexBuilder};

/// Longer patterns are not read.
const MAX_PATTERN_LENGTH: usize = 1000;
/// Bytes that a pattern may take when compiled; what it takes to search grows with it.
const MAX_SIZE: usize = 256 << 10;

/// The flags of a pattern that change what it finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "any of the flags can be set")]
pub(crate) struct Flags {
    /// `re.MULTILINE`.
    pub multi_line: bool,
    /// `re.IGNORECASE`.
    pub ignore_case: bool,
    /// `re.DOTALL`.
    pub dot_all: bool,
    /// `re.VERBOSE`.
    pub verbose: bool,
}

/// The pattern, whose work grows with the text only; `None` if it is not supported: the crate has
/// neither references to groups nor look-around, and has operators inside of brackets that Python does
/// not have.
pub(crate) fn compile(pattern: &str, flags: Flags) -> Option<Regex> {
    let is_foreign = ["[[", "&&", "--", "~~"].iter().any(|sign| pattern.contains(sign));
    if is_foreign || pattern.len() > MAX_PATTERN_LENGTH {
        return None;
    }
    RegexBuilder::new(pattern)
        .multi_line(flags.multi_line)
        .case_insensitive(flags.ignore_case)
        .dot_matches_new_line(flags.dot_all)
        .ignore_whitespace(flags.verbose)
        .size_limit(MAX_SIZE)
        .dfa_size_limit(MAX_SIZE)
        .build()
        .ok()
}
