//! A project, its releases, and which of them a requirement allows.

use std::ops::Bound;

use pep440_rs::{Version, VersionSpecifier};
use version_ranges::Ranges;

use super::source::Candidate;
use crate::version::{allows, names_pre_release};

/// How many version specifiers of one requirement are looked at; each is compared with each version.
const MAX_SPECIFIERS: usize = 256;
/// How many stretches of versions a text names.
const MAX_STRETCHES: usize = 4;

/// A project and its releases.
#[derive(Debug)]
pub(super) struct Project {
    /// From the oldest to the newest, each version once.
    pub candidates: Vec<Candidate>,
}

impl Project {
    pub(super) fn new(mut candidates: Vec<Candidate>) -> Self {
        candidates.sort_by(|one, other| one.version.cmp(&other.version));
        candidates.dedup_by(|one, other| one.version == other.version);
        Self { candidates }
    }

    /// The versions that all of `specifiers` allow. Bounds are versions that the project has, so that
    /// equal sets are equal ranges.
    pub(super) fn allowed(&self, specifiers: &[VersionSpecifier]) -> Ranges<Version> {
        if specifiers.len() > MAX_SPECIFIERS {
            return Ranges::empty();
        }
        let is_allowed = |candidate: &Candidate| {
            specifiers.iter().all(|specifier| allows(specifier, &candidate.version))
        };
        self.range(self.candidates.iter().map(is_allowed))
    }

    /// This version alone.
    pub(super) fn only(&self, version: &Version) -> Ranges<Version> {
        self.range(self.candidates.iter().map(|candidate| candidate.version == *version))
    }

    fn range(&self, is_in: impl Iterator<Item = bool>) -> Ranges<Version> {
        let mut range = Ranges::empty();
        for (first, last) in stretches(is_in) {
            let version = |place: usize| self.candidates.get(place).map(|one| one.version.clone());
            let start = if first == 0 { None } else { version(first) };
            let start = start.map_or(Bound::Unbounded, Bound::Included);
            let end = version(last + 1).map_or(Bound::Unbounded, Bound::Excluded);
            range = range.union(&Ranges::from_range_bounds((start, end)));
        }
        range
    }

    /// The versions in `range` as a constraint; empty for all of them.
    pub(super) fn constraint(&self, range: &Ranges<Version>) -> String {
        let is_in = self.candidates.iter().map(|candidate| range.contains(&candidate.version));
        let last_of_all = self.candidates.len().saturating_sub(1);
        let version = |place: usize| &self.candidates[place].version;
        let text = |(first, last): (usize, usize)| match (first, last) {
            (0, last) if last == last_of_all => String::new(),
            (first, last) if first == last => format!("=={}", version(first)),
            (0, last) => format!("<={}", version(last)),
            (first, last) if last == last_of_all => format!(">={}", version(first)),
            (first, last) => format!(">={},<={}", version(first), version(last)),
        };
        let mut texts: Vec<String> = stretches(is_in).into_iter().map(text).collect();
        if texts.len() > MAX_STRETCHES {
            // The newest are what people look for.
            texts.drain(..texts.len() - MAX_STRETCHES);
            texts.insert(0, "…".to_owned());
        }
        texts.join(" or ")
    }

    /// The newest release in `range` that may be selected. Pre-releases are equal to others with
    /// `pre_releases`, and otherwise selected only if there is nothing else; yanked releases only
    /// if they are pinned.
    pub(super) fn choose(
        &self,
        range: &Ranges<Version>,
        pre_releases: bool,
        is_pinned: impl Fn(&Version) -> bool,
    ) -> Option<&Candidate> {
        let may_be_taken = |candidate: &&Candidate| {
            let is_wanted = candidate.yanked.is_none() || is_pinned(&candidate.version);
            candidate.unusable.is_none() && is_wanted && range.contains(&candidate.version)
        };
        self.newest(pre_releases, may_be_taken)
    }

    /// The newest release that all of `specifiers` allow and that would have been taken in place of
    /// `version`, but for what is wrong with it.
    pub(super) fn passed_over(
        &self,
        version: &Version,
        specifiers: &[VersionSpecifier],
    ) -> Option<&Candidate> {
        let counts = |candidate: &&Candidate| {
            candidate.version == *version
                || candidate.fault().is_some()
                    && specifiers.iter().all(|one| allows(one, &candidate.version))
        };
        let newest = self.newest(names_pre_release(specifiers), counts);
        newest.filter(|candidate| candidate.version != *version)
    }

    /// Whether the project has no release that can be converted.
    pub(super) fn is_unusable(&self) -> bool {
        self.candidates.iter().all(|candidate| candidate.unusable.is_some())
    }

