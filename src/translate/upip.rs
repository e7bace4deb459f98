//! From dependencies to the bare names that upip takes.

use std::collections::HashSet;

use super::active::{ActiveDependencies, Report, Role};
use super::{Alias, DependencyOptions};
use crate::finding::{Code, Finding};
use crate::name::normalized_name;
use crate::requirement::Requirement;

/// What is left of a package's dependencies for upip, and what was lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BareNames {
    /// The names in the order of declaration, each once, normalised by PEP 503: indexes answer any
    /// other spelling by a redirect, which upip takes for "not there".
    pub names: Vec<String>,
    /// What upip does not support, one finding for each dependency and kind; the path is the dependency.
    pub findings: Vec<Finding>,
}

/// The dependencies of the project `own_name` that are wanted, as bare names.
///
/// A dependency of the project on itself with extras stands for what these extras bring. Those
/// that only an extra brings that was not asked for are left out without a finding.
///
/// ```
/// use mpconvert::translate::upip::bare_names;
/// use mpconvert::translate::DependencyOptions;
/// use mpconvert::requirement::Requirement;
///
/// let requirements = [
///     "python-foo >=1".parse::<Requirement>()?,
///     "bar; sys_platform == 'win32'".parse()?,
///     "baz; extra == 'test'".parse()?,
/// ];
/// let bare = bare_names(&requirements, "own", &DependencyOptions::default());
/// assert_eq!(bare.names, ["python-foo"]);
/// assert_eq!(bare.findings[0].to_string(), "python-foo: upip installs the newest release, because it does not support the constraint >=1");
/// assert_eq!(bare.findings[1].code.id(), "MP303");
/// # Ok::<(), mpconvert::requirement::Invalid>(())
/// ```
#[must_use]
pub fn bare_names(
    requirements: &[Requirement],
    own_name: &str,
    options: &DependencyOptions,
) -> BareNames {
    let wanted = ActiveDependencies::of(requirements, own_name, options);
    let mut report = Report::new(&wanted, options);
    let mut names = Vec::new();
    for item in &wanted.items {
        let requirement = item.requirement;
        if item.role != Role::Own {
            losses(requirement, &mut report);
        }
        report.role(item);
        if item.role != Role::First {
            continue;
        }
        match options.aliases.get(&item.name) {
            None if options.missing.contains(&item.name) => {
                report.add(Code::DependencyRefused, requirement, "its conversion failed");
            }
            None => names.push(item.name.clone()),
            Some(Alias::Name { name, .. }) if options.missing.contains(&normalized_name(name)) => {
                report.add(Code::DependencyRefused, requirement, "its conversion failed");
            }
            Some(Alias::Name { name, version, .. }) => {
                report.add(Code::DependencyRenamed, requirement, format!("now {name}"));
                if let Some(version) = version {
                    report.add(Code::ConstraintRemoved, requirement, format!("@{version}"));
                }
                names.push(normalized_name(name));
            }
            Some(Alias::MipUrl { place, .. }) => {
                report.add(Code::PlaceForUpip, requirement, place.as_str());
                names.push(item.name.clone());
            }
            Some(Alias::Dropped) => {
                report.add(Code::DependencyDropped, requirement, "not needed on the device");
            }
        }
    }
    // Two names may have become one.
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    BareNames { names, findings: report.finish(&wanted) }
}

fn losses(requirement: &Requirement, report: &mut Report) {
    if !requirement.specifiers.is_empty() {
        report.add(Code::ConstraintRemoved, requirement, requirement.constraint());
    }
    report.extras(requirement);
    if let Some(url) = &requirement.url {
        report.add(Code::UrlRequirement, requirement, url.to_string());
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
        let findings =
            bare.findings.iter().map(|f| format!("{} {}", f.code.id(), f.facts())).collect();
        (bare.names, findings)
    }

    #[test]
    fn what_is_lost_is_reported() {
        let (names, findings) = bare(
            &[
                "Foo_Bar[ssl] >=1, <2",
                "python>=3",
                "url @ https://me:secret@example.org/x.zip",
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
                "MP308 foo.bar: listed more than once",
                "MP303 win: not for this target: sys_platform == 'win32'",
            ]
        );
    }

    #[test]
    fn settings_rename_and_drop() {
        let requirements = ["Old_Name>=1", "gone", "new"].map(|line| line.parse().unwrap());
        let aliases = [("old.name", "New".parse().unwrap()), ("gone", Alias::Dropped)]
            .map(|(name, alias)| (name.to_owned(), alias));
        let aliases = aliases.into_iter().collect();
        let options = DependencyOptions { aliases, ..DependencyOptions::default() };
        let bare = bare_names(&requirements, "own", &options);
        assert_eq!(bare.names, ["new"]);
        let findings: Vec<_> =
            bare.findings.iter().map(|f| format!("{} {}", f.code.id(), f.facts())).collect();
        assert_eq!(
            findings,
            [
                "MP301 Old_Name: >=1",
                "MP310 Old_Name: now New",
                "MP311 gone: not needed on the device"
            ]
        );
    }

    #[test]
    fn places_and_versions_are_for_mip() {
        let requirements = ["placed", "pinned"].map(|line| line.parse().unwrap());
        let aliases = [("placed", "github:org/repo@v1"), ("pinned", "new@1.0")]
            .map(|(name, alias)| (name.to_owned(), alias.parse().unwrap()));
        let aliases = aliases.into_iter().collect();
        let options = DependencyOptions { aliases, ..DependencyOptions::default() };
        let bare = bare_names(&requirements, "own", &options);
        assert_eq!(bare.names, ["placed", "new"]);
        let findings: Vec<_> =
            bare.findings.iter().map(|f| format!("{} {}", f.code.id(), f.facts())).collect();
        let expected =
            ["MP315 placed: github:org/repo", "MP310 pinned: now new", "MP301 pinned: @1.0"];
        assert_eq!(findings, expected);
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
    fn many_extras_of_the_project_itself_are_expanded() {
        let brought: Vec<String> = (0..400).map(|number| format!("e{number}")).collect();
        let marker = vec!["extra == 'q'"; 500].join(" or ");
        let line = format!("own-name[{}]; {marker}", brought.join(","));
        let mut lines = vec![line.as_str(); 50];
        lines.extend(["own-name[q]; extra == 'start'", "a; extra == 'e399'"]);
        assert_eq!(bare(&lines, &["start"]), (vec!["a".to_owned()], vec![]));
    }
}
