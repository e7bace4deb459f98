//! What a dependency is called for mip.

use std::collections::BTreeSet;

use super::PackageIndex;
use super::repository::repository;
use crate::finding::Code;
use crate::mip::{Dependency, HEAD};
use crate::name::normalized_name;
use crate::requirement::Requirement;
use crate::translate::active::{Item, Report};
use crate::translate::micropython_lib::{self, Row, Successor};
use crate::translate::{Alias, Aliases};

/// For how many dependencies similar names are looked up.
const MAX_SUGGESTED: usize = 20;
/// The longest name for which they are.
const MAX_NAME_LENGTH: usize = 100;
/// How many similar names are suggested.
const MAX_SIMILAR: usize = 3;
/// How similar names must be to be suggested, from 0 to 1.
const LIKENESS: f64 = 0.85;

/// What is asked of mip for a dependency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::translate) enum Target {
    /// A package of the index.
    Named(Named),
    /// A `package.json` somewhere.
    MipUrl(Dependency),
    /// What cannot be had; it has been reported.
    Unresolved,
}

/// Why a dependency needs nothing of mip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::translate) enum NotFetched {
    /// The firmware has it.
    BuiltIn,
    /// The device does without it.
    Dropped,
}

/// A package of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::translate) struct Named {
    /// As the index spells it, if that is known.
    pub name: String,
    /// The version that the settings name.
    pub version: Option<String>,
    /// The versions there are, if that is known.
    pub versions: Option<Vec<String>>,
    /// Whether the dependency is declared under another name, whose versions were others.
    pub has_own_versions: bool,
}

impl Named {
    /// The package of which nothing but the name is known.
    fn latest(name: String) -> Self {
        Self { name, version: None, versions: None, has_own_versions: false }
    }
}

/// Finds what dependencies are called.
pub(in crate::translate) struct Translator<'a> {
    aliases: &'a Aliases,
    catalog: Option<&'a dyn PackageIndex>,
    /// Normalised names of what cannot be had.
    missing: &'a BTreeSet<String>,
    suggested: usize,
}

impl<'a> Translator<'a> {
    pub(in crate::translate) fn new(
        aliases: &'a Aliases,
        catalog: Option<&'a dyn PackageIndex>,
        missing: &'a BTreeSet<String>,
    ) -> Self {
        Self { aliases, catalog, missing, suggested: 0 }
    }

    /// What is asked of mip for `item`: by the settings, else by its URL, else by what became of
    /// micropython-lib's packages, else by its name. All is reported.
    pub(in crate::translate) fn target(
        &mut self,
        item: &Item<'_>,
        report: &mut Report,
    ) -> Result<Target, NotFetched> {
        let requirement = item.requirement;
        match self.aliases.get(&item.name) {
            Some(Alias::Dropped) => {
                report.add(Code::DependencyDropped, requirement, "not needed on the device");
                return Err(NotFetched::Dropped);
            }
            Some(Alias::MipUrl { place, version }) => {
                report.add(Code::DependencyRenamed, requirement, format!("now {place}"));
                let version = version.clone().unwrap_or_else(|| HEAD.to_owned());
                return Ok(Target::MipUrl(Dependency { name: place.to_string(), version }));
            }
            Some(Alias::Name { name, version, .. }) => {
                renamed_by_settings(name, version.as_deref(), requirement, report);
                let mut target = self.named(name, requirement, true, report);
                if let Target::Named(named) = &mut target {
                    named.version.clone_from(version);
                }
                return Ok(target);
            }
            None => {}
        }
        if let Some(url) = &requirement.url {
            if let Some(dependency) = repository(url.reveal()) {
                let found = format!("{url}, which becomes {}", dependency.name);
                report.add(Code::RepositoryRequirement, requirement, found);
                return Ok(Target::MipUrl(dependency));
            }
            report.add(Code::UrlForMip, requirement, url.to_string());
        }
        self.by_name(item, report)
    }

