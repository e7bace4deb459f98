//! The constraints of installed packages that stay, which new packages must satisfy.

use std::collections::BTreeMap;

use pep440_rs::{Version, VersionSpecifier, VersionSpecifiers};

use super::locals::LocalArchives;
use super::planned::constraints;
use crate::finding::{Code, Finding};
use crate::ops::gather::Local;
use crate::ops::install::record::{Installed, Record, key};
use crate::requirement::Requirement;
use crate::resolve::{Resolution, Resolved};
use crate::version::allows;

/// The installed packages, and the requirements of those that stay on new packages.
pub(super) struct InstalledConstraints<'a> {
    record: &'a Record,
    held: BTreeMap<String, Retained<'a>>,
}

/// A package that stays, and its requirements.
#[derive(Clone)]
struct Retained<'a> {
    package: &'a Installed,
    version: Version,
    needs: Vec<Requirement>,
}

impl<'a> InstalledConstraints<'a> {
    pub(super) fn new(record: &'a Record) -> Self {
        Self { record, held: BTreeMap::new() }
    }

    /// The installed version of the package with this normalized name.
    pub(super) fn version(&self, name: &str) -> Option<Version> {
        self.record.package(name)?.release()
    }

    /// The requirements of the package with this normalized name; `None` if it may be replaced.
    pub(super) fn needs(&self, name: &str) -> Option<&[Requirement]> {
        self.held.get(name).map(|held| held.needs.as_slice())
    }

    /// The normalized names of the packages that stay because of their requirements.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.held.keys()
    }

    /// Requirements that pin the packages that stay.
    pub(super) fn requirements(&self) -> impl Iterator<Item = Requirement> {
        self.held.iter().map(|(name, held)| {
            let exactly = VersionSpecifier::equals_version(held.version.clone());
            Requirement {
                specifiers: VersionSpecifiers::from_iter([exactly]),
                ..Requirement::bare(name)
            }
        })
    }

    /// Adds the requirements of installed packages that `resolution` does not satisfy. Returns whether any
    /// is new: a caller that repeats the resolution until none is will finish with any record.
    pub(super) fn hold(&mut self, resolution: &Resolution, locals: &LocalArchives) -> bool {
        let packages = resolution.packages.iter();
        let after = self.record.with(packages.map(|one| installed(one, locals.get(&one.name))));
        let is_new = |name: &str| {
            let name = key(name);
            resolution.packages.iter().any(|one| one.name == name)
        };
        let mut is_something = false;
        for unmet in after.unmet() {
            let stays = !is_new(&unmet.by.name) && is_new(&unmet.found.name);
            let package = self.record.package(&unmet.by.name).filter(|_| stays);
            let version = package.and_then(Installed::release);
            let (Some(package), Some(version)) = (package, version) else { continue };
            let held = self.held.entry(key(&package.name));
            let held = held.or_insert(Retained { package, version, needs: Vec::new() });
            if !held.needs.contains(&unmet.requirement) {
                held.needs.push(unmet.requirement);
                is_something = true;
            }
        }
        is_something
    }

    /// Findings for a failed resolution: for the packages that conflict on their own, which `fits` decides,
    /// or for all if only their combination does.
    pub(super) fn conflicts(&self, fits: impl Fn(&Self) -> bool) -> Vec<Finding> {
        let alone = |(name, held): (&String, &Retained<'a>)| Self {
            record: self.record,
            held: BTreeMap::from([(name.clone(), held.clone())]),
        };
        let finding = |(package, need): (&Installed, &Requirement)| {
            let finding = Finding::new(Code::OtherVersionInstalled, "no version that fits");
            finding.at(package.title()).expected(need.to_string())
        };
        let guilty: Vec<Self> = self.held.iter().map(alone).filter(|one| !fits(one)).collect();
        let reported = if guilty.is_empty() { std::slice::from_ref(self) } else { &guilty[..] };
        reported.iter().flat_map(|staying| staying.pairs().map(finding)).collect()
    }

    /// A finding for each version that differs from the one in `without`, the resolution without constraints.
    pub(super) fn held_back(&self, taken: &Resolution, without: &Resolution) -> Vec<Finding> {
        let finding = |(package, need): (&Installed, &Requirement)| {
            let version = |all: &Resolution| version(all, &need.name);
            let (taken, without) = (version(taken)?, version(without)?);
            let found = format!("{taken} in place of {without}: {} needs {need}", package.title());
            let is_met = need.specifiers.iter().all(|one| allows(one, &without));
            (!is_met).then(|| Finding::new(Code::HeldBack, found).at(&need.name))
        };
        self.pairs().filter_map(finding).collect()
    }

    fn pairs(&self) -> impl Iterator<Item = (&Installed, &Requirement)> {
        self.held.values().flat_map(|held| held.needs.iter().map(|need| (held.package, need)))
    }
}

/// The version of the project in the resolution.
fn version(resolution: &Resolution, name: &str) -> Option<Version> {
    let found = resolution.packages.iter().find(|one| one.name == name)?;
    Some(found.version.clone())
}

/// The record of a release before its files are known. A local module has no version.
fn installed(release: &Resolved, local: Option<&Local>) -> Installed {
    Installed {
        name: release.name.clone(),
        version: local.map_or_else(|| release.version.to_string(), |local| local.version.clone()),
        source: String::new(),
        requested: release.is_root,
        deps: release.dependencies().into_iter().map(str::to_owned).collect(),
        constraints: constraints(release).iter().map(ToString::to_string).collect(),
        files: Vec::new(),
    }
}
