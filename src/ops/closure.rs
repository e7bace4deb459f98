//! Resolves requirements, or a lock, to releases and their files, for `migrate`, `lock` and `download`.

use std::path::{Path, PathBuf};

use super::lock;
use super::requirements::RequirementsSpecification;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::net::mip::Client as MipClient;
use crate::net::pypi::{ProjectFile, Pypi};
use crate::read::ReadOptions;
use crate::resolve::lockfile::Lockfile;
use crate::resolve::{Client, Closure, Releases, Resolution, ResolveOptions, SkipReason};
use crate::translate::{DependencyOptions, PackageIndex};

/// What is resolved, and how.
pub struct ClosureRequest<'a> {
    /// Requirements and projects, as [`RequirementsSpecification::of`] takes them.
    pub requirements: &'a [String],
    /// Requirement files of pip.
    pub files: &'a [PathBuf],
    /// A lock, whose releases are the only candidates. Its requirements are used if there are no others.
    pub lock: Option<&'a Path>,
    /// The client that will install the releases.
    pub client: Client,
    /// The target device, and the aliases of dependencies.
    pub dependencies: DependencyOptions,
    /// How archives are read for their dependencies.
    pub read: ReadOptions,
    /// The client of the index for mip.
    pub mip: &'a MipClient,
    /// Makes the client of the package indexes. It is called after the requirements have been parsed.
    pub pypi: &'a dyn Fn() -> Result<Pypi>,
}

/// The result of a resolution.
#[derive(Debug)]
pub struct ResolvedRequirements {
    /// The source of the releases and their files.
    pub releases: Releases,
    /// The releases, and the file of each.
    pub closure: Closure,
    /// The lock for these releases.
    pub lockfile: Lockfile,
    /// Findings, without those of the closure.
    pub findings: Vec<Finding>,
}

impl ResolvedRequirements {
    /// Resolves `request`.
    ///
    /// # Errors
    /// [`Error::Usage`] if there are no requirements; [`Error::Refused`] if the lock does not match, or a
    /// hash is missing or differs; the errors of [`RequirementsSpecification::of`] and [`Closure::find`].
    pub fn find(request: ClosureRequest) -> Result<Self> {
        let ClosureRequest { client, .. } = request;
        let lock = request.lock.map(lock::read).transpose()?;
        let asked = specification(&request, lock.as_ref())?;
        let pypi = (request.pypi)()?;
        let index = match client {
            Client::Mip => request.mip.optional_index()?,
            Client::Upip => None,
        };
        let mut dependencies = request.dependencies;
        let texts = asked.requirements.iter().map(|one| one.text.as_str());
        dependencies.aliases = dependencies.aliases.with_prefixes(texts);
        let resolve = ResolveOptions { dependencies, client, ..Default::default() };
        let releases = Releases::new(pypi, &request.read, lock);
        let index = index.map(|index| index as &(dyn PackageIndex + Sync));
        let closure = Closure::find(&asked.requirements, &releases, index, &resolve)?;
        let environment = &resolve.dependencies.environment;
        let Resolution { packages, left, findings: excluded, .. } = &closure.resolution;
        asked.refuse_if_empty(packages.is_empty() && left.is_empty(), excluded)?;
        let now = Lockfile::of(&asked.requirements, &closure, client, environment);
        if let Some(lock) = releases.lock() {
            refuse(lock.differences(&now), "lock")?;
        }
        refuse(hash_faults(&asked, &closure, &releases)?, "requirements")?;
        let mut findings = findings(&asked, &closure, &releases);
        findings.extend(request.mip.findings());
        Ok(Self { lockfile: now, releases, closure, findings })
    }

    /// All findings that do not belong to a single release.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().chain(&self.closure.resolution.findings)
    }
}

/// The requirements of the call, or else those of the lock.
fn specification(
    request: &ClosureRequest,
    lock: Option<&Lockfile>,
) -> Result<RequirementsSpecification> {
    let is_empty = request.requirements.is_empty() && request.files.is_empty();
    let requirements = match lock {
        Some(lock) if is_empty => &lock.requirements,
        _ => request.requirements,
    };
    let asked = RequirementsSpecification::of(requirements, request.files, &request.dependencies)?;
    asked.refuse_if_empty(asked.requirements.is_empty(), &[])?;
    if asked.requirements.is_empty() && request.requirements.is_empty() {
        return Err(Error::Usage {
            message: "nothing is asked for".to_owned(),
            help: "name requirements, a file with -r, or a pyproject.toml".to_owned(),
        });
    }
    Ok(asked)
}

/// Findings about the requirements, the indexes and the files.
fn findings(
    asked: &RequirementsSpecification,
    closure: &Closure,
    releases: &Releases,
) -> Vec<Finding> {
    let others = closure.resolution.left.iter().filter(|left| left.why != SkipReason::Refused);
    let unused = others.filter_map(|left| asked.hashes.unused(&left.name));
    let mut findings: Vec<Finding> = asked.findings.iter().cloned().chain(unused).collect();
    let stale = releases.pypi().stale_copies();
    // Locked files are verified by hash, so an outdated page does not matter.
    if releases.lock().is_none() {
        findings.extend(stale);
    }
    findings.extend(releases.pypi().findings_of(closure.resolution.names()));
    findings.extend(closure.files.iter().filter_map(ProjectFile::other_python));
    findings
}

/// A finding for each release that violates the hashes of the requirements.
fn hash_faults(
    asked: &RequirementsSpecification,
    closure: &Closure,
    releases: &Releases,
) -> Result<Vec<Finding>> {
    let has_hash = |name: &str| asked.hashes.has(name);
    let mut findings = asked.hashes.missing(&closure.resolution, has_hash);
    findings.extend(asked.hashes.not_pinned(&asked.requirements, &closure.resolution));
    for (one, file) in closure.resolution.packages.iter().zip(&closure.files) {
        let content = || releases.pypi().download(file);
        let differs = asked.hashes.differs(&one.name, &file.file_name, &file.sha256, content)?;
        findings.extend(differs);
    }
    Ok(findings)
}

fn refuse(findings: Vec<Finding>, input: &str) -> Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    Err(Error::Refused { input: input.to_owned(), findings })
}
