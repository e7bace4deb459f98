//! Releases of package indexes, and the files that are taken of them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use pep440_rs::Version;
use rayon::prelude::*;

use super::known::Known;
use super::lockfile::Lockfile;
use super::{Candidate, Resolution, ResolveOptions, Source, resolve};
use crate::error::{Error, FetchError, Result};
use crate::finding::{Code, Finding};
use crate::limits::MAX_PARALLEL_ARCHIVE;
use crate::metadata::Metadata;
use crate::net::pypi::{FileKind, ProjectFile, Pypi, best};
use crate::read::dependencies::Declaration;
use crate::read::{ParsedArchive, ReadOptions};
use crate::requirement::Requirement;
use crate::translate::PackageIndex;
use crate::write::{Artifact, StoreOptions};

/// The releases that fit together, and the file of each.
#[derive(Clone, Debug)]
pub struct Closure {
    /// Releases that fit together.
    pub resolution: Resolution,
    /// The file of each release, in the order of [`Resolution::packages`].
    pub files: Vec<ProjectFile>,
}

/// Where releases and their files come from.
#[derive(Debug)]
pub struct Releases {
    pypi: Pypi,
    read: ReadOptions,
    lock: Option<Lockfile>,
    known: Mutex<Known>,
    /// Held while a large archive is read: what several unpack to could fill the memory.
    large: Mutex<()>,
}

impl Closure {
    /// Finds the releases that meet `roots`, as [`resolve`] does, and their files.
    ///
    /// # Errors
    /// Those of [`resolve`], of [`Pypi::project`] and of [`Pypi::download`], and [`Error::Refused`] with
    /// [`Code::LockDiffers`].
    pub fn find(
        roots: &[Requirement],
        releases: &Releases,
        catalog: Option<&(dyn PackageIndex + Sync)>,
        options: &ResolveOptions,
    ) -> Result<Self> {
        let mut resolution = resolve(roots, releases, catalog, options)?;
        resolution.explain_refusals();
        let file = |name: &str, version: &Version| {
            releases.file(name, version)?.ok_or_else(|| refused(no_file(name, version)))
        };
        let files = resolution.packages.iter().map(|one| file(&one.name, &one.version));
        Ok(Self { files: files.collect::<Result<_>>()?, resolution })
    }

    /// Downloads and verifies the files, writes them into the folder `dir`, and returns their paths
    /// in order.
    ///
    /// # Errors
    /// Those of [`Pypi::download`], [`Error::Refused`] for other files of their names that are there,
    /// and [`Error::Io`].
    pub fn download(&self, releases: &Releases, dir: &Path) -> Result<Vec<PathBuf>> {
        let store = |file: &ProjectFile| {
            releases.pypi.with_download(file, |data| {
                let artifact = Artifact { path: dir.join(&file.file_name), data };
                artifact.store(StoreOptions::default()).map_err(move_away)?;
                Ok(artifact.path)
            })?
        };
        self.files.par_iter().with_max_len(1).map(store).collect()
    }
}

impl Releases {
    /// The releases of `pypi`; with a `lock`, only those in it. `read` are the options for reading
    /// archives to find their dependencies, for which none is built.
    #[must_use]
    pub fn new(pypi: Pypi, read: &ReadOptions, lock: Option<Lockfile>) -> Self {
        let read = ReadOptions { build: None, ..read.clone() };
        Self { pypi, read, lock, known: Mutex::default(), large: Mutex::default() }
    }

    /// Who is asked for them.
    #[must_use]
    pub fn pypi(&self) -> &Pypi {
        &self.pypi
    }

    /// The lockfile that restricts the releases.
    #[must_use]
    pub fn lock(&self) -> Option<&Lockfile> {
        self.lock.as_ref()
    }

