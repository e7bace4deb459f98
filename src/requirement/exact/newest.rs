//! Which of a package's versions is the newest that constraints allow.

use pep440_rs::{Operator, Version, VersionSpecifier};

/// The longest spelling of a version that is looked at; no project comes near.
const LONGEST_VERSION: usize = 128;
/// How many versions a message lists.
const MAX_LISTED: usize = 8;

/// The newest of `versions` that all of `specifiers` allow, as it is spelled there.
///
/// Pre-releases are taken only where a specifier names one, or where nothing else is allowed
/// (PEP 440). What is no version by PEP 440 is taken only where anything is allowed and nothing
/// else is there.
pub(super) fn newest<'v>(
    versions: &'v [String],
    specifiers: &[VersionSpecifier],
) -> Option<&'v str> {
    let names_one = |specifier: &VersionSpecifier| {
        *specifier.operator() != Operator::NotEqual && specifier.version().any_prerelease()
    };
    let takes_any = specifiers.iter().any(names_one);
    let known = ordered(versions);
    let allowed = known
        .iter()
        .filter(|(version, _)| specifiers.iter().all(|specifier| specifier.contains(version)));
    let choice = allowed.max_by_key(|(version, _)| (takes_any || version.is_stable(), version));
    if let Some((_, text)) = choice {
        return Some(text);
    }
    let other = || plain(versions).max();
    if known.is_empty() && specifiers.is_empty() { other() } else { None }
}

/// The versions for a message, newest first.
pub(super) fn listed(versions: &[String]) -> String {
    let mut known = ordered(versions);
    known.sort();
    let mut all: Vec<&str> = known.into_iter().rev().map(|(_, text)| text).collect();
    if all.is_empty() {
        all = plain(versions).collect();
    }
    let more = all.len().saturating_sub(MAX_LISTED);
    all.truncate(MAX_LISTED);
    match (all.is_empty(), more) {
        (true, _) => "no version".to_owned(),
        (false, 0) => all.join(", "),
        (false, more) => format!("{} and {more} older", all.join(", ")),
    }
}

/// The versions by PEP 440, each with its spelling.
fn ordered(versions: &[String]) -> Vec<(Version, &str)> {
    plain(versions).filter_map(|text| Some((text.parse().ok()?, text))).collect()
}

/// The versions that can be a part of a URL as they are.
fn plain(versions: &[String]) -> impl Iterator<Item = &str> {
    let is_plain = |text: &&str| {
        (1..=LONGEST_VERSION).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+!-_".contains(&byte))
    };
    versions.iter().map(String::as_str).filter(is_plain)
}
