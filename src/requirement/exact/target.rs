//! What a dependency is called for mip.

use super::Catalog;
use super::repository::repository;
use crate::check::Code;
use crate::mip::{Dependency, HEAD};
use crate::requirement::micropython_lib::{Fate, fate};
use crate::requirement::wanted::{Item, Report};
use crate::requirement::{Alias, Aliases, Requirement};

/// For how many dependencies similar names are looked up.
const MAX_SUGGESTED: usize = 20;
/// How many similar names are told.
const MAX_SIMILAR: usize = 3;
/// How alike names must be to be told, from 0 to 1.
const LIKENESS: f64 = 0.85;

/// What is asked of mip for a dependency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A package of the index.
    Named(Named),
    /// A `package.json` somewhere.
    Place(Dependency),
    /// What cannot be had; it has been reported.
    Unresolved,
    /// Nothing; it has been reported.
    Nothing,
}

/// A package of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// As the index spells it, if that is known.
    pub name: String,
    /// The version that the settings name.
    pub version: Option<String>,
    /// The versions there are, if that is known.
    pub versions: Option<Vec<String>>,
}

/// Finds what dependencies are called.
pub(super) struct Translator<'a> {
    aliases: &'a Aliases,
    catalog: Option<&'a dyn Catalog>,
    suggested: usize,
}

impl<'a> Translator<'a> {
    pub(super) fn new(aliases: &'a Aliases, catalog: Option<&'a dyn Catalog>) -> Self {
        Self { aliases, catalog, suggested: 0 }
    }

    /// What is asked of mip for `item`: by the settings, else by its URL, else by what became of
    /// micropython-lib's packages, else by its name.
    pub(super) fn target(&mut self, item: &Item<'_>, report: &mut Report) -> Target {
        let requirement = item.requirement;
        match self.aliases.get(&item.name) {
            Some(Alias::Dropped) => {
                report.add(Code::DependencyDropped, requirement, "not wanted on the device");
                return Target::Nothing;
            }
            Some(Alias::Place { place, version }) => {
                report.add(Code::DependencyRenamed, requirement, format!("now {place}"));
                let version = version.clone().unwrap_or_else(|| HEAD.to_owned());
                return Target::Place(Dependency { name: place.to_string(), version });
            }
            Some(Alias::Name { name, version }) => {
                renamed(Code::DependencyRenamed, requirement, name, report);
                let target = self.named(name, requirement, true, report);
                return match target {
                    Target::Named(named) => {
                        Target::Named(Named { version: version.clone(), ..named })
                    }
                    other => other,
                };
            }
            None => {}
        }
        if let Some(url) = &requirement.url {
            if let Some(dependency) = repository(url) {
                let found = format!("{url}, taken as {}", dependency.name);
                report.add(Code::RepositoryRequirement, requirement, found);
                return Target::Place(dependency);
            }
            report.add(Code::UrlForMip, requirement, url);
        }
        self.by_fate(item, report)
    }

    fn by_fate(&mut self, item: &Item<'_>, report: &mut Report) -> Target {
        let requirement = item.requirement;
        let in_catalog = |name: &str| self.catalog.is_some_and(|all| all.find(name).is_some());
        match fate(&item.name) {
            Some(Fate::Package(name))
                if self.catalog.is_none() || in_catalog(name) || !in_catalog(&item.name) =>
            {
                if crate::package::normalized_name(name) != item.name {
                    renamed(Code::NameTranslated, requirement, name, report);
                }
                self.named(name, requirement, true, report)
            }
            Some(Fate::BuiltIn(_, note)) => {
                report.add(Code::BuiltIn, requirement, note);
                Target::Nothing
            }
            Some(Fate::Placeholder(_, note)) => {
                report.add(Code::Placeholder, requirement, note);
                Target::Nothing
            }
            Some(Fate::Gone(note)) if !in_catalog(&item.name) => {
                report.add(Code::Unresolved, requirement, note);
                Target::Unresolved
            }
            Some(Fate::Package(_) | Fate::Gone(_)) => {
                self.named(&item.name, requirement, true, report)
            }
            None => self.named(&requirement.name, requirement, false, report),
        }
    }

    fn named(
        &mut self,
        name: &str,
        requirement: &Requirement,
        is_known: bool,
        report: &mut Report,
    ) -> Target {
        let Some(catalog) = self.catalog else {
            if !is_known {
                report.add(Code::IndexUnchecked, requirement, "not checked");
            }
            return Target::Named(Named { name: name.to_owned(), version: None, versions: None });
        };
        if let Some(offer) = catalog.find(name) {
            let versions = Some(offer.versions);
            return Target::Named(Named { name: offer.name, version: None, versions });
        }
        let found = format!("`{name}` is not in the index{}", self.similar(catalog, name));
        report.add(Code::Unresolved, requirement, found);
        Target::Unresolved
    }

    /// The names of packages that are like `name`, as a part of a sentence.
    fn similar(&mut self, catalog: &dyn Catalog, name: &str) -> String {
        self.suggested += 1;
        if self.suggested > MAX_SUGGESTED {
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

fn renamed(code: Code, requirement: &Requirement, name: &str, report: &mut Report) {
    let constraint = requirement.constraint();
    let of_old_name = if constraint.is_empty() {
        String::new()
    } else {
        format!("; {constraint} was said of the old name's versions")
    };
    report.add(code, requirement, format!("now {name}{of_old_name}"));
}
