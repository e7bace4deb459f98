//! The two ways in which setuptools takes patterns: what is added is mostly looked for by its copy
//! of Python's `glob`, which takes hidden files too; what is removed is matched by its
//! `translate_pattern`, a regular expression with quirks of its own.

use regex::{Regex, RegexBuilder};
use unicode_normalization::UnicodeNormalization;

use super::template::{Files, PATH};
use crate::finding::{Code, Finding};
use crate::read::backend::pattern::{Glob, weight};

/// How many bytes a compiled pattern may take.
const MAX_SIZE: usize = 1 << 20;

/// A pattern made ready.
pub(super) enum Matcher {
    Found(Glob),
    Below(Glob),
    Matching(Regex),
}

impl Matcher {
    /// # Errors
    /// [`Code::InvalidConfiguration`] for a pattern whose expression is too large.
    pub fn new(files: &Files) -> Result<Self, Finding> {
        Ok(match files {
            Files::Found(pattern) => Self::Found(Glob::pathlib(pattern)),
            Files::Below(pattern) => Self::Below(Glob::pathlib(pattern)),
            Files::Matching(pattern) => Self::Matching(expression(pattern)?),
        })
    }

    /// Whether `path` is meant, which as a [composed](composed) one is the second argument.
    pub fn matches(&self, path: &str, composed: &str) -> bool {
        let parts = || path.split('/').collect::<Vec<_>>();
        match self {
            Self::Found(glob) => glob.matches(&parts()),
            Self::Below(glob) => glob.matches_above(&parts()),
            Self::Matching(expression) => expression.is_match(composed),
        }
    }
}

impl Files {
    fn pattern(&self) -> &str {
        match self {
            Self::Found(pattern) | Self::Below(pattern) | Self::Matching(pattern) => pattern,
        }
    }

    /// What all paths that are meant begin with. Behind it, a letter may have two forms.
    pub fn prefix(&self) -> &str {
        let pattern = self.pattern();
        let end =
            pattern.find(|character: char| "*?[".contains(character) || !character.is_ascii());
        pattern.get(..end.unwrap_or(pattern.len())).unwrap_or_default()
    }

    /// How many short patterns the pattern is worth.
    pub fn weight(&self) -> usize {
        weight(self.pattern())
    }

    /// What making the pattern ready costs, in comparisons. A regular expression is compiled.
    pub fn cost(&self) -> usize {
        match self {
            Self::Found(_) | Self::Below(_) => self.weight(),
            Self::Matching(_) => 1_000 * self.weight(),
        }
    }
}

/// The form in which paths and patterns of removals are compared.
pub(super) fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// The regular expression that `translate_pattern` of setuptools' `egg_info.py` makes.
fn expression(pattern: &str) -> Result<Regex, Finding> {
    let pattern = composed(pattern);
    let mut text = r"(?s)\A".to_owned();
    let mut parts = pattern.split('/').peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        match (part, is_last) {
            ("**", true) => text.push_str(".*"),
            ("**", false) => text.push_str("(?:[^/]+/)*"),
            _ => translate(part, &mut text),
        }
        if part != "**" && !is_last {
            text.push('/');
        }
    }
    text.push_str(r"\z");
    RegexBuilder::new(&text).size_limit(MAX_SIZE).build().map_err(|_| {
        let found = format!("a pattern of {} characters", pattern.chars().count());
        Finding::new(Code::InvalidConfiguration, found).at(PATH).expected("shorter patterns")
    })
}

/// Translates what stands between two slashes.
fn translate(part: &str, text: &mut String) {
    let mut rest = part;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        match character {
            '*' => text.push_str("[^/]*"),
            '?' => text.push_str("[^/]"),
            '[' => match class(rest) {
                Some((class, behind)) => {
                    text.push_str(&class);
                    rest = behind;
                }
                None => text.push_str(r"\["),
            },
            character => text.push_str(&regex::escape(character.encode_utf8(&mut [0; 4]))),
        }
    }
}

/// Translates a class whose `[` was read, and returns the rest after its `]`; `None` if that is
/// missing. setuptools does not support ranges, and a negated class matches a slash too.
fn class(text: &str) -> Option<(String, &str)> {
    let (sign, inner) = text.strip_prefix('!').map_or(("", text), |inner| ("^", inner));
    let end = inner.char_indices().skip(1).find(|(_, character)| *character == ']')?.0;
    Some((format!("[{sign}{}]", regex::escape(&inner[..end])), &inner[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matching(pattern: &str, path: &str) -> bool {
        let matcher = Matcher::new(&Files::Matching(pattern.to_owned())).unwrap();
        matcher.matches(path, &composed(path))
    }

    #[test]
    fn removals_match_whole_paths() {
        for (pattern, yes, no) in [
            ("*.txt", "a.txt", "p/a.txt"),
            ("?", "é", "/"),
            ("**/*.txt", "p/.q/a.txt", "p/a.txt~"),
            ("**/a", "a", "xa"),
            ("p/**", "p/q/a", "p"),
            ("p/**/a", "p/a", "pa"),
            ("a**b", "axb", "a/b"),
            ("***", "ab", "a/b"),
            ("a.b+c", "a.b+c", "aab+c"),
        ] {
            assert!(matching(pattern, yes), "{pattern} {yes}");
            assert!(!matching(pattern, no), "{pattern} {no}");
        }
    }

    #[test]
    fn classes_of_removals_have_no_ranges() {
        assert!(matching("[a-c]", "-") && !matching("[a-c]", "b"));
        assert!(matching("[^a]", "^") && matching("[]a]", "]") && matching("[!]]", "a"));
        assert!(matching("[a", "[a") && matching("[!]", "[!]") && matching("[a/b]", "[a/b]"));
        assert!(matching(r"[\d&&~x]", "&") && matching(r"[\d]", "d") && !matching(r"[\d]", "1"));
    }

    #[test]
    fn negated_classes_match_a_slash() {
        assert!(matching("p[!x]a", "p/a") && !matching("p[!x]a", "pxa"));
    }

    #[test]
    fn letters_of_two_forms_are_one_to_removals() {
        assert!(matching("caf\u{e9}.txt", "cafe\u{301}.txt"));
        assert!(matching("cafe\u{301}.txt", "caf\u{e9}.txt"));
        let files = Files::Found("caf\u{e9}.txt".to_owned());
        let matcher = Matcher::new(&files).unwrap();
        assert!(!matcher.matches("cafe\u{301}.txt", "caf\u{e9}.txt"));
    }

    #[test]
    fn prefixes_end_at_the_first_special_character() {
        for (pattern, prefix) in [("a/b*.c", "a/b"), ("a/\u{e9}", "a/"), ("a.txt", "a.txt")] {
            assert_eq!(Files::Matching(pattern.to_owned()).prefix(), prefix);
        }
    }

    #[test]
    fn too_large_patterns_are_refused() {
        let files = Files::Matching("*a".repeat(50_000));
        let finding = Matcher::new(&files).err().unwrap();
        assert_eq!(finding.code, Code::InvalidConfiguration);
    }
}
