//! What is asked of mip by all dependencies together, and in which version.

use std::collections::HashMap;

use pep440_rs::VersionSpecifier;

use super::target::{Named, Target};
use super::{Pinning, Requirement};
use crate::finding::Code;
use crate::mip::{Dependency, LATEST};
use crate::name::normalized_name;
use crate::translate::active::Report;
use crate::version::{listed, newest};

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
        let place = *self.places.entry(key).or_insert(self.all.len());
        let Some(asked) = self.all.get_mut(place) else {
            self.all.push(RequestedPackage { target, requirements: vec![requirement] });
            return;
        };
        asked.requirements.push(requirement);
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
                    None => self.unchecked(named, report),
                };
                Ok(Dependency { name: named.name.clone(), version })
            }
        }
    }

    /// The version to use if the available ones are unknown.
    fn unchecked(&self, named: &Named, report: &mut Report) -> String {
        if let Some(version) = &named.version {
            return version.clone();
        }
        for requirement in self.requirements.iter().filter(|r| !r.specifiers.is_empty()) {
            report.add(Code::ConstraintUnchecked, requirement, requirement.constraint());
        }
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
        let specifiers: Vec<VersionSpecifier> =
            self.requirements.iter().flat_map(|r| r.specifiers.iter().cloned()).collect();
        if specifiers.len() > MAX_SPECIFIERS {
            return Err(none(format!(
                "{} version specifiers for `{name}`, of which {MAX_SPECIFIERS} are read at most",
                specifiers.len()
            )));
        }
        let newest_of_all = newest(versions, &[]);
        if pinning == Pinning::Latest {
            if let Some(latest) = newest_of_all
                && newest(&[latest.to_owned()], &specifiers).is_none()
            {
                let found =
                    format!("the newest version of {name} is {latest}, not {}", self.constraint());
                report.add(Code::LatestNotAllowed, self.requirements[0], found);
            }
            return Ok(LATEST.to_owned());
        }
        if specifiers.is_empty() && newest_of_all.is_none() {
            return Ok(LATEST.to_owned());
        }
        let choice = newest(versions, &specifiers).map(str::to_owned);
        choice.ok_or_else(|| {
            none(format!("`{name}` has {}, not {}", listed(versions), self.constraint()))
        })
    }

    /// All constraints as one text.
    fn constraint(&self) -> String {
        let constraints = self.requirements.iter().map(|requirement| requirement.constraint());
        let mut constraints: Vec<String> = constraints.filter(|text| !text.is_empty()).collect();
        constraints.dedup();
        constraints.join(",")
    }
}
