//! The source of releases for the solver: local packages, then package indexes, then installed packages.

use pep440_rs::Version;

use super::installed_constraints::InstalledConstraints;
use super::locals::LocalArchives;
use crate::error::Result;
use crate::requirement::Requirement;
use crate::resolve::{Candidate, Source};

/// Local packages, installed packages and a package index.
pub(super) struct InstallSource<'a> {
    pub(super) locals: &'a LocalArchives,
    pub(super) staying: &'a InstalledConstraints<'a>,
    pub(super) index: Option<&'a dyn Source>,
}

impl InstallSource<'_> {
    /// Whether the installed package is taken for this normalized name.
    pub(super) fn is_installed(&self, name: &str) -> Result<bool> {
        Ok(!self.locals.contains_key(name)
            && (self.staying.needs(name).is_some()
                || self.staying.version(name).is_some() && self.of_index(name)?.is_none()))
    }

    fn of_index(&self, name: &str) -> Result<Option<Vec<Candidate>>> {
        self.index.map_or(Ok(None), |index| index.versions(name))
    }
}

impl Source for InstallSource<'_> {
    fn versions(&self, name: &str) -> Result<Option<Vec<Candidate>>> {
        if let Some(local) = self.locals.get(name) {
            let version = local.package.version.clone();
            return Ok(Some(vec![Candidate::new(version)]));
        }
        let installed = || self.staying.version(name).map(|version| vec![Candidate::new(version)]);
        if self.staying.needs(name).is_some() {
            return Ok(installed());
        }
        Ok(self.of_index(name)?.or_else(installed))
    }

    fn requirements(&self, name: &str, version: &Version) -> Result<Vec<Requirement>> {
        if let Some(local) = self.locals.get(name) {
            return Ok(local.package.requirements.clone());
        }
        if self.is_installed(name)? {
            return Ok(self.staying.needs(name).unwrap_or_default().to_vec());
        }
        self.index.map_or(Ok(Vec::new()), |index| index.requirements(name, version))
    }

    fn extras(&self, name: &str, version: &Version) -> Result<Vec<String>> {
        if let Some(local) = self.locals.get(name) {
            return Ok(local.package.metadata.provides_extra.clone());
        }
        if self.is_installed(name)? {
            // The index describes another release.
            return Ok(Vec::new());
        }
        self.index.map_or(Ok(Vec::new()), |index| index.extras(name, version))
    }
}
