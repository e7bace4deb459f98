//! Patterns for one name of a path: `*`, `?` and `[…]`.
//!
//! Written here since the tools want characters, and `globset` matches bytes, so that its `?` is
//! no `é`; it also panics on patterns whose automaton gets too large.

/// How a tool reads ambiguous patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::read::backend) enum Dialect {
    /// Python's `fnmatch`: a backslash is a backslash, `[^a]` is one of `^` and `a`, and a bracket
    /// that is not closed stands for itself.
    Python,
    /// `.gitignore`: a backslash escapes, `[^a]` is anything but `a`, and a pattern with a bracket
    /// that is not closed matches nothing.
    Git,
}

/// A pattern for one name.
#[derive(Clone, Debug)]
pub(in crate::read::backend) struct NamePattern {
    tokens: Vec<Token>,
}

#[derive(Clone, Debug)]
enum Token {
    Character(char),
    /// `?`
    Any,
    /// `*`
    Many,
    /// `[…]`; both ends of a range belong to it.
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl NamePattern {
    /// Reads a pattern; `None` if it can match nothing.
    pub(in crate::read::backend) fn new(text: &str, dialect: Dialect) -> Option<Self> {
        let mut tokens = Vec::new();
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            rest = &rest[character.len_utf8()..];
            tokens.push(match character {
                '?' => Token::Any,
                '*' if matches!(tokens.last(), Some(Token::Many)) => continue,
                '*' => Token::Many,
                '\\' if dialect == Dialect::Git => {
                    let escaped = rest.chars().next()?;
                    rest = &rest[escaped.len_utf8()..];
                    Token::Character(escaped)
                }
                '[' => match class(rest, dialect) {
                    Some((class, behind)) => {
                        rest = behind;
                        class
                    }
                    None if dialect == Dialect::Git => return None,
                    None => Token::Character('['),
                },
                _ => Token::Character(character),
            });
        }
        Some(Self { tokens })
    }

    /// The name that the pattern stands for, if it is only one.
    pub(super) fn literal(&self) -> Option<String> {
        self.tokens
            .iter()
            .map(|token| match token {
                Token::Character(character) => Some(*character),
                _ => None,
            })
            .collect()
    }

    /// Whether the pattern stands for all of `name`. After a mismatch it is enough to let the last
    /// `*` take one more character, so that the work stays below the product of both lengths.
    pub(in crate::read::backend) fn matches(&self, name: &str) -> bool {
        let (mut token, mut rest) = (0, name);
        let mut resume: Option<(usize, &str)> = None;
        loop {
            let mut after = rest.chars();
            let next = after.next();
            match (self.tokens.get(token), next) {
                (None, None) => return true,
                (Some(Token::Many), _) => {
                    token += 1;
                    resume = Some((token, rest));
                }
                (Some(wanted), Some(character)) if wanted.fits(character) => {
                    token += 1;
                    rest = after.as_str();
                }
                _ => {
                    let Some((behind, from)) = resume else { return false };
                    let mut shorter = from.chars();
                    if shorter.next().is_none() {
                        return false;
                    }
                    (token, rest) = (behind, shorter.as_str());
                    resume = Some((behind, rest));
                }
            }
        }
    }
}

impl Token {
    fn fits(&self, character: char) -> bool {
        match self {
            Self::Character(wanted) => *wanted == character,
            Self::Any => true,
            Self::Many => false,
            Self::Class { negated, ranges } => {
                *negated != ranges.iter().any(|(low, high)| (*low..=*high).contains(&character))
            }
        }
    }
}

/// Reads a class whose `[` was read, and returns the rest after its `]`; `None` if that is missing.
fn class(text: &str, dialect: Dialect) -> Option<(Token, &str)> {
    let inner = text
        .strip_prefix('!')
        .or_else(|| text.strip_prefix('^').filter(|_| dialect == Dialect::Git));
    let negated = inner.is_some();
    let inner = inner.unwrap_or(text);
    let end = inner.char_indices().skip(1).find(|(_, character)| *character == ']')?.0;
    let ranges = ranges(&inner[..end].chars().collect::<Vec<_>>());
    Some((Token::Class { negated, ranges }, &inner[end + 1..]))
}

/// The ranges of a class; a `-` at either end stands for itself, a backslash always does.
fn ranges(members: &[char]) -> Vec<(char, char)> {
    let mut ranges = Vec::new();
    let mut rest = members;
    while let [low, behind @ ..] = rest {
        let (high, behind) = match behind {
            ['-', high, behind @ ..] => (high, behind),
            _ => (low, behind),
        };
        ranges.push((*low, *high));
        rest = behind;
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn python(pattern: &str, name: &str) -> bool {
        NamePattern::new(pattern, Dialect::Python).is_some_and(|pattern| pattern.matches(name))
    }

    fn git(pattern: &str, name: &str) -> bool {
        NamePattern::new(pattern, Dialect::Git).is_some_and(|pattern| pattern.matches(name))
    }

    #[test]
    fn wildcards() {
        assert!(python("*.py", ".py") && python("a*b*c", "aXbbYcc") && !python("a*b", "abc"));
        assert!(python("?", "é") && !python("?", "") && python("**", "") && python("a", "a"));
    }

    #[test]
    fn classes() {
        for (pattern, yes, no) in [
            ("[a-c]", "b", "d"),
            ("[!a-c]", "é", "b"),
            ("[é-ü]", "ë", "e"),
            ("[]-]", "-", "a"),
            ("[]]", "]", "["),
            ("[!]]", "a", "]"),
            ("[a-]", "-", "b"),
            ("[-a]", "-", "b"),
            ("[^a]", "^", "b"),
            ("[ab", "[ab", "a"),
            ("{a,b}", "{a,b}", "a"),
        ] {
            assert!(python(pattern, yes), "{pattern} {yes}");
            assert!(!python(pattern, no), "{pattern} {no}");
        }
        assert!(!python("[z-a]", "m"));
    }

    #[test]
    fn dialects_differ() {
        assert!(git("\\*", "*") && !git("\\*", "a") && python("\\*", "\\a"));
        assert!(git("[^a]", "b") && git("[\\]", "\\") && !git("[ab", "[ab") && !git("a\\", "a\\"));
    }

    #[test]
    fn hostile_patterns_take_no_time() {
        let pattern = NamePattern::new(&"*a".repeat(2000), Dialect::Python).unwrap();
        assert!(!pattern.matches(&format!("{}b", "a".repeat(5000))));
    }
}