    fn newest(
        &self,
        pre_releases: bool,
        counts: impl Fn(&&Candidate) -> bool,
    ) -> Option<&Candidate> {
        let rank = |candidate: &&Candidate| pre_releases || candidate.version.is_stable();
        // The last of several that are equal, which is the newest.
        self.candidates.iter().filter(counts).max_by_key(rank)
    }
}

/// From the first to the last place of all stretches that are in.
fn stretches(is_in: impl Iterator<Item = bool>) -> Vec<(usize, usize)> {
    let mut stretches: Vec<(usize, usize)> = Vec::new();
    for (place, _) in is_in.enumerate().filter(|(_, is_in)| *is_in) {
        match stretches.last_mut() {
            Some((_, last)) if *last + 1 == place => *last = place,
            _ => stretches.push((place, place)),
        }
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requirement::Requirement;
    use crate::version::pinned;

    fn project(versions: &str) -> Project {
        let candidate = |text: &str| Candidate {
            version: text.trim_end_matches(['!', '~']).parse().unwrap(),
            yanked: text.ends_with('!').then(String::new),
            unusable: text.ends_with('~').then(|| "nothing".to_owned()),
        };
        Project::new(versions.split(' ').map(candidate).collect())
    }

    fn choose(versions: &str, constraint: &str) -> Option<String> {
        let project = project(versions);
        let requirement: Requirement = format!("x{constraint}").parse().unwrap();
        let range = project.allowed(&requirement.specifiers);
        let pre_releases = names_pre_release(&requirement.specifiers);
        let pin = pinned(requirement.specifiers.iter());
        let chosen = project.choose(&range, pre_releases, |version| pin == Some(version));
        chosen.map(|candidate| candidate.version.to_string())
    }

    #[test]
    fn the_newest_is_chosen() {
        for (versions, constraint, expected) in [
            ("1.0 2.0 1.5", "", Some("2.0")),
            ("1.0 2.0 1.5", "<2", Some("1.5")),
            ("1.0 2.0a1", "", Some("1.0")),
            ("1.0 2.0a1", ">1", Some("2.0a1")),
            ("1.0 2.0a1", ">=1.0a1", Some("2.0a1")),
            ("2.0a1 2.0.dev1", "", Some("2.0a1")),
            ("1.0 2.0!", "", Some("1.0")),
            ("1.0 2.0!", ">=2", None),
            ("1.0 2.0!", "==2", Some("2.0")),
            ("1.0 2.0!", "===2.0", Some("2.0")),
            ("1.0 2.0!", "==2.*", None),
            ("1.0 2.0~", "", Some("1.0")),
            ("1.0 2.0~", "==2", None),
            ("1.0", ">1", None),
        ] {
            assert_eq!(
                choose(versions, constraint).as_deref(),
                expected,
                "{versions}: {constraint}"
            );
        }
    }

    #[test]
    fn the_newest_that_is_passed_over_is_known() {
        for (versions, constraint, taken, expected) in [
            ("1.0 2.0!", "", "1.0", Some("2.0")),
            ("1.0 2.0~ 3.0!", "", "1.0", Some("3.0")),
            ("1.0 2.0~ 3.0!", "<3", "1.0", Some("2.0")),
            ("1.0! 2.0", "", "2.0", None),
            ("1.0 2.0", "", "1.0", None),
            ("1.0 2.0a1!", "", "1.0", None),
            ("1.0 2.0a1!", ">=1.0a1", "1.0", Some("2.0a1")),
            ("1.0! 2.0a1", "", "2.0a1", Some("1.0")),
            ("1.0 2.0!", "==2", "2.0", None),
        ] {
            let requirement: Requirement = format!("x{constraint}").parse().unwrap();
            let (project, taken) = (project(versions), taken.parse().unwrap());
            let found = project.passed_over(&taken, &requirement.specifiers);
            let found = found.map(|candidate| candidate.version.to_string());
            assert_eq!(found.as_deref(), expected, "{versions}: {constraint}");
        }
    }

    #[test]
    fn ranges_are_reported_by_versions_that_there_are() {
        let project = project("1.0 1.1 2.0 2.1 3.0");
        for (constraint, expected) in [
            ("", ""),
            (">=1.1", ">=1.1"),
            ("<=2.0.5", "<=2.0"),
            ("==2.*", ">=2.0,<=2.1"),
            ("==1", "==1.0"),
            ("!=2.0", "<=1.1 or >=2.1"),
        ] {
            let requirement: Requirement = format!("x{constraint}").parse().unwrap();
            let range = project.allowed(&requirement.specifiers);
            assert_eq!(project.constraint(&range), expected, "{constraint}");
            assert_eq!(range.complement().complement(), range);
        }
    }
}
