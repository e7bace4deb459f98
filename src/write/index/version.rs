//! Which of several versions is the latest.

use std::cmp::Ordering;

use pep440_rs::Version;

/// The order of versions: first those that are invalid by PEP 440, by their bytes, then the others
/// by PEP 440, and spellings of the same version by their bytes.
pub(super) fn order(one: &str, other: &str) -> Ordering {
    let parsed = |text: &str| text.parse::<Version>().ok();
    parsed(one).cmp(&parsed(other)).then_with(|| one.cmp(other))
}

/// The highest of `versions`; no pre-release where there is a final one.
///
/// ```
/// use mpconvert::write::index::latest;
///
/// assert_eq!(latest(["1.9", "1.10", "2.0rc1"]), Some("1.10"));
/// assert_eq!(latest(["2.0.dev1", "2.0rc1"]), Some("2.0rc1"));
/// assert_eq!(latest([]), None);
/// ```
#[must_use]
pub fn latest<'a>(versions: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let is_final =
        |text: &str| text.parse::<Version>().is_ok_and(|version| !version.any_prerelease());
    versions
        .into_iter()
        .max_by(|one, other| is_final(one).cmp(&is_final(other)).then_with(|| order(one, other)))
}

/// Whether two texts are one version by PEP 440.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let parsed = |text: &str| text.parse::<Version>().ok();
    one == other || parsed(one).is_some_and(|version| Some(version) == parsed(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_one_order() {
        let mut versions = ["1.10", "zebra", "1.9", "1.0.0", "2.0a1", "1.0", "main", "1!0.1"];
        versions.sort_by(|one, other| order(one, other));
        assert_eq!(versions, ["main", "zebra", "1.0", "1.0.0", "1.9", "1.10", "2.0a1", "1!0.1"]);
    }

    #[test]
    fn a_pre_release_is_latest_only_among_its_like() {
        assert_eq!(latest(["0.1", "1.0rc1", "1.0.dev3"]), Some("0.1"));
        assert_eq!(latest(["nightly", "1.0a1"]), Some("1.0a1"));
        assert_eq!(latest(["nightly", "main"]), Some("nightly"));
        assert!(is_same("1.0", "1.0.0") && is_same("x", "x") && !is_same("x", "y"));
    }
}
