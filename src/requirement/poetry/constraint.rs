//! Constraints in Poetry's notation, translated to PEP 440 as poetry-core does it.

use std::str::FromStr;

use pep440_rs::{Operator, Version, VersionPattern, VersionSpecifier, VersionSpecifiers};

use crate::requirement::{Invalid, Marker};

/// A constraint: releases that fulfil all specifiers of one of the alternatives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Alternatives(Vec<VersionSpecifiers>);

/// The ends of a range of versions, each with whether it belongs to the range; no end is `None`.
#[derive(Clone, Default)]
struct Span {
    lower: Option<(Version, bool)>,
    upper: Option<(Version, bool)>,
}

/// How many series one gap between alternatives may have to be written down.
const MAX_GAP: u64 = 16;

impl Alternatives {
    /// The constraint as specifiers of PEP 440, without spaces; empty for any version.
    ///
    /// PEP 440 has no word for »or«. Several alternatives become the range from the lowest to the
    /// highest of them, without the whole series (`!=3.*`) that lie between two alternatives: all
    /// that was allowed stays so, and pre-releases at the seams are added.
    pub(super) fn specifiers(&self) -> String {
        let specifiers = match self.0.as_slice() {
            [only] => only.iter().map(ToString::to_string).collect(),
            several => hull(several),
        };
        specifiers.join(",")
    }

    /// The constraint as a marker, when it is one on the version of Python.
    pub(super) fn python_marker(&self) -> Result<Marker, Invalid> {
        let alternatives: Vec<String> = self
            .0
            .iter()
            .map(|all| all.iter().map(python_comparison).collect::<Vec<_>>().join(" and "))
            .collect();
        if alternatives.iter().any(String::is_empty) {
            return Ok(Marker::default());
        }
        alternatives.join(" or ").parse()
    }
}

/// The marker for a constraint on the platform: names with `==` or `!=` before them or nothing,
/// with `,` for »and« and `||` for »or« between them.
pub(super) fn platform_marker(constraint: &str) -> Result<Marker, Invalid> {
    let comparison = |name: &str| {
        let name = name.trim();
        let (operator, value) = match name.strip_prefix("!=") {
            Some(value) => ("!=", value),
            None => ("==", name.trim_start_matches('=')),
        };
        format!("sys_platform {operator} '{}'", value.trim())
    };
    if constraint.trim() == "*" {
        return Ok(Marker::default());
    }
    let alternatives: Vec<String> = split_alternatives(constraint)
        .map(|all| all.split(',').map(comparison).collect::<Vec<_>>().join(" and "))
        .collect();
    alternatives.join(" or ").parse()
}

impl FromStr for Alternatives {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid(format!("`{text}` is not a constraint of Poetry"));
        let all_of = |alternative: &str| {
            let parts = parts(alternative);
            if parts.is_empty() {
                return None;
            }
            let specifiers: Option<Vec<Vec<VersionSpecifier>>> =
                parts.iter().map(|part| translated(part)).collect();
            Some(specifiers?.into_iter().flatten().collect())
        };
        split_alternatives(text).map(all_of).collect::<Option<_>>().map(Self).ok_or_else(invalid)
    }
}

/// The texts between `||` or `|`.
fn split_alternatives(text: &str) -> impl Iterator<Item = &str> {
    // An empty text between two bars of one `||` is no alternative.
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (alternative, behind) = match text.split_once('|') {
            Some((alternative, behind)) => {
                (alternative, Some(behind.strip_prefix('|').unwrap_or(behind)))
            }
            None => (text, None),
        };
        rest = behind;
        Some(alternative.trim())
    })
}

/// The single constraints of an alternative, which commas or spaces separate; spaces behind an
/// operator do not.
fn parts(alternative: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for word in alternative.split([',', ' ', '\t']).filter(|word| !word.is_empty()) {
        match parts.last_mut() {
            Some(part) if part.ends_with(['^', '~', '=', '<', '>', '!']) => part.push_str(word),
            _ => parts.push(word.to_owned()),
        }
    }
    parts
}

/// One constraint as specifiers of PEP 440, none of them for `*`.
fn translated(part: &str) -> Option<Vec<VersionSpecifier>> {
    let operators = ["~=", "==", "!=", "<=", ">=", "^", "~", "=", "<", ">"];
    let operator = operators.into_iter().find(|operator| part.starts_with(operator)).unwrap_or("");
    let version = part.strip_prefix(operator)?;
    let stem = version.trim_start_matches(['v', 'V']);
    if operator.is_empty() && stem.split('.').all(|number| matches!(number, "*" | "x" | "X")) {
        return Some(Vec::new());
    }
    let (stem, is_series) = match version.split_once(".*") {
        Some((stem, rest)) if rest.split(".*").all(str::is_empty) => (stem, true),
        _ => (version, false),
    };
    let version = Version::from_str(stem).ok()?;
    let upper = match operator {
        "^" if !is_series => after(&version, breaking_place(&version))?,
        "~" if !is_series => after(&version, version.release().len().min(2) - 1)?,
        "~=" if !is_series => after(&version, version.release().len().max(2) - 2)?,
        "<" | ">" | "<=" | ">=" => {
            let operator = Operator::from_str(operator).ok()?;
            return Some(vec![VersionSpecifier::from_version(operator, version).ok()?]);
        }
        "" | "=" | "==" | "!=" => {
            let operator = if operator == "!=" { Operator::NotEqual } else { Operator::Equal };
            let pattern = if is_series {
                VersionPattern::wildcard(version)
            } else {
                VersionPattern::verbatim(version)
            };
            return Some(vec![VersionSpecifier::from_pattern(operator, pattern).ok()?]);
        }
        _ => return None,
    };
    Some(vec![
        VersionSpecifier::greater_than_equal_version(version),
        VersionSpecifier::less_than_version(upper),
    ])
}

