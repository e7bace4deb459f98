//! Where releases come from: those of this machine first.

use pep440_rs::Version;

use super::local::Locals;
use crate::error::Result;
use crate::requirement::Requirement;
use crate::resolve::{Candidate, Source};

/// The packages of this machine, and beside them an index.
pub(super) struct LocalFirst<'a> {
    pub(super) locals: &'a Locals,
    pub(super) index: Option<&'a dyn Source>,
}

impl Source for LocalFirst<'_> {
    fn versions(&self, name: &str) -> Result<Option<Vec<Candidate>>> {
        if let Some(local) = self.locals.get(name) {
            let version = local.package.version.clone();
            return Ok(Some(vec![Candidate::new(version)]));
        }
        self.index.map_or(Ok(None), |index| index.versions(name))
    }

    fn requirements(&self, name: &str, version: &Version) -> Result<Vec<Requirement>> {
        if let Some(local) = self.locals.get(name) {
            return Ok(local.package.requirements.clone());
        }
        self.index.map_or(Ok(Vec::new()), |index| index.requirements(name, version))
    }
}
