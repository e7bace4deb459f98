//! What becomes of a dependency whose whole closure is made for devices.

use std::collections::BTreeSet;

use super::active::{Item, Report, Role};
use super::mip::merged::{MergedRequirements, Unresolved};
use super::mip::target::{NotFetched, Target, Translator, renamed_by_settings};
use super::package_index::PackageIndex;
use super::pinning::Pinning;
use super::{Alias, Aliases, Provider, micropython_lib};
use crate::finding::{Code, Finding};
use crate::mip::Dependency;
use crate::name::normalized_name;
use crate::requirement::Requirement;

/// What becomes of a dependency whose whole closure is made for devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Translation {
    /// It is made of a project.
    Project {
        /// The project's name as written in the requirement.
        name: String,
        /// The version that the settings name, whatever the constraints say.
        version: Option<String>,
        /// Whether the constraints were said of another project.
        renamed: bool,
    },
    /// Clients get this instead.
    Replaced(Dependency),
    /// The firmware has it.
    BuiltIn,
    /// The device does without.
    Dropped,
    /// It is not available; the findings say why.
    Refused,
}

impl Translation {
    /// What becomes of `requirement` for mip, and what is to be said of it: by the settings, else by its
    /// URL, else by what became of micropython-lib's packages, else by what `catalog` has, else it is
    /// made of a project.
    ///
    /// ```
    /// use mpconvert::translate::{Aliases, Translation};
    ///
    /// let of = |text: &str| Translation::for_mip(&text.parse().unwrap(), &Aliases::default(), None).0;
    /// assert!(matches!(of("micropython-logging"), Translation::Replaced(by) if by.name == "logging"));
    /// assert_eq!(of("micropython-uasyncio"), Translation::BuiltIn);
    /// assert!(matches!(of("PyJWT-extended"), Translation::Project { .. }));
    /// ```
    #[must_use]
    pub fn for_mip(
        requirement: &Requirement,
        aliases: &Aliases,
        catalog: Option<&dyn PackageIndex>,
    ) -> (Self, Vec<Finding>) {
        let name = normalized_name(&requirement.name);
        let alias = aliases.get(&name);
        let item = Item { requirement, name, role: Role::First };
        let mut report = Report::default();
        let provider = match alias {
            Some(Alias::Name { provider, .. }) => *provider,
            _ => None,
        };
        if provider == Some(Provider::Pypi) {
            return of_alias(requirement, alias);
        }
        let missing = BTreeSet::new();
        let mut translator = Translator::new(aliases, catalog, &missing);
        let target = translator.target(&item, &mut report);
        let is_by_url = alias.is_none() && requirement.url.is_some();
        let fate = match target {
            Err(NotFetched::BuiltIn) => Self::BuiltIn,
            Err(NotFetched::Dropped) => Self::Dropped,
            Ok(Target::MipUrl(dependency)) => Self::Replaced(dependency),
            _ if is_by_url => return refused_url(requirement),
            Ok(Target::Named(named))
                if named.versions.is_some()
                    || micropython_lib::is_in_index(&named.name)
                    || provider == Some(Provider::Mip) =>
            {
                let mut asked = MergedRequirements::default();
                asked.add(Target::Named(named), requirement);
                match asked.all[0].dependency(Pinning::Pin, &mut report) {
                    Ok(dependency) => Self::Replaced(dependency),
                    Err(why) => {
                        if let Unresolved::Version(found) = why {
                            report.add(Code::NoSuchRelease, requirement, found);
                        }
                        Self::Refused
                    }
                }
            }
            Ok(Target::Unresolved) if provider == Some(Provider::Mip) => Self::Refused,
            // What no index for mip has may be a project all the same.
            _ => return of_alias(requirement, alias),
        };
        (fate, report.findings)
    }

    /// That `requirement` is made of the project that it names.
    #[must_use]
    pub fn of_project(requirement: &Requirement) -> Self {
        project(requirement, None)
    }

    /// What becomes of `requirement` for upip, whose index has projects by their own names.
    #[must_use]
    pub fn for_upip(requirement: &Requirement, aliases: &Aliases) -> (Self, Vec<Finding>) {
        let alias = aliases.get(&normalized_name(&requirement.name));
        let mut report = Report::default();
        match alias {
            Some(Alias::Dropped) => {
                report.add(Code::DependencyDropped, requirement, "not needed on the device");
                return (Self::Dropped, report.findings);
            }
            None if requirement.url.is_some() => return refused_url(requirement),
            Some(Alias::Name { name, .. }) => {
                renamed_by_settings(name, None, requirement, &mut report);
            }
            Some(Alias::MipUrl { place, .. }) => {
                report.add(Code::PlaceForUpip, requirement, place.as_str());
            }
            None => {}
        }
        (project(requirement, alias), report.findings)
    }
}