/// The place of the number in a release that changes with the next incompatible release: the
/// first of the first three that is not zero, or the last that there is.
fn breaking_place(version: &Version) -> usize {
    let first_three = version.release().iter().take(3);
    let last = first_three.len() - 1;
    first_three.into_iter().position(|number| *number > 0).unwrap_or(last)
}

/// The first release whose number at `place` is one higher than that of `version`.
fn after(version: &Version, place: usize) -> Option<Version> {
    let mut release = version.release().get(..=place)?.to_vec();
    let last = release.last_mut()?;
    *last = last.checked_add(1)?;
    Some(Version::new(release).with_epoch(version.epoch()))
}

impl Span {
    fn of(specifiers: &VersionSpecifiers) -> Self {
        let mut span = Self::default();
        for specifier in specifiers.iter() {
            let version = specifier.version().clone();
            match specifier.operator() {
                Operator::GreaterThan => span.raise(version, false),
                Operator::GreaterThanEqual => span.raise(version, true),
                Operator::LessThan => span.lower(version, false),
                Operator::LessThanEqual => span.lower(version, true),
                Operator::Equal => {
                    span.raise(version.clone(), true);
                    span.lower(version, true);
                }
                Operator::EqualStar => {
                    if let Some(upper) = after(&version, version.release().len() - 1) {
                        span.lower(upper, false);
                    }
                    span.raise(version.with_dev(Some(0)), true);
                }
                _ => {}
            }
        }
        span
    }

    fn raise(&mut self, version: Version, included: bool) {
        if self.lower.as_ref().is_none_or(|(lower, _)| *lower < version) {
            self.lower = Some((version, included));
        }
    }

    fn lower(&mut self, version: Version, included: bool) {
        // `<2` allows no pre-release of 2.
        let version =
            if included || version.any_prerelease() { version } else { version.with_dev(Some(0)) };
        if self.upper.as_ref().is_none_or(|(upper, _)| *upper > version) {
            self.upper = Some((version, included));
        }
    }
}

/// The range that holds all alternatives, without the series between two of them.
fn hull(alternatives: &[VersionSpecifiers]) -> Vec<String> {
    let mut spans: Vec<Span> = alternatives.iter().map(Span::of).collect();
    // Alternatives without a lower end come first.
    spans.sort_by(|one, other| {
        let lower =
            |span: &Span| span.lower.clone().map(|(version, included)| (version, !included));
        lower(one).cmp(&lower(other))
    });
    let mut spans = spans.into_iter();
    let Some(mut whole) = spans.next() else { return Vec::new() };
    let mut gaps = Vec::new();
    for span in spans {
        if let (Some((upper, false)), Some((lower, true))) = (&whole.upper, &span.lower) {
            gaps.extend(series_between(upper, lower));
        }
        let higher = match (&whole.upper, &span.upper) {
            (Some((before, included)), Some((now, now_included))) => {
                now > before || (now == before && *now_included && !included)
            }
            (Some(_), None) => true,
            (None, _) => false,
        };
        if higher {
            whole.upper = span.upper;
        }
    }
    let end = |end: Option<(Version, bool)>, sign: &str| {
        end.map(|(version, included)| {
            if included {
                format!("{sign}={version}")
            } else {
                format!("{sign}{}", without_first_dev(version))
            }
        })
    };
    end(whole.lower, ">").into_iter().chain(end(whole.upper, "<")).chain(gaps).collect()
}

/// The release that `version` is the earliest pre-release of, or else `version`.
fn without_first_dev(version: Version) -> Version {
    if version.dev() == Some(0) && !version.is_pre() { version.with_dev(None) } else { version }
}

/// The series that fill the gap from `upper` to `lower`, where they differ in their last number
/// only.
fn series_between(upper: &Version, lower: &Version) -> Vec<String> {
    let (upper, lower) = (without_first_dev(upper.clone()), without_first_dev(lower.clone()));
    let numbers = |version: &Version| {
        let mut numbers = version.release().to_vec();
        while numbers.len() > 1 && numbers.last() == Some(&0) {
            numbers.pop();
        }
        numbers
    };
    let (mut upper_numbers, mut lower_numbers) = (numbers(&upper), numbers(&lower));
    let length = upper_numbers.len().max(lower_numbers.len());
    upper_numbers.resize(length, 0);
    lower_numbers.resize(length, 0);
    let (Some(first), Some(end)) = (upper_numbers.pop(), lower_numbers.pop()) else {
        return Vec::new();
    };
    let is_plain = |version: &Version| version.is_stable() && !version.is_post();
    if upper_numbers != lower_numbers
        || upper.epoch() != lower.epoch()
        || !(is_plain(&upper) && is_plain(&lower))
        || end.saturating_sub(first) > MAX_GAP
    {
        return Vec::new();
    }
    (first..end)
        .map(|number| {
            let release = upper_numbers.iter().copied().chain([number]);
            let series = Version::new(release).with_epoch(upper.epoch());
            VersionSpecifier::not_equals_star_version(series).to_string()
        })
        .collect()
}

/// A specifier as a comparison in a marker. `python_version` has two numbers: what needs more
/// compares `python_full_version`.
fn python_comparison(specifier: &VersionSpecifier) -> String {
    let text = specifier.to_string();
    let operator_end = text.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let (operator, version) = text.split_at(operator_end);
    let length = specifier.version().release().len();
    if matches!(operator, ">" | "<=" | "!=") && length < 3 && !version.ends_with('*') {
        format!("python_full_version {operator} '{version}{}'", ".0".repeat(3 - length))
    } else {
        let variable = if length < 3 { "python_version" } else { "python_full_version" };
        format!("{variable} {operator} '{version}'")
    }
}
