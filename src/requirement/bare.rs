//! From dependencies to the bare names that upip takes.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Alias, Aliases, Requirement, TargetEnvironment};
use crate::check::{Code, Finding};
use crate::package::normalized_name;

/// Which dependencies are wanted, and by which names.
#[derive(Clone, Debug, Default)]
pub struct DependencyOptions {
    /// For which markers are evaluated.
    pub environment: TargetEnvironment,
    /// Extras whose dependencies are wanted too.
    pub extras: Vec<String>,
    /// Other names for dependencies.
    pub aliases: Aliases,
}

/// What is left of a package's dependencies for upip, and what was lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BareNames {
    /// The names in the order of declaration, each once, normalised by PEP 503: indexes answer any
    /// other spelling by a redirect, which upip takes for "not there".
    pub names: Vec<String>,
    /// What upip cannot be told, a finding a dependency and kind; the path is the dependency.
    pub findings: Vec<Finding>,
}

/// The dependencies of the project `own_name` that are wanted, as bare names.
///
/// A dependency of the project on itself with extras stands for what these extras bring. Those
/// that only an extra brings that was not asked for are left out without a finding.
///
/// ```
/// use mpconvert::requirement::Requirement;
/// use mpconvert::requirement::bare::{DependencyOptions, bare_names};
///
/// let requirements = [
///     "python-foo >=1".parse::<Requirement>()?,
///     "bar; sys_platform == 'win32'".parse()?,
///     "baz; extra == 'test'".parse()?,
/// ];
/// let bare = bare_names(&requirements, "own", &DependencyOptions::default());
/// assert_eq!(bare.names, ["python-foo"]);
/// assert_eq!(bare.findings[0].to_string(), "python-foo: >=1");
/// assert_eq!(bare.findings[1].code.id(), "MP303");
/// # Ok::<(), mpconvert::requirement::Invalid>(())
/// ```
#[must_use]
pub fn bare_names(
    requirements: &[Requirement],
    own_name: &str,
    options: &DependencyOptions,
) -> BareNames {
    let DependencyOptions { environment, extras, aliases } = options;
    let mut report = Report::default();
    report.unknown_extras(requirements, extras);
    let own_name = normalized_name(own_name);
    let active = active_extras(requirements, &own_name, environment, extras);
    let mut names = Vec::new();
    let mut kept: HashMap<String, &Requirement> = HashMap::new();
    for requirement in requirements {
        let name = normalized_name(&requirement.name);
        if name == "python" || !requirement.marker.applies(environment, &active) {
            continue;
        }
        if name == own_name {
            if requirement.extras.is_empty() {
                report.add(Code::OwnRequirement, requirement, "the project itself");
            }
            continue;
        }
        report.losses(requirement);
        if let Some(first) = kept.get(name.as_str()) {
            if first.marker == requirement.marker {
                report.add(Code::RepeatedRequirement, requirement, "named more than once");
            }
            continue;
        }
        match aliases.get(&name) {
            None => names.push(name.clone()),
            Some(Alias::Name(alias)) => {
                report.add(Code::DependencyRenamed, requirement, format!("now {alias}"));
                names.push(normalized_name(alias));
            }
            Some(Alias::Dropped) => {
                report.add(Code::DependencyDropped, requirement, "not wanted on the device");
            }
        }
        kept.insert(name, requirement);
    }
    // Two names may have become one.
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    for requirement in requirements {
        let name = normalized_name(&requirement.name);
        if name != "python" && name != own_name && !kept.contains_key(&name) {
            report.exclusion(requirement, environment, &active);
        }
    }
    BareNames { names, findings: report.findings }
}

/// The extras that the project's dependencies name, normalised.
#[must_use]
pub fn declared_extras(requirements: &[Requirement]) -> BTreeSet<String> {
    requirements.iter().flat_map(|requirement| requirement.marker.extras()).collect()
}

/// The extras that were asked for, and those that they ask for by a dependency `own[extra]`.
fn active_extras(
    requirements: &[Requirement],
    own_name: &str,
    environment: &TargetEnvironment,
    extras: &[String],
) -> BTreeSet<String> {
    let own = requirements
        .iter()
        .filter(|r| !r.extras.is_empty() && normalized_name(&r.name) == own_name);
    let mut brought: Vec<&[String]> = Vec::new();
    // Other extras than those that a marker names cannot change what it says. The empty name stands
    // for the project without extras.
    let mut by_extra: HashMap<String, Vec<(&Requirement, usize)>> = HashMap::new();
    for (place, requirement) in own.enumerate() {
        brought.push(&requirement.extras);
        for extra in std::iter::once(String::new()).chain(requirement.marker.extras()) {
            by_extra.entry(extra).or_default().push((requirement, place));
        }
    }
    let mut active: BTreeSet<String> = extras.iter().map(|e| normalized_name(e)).collect();
    let mut waiting: Vec<String> =
        std::iter::once(String::new()).chain(active.iter().cloned()).collect();
    while let Some(extra) = waiting.pop() {
        for (requirement, place) in by_extra.remove(&extra).into_iter().flatten() {
            if !requirement.marker.holds(environment, &extra) {
                continue;
            }
            // What was brought once need not be brought again.
            for name in std::mem::take(&mut brought[place]) {
                let name = normalized_name(name);
                if active.insert(name.clone()) {
                    waiting.push(name);
                }
            }
        }
    }
    active
}

/// Findings, each once.
#[derive(Default)]
struct Report {
    findings: Vec<Finding>,
    seen: HashSet<(Code, String, String)>,
}

impl Report {
    fn add(&mut self, code: Code, requirement: &Requirement, found: impl Into<String>) {
        let found = found.into();
        if self.seen.insert((code, requirement.name.clone(), found.clone())) {
            self.findings.push(Finding::new(code, found).at(&requirement.name));
        }
    }

