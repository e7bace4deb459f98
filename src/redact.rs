//! Texts of users and inputs without the secrets that URLs hold.

mod printable;
mod secret;
mod secrets;

use std::borrow::Cow;

use crate::hosted::behind_host;
pub(crate) use printable::Printable;
pub(crate) use printable::ascii_json;
pub use secret::{SafeUrl, Secret};
pub(crate) use secrets::remember;
pub(crate) use secrets::without_private;

/// What a quotation begins with.
const OPENING: &str = "'\"`([{<";

/// `text` with all URLs in it without user names, passwords and queries, which may hold a token.
///
/// Texts that are wrong are printed as well as right ones, so that what only looks like a URL counts: one
/// with a misspelled or no scheme, one whose password has letters that a URL cannot have.
pub(crate) fn redacted(text: &str) -> Cow<'_, str> {
    without_secrets(text, false)
}

/// `text` without what [`redacted`] leaves out, and without the secrets that were sent to servers.
pub(crate) fn swept(text: &str) -> Cow<'_, str> {
    match redacted(text) {
        Cow::Borrowed(text) => without_private(text),
        Cow::Owned(text) => Cow::Owned(without_private(&text).into_owned()),
    }
}

/// As [`redacted`], of what is a URL in any case, even one without scheme.
pub(crate) fn redacted_url(url: &str) -> Cow<'_, str> {
    without_secrets(url, true)
}

fn without_secrets(text: &str, is_url: bool) -> Cow<'_, str> {
    if !text.contains('@') && !text.contains(":/") && !text.contains("//") {
        return Cow::Borrowed(text);
    }
    let mut redacted = String::with_capacity(text.len());
    let mut rest = text;
    let mut is_url = is_url;
    // Looked for once: a search for each word would take time with the square of the length.
    let last_at = text.rfind('@');
    while !rest.is_empty() {
        let (space, more) = rest.split_at(between(rest));
        redacted.push_str(space);
        let (word, behind) = more.split_at(more.find(is_between).unwrap_or(more.len()));
        rest = behind;
        match Place::find(word, is_url) {
            Place::None => redacted.push_str(word),
            Place::Between(start, end) => {
                redacted.push_str(&word[..start]);
                redacted.push_str(&without_query(&word[end..]));
            }
            Place::From(start) => {
                redacted.push_str(&word[..start]);
                // A password with a space, or one that should have been encoded.
                let from = text.len() - more.len() + start;
                if let Some(at) = last_at.filter(|at| *at >= from) {
                    rest = &text[at + 1..];
                } else {
                    redacted.push('…');
                }
            }
        }
        // In a requirement, one follows.
        is_url = word.ends_with('@');
    }
    Cow::Owned(redacted)
}

/// Where something secret is in a word.
enum Place {
    None,
    /// From the first place to the second.
    Between(usize, usize),
    /// From this place to an unknown end.
    From(usize),
}

impl Place {
    /// Looks into a word, which is a URL for sure if `is_url`.
    fn find(word: &str, is_url: bool) -> Self {
        if is_drive(word) {
            return Self::None;
        }
        let mark = [":/", "//"].iter().filter_map(|mark| word.find(mark)).min();
        let is_behind_login = |mark: usize| {
            let login = word[..mark].rsplit_once('@');
            login.is_some_and(|(login, _)| login.contains(':'))
        };
        let Some(mark) = mark.filter(|mark| !is_behind_login(*mark)) else {
            return Self::without_scheme(word, is_url);
        };
        let url = word[mark..].trim_start_matches([':', '/']);
        let start = word.len() - url.len();
        let authority = &url[..url.find(['/', '?', '#', '\\']).unwrap_or(url.len())];
        match authority.rfind('@') {
            // Without a host, the password goes on.
            Some(at) if at + 1 == authority.len() => Self::From(start),
            Some(at) => Self::Between(start, start + at + 1),
            None if has_port(authority) => Self::Between(start, start),
            None => Self::From(start),
        }
    }

    /// `user:password@host`
    fn without_scheme(word: &str, is_url: bool) -> Self {
        let Some(at) = word.rfind('@') else { return Self::None };
        let start = word.find(|letter: char| !OPENING.contains(letter)).unwrap_or(0);
        let login = word.get(start..at).unwrap_or_default();
        // What follows the `@` of a repository is a branch.
        let is_login = match behind_host(login) {
            Some(repository) => repository.contains(':'),
            None => is_url || login.contains(':'),
        };
        if is_login { Self::Between(start, at + 1) } else { Self::None }
    }
}

/// `C:/folder`
fn is_drive(word: &str) -> bool {
    let path = word.trim_start_matches(|letter| OPENING.contains(letter));
    let is_letter = path.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let rest = path.get(1..).filter(|_| is_letter).unwrap_or_default();
    let is_path = (rest.starts_with(":/") && !rest.starts_with("://")) || rest.starts_with(":\\");
    is_path && rest.matches(':').count() == 1
}

