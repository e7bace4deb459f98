//! Projects in package indexes, whose client is made on first use.

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

/// Makes the client of the package indexes.
type Make<'a> = Box<dyn Fn() -> Result<Pypi> + Sync + 'a>;

/// The projects in the package indexes.
pub struct Projects<'a> {
    make: Make<'a>,
    made: Mutex<Option<Arc<Releases>>>,
    read: ReadOptions,
    asked: RequirementsSpecification,
}

impl<'a> Projects<'a> {
    /// `make` makes the client on first use, since it may have to run pip. `read` has the options for
    /// archives that are read for their dependencies, and `asked` the hashes of the allowed files.
    #[must_use]
    pub fn new(make: Make<'a>, read: ReadOptions, asked: RequirementsSpecification) -> Self {
        Self { make, made: Mutex::default(), read, asked }
    }

    /// The file of a release, and its content as read with `options`.
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

    /// Refuses a file whose hash is not allowed for the project with this normalized name.
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

    /// The requirements, with their hashes.
    pub(super) fn asked(&self) -> &RequirementsSpecification {
        &self.asked
    }

    /// Findings since the last call.
    pub(super) fn findings(&self) -> Vec<Finding> {
        self.made().as_ref().map(|made| made.pypi().stale_copies()).unwrap_or_default()
    }

    /// Findings about the projects in `resolution`.
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
