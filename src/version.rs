//! Which of a package's versions is the newest that constraints allow.

use pep440_rs::{Operator, Version, VersionSpecifier};

/// The longest spelling of a version that is looked at; no project comes near.
const MAX_VERSION_LENGTH: usize = 128;
/// How many versions a message lists.
const MAX_LISTED: usize = 8;

/// The newest of `versions` that all of `specifiers` allow, as it is spelled there.
///
/// Pre-releases are taken only where a specifier names one, or where nothing else is allowed
/// (PEP 440). What is no version by PEP 440 is taken only where anything is allowed and nothing
/// else is there.
pub(crate) fn newest<'v>(
    versions: &'v [String],
    specifiers: &[VersionSpecifier],
) -> Option<&'v str> {
    let takes_any = names_pre_release(specifiers);
    let known = ordered(versions);
    if known.is_empty() && specifiers.is_empty() {
        return plain(versions).max();
    }
    let allowed = known
        .into_iter()
        .filter(|(version, _)| specifiers.iter().all(|specifier| allows(specifier, version)));
    let rank = |(version, text)| (takes_any || Version::is_stable(&version), version, text);
    allowed.map(rank).max().map(|(_, _, text)| text)
}

/// Whether one of the specifiers names a pre-release (PEP 440).
pub(crate) fn names_pre_release(specifiers: &[VersionSpecifier]) -> bool {
    specifiers.iter().any(|specifier| {
        *specifier.operator() != Operator::NotEqual && specifier.version().any_prerelease()
    })
}

/// The version that one of the specifiers pins.
pub(crate) fn pinned<'s>(
    specifiers: impl IntoIterator<Item = &'s VersionSpecifier>,
) -> Option<&'s Version> {
    let is_pin = |specifier: &&VersionSpecifier| {
        matches!(specifier.operator(), Operator::Equal | Operator::ExactEqual)
    };
    specifiers.into_iter().find(is_pin).map(VersionSpecifier::version)
}

/// Whether the specifier allows the version, where the library differs from packaging in corners.
pub(crate) fn allows(specifier: &VersionSpecifier, version: &Version) -> bool {
    let bound = specifier.version();
    let public = version.clone().without_local();
    match specifier.operator() {
        // Pre-releases of the bound are not below it, nor are post-releases above it.
        Operator::LessThan => {
            let is_of_bound = public.clone().with_pre(None).with_dev(None) == *bound;
            public < *bound && (bound.any_prerelease() || !is_of_bound)
        }
        Operator::GreaterThan => {
            let is_of_bound = public.clone().with_post(None).with_dev(None) == *bound;
            public > *bound && (bound.is_post() || !is_of_bound)
        }
        // To the library, which compares the numbers that both have, 1 is one of 1.2.*.
        Operator::EqualStar | Operator::NotEqualStar => {
            let length = bound.release().len().max(public.release().len());
            let numbers: Vec<u64> = public
                .release()
                .iter()
                .copied()
                .chain(std::iter::repeat(0))
                .take(length.min(MAX_VERSION_LENGTH))
                .collect();
            specifier.contains(&public.with_release(numbers))
        }
        _ => specifier.contains(version),
    }
}

/// The versions for a message, newest first.
pub(crate) fn listed(versions: &[String]) -> String {
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
        (1..=MAX_VERSION_LENGTH).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+!-_".contains(&byte))
    };
    versions.iter().map(String::as_str).filter(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requirement::Requirement;

    /// The newest of the versions, which are separated by spaces, for a constraint.
    fn of(versions: &str, constraint: &str) -> Option<String> {
        let versions: Vec<String> = versions.split_whitespace().map(str::to_owned).collect();
        let requirement: Requirement = format!("x{constraint}").parse().unwrap();
        newest(&versions, &requirement.specifiers).map(str::to_owned)
    }

    #[test]
    fn versions_keep_their_spelling() {
        assert_eq!(of("3.4.2-2 3.4.2-3 3.4", ">=3.4").as_deref(), Some("3.4.2-3"));
        assert_eq!(of("0.9 0.10 v0.2", "").as_deref(), Some("0.10"));
        assert_eq!(of("1.0 1.0.0 1", "").as_deref(), Some("1.0.0"));
    }

    #[test]
    fn pre_releases_are_taken_by_name_or_alone() {
        assert_eq!(of("1.0 2.0a1", "").as_deref(), Some("1.0"));
        assert_eq!(of("1.0 2.0a1", ">=1.5").as_deref(), Some("2.0a1"));
        assert_eq!(of("1.0 2.0a1", ">=1.0a1").as_deref(), Some("2.0a1"));
        assert_eq!(of("1.0 2.0a1", "!=1.1a1").as_deref(), Some("1.0"));
        assert_eq!(of("2.0a1 2.0a2", "").as_deref(), Some("2.0a2"));
    }

    #[test]
    fn what_is_no_version_comes_last() {
        assert_eq!(of("1.0 main", "").as_deref(), Some("1.0"));
        assert_eq!(of("devel main", "").as_deref(), Some("main"));
        assert_eq!(of("main", ">=0"), None);
        assert_eq!(of("../x a/b", ""), None);
        let long = "1".repeat(MAX_VERSION_LENGTH + 1);
        assert_eq!(newest(&[long], &[]), None);
    }

    #[test]
    fn few_versions_are_listed() {
        let versions: Vec<String> = (0..100).map(|number| format!("1.{number}")).collect();
        let expected = "1.99, 1.98, 1.97, 1.96, 1.95, 1.94, 1.93, 1.92 and 92 older";
        assert_eq!(listed(&versions), expected);
        assert_eq!(listed(&["main".to_owned()]), "main");
        assert_eq!(listed(&[]), "no version");
    }
}
