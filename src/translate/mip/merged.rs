//! What is asked of mip by all dependencies together, and in which version.

use std::collections::HashMap;

use pep440_rs::VersionSpecifier;

use super::target::{Named, Target};
use super::{Pinning, Requirement};
use crate::finding::Code;
use crate::mip::{Dependency, LATEST};
use crate::name::normalized_name;
use crate::translate::active::Report;
use crate::version::{allows, listed, newest, pinned};

/// How many version specifiers for one name are looked at; each is compared with each version.
const MAX_SPECIFIERS: usize = 256;

/// What is asked for, in the order of declaration.
#[derive(Default)]
pub(in crate::translate) struct MergedRequirements<'a> {
    pub all: Vec<RequestedPackage<'a>>,
    /// Places in `all` by what stands for the same thing.
    places: HashMap<String, usize>,
}

/// One thing that is asked for.
pub(in crate::translate) struct RequestedPackage<'a> {
    target: Target,
    /// By whom; never empty.
    pub requirements: Vec<&'a Requirement>,
    /// Those of `requirements` whose constraints are about another package, which this one replaces.
    of_replaced: Vec<&'a Requirement>,
}

/// Why nothing can be fetched.
pub(in crate::translate) enum Unresolved {
    /// There is no such package, which has been reported.
    Package,
    /// None of its versions will do; the text says which there are and what was asked for.
    Version(String),
}

impl<'a> MergedRequirements<'a> {
    /// Adds what a dependency asks for; what others asked for is to fit them all.
    pub(in crate::translate) fn add(&mut self, target: Target, requirement: &'a Requirement) {
        let key = match &target {
            Target::Named(named) => normalized_name(&named.name),
            Target::MipUrl(dependency) => dependency.name.clone(),
            // No name starts like this.
            Target::Unresolved => format!("!{}", normalized_name(&requirement.name)),
        };
        let is_replaced = matches!(&target, Target::Named(Named { has_own_versions: true, .. }));
        let place = *self.places.entry(key).or_insert(self.all.len());
        let Some(asked) = self.all.get_mut(place) else {
            let of_replaced = if is_replaced { vec![requirement] } else { Vec::new() };
            self.all.push(RequestedPackage {
                target,
                requirements: vec![requirement],
                of_replaced,
            });
            return;
        };
        asked.requirements.push(requirement);
        if is_replaced {
            asked.of_replaced.push(requirement);
        }
        if let (Target::Named(there), Target::Named(Named { version: Some(version), .. })) =
            (&mut asked.target, target)
        {
            there.version.get_or_insert(version);
        }
    }
}

impl RequestedPackage<'_> {
    /// What mip is to fetch.
    pub(in crate::translate) fn dependency(
        &self,
        pinning: Pinning,
        report: &mut Report,
    ) -> Result<Dependency, Unresolved> {
        match &self.target {
            Target::Unresolved => Err(Unresolved::Package),
            Target::MipUrl(dependency) => Ok(dependency.clone()),
            Target::Named(named) => {
                let version = match &named.versions {
                    Some(versions) => self.version(named, versions, pinning, report)?,
                    None => self.unchecked(named, pinning, report),
                };
                Ok(Dependency { name: named.name.clone(), version })
            }
        }
    }

    /// The requirements whose constraints are about this very package.
    fn own(&self) -> impl Iterator<Item = &Requirement> {
        let is_own =
            |one: &&&Requirement| !self.of_replaced.iter().any(|other| std::ptr::eq(**one, *other));
        self.requirements.iter().filter(is_own).copied()
    }

    /// The version if the available ones are unknown: the only one that the constraints allow, if they
    /// name it.
    fn unchecked(&self, named: &Named, pinning: Pinning, report: &mut Report) -> String {
        if let Some(version) = &named.version {
            return version.clone();
        }
        let specifiers: Vec<&VersionSpecifier> =
            self.own().flat_map(|one| one.specifiers.iter()).take(MAX_SPECIFIERS + 1).collect();
        if pinning != Pinning::Latest
            && specifiers.len() <= MAX_SPECIFIERS
            && let Some(version) = pinned(specifiers.iter().copied())
            && specifiers.iter().all(|specifier| allows(specifier, version))
        {
            return version.to_string();
        }
        for requirement in self.own().filter(|one| !one.specifiers.is_empty()) {
            report.add(Code::ConstraintUnchecked, requirement, requirement.constraint());
        }
        self.report_namesakes(named, LATEST, report);
        LATEST.to_owned()
    }

    /// The version of those there are.
    fn version(
        &self,
        named: &Named,
        versions: &[String],
        pinning: Pinning,
        report: &mut Report,
    ) -> Result<String, Unresolved> {
        let name = &named.name;
        let none = Unresolved::Version;
        if let Some(version) = &named.version {
            return if versions.contains(version) {
                Ok(version.clone())
            } else {
                Err(none(format!("`{name}` has no {version}, but {}", listed(versions))))
            };
        }
        let own: Vec<VersionSpecifier> =
            self.own().flat_map(|one| one.specifiers.iter().cloned()).collect();
        let of_replaced = self.of_replaced.iter().flat_map(|one| one.specifiers.iter().cloned());
        let specifiers: Vec<VersionSpecifier> = own.iter().cloned().chain(of_replaced).collect();
        if specifiers.len() > MAX_SPECIFIERS {
            return Err(none(format!(
                "{} version specifiers for `{name}`, of which {MAX_SPECIFIERS} are read at most",
                specifiers.len()
            )));
        }
        let newest_of_all = newest(versions, &[]);
        if pinning == Pinning::Latest {
            if let Some(latest) = newest_of_all
                && newest(&[latest.to_owned()], &own).is_none()
            {
                let found =
                    format!("the newest version of {name} is {latest}, not {}", self.constraint());
                report.add(Code::LatestNotAllowed, self.requirements[0], found);
            }
            return Ok(LATEST.to_owned());
        }
        if own.is_empty() && newest_of_all.is_none() {
            return Ok(LATEST.to_owned());
        }
        // Versions of the old package may mean nothing here, or the same.
        if let Some(version) = newest(versions, &specifiers) {
            return Ok(version.to_owned());
        }
        let Some(version) = newest(versions, &own) else {
            let constraint = self.constraint();
            return Err(none(format!("`{name}` has {}, not {constraint}", listed(versions))));
        };
        self.report_namesakes(named, version, report);
        Ok(version.to_owned())
    }

    /// Reports the constraints that only another project of the same name can meet.
    fn report_namesakes(&self, named: &Named, version: &str, report: &mut Report) {
        let name = normalized_name(&named.name);
        let is_namesake =
            |one: &&&Requirement| !one.specifiers.is_empty() && normalized_name(&one.name) == name;
        for requirement in self.of_replaced.iter().filter(is_namesake) {
            let constraint = requirement.constraint();
            let found = format!(
                "{constraint} is for the project on PyPI; micropython-lib's {version} is used"
            );
            report.add(Code::NamesakeUsed, requirement, found);
        }
    }

    /// All constraints on this very package as one text.
    fn constraint(&self) -> String {
        let constraints = self.own().map(Requirement::constraint);
        let mut constraints: Vec<String> = constraints.filter(|text| !text.is_empty()).collect();
        constraints.dedup();
        constraints.join(",")
    }
}
