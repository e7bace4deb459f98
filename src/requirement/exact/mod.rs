//! From dependencies to the exact, fetchable ones that mip takes.

mod catalog;
mod cycle;
mod newest;
mod pinning;
mod repository;
mod target;

use std::collections::HashMap;

use pep440_rs::VersionSpecifier;

pub use catalog::{Catalog, Catalogs, Offer, Offers};
pub use cycle::{Cut, break_cycles};
pub use pinning::{Pinning, PinningFault};

use super::wanted::{Report, Role, Wanted};
use super::{DependencyOptions, Requirement};
use crate::check::{Code, Finding};
use crate::mip::{Dependency, LATEST};
use crate::package::normalized_name;
use newest::{listed, newest};
use target::{Named, Target, Translator};

/// What mip is to install for a package's dependencies, and what was lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exact {
    /// What can be fetched, in the order of declaration, each once.
    pub deps: Vec<Dependency>,
    /// The dependencies, as they were declared, that nothing can be fetched for; each has a finding.
    pub unresolved: Vec<String>,
    /// What mip cannot be told, or nobody knows; the path is the dependency.
    pub findings: Vec<Finding>,
}

/// The dependencies of the project `own_name` that are wanted, as mip takes them.
///
/// Each goes by the name that the settings give it, or that it has in micropython-lib now, or its
/// own. With a `catalog` it must be there, and the newest version that all its constraints allow is
/// taken. Without one the version is the newest at the time of installation, and nothing is known of
/// constraints.
///
/// ```
/// use mpconvert::requirement::{DependencyOptions, Offers, Pinning, Requirement, exact};
///
/// let requirements = ["micropython-logging >=0.3", "foo <2", "bar"].map(|line| line.parse().unwrap());
/// let index: Offers =
///     [("logging", "0.6.2"), ("foo", "1.9"), ("foo", "2.0")].into_iter().collect();
/// let options = DependencyOptions::default();
/// let exact = exact(&requirements, "own", &options, Some(&index), Pinning::Pin);
/// let deps: Vec<_> = exact.deps.iter().map(|dep| (dep.name.as_str(), dep.version.as_str())).collect();
/// assert_eq!(deps, [("logging", "0.6.2"), ("foo", "1.9")]);
/// assert_eq!(exact.unresolved, ["bar"]);
/// ```
#[must_use]
pub fn exact(
    requirements: &[Requirement],
    own_name: &str,
    options: &DependencyOptions,
    catalog: Option<&dyn Catalog>,
    pinning: Pinning,
) -> Exact {
    let wanted = Wanted::of(requirements, own_name, options);
    let mut report = Report::new(&wanted);
    let mut translator = Translator::new(&options.aliases, catalog);
    let mut asked = AskedFor::default();
    for item in &wanted.items {
        report.role(item);
        if item.role == Role::Own {
            continue;
        }
        report.extras(item.requirement);
        match translator.target(item, &mut report) {
            Target::Named(named) if normalized_name(&named.name) == normalized_name(own_name) => {
                report.add(Code::OwnRequirement, item.requirement, "the project itself");
            }
            target => asked.add(target, item.requirement),
        }
    }
    let mut exact = Exact::default();
    for asked in asked.all {
        match asked.dependency(pinning, &mut report) {
            Some(dependency) => exact.deps.push(dependency),
            None if asked.target != Target::Nothing => {
                exact.unresolved.push(asked.requirements[0].name.clone());
            }
            None => {}
        }
    }
    exact.findings = report.finish(&wanted);
    exact
}

/// What is asked for, in the order of declaration.
#[derive(Default)]
struct AskedFor<'a> {
    all: Vec<Asked<'a>>,
    /// By normalised name or by place.
    places: HashMap<String, usize>,
}

/// One thing that is asked for.
struct Asked<'a> {
    target: Target,
    /// By whom; never empty.
    requirements: Vec<&'a Requirement>,
}

impl<'a> AskedFor<'a> {
    fn add(&mut self, target: Target, requirement: &'a Requirement) {
        let key = match &target {
            Target::Named(named) => normalized_name(&named.name),
            Target::Place(dependency) => dependency.name.clone(),
            Target::Unresolved | Target::Nothing => requirement.name.clone(),
        };
        let place = *self.places.entry(key).or_insert(self.all.len());
        match self.all.get_mut(place) {
            Some(asked) => asked.requirements.push(requirement),
            None => self.all.push(Asked { target, requirements: vec![requirement] }),
        }
    }
}

impl Asked<'_> {
    fn dependency(&self, pinning: Pinning, report: &mut Report) -> Option<Dependency> {
        match &self.target {
            Target::Place(dependency) => Some(dependency.clone()),
            Target::Unresolved | Target::Nothing => None,
            Target::Named(named) => {
                let version = self.version(named, pinning, report)?;
                Some(Dependency { name: named.name.clone(), version })
            }
        }
    }

    /// The version to take; `None` if no version is allowed, which is reported.
    fn version(&self, named: &Named, pinning: Pinning, report: &mut Report) -> Option<String> {
        let Some(versions) = &named.versions else {
            if let Some(version) = &named.version {
                return Some(version.clone());
            }
            for requirement in self.requirements.iter().filter(|r| !r.specifiers.is_empty()) {
                report.add(Code::ConstraintUnchecked, requirement, requirement.constraint());
            }
            return Some(LATEST.to_owned());
        };
        if let Some(version) = &named.version {
            if versions.contains(version) {
                return Some(version.clone());
            }
            let found = format!("`{}` has no {version}, but {}", named.name, listed(versions));
            report.add(Code::NoVersion, self.requirements[0], found);
            return None;
        }
        let specifiers: Vec<VersionSpecifier> =
            self.requirements.iter().flat_map(|r| r.specifiers.iter().cloned()).collect();
        if pinning == Pinning::Latest {
            self.check_latest(versions, &specifiers, report);
            return Some(LATEST.to_owned());
        }
        if specifiers.is_empty() && versions.is_empty() {
            return Some(LATEST.to_owned());
        }
        let choice = newest(versions, &specifiers).map(str::to_owned);
        if choice.is_none() {
            let found = format!(
                "{} allows none of the versions of `{}`: {}",
                self.constraint(),
                named.name,
                listed(versions)
            );
            report.add(Code::NoVersion, self.requirements[0], found);
        }
        choice
    }

    fn check_latest(
        &self,
        versions: &[String],
        specifiers: &[VersionSpecifier],
        report: &mut Report,
    ) {
        let Some(latest) = newest(versions, &[]) else { return };
        let latest = [latest.to_owned()];
        if newest(&latest, specifiers).is_none() {
            let found = format!("the newest is {}, not {}", latest[0], self.constraint());
            report.add(Code::LatestNotAllowed, self.requirements[0], found);
        }
    }

    /// All constraints as one text.
    fn constraint(&self) -> String {
        let mut constraints: Vec<String> =
            self.requirements.iter().map(|requirement| requirement.constraint()).collect();
        constraints.retain(|constraint| !constraint.is_empty());
        constraints.dedup();
        constraints.join(",")
    }
}