/// Whether what follows the host is a port, or nothing; else it is a password.
pub(crate) fn has_port(authority: &str) -> bool {
    // In a sentence, a sign may follow.
    let authority = authority.trim_end_matches(|letter: char| !letter.is_alphanumeric());
    let host = authority.rsplit_once(']').map_or(authority, |(_, rest)| rest);
    host.split_once(':').is_none_or(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
}

fn without_query(url: &str) -> Cow<'_, str> {
    let Some((place, query)) = url.split_once('?') else { return Cow::Borrowed(url) };
    // What closes a quotation is no part of the URL.
    let end = query.trim_end_matches(['\'', '"', '`', ')', ']', ',', ';', ':', '.']).len();
    Cow::Owned(format!("{place}?…{}", &query[end..]))
}

/// The length of what stands between words at the start of `text`: white space, and styles of a terminal.
fn between(text: &str) -> usize {
    let mut rest = text;
    while let Some(letter) = rest.chars().next().filter(|letter| is_between(*letter)) {
        rest = &rest[letter.len_utf8()..];
        let numbers = rest.strip_prefix('[').filter(|_| letter == '\u{1b}');
        let behind =
            numbers.map(|style| style.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';'));
        rest = behind.and_then(|style| style.strip_prefix('m')).unwrap_or(rest);
    }
    text.len() - rest.len()
}

/// Whether a letter stands between words; styles of a terminal begin with one.
fn is_between(letter: char) -> bool {
    letter.is_whitespace() || letter == '\u{1b}'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn urls_are_redacted() {
        for (text, expected) in [
            ("https://me:p@ss@host/a@b", "https://host/a@b"),
            ("https://token@host", "https://host"),
            ("https://host/?user=a@b", "https://host/?…"),
            ("https://host:8080/a#sha256=0", "https://host:8080/a#sha256=0"),
            ("http://[::1]:80/x", "http://[::1]:80/x"),
            ("found `https://a:b@c/d?e`, and http://f", "found `https://c/d?…`, and http://f"),
            ("`https://host:80`: 404", "`https://host:80`: 404"),
            ("git+ssh://git@host/x", "git+ssh://host/x"),
            ("X=https://a:b@c and https://d:e@f", "X=https://c and https://f"),
        ] {
            assert_eq!(redacted(text), expected);
        }
    }

    #[test]
    fn text_that_looks_like_a_url_is_redacted() {
        for (text, expected) in [
            ("foo @ https://me:a b@host/x y", "foo @ https://host/x y"),
            ("foo @ https://me:a/b@host/x", "foo @ https://host/x"),
            ("https://me:a?b#c@host", "https://host"),
            ("https://me:a%40host/x z", "https://… z"),
            ("https:/me:a@host", "https:/host"),
            ("https//me:a@host", "https//host"),
            ("https:/token@host", "https:/host"),
            ("https:\\\\me:a@host", "host"),
            ("https:me:a@host", "host"),
            ("found `me:a@host:80`", "found `host:80`"),
            ("foo@https://me:a@host", "foo@https://host"),
            ("foo @ token@host/x", "foo @ host/x"),
            ("https://me :a@host", "https://me host"),
            ("\u{1b}[1;33m'me:a@host'\u{1b}[0m", "\u{1b}[1;33m'host'\u{1b}[0m"),
        ] {
            assert_eq!(redacted(text), expected);
        }
    }

    #[test]
    fn other_texts_stay() {
        for text in [
            "foo@1.0",
            "foo @ 1.0",
            "github:org/repo@v1",
            "git@host:org/repo",
            "`C:\\foo@1\\x`",
            "C:/foo@1",
            "lib/a@b.py: found a?b",
            "a // b",
            "\u{1b}[33m'github:org/repo@v1'\u{1b}[0m",
        ] {
            assert_eq!(redacted(text), text);
        }
        assert_eq!(redacted_url("token@host/x?y"), "host/x?…");
    }

    proptest! {
        #[test]
        fn no_password_is_reported(
            before in "[a-z@ ]{0,6}",
            scheme in "(https?:/{1,3}|git\\+https://|//)",
            user in "[a-z.]{1,4}",
            noise in "([ /?#:%'\"é,-]{0,4}|[@:%'\"é,-]{0,4})",
            port in "(:80)?",
            after in "[/a-z? ]{0,6}",
        ) {
            let text = format!("{before} {scheme}{user}:SECRET{noise}SECRET@host{port}{after}");
            prop_assert!(!redacted(&text).contains("SECRET"), "{} of {text}", redacted(&text));
        }

        #[test]
        fn no_login_without_scheme_is_reported(
            user in "[a-z]{2,4}",
            noise in "[/@?#]?[%'\"é,-]{0,4}:?",
            after in "(:80)?[/a-z? ]{0,6}",
        ) {
            let text = format!("'{user}:SECRET{noise}SECRET@host{after}'");
            prop_assert!(!redacted(&text).contains("SECRET"), "{} of {text}", redacted(&text));
        }

        #[test]
        fn any_text_is_reported(text in "[a-c:/@? \\\\é'`\\[\\]0-9]{0,20}") {
            redacted(&text);
        }
    }
}
