//! Parsing of one dependency specifier.
//!
//! Written here because the parser of the crate `pep508_rs` panics on some texts, such as a name
//! that ends in `-` before a space, and keeps no name as it was written.

use std::str::FromStr;

use pep440_rs::{Operator, VersionSpecifier, VersionSpecifiers};

use super::Requirement;
use super::marker::Invalid;
use crate::limits::{MAX_DEPENDENCY_BYTES, MAX_NAME, MAX_VERSION};
use crate::name::{is_name_character, is_valid_name};
use crate::redact::SafeUrl;

/// Which spellings are taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Strictness {
    /// Those of PEP 508.
    Current,
    /// Also those that older tools wrote: needless commas, wildcards behind `<` and `>`.
    Legacy,
}

impl FromStr for Requirement {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        specifier(text.trim(), Strictness::Current)
    }
}

/// Parses a dependency specifier without white space around it.
pub(super) fn specifier(text: &str, strictness: Strictness) -> Result<Requirement, Invalid> {
    if text.len() > MAX_DEPENDENCY_BYTES {
        return Err(Invalid(format!(
            "{} bytes, expected at most {MAX_DEPENDENCY_BYTES}",
            text.len()
        )));
    }
    let end = text.find(|letter: char| !is_name_character(letter)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    check_name(name)?;
    let (extras, rest) = extras(rest.trim_start())?;
    let mut requirement = Requirement { text: text.to_owned(), extras, ..Requirement::bare(name) };
    let marker = if let Some(url) = rest.strip_prefix('@') {
        let (url, marker) = url_and_marker(url.trim_start())?;
        requirement.url = Some(url.into());
        marker
    } else {
        let (versions, marker) = match rest.split_once(';') {
            Some((versions, marker)) => (versions, Some(marker)),
            None => (rest, None),
        };
        requirement.specifiers = version_specifiers(versions.trim(), strictness)?;
        marker
    };
    if let Some(marker) = marker {
        requirement.marker = marker.parse()?;
    }
    Ok(requirement)
}

/// The longest name that `text` starts with.
pub(super) fn leading_name(text: &str) -> Option<&str> {
    let end = text.find(|letter: char| !is_name_character(letter)).unwrap_or(text.len());
    let (name, behind) = text.split_at_checked(end)?;
    let goes_on = behind.is_empty()
        || behind.starts_with([' ', '\t', '[', '(', '<', '>', '=', '!', '~', ';', '@', ',']);
    let name = name.trim_end_matches(['.', '-', '_']);
    (goes_on && check_name(name).is_ok()).then_some(name)
}

/// `text` up to a `#` at its start or behind white space; one inside a URL is not a comment.
pub(super) fn without_comment(text: &str) -> &str {
    let comment = text.match_indices('#').find(|(index, _)| {
        let before = text.get(..*index).unwrap_or_default();
        before.is_empty() || before.ends_with(char::is_whitespace)
    });
    comment.map_or(text, |(index, _)| text.get(..index).unwrap_or_default())
}

/// Whether `name` is a valid name of a project or an extra.
pub(super) fn check_name(name: &str) -> Result<(), Invalid> {
    if name.len() > MAX_NAME {
        return Err(Invalid(format!(
            "a name of {} bytes, expected at most {MAX_NAME}",
            name.len()
        )));
    }
    if is_valid_name(name) {
        Ok(())
    } else if name.is_empty() {
        Err(Invalid("it does not start with a name".to_owned()))
    } else {
        Err(Invalid(format!("`{name}` is not a valid name")))
    }
}

fn extras(text: &str) -> Result<(Vec<String>, &str), Invalid> {
    let Some(text) = text.strip_prefix('[') else { return Ok((Vec::new(), text)) };
    let (names, rest) = text
        .split_once(']')
        .ok_or_else(|| Invalid("the extras have no closing bracket".to_owned()))?;
    let rest = rest.trim_start();
    if names.trim().is_empty() {
        return Ok((Vec::new(), rest));
    }
    let names: Vec<String> = names.split(',').map(|name| name.trim().to_owned()).collect();
    names.iter().try_for_each(|name| check_name(name))?;
    Ok((names, rest))
}

fn url_and_marker(text: &str) -> Result<(&str, Option<&str>), Invalid> {
    let (url, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim_start();
    // A login alone leads nowhere.
    if SafeUrl::from(url).to_string().is_empty() {
        Err(Invalid("there is no URL after `@`".to_owned()))
    } else if url.contains(char::is_control) {
        Err(Invalid("there is a control character in the URL".to_owned()))
    } else if rest.is_empty() {
        Ok((url, None))
    } else if let Some(marker) = rest.strip_prefix(';') {
        Ok((url, Some(marker)))
    } else {
        // It may be the rest of a password.
        Err(Invalid("there is a space in the URL, or no `;` after it".to_owned()))
    }
}

fn version_specifiers(text: &str, strictness: Strictness) -> Result<VersionSpecifiers, Invalid> {
    let text = match text.strip_prefix('(') {
        Some(text) => text
            .strip_suffix(')')
            .ok_or_else(|| Invalid("the versions have no closing parenthesis".to_owned()))?
            .trim(),
        None => text,
    };
    if text.is_empty() {
        return Ok(VersionSpecifiers::empty());
    }
    let specifiers: VersionSpecifiers = text
        .split(',')
        .map(str::trim)
        .filter(|part| strictness == Strictness::Current || !part.is_empty())
        .map(|part| {
            let modern = match part.strip_suffix(".*") {
                Some(stem) if strictness == Strictness::Legacy && part.starts_with(['<', '>']) => {
                    stem
                }
                _ => part,
            };
            Some(modern)
                .filter(|part| part.len() <= MAX_VERSION)
                .and_then(|part| VersionSpecifier::from_str(part).ok())
                .ok_or_else(|| Invalid(format!("`{part}` is not a version specifier")))
        })
        .collect::<Result<_, _>>()?;
    // To other readers, all that follows `===` is one text.
    if specifiers.len() > 1 && specifiers.iter().any(|s| *s.operator() == Operator::ExactEqual) {
        return Err(Invalid("`===` together with other version specifiers".to_owned()));
    }
    Ok(specifiers)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn urls_and_paths_are_no_names() {
        for text in
            ["git+https://example.org/a", "https://example.org/y.zip", "file:///a", "C:\\a", "a/b"]
        {
            assert_eq!(leading_name(text), None, "{text}");
        }
        assert_eq!(leading_name("foo >> 1"), Some("foo"));
    }

    #[test]
    fn a_login_alone_and_control_characters_are_no_url() {
        for text in ["a @ me:secret@", "a @ https://\0me:secret@host/"] {
            let (requirement, findings) = read(text);
            assert_eq!((requirement.unwrap().url, findings.len()), (None, 1), "{text}");
        }
    }

    use crate::finding::{Code, Finding};

    fn read(text: &str) -> (Option<Requirement>, Vec<Finding>) {
        let mut findings = Vec::new();
        let requirement = Requirement::read(text, "requires.txt", &mut findings);
        (requirement, findings)
    }

    fn displayed(text: &str) -> String {
        let (requirement, findings) = read(text);
        assert_eq!(findings, [], "{text}");
        requirement.unwrap().to_string()
    }

    #[test]
    fn forms_of_real_archives() {
        assert_eq!(displayed("WebOb >= 1.2dev"), "WebOb>=1.2.dev0");
        assert_eq!(displayed("foo (>=1.0, !=1.5)"), "foo>=1.0,!=1.5");
        assert_eq!(displayed("foo ()"), "foo");
        assert_eq!(displayed("foo[ a , B.c ]>1"), "foo[a,B.c]>1");
        assert_eq!(displayed("foo[]"), "foo");
        assert_eq!(displayed("foo==1.*  # the last\t"), "foo==1.*");
        assert_eq!(displayed("foo>=1.*,<2.0.*,"), "foo>=1,<2.0");
        assert_eq!(
            displayed("foo @ https://example.org/a#egg=foo ; os_name == 'x'"),
            "foo @ https://example.org/a#egg=foo ; os_name == 'x'"
        );
        assert_eq!(displayed("micropython-_markupbase"), "micropython-_markupbase");
        assert_eq!(read("  # nothing"), (None, vec![]));
    }

    #[test]
    fn names_survive_faults() {
        for text in ["foo->=1 x", "foo- >=1", "foo[a-]", "foo 1.0", "foo>=x", "foo; colour == 'x'"]
        {
            let (requirement, findings) = read(text);
            assert_eq!(requirement.unwrap().name, "foo", "{text}");
            assert_eq!(findings[0].code, Code::InvalidRequirement, "{text}");
        }
        let (requirement, findings) = read("-e .");
        assert_eq!(requirement, None);
        assert_eq!(
            findings[0].facts(),
            "requires.txt: found `-e .`: `-e` is not a valid name, expected a dependency specifier"
        );
    }

    #[test]
    fn current_specifiers_are_strict() {
        for text in ["foo>=1.*", "foo>=1,", "foo @", "foo @ a b", "foo (>=1", "[a]", ""] {
            assert!(text.parse::<Requirement>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_displays_as_a_specifier(text in "[a-c.-]{1,4}[\\[\\]()@<>=!~;,.*# 'a-dé0-9]{0,30}") {
            let (requirement, _) = read(&text);
            if let Some(requirement) = requirement {
                let again: Requirement = requirement.specifier().parse().unwrap();
                prop_assert_eq!(again.specifiers, requirement.specifiers);
                prop_assert_eq!(again.marker, requirement.marker);
            }
        }

        #[test]
        fn any_text_is_read(text in ".{0,80}") {
            read(&text);
        }
    }
}
