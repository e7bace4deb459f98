//! Projects of package indexes, which are not asked before a name is wanted of them.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use pep440_rs::Version;

use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::net::pypi::{ProjectFile, Pypi};
use crate::ops::requirements::RequirementsSpecification;
use crate::read::{ParsedArchive, ReadOptions};
use crate::requirement::Requirement;
use crate::resolve::{Candidate, Releases, Resolution, Resolved, Source};

/// Makes what asks the indexes, once that is needed.
type Make<'a> = Box<dyn Fn() -> Result<Pypi> + Sync + 'a>;

/// The projects of the indexes that pip is configured for, or those that a call names.
pub struct Projects<'a> {
    make: Make<'a>,
    made: Mutex<Option<Arc<Releases>>>,
    read: ReadOptions,
    asked: RequirementsSpecification,
}

impl<'a> Projects<'a> {
    /// The projects that what `make` makes asks for. `read` tells how archives are read that tell what
    /// they depend on, and `asked` which files alone may be taken.
    #[must_use]
    pub fn new(make: Make<'a>, read: ReadOptions, asked: RequirementsSpecification) -> Self {
        Self { make, made: Mutex::default(), read, asked }
    }

    /// The file that is taken of a release, and what is in it, read as `options` say.
    pub(super) fn archive(
        &self,
        release: &Resolved,
        options: &ReadOptions,
    ) -> Result<(ProjectFile, Arc<ParsedArchive>)> {
        let (name, releases) = (&release.name, self.releases()?);
        let Some(file) = releases.file(name, &release.version)? else {
            let finding = Finding::new(Code::NotThere, "no file");
            let finding = finding.at(format!("{name} {}", release.version));
            return Err(Error::Refused { input: name.clone(), findings: vec![finding] });
        };
        self.check(name, &file.file_name, &file.sha256, || releases.pypi().download(&file))?;
        let archive = releases.archive(&file, options)??;
        Ok((file, archive))
    }

    /// Refuses a file that is none of those that may be taken of the project of this normalised name.
    pub(super) fn check(
        &self,
        name: &str,
        file_name: &str,
        sha256: &str,
        content: impl FnOnce() -> Result<Bytes>,
    ) -> Result<()> {
        match self.asked.hashes.differs(name, file_name, sha256, content)? {
            Some(finding) => {
                Err(Error::Refused { input: name.to_owned(), findings: vec![finding] })
            }
            None => Ok(()),
        }
    }

    /// What is asked for with hashes.
    pub(super) fn asked(&self) -> &RequirementsSpecification {
        &self.asked
    }

    /// What was noticed since the last call.
    pub(super) fn findings(&self) -> Vec<Finding> {
        self.made().as_ref().map(|made| made.pypi().findings()).unwrap_or_default()
    }

    /// What is to be said of the projects that were asked for on the way to `resolution`.
    pub(super) fn findings_of(&self, resolution: &Resolution) -> Vec<Finding> {
        let findings = |made: &Arc<Releases>| made.pypi().findings_of(resolution.names());
        self.made().as_ref().map(findings).unwrap_or_default()
    }

    fn made(&self) -> MutexGuard<'_, Option<Arc<Releases>>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn releases(&self) -> Result<Arc<Releases>> {
        let mut made = self.made();
        if let Some(releases) = &*made {
            return Ok(Arc::clone(releases));
        }
        let releases = Arc::new(Releases::new((self.make)()?, &self.read, None));
        *made = Some(Arc::clone(&releases));
        Ok(releases)
    }
}

impl Source for Projects<'_> {
    fn versions(&self, name: &str) -> Result<Option<Vec<Candidate>>> {
        self.releases()?.versions(name)
    }

    fn requirements(&self, name: &str, version: &Version) -> Result<Vec<Requirement>> {
        self.releases()?.requirements(name, version)
    }

    fn extras(&self, name: &str, version: &Version) -> Result<Vec<String>> {
        self.releases()?.extras(name, version)
    }
}

impl fmt::Debug for Projects<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Projects").field("made", &self.made).finish_non_exhaustive()
    }
}