    fn unknown_extras(&mut self, requirements: &[Requirement], extras: &[String]) {
        let declared = declared_extras(requirements);
        for extra in extras.iter().filter(|extra| !declared.contains(&normalized_name(extra))) {
            let list: Vec<&str> = declared.iter().map(String::as_str).collect();
            let expected = if list.is_empty() {
                "no extra, since it has none".to_owned()
            } else {
                format!("one of {}", list.join(", "))
            };
            let found = format!("the extra `{extra}`");
            self.findings.push(Finding::new(Code::UnknownExtra, found).expected(expected));
        }
    }

    fn losses(&mut self, requirement: &Requirement) {
        if !requirement.specifiers.is_empty() {
            self.add(Code::ConstraintRemoved, requirement, requirement.constraint());
        }
        if !requirement.extras.is_empty() {
            let extras = format!("[{}]", requirement.extras.join(","));
            self.add(Code::ExtrasRemoved, requirement, extras);
        }
        if let Some(url) = &requirement.url {
            self.add(Code::UrlRequirement, requirement, url);
        }
    }

    /// Reports what the environment excludes, but not what only waits for an extra that was not
    /// asked for.
    fn exclusion(
        &mut self,
        requirement: &Requirement,
        environment: &TargetEnvironment,
        active: &BTreeSet<String>,
    ) {
        if requirement.marker.applies(environment, active) {
            return;
        }
        let extras = requirement.marker.extras();
        if extras.is_empty() || extras.iter().any(|extra| active.contains(extra)) {
            let found = format!("not for this target: {}", requirement.marker);
            self.add(Code::MarkerFalse, requirement, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(lines: &[&str], extras: &[&str]) -> (Vec<String>, Vec<String>) {
        let requirements: Vec<Requirement> =
            lines.iter().map(|line| line.parse().unwrap()).collect();
        let extras: Vec<String> = extras.iter().map(|&extra| extra.to_owned()).collect();
        let options = DependencyOptions { extras, ..DependencyOptions::default() };
        let bare = bare_names(&requirements, "Own_Name", &options);
        let findings = bare.findings.iter().map(|f| format!("{} {f}", f.code.id())).collect();
        (bare.names, findings)
    }

    #[test]
    fn what_is_lost_is_reported() {
        let (names, findings) = bare(
            &[
                "Foo_Bar[ssl] >=1, <2",
                "python>=3",
                "url @ https://example.org/x.zip",
                "win; sys_platform == 'win32'",
                "own.name",
                "foo.bar",
            ],
            &[],
        );
        assert_eq!(names, ["foo-bar", "url"]);
        assert_eq!(
            findings,
            [
                "MP301 Foo_Bar: >=1,<2",
                "MP302 Foo_Bar: [ssl]",
                "MP304 url: https://example.org/x.zip",
                "MP309 own.name: the project itself",
                "MP308 foo.bar: named more than once",
                "MP303 win: not for this target: sys_platform == 'win32'",
            ]
        );
    }

    #[test]
    fn settings_rename_and_drop() {
        let requirements = ["Old_Name>=1", "gone", "new"].map(|line| line.parse().unwrap());
        let aliases = [("old.name", Alias::Name("New".to_owned())), ("gone", Alias::Dropped)]
            .map(|(name, alias)| (name.to_owned(), alias));
        let aliases = aliases.into_iter().collect();
        let options = DependencyOptions { aliases, ..DependencyOptions::default() };
        let bare = bare_names(&requirements, "own", &options);
        assert_eq!(bare.names, ["new"]);
        let findings: Vec<_> =
            bare.findings.iter().map(|f| format!("{} {f}", f.code.id())).collect();
        assert_eq!(
            findings,
            [
                "MP301 Old_Name: >=1",
                "MP310 Old_Name: now New",
                "MP311 gone: not wanted on the device"
            ]
        );
    }

    #[test]
    fn one_name_under_several_markers_is_no_repetition() {
        let (names, findings) = bare(
            &["a; python_version < '4'", "a; python_version >= '3'", "a; sys_platform == 'win32'"],
            &[],
        );
        assert_eq!((names, findings), (vec!["a".to_owned()], vec![]));
    }

    #[test]
    fn extras_are_brought_when_asked_for() {
        let lines = [
            "a",
            "b; extra == 'Net_Work'",
            "win; extra == 'net-work' and sys_platform == 'win32'",
            "own-name[net-work, more]; extra == 'all'",
            "own-name[all]; extra == 'more'",
            "c; extra == 'more'",
            "d; extra == 'docs'",
        ];
        assert_eq!(bare(&lines, &[]), (vec!["a".to_owned()], vec![]));
        let (names, findings) = bare(&lines, &["ALL"]);
        assert_eq!(names, ["a", "b", "c"]);
        assert_eq!(
            findings,
            ["MP303 win: not for this target: extra == 'net-work' and sys_platform == 'win32'"]
        );
        assert_eq!(
            bare(&lines, &["x"]).1,
            ["MP307 found the extra `x`, expected one of all, docs, more, net-work"]
        );
    }

    #[test]
    fn many_extras_of_the_project_itself_take_no_time() {
        let brought: Vec<String> = (0..400).map(|number| format!("e{number}")).collect();
        let marker = vec!["extra == 'q'"; 500].join(" or ");
        let line = format!("own-name[{}]; {marker}", brought.join(","));
        let mut lines = vec![line.as_str(); 50];
        lines.extend(["own-name[q]; extra == 'start'", "a; extra == 'e399'"]);
        let start = std::time::Instant::now();
        assert_eq!(bare(&lines, &["start"]), (vec!["a".to_owned()], vec![]));
        assert!(start.elapsed().as_secs() < 1);
    }
}
