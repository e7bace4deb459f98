//! The common part of `migrate`, `lock` and `download`: from requirements to releases and files.

use std::path::Path;

use super::args::RequirementArgs;
use super::printer::{Printer, step};
use crate::error::{Error, Result};
use crate::file;
use crate::finding::{Code, Finding};
use crate::net::fetch::{Fetcher, Location, Progress};
use crate::net::mip::Client as MipClient;
use crate::net::pypi::ProjectFile;
use crate::ops::requirements::RequirementsSpecification;
use crate::requirement::Requirement;
use crate::resolve::lockfile::{Lockfile, MAX_SIZE};
use crate::resolve::{Client, Closure, Releases, ResolveOptions, SkipReason};
use crate::settings::{Layer, Settings};
use crate::translate::PackageIndex;

/// The releases and files of a migration.
pub(super) struct Found {
    pub(super) settings: Settings,
    pub(super) releases: Releases,
    pub(super) roots: Vec<Requirement>,
    pub(super) closure: Closure,
    /// In addition to those of the closure.
    pub(super) findings: Vec<Finding>,
}

impl Found {
    /// Resolves the requirements in `arguments`, or reads them from the lockfile.
    pub(super) fn of(
        arguments: &RequirementArgs,
        layer: Layer,
        client: Client,
        lock: Option<&Path>,
        python: &Path,
        printer: &Printer,
    ) -> Result<Self> {
        let project = arguments.project.whose().settings(Path::new("."))?;
        let settings = Settings::resolve(project.as_ref(), layer)?;
        let convert = settings.convert_options()?;
        let mut asked = RequirementsSpecification::of(
            &arguments.requirements,
            &arguments.files,
            &convert.dependencies(),
        )?;
        let lock = lock.map(read_lock).transpose()?;
        if let Some(lock) = &lock
            && arguments.requirements.is_empty()
            && arguments.files.is_empty()
        {
            asked =
                RequirementsSpecification::of(&lock.requirements, &[], &convert.dependencies())?;
        }
        if asked.requirements.is_empty() && arguments.requirements.is_empty() {
            return Err(Error::Usage {
                message: "no requirements were given".to_owned(),
                help: "give requirements, a requirements file with -r, or a pyproject.toml"
                    .to_owned(),
            });
        }
        let bar = printer.fetched();
        let told = bar.clone();
        let pypi = arguments.pypi.pypi(python, Progress::new(move |bytes| step(&told, bytes)))?;
        let mip = mip_client(&settings, arguments)?;
        let index = match client {
            Client::Mip if mip.has_index() => Some(mip.index_json()? as &(dyn PackageIndex + Sync)),
            _ => None,
        };
        let options =
            ResolveOptions { dependencies: convert.dependencies(), client, ..Default::default() };
        let read = arguments.limits.options(&settings)?;
        let releases = Releases::new(pypi, &read, lock);
        let closure = Closure::find(&asked.requirements, &releases, index, &options);
        bar.finish_and_clear();
        let closure = closure?;
        let environment = &options.dependencies.environment;
        let lock = releases.lock();
        if let Some(lock) = lock {
            let now = Lockfile::of(&asked.requirements, &closure, client, environment);
            refuse(lock.differences(&now), "lock")?;
        }
        refuse(hash_faults(&asked, &closure, &releases)?, "requirements")?;
        let others = closure.resolution.left.iter().filter(|left| left.why != SkipReason::Refused);
        let unused: Vec<_> = others.filter_map(|left| asked.hashes.unused(&left.name)).collect();
        let mut findings = asked.findings;
        findings.extend(unused);
        // Locked files are verified, even if the page that lists them is old.
        let is_news = |one: &Finding| lock.is_none() || one.code != Code::StaleCopy;
        findings.extend(releases.pypi().findings().into_iter().filter(is_news));
        findings.extend(releases.pypi().findings_of(closure.resolution.names()));
        findings.extend(closure.files.iter().filter_map(ProjectFile::other_python));
        Ok(Self { settings, releases, roots: asked.requirements, closure, findings })
    }

    pub(super) fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().chain(&self.closure.resolution.findings)
    }

    /// Reports the findings.
    pub(super) fn report(&self, printer: &Printer) {
        printer.findings("requirements", &self.findings);
        printer.findings("requirements", &self.closure.resolution.findings);
    }
}

/// The client that looks up packages for mip.
pub(super) fn mip_client(settings: &Settings, arguments: &RequirementArgs) -> Result<MipClient> {
    let index = settings.index.value.as_deref().map(Location::parse).transpose()?;
    Ok(MipClient::new(Fetcher::new(arguments.pypi.fetch()?), index))
}

/// Findings about releases that differ from the required hashes.
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

fn read_lock(path: &Path) -> Result<Lockfile> {
    let file = file::open(path).map_err(Error::io(path))?;
    let at = path.display().to_string();
    let refused = |finding| Error::Refused { input: at.clone(), findings: vec![finding] };
    let invalid = |found: String| refused(Finding::new(Code::InvalidLock, found));
    let text = file::content(&file, MAX_SIZE).map_err(|error| invalid(error.to_string()))?;
    let text = String::from_utf8(text).map_err(|error| invalid(error.to_string()))?;
    Lockfile::parse(&text, &at).map_err(refused)
}