    /// The archive in this file, or why it cannot be read. An archive that was read for its
    /// dependencies is not read again, unless `options` request a build, which could find more. One that
    /// the index tells to be native is not downloaded, unless it is built.
    ///
    /// # Errors
    /// Those of [`Pypi::download`].
    pub fn archive(
        &self,
        file: &ProjectFile,
        options: &ReadOptions,
    ) -> Result<Result<Arc<ParsedArchive>>> {
        let known = self.known().get(file).filter(|_| options.build.is_none());
        if let Some(archive) = known {
            return Ok(Ok(archive));
        }
        if let Some(native) = file.native().filter(|_| options.build.is_none()) {
            return Ok(Err(Error::Refused {
                input: file.file_name.clone(),
                findings: vec![native],
            }));
        }
        self.pypi.with_download(file, |data| {
            let is_large = data.len() > MAX_PARALLEL_ARCHIVE;
            let _alone =
                is_large.then(|| self.large.lock().unwrap_or_else(PoisonError::into_inner));
            file.read(data, options).map(Arc::new)
        })
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file that is taken of a release: the one that is locked, else the best.
    ///
    /// # Errors
    /// Those of [`Pypi::project`], and [`Error::Refused`] with [`Code::LockDiffers`] where the file that
    /// is locked is not there any more, or another.
    pub fn file(&self, name: &str, version: &Version) -> Result<Option<ProjectFile>> {
        let project = self.pypi.project(name)?;
        let files = project.as_ref().and_then(|project| project.releases.get(version));
        let files = files.map_or(&[][..], Vec::as_slice);
        let Some(locked) = self.lock().and_then(|lock| lock.package(name)) else {
            return Ok(best(files).cloned());
        };
        let differs = |found: String| {
            let expected = format!("{} with the SHA-256 {}", locked.file, locked.sha256);
            refused(Finding::new(Code::LockDiffers, found).at(name).expected(expected))
        };
        match files.iter().find(|file| file.file_name == locked.file) {
            Some(file) if file.sha256 == locked.sha256 => Ok(Some(file.clone())),
            Some(file) => Err(differs(format!("the SHA-256 {}", file.sha256))),
            None => Err(differs(format!("no such file of {name} {version}"))),
        }
    }

    /// The metadata file beside the file. If it does not match the hash in the index, the metadata
    /// come from the file itself, which is verified.
    fn beside(&self, file: &ProjectFile) -> Result<Option<Bytes>> {
        match self.pypi.metadata(file) {
            Err(Error::Refused { .. } | Error::Fetch { fault: FetchError::NotFound, .. }) => {
                Ok(None)
            }
            answer => answer,
        }
    }

    /// The dependencies that the file declares, and its metadata.
    fn declared(&self, name: &str, version: &Version) -> Result<(Vec<Requirement>, Metadata)> {
        let file = self.file(name, version)?.ok_or_else(|| refused(no_file(name, version)))?;
        if matches!(file.kind, FileKind::PureWheel { .. })
            && let Some(text) = self.beside(&file)?
        {
            let (metadata, _) = Metadata::parse(&text, "METADATA");
            let declaration = Declaration::of_wheel(&metadata, "METADATA", &mut Vec::new());
            return Ok((declaration.requirements, metadata));
        }
        let archive = self.archive(&file, &self.read)??;
        self.known().add(&archive);
        let package = &archive.package;
        Ok((package.requirements.clone(), package.metadata.clone()))
    }
}

impl Source for Releases {
    fn versions(&self, name: &str) -> Result<Option<Vec<Candidate>>> {
        if let Some(lock) = &self.lock {
            return match lock.package(name) {
                // Releases that were yanked since then are still locked.
                Some(locked) => {
                    self.file(name, &locked.version)?;
                    Ok(Some(vec![Candidate::new(locked.version.clone())]))
                }
                None if lock.leaves(name) => Ok(None),
                None => {
                    let finding = Finding::new(Code::LockDiffers, "a project that is not locked");
                    Err(refused(finding.at(name)))
                }
            };
        }
        let Some(project) = self.pypi.project(name)? else { return Ok(None) };
        let candidate = |version: &Version| Candidate {
            version: version.clone(),
            yanked: project.file(version).and_then(|file| file.yanked.clone()),
            unusable: project.unusable(version),
        };
        Ok(Some(project.releases.keys().map(candidate).collect()))
    }

    fn requirements(&self, name: &str, version: &Version) -> Result<Vec<Requirement>> {
        Ok(self.declared(name, version)?.0)
    }

    fn extras(&self, name: &str, version: &Version) -> Result<Vec<String>> {
        Ok(self.declared(name, version)?.1.provides_extra)
    }
}

/// The refusal of a file that is in the way, for where nothing is overwritten.
fn move_away(error: Error) -> Error {
    match error {
        Error::Refused { input, findings } => {
            let hinted = findings.into_iter().map(|finding| finding.hint("move it away"));
            Error::Refused { input, findings: hinted.collect() }
        }
        error => error,
    }
}

fn no_file(name: &str, version: &Version) -> Finding {
    Finding::new(Code::NothingUsable, "no file").at(format!("{name} {version}"))
}

fn refused(finding: Finding) -> Error {
    let input = finding.path.clone().unwrap_or_default();
    Error::Refused { input, findings: vec![finding] }
}