/// The project that the settings name, or else the requirement.
fn of_alias(requirement: &Requirement, alias: Option<&Alias>) -> (Translation, Vec<Finding>) {
    let mut report = Report::default();
    if let Some(Alias::Name { name, version, .. }) = alias {
        renamed_by_settings(name, version.as_deref(), requirement, &mut report);
    }
    (project(requirement, alias), report.findings)
}

fn project(requirement: &Requirement, alias: Option<&Alias>) -> Translation {
    let (name, version) = match alias {
        Some(Alias::Name { name, version, .. }) => (name, version.clone()),
        _ => (&requirement.name, None),
    };
    let renamed = normalized_name(name) != normalized_name(&requirement.name);
    Translation::Project { name: name.clone(), version, renamed }
}

fn refused_url(requirement: &Requirement) -> (Translation, Vec<Finding>) {
    let url = requirement.url.clone().unwrap_or_default();
    let finding = Finding::new(Code::UrlNotMigrated, format!("the URL {url}"));
    (Translation::Refused, vec![finding.at(&requirement.name).expected("a name that an index has")])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translate::AvailableVersions;

    fn fate(text: &str, aliases: &[(&str, &str)], index: &[(&str, &str)]) -> (String, Vec<String>) {
        let aliases: Aliases = aliases
            .iter()
            .map(|(name, alias)| {
                let alias = if alias.is_empty() { Alias::Dropped } else { alias.parse().unwrap() };
                ((*name).to_owned(), alias)
            })
            .collect();
        let offers: AvailableVersions = index.iter().copied().collect();
        let catalog = (!index.is_empty()).then_some(&offers as &dyn PackageIndex);
        let (fate, findings) = Translation::for_mip(&text.parse().unwrap(), &aliases, catalog);
        let fate = match fate {
            Translation::Project { name, version: None, .. } => format!("project {name}"),
            Translation::Project { name, version: Some(version), .. } => {
                format!("project {name} {version}")
            }
            Translation::Replaced(by) => format!("replaced {}@{}", by.name, by.version),
            other => format!("{other:?}"),
        };
        (fate, findings.iter().map(|finding| finding.code.id().to_owned()).collect())
    }

    #[test]
    fn each_dependency_has_one_fate() {
        for (text, expected, codes) in [
            ("foo>=1", "project foo", &[][..]),
            ("micropython-umqtt.simple", "replaced umqtt.simple@latest", &["MP312"]),
            ("Micropython_Umqtt.Simple", "replaced umqtt.simple@latest", &["MP312"]),
            ("requests", "replaced requests@latest", &[]),
            ("micropython-uasyncio", "BuiltIn", &["MP313"]),
            ("micropython-typing", "Dropped", &["MP314"]),
            ("micropython-fcntl", "project micropython-fcntl", &[]),
            ("a @ git+https://github.com/org/repo@v1", "replaced github:org/repo@v1", &["MP321"]),
            ("a @ https://me:secret@example.org/a.zip", "Refused", &["MP771"]),
        ] {
            assert_eq!(
                fate(text, &[], &[]),
                (expected.to_owned(), codes.iter().map(|c| (*c).to_owned()).collect()),
                "{text}"
            );
        }
    }

    #[test]
    fn settings_and_an_index_say_more() {
        let aliases = [("a", "b@2.0"), ("gone", ""), ("lib", "logging"), ("own", "github:o/r")];
        let index = [("logging", "0.6"), ("mine", "1.0")];
        let of = |text: &str| fate(text, &aliases, &index).0;
        assert_eq!(of("a>1"), "project b 2.0");
        assert_eq!(of("gone"), "Dropped");
        assert_eq!(of("lib"), "replaced logging@0.6");
        assert_eq!(of("own"), "replaced github:o/r@HEAD");
        assert_eq!(of("Mine"), "replaced mine@1.0");
        assert_eq!(of("mine>=2"), "Refused");
        assert_eq!(of("other"), "project other");
    }

    #[test]
    fn a_prefix_says_where_a_name_is_looked_up() {
        let aliases = [
            ("requests", "pypi:requests"),
            ("mine", "mip:mine"),
            ("none", "mip:none"),
            ("a", "pypi:logging@1.0"),
        ];
        let index = [("requests", "0.10.2"), ("mine", "1.0"), ("logging", "0.6")];
        let of = |text: &str| fate(text, &aliases, &index);
        assert_eq!(of("requests>=2"), ("project requests".to_owned(), vec![]));
        assert_eq!(of("mine"), ("replaced mine@1.0".to_owned(), vec![]));
        assert_eq!(of("none"), ("Refused".to_owned(), vec!["MP316".to_owned()]));
        assert_eq!(of("a").0, "project logging 1.0");
    }

    #[test]
    fn no_secret_is_reported() {
        let (_, findings) = Translation::for_upip(
            &"a @ git+https://me:secret@example.org/a".parse().unwrap(),
            &Aliases::default(),
        );
        assert!(!findings[0].to_string().contains("secret"), "{}", findings[0]);
    }
}