    /// What is asked for a dependency that only has a name.
    fn by_name(&mut self, item: &Item<'_>, report: &mut Report) -> Result<Target, NotFetched> {
        let requirement = item.requirement;
        let own = &requirement.name;
        let Some(row) = micropython_lib::row(&item.name) else {
            return Ok(self.named(own, requirement, false, report));
        };
        let is_itself = normalized_name(row.target) == item.name;
        // Who puts a package into an index by its old name means it, unless the new one is there.
        let is_offered = match row.became {
            Successor::Package => !is_itself && !self.has(row.target) && self.has(own),
            Successor::BuiltIn => is_itself && self.has(own),
            Successor::Placeholder => false,
            Successor::Gone => self.has(own),
        };
        if is_offered {
            return Ok(self.named(own, requirement, true, report));
        }
        match row.became {
            Successor::Package => {
                if row.keeps_versions {
                    report.add(Code::NameTranslated, requirement, format!("now {}", row.target));
                } else if !is_itself {
                    renamed(Code::NameTranslated, requirement, row.target, row.note, report);
                }
                let mut target = self.named(row.target, requirement, true, report);
                if let Target::Named(named) = &mut target {
                    named.has_own_versions = if is_itself {
                        row.has_namesake && !micropython_lib::is_for_own_versions(row, requirement)
                    } else {
                        !row.keeps_versions
                    };
                }
                Ok(target)
            }
            Successor::BuiltIn => {
                let said = if row.note.is_empty() {
                    format!("`{}` is built in", row.target)
                } else {
                    row.note.to_owned()
                };
                report.add(Code::BuiltIn, requirement, said);
                Err(NotFetched::BuiltIn)
            }
            Successor::Placeholder => {
                report.add(Code::Placeholder, requirement, placeholder(row));
                Err(NotFetched::Dropped)
            }
            Successor::Gone => {
                report.unresolved(requirement, row.note, self.hint());
                Ok(Target::Unresolved)
            }
        }
    }

    fn hint(&self) -> Option<&str> {
        self.catalog.and_then(PackageIndex::hint)
    }

    fn has(&self, name: &str) -> bool {
        self.catalog.is_some_and(|catalog| catalog.find(name).is_some())
    }

    fn named(
        &mut self,
        name: &str,
        requirement: &Requirement,
        is_known: bool,
        report: &mut Report,
    ) -> Target {
        if self.missing.contains(&normalized_name(name)) {
            report.add(Code::DependencyRefused, requirement, "its conversion failed");
            return Target::Unresolved;
        }
        if let Some(offer) = self.catalog.and_then(|catalog| catalog.find(name)) {
            let versions = Some(offer.versions);
            return Target::Named(Named { versions, ..Named::latest(offer.name) });
        }
        let Some(catalog) = self.catalog.filter(|catalog| catalog.is_complete()) else {
            if !is_known {
                let why = self.catalog.map_or("no index was given", PackageIndex::reservation);
                report.add(Code::IndexUnchecked, requirement, why);
            }
            return Target::Named(Named::latest(name.to_owned()));
        };
        let found = format!("{name} is not in the index{}", self.similar(catalog, name));
        report.unresolved(requirement, found, catalog.hint());
        Target::Unresolved
    }

    /// The names of packages that are like `name`, as a part of a sentence.
    fn similar(&mut self, catalog: &dyn PackageIndex, name: &str) -> String {
        self.suggested += 1;
        if self.suggested > MAX_SUGGESTED || name.len() > MAX_NAME_LENGTH {
            return String::new();
        }
        let name = name.to_lowercase();
        let mut similar: Vec<(f64, &str)> = catalog
            .names()
            .map(|other| (strsim::jaro_winkler(&name, &other.to_lowercase()), other))
            .filter(|(likeness, _)| *likeness > LIKENESS)
            .collect();
        similar.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
        similar.truncate(MAX_SIMILAR);
        let names: Vec<String> = similar.iter().map(|(_, name)| format!("`{name}`")).collect();
        if names.is_empty() { String::new() } else { format!(", which has {}", names.join(", ")) }
    }
}

fn placeholder(row: &Row) -> String {
    let module = row.target;
    if micropython_lib::is_in_index(module) {
        format!("`{module}` was empty; the index of micropython-lib has a package `{module}`")
    } else {
        format!("`{module}` was empty")
    }
}

/// Reports that the settings give the dependency another name, perhaps with a version.
pub(in crate::translate) fn renamed_by_settings(
    name: &str,
    version: Option<&str>,
    requirement: &Requirement,
    report: &mut Report,
) {
    match version {
        None if normalized_name(name) == normalized_name(&requirement.name) => {}
        // The constraints are not asked.
        Some(version) => {
            report.add(Code::DependencyRenamed, requirement, format!("now {name}@{version}"));
        }
        None => renamed(Code::DependencyRenamed, requirement, name, "", report),
    }
}

fn renamed(code: Code, requirement: &Requirement, name: &str, note: &str, report: &mut Report) {
    let mut said = format!("now {name}");
    if !note.is_empty() {
        said = format!("{said}; {note}");
    }
    if !requirement.specifiers.is_empty() {
        let constraint = requirement.constraint();
        said = format!("{said}; {constraint} applied to the versions of the old package");
    }
    report.add(code, requirement, said);
}
