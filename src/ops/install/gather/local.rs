//! Packages of this machine, and others once they are.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use pep440_rs::Version;

use super::GatherOptions;
use crate::digest::sha256;
use crate::error::{Error, Result};
use crate::file;
use crate::finding::{Code, Finding};
use crate::name::normalized_name;
use crate::net::fetch::{Fetcher, Location};
use crate::ops::inputs::Job;
use crate::ops::{adapt, packages};
use crate::options::ConvertOptions;
use crate::package::{self, File, Origin, Package};
use crate::read::Input;
use crate::requirement::Requirement;
use crate::translate::Alias;

/// Bytes of a module that is given itself.
const MAX_MODULE_SIZE: u64 = 16 << 20;

/// A package of this machine.
#[derive(Debug)]
pub(super) struct Local {
    pub(super) package: Package,
    /// Its version, as users are told; a module has none.
    pub(super) version: String,
    /// Where it comes from.
    pub(super) source: String,
    /// Extras whose dependencies are wanted, too.
    pub(super) extras: Vec<String>,
    /// Other names for its dependencies.
    pub(super) aliases: BTreeMap<String, Alias>,
    /// Whether it was verified by a hash.
    pub(super) has_hash: bool,
}

/// All packages of this machine by their normalised names.
pub(super) type LocalArchives = BTreeMap<String, Local>;

impl Local {
    /// The releases of a job.
    pub(super) fn releases(job: &Job) -> Vec<Result<Self>> {
        let local = |package: Result<Package>| {
            Ok(Self {
                package: checked(package?, &job.input.to_string())?,
                version: String::new(),
                source: job.input.to_string(),
                extras: job.options.extras.clone(),
                aliases: job.options.aliases.clone().into(),
                has_hash: false,
            }
            .with_version())
        };
        packages(job).into_iter().map(local).collect()
    }

    fn with_version(mut self) -> Self {
        self.version = self.package.version.to_string();
        self
    }

    /// This package, verified if it is of archives of a project for which hashes are given.
    pub(super) fn verified(mut self, input: &Input, options: &GatherOptions) -> Result<Self> {
        let name = normalized_name(&self.package.name);
        let projects = options.projects.as_ref();
        if let Some(projects) = projects.filter(|projects| projects.asked().hashes.has(&name))
            && let Input::Archives(paths) = input
        {
            for path in paths {
                let data = file::read(path, options.convert.read.limits.max_size);
                let data = Bytes::from(data.map_err(Error::io(path))?);
                let file_name = path.file_name().unwrap_or_default().to_string_lossy();
                projects.check(&name, &file_name, &sha256(&data), || Ok(data.clone()))?;
            }
            self.has_hash = true;
        }
        Ok(self)
    }

    /// A package of one module, of which nothing is known but its name.
    pub(super) fn module(path: &Path, fetcher: &Fetcher) -> Result<Self> {
        let data = fetcher.get(&Location::Path(path.to_owned()), MAX_MODULE_SIZE)?;
        let source = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let target = source.parse().map_err(|fault: crate::PathError| Error::Refused {
            input: path.display().to_string(),
            findings: vec![Finding::new(Code::UnsafePath, fault.to_string()).at(&source)],
        })?;
        let name = source.strip_suffix(".py").unwrap_or(&source);
        let mut package = Package::empty(name, Version::new([0]));
        let origin = Origin::Fetched { place: path.display().to_string() };
        package.files = vec![File { path: target, data, origin }];
        Ok(Self {
            package: checked(package, &source)?,
            version: String::new(),
            source,
            extras: Vec::new(),
            aliases: BTreeMap::new(),
            has_hash: false,
        })
    }

    /// The release of an archive that is not of this machine.
    pub(super) fn archive(
        file_name: &str,
        package: Package,
        options: &ConvertOptions,
    ) -> Result<Self> {
        Ok(Self {
            package: checked(adapt(package, options), file_name)?,
            version: String::new(),
            source: file_name.to_owned(),
            extras: Vec::new(),
            aliases: BTreeMap::new(),
            has_hash: false,
        }
        .with_version())
    }

    /// Whether another one, of the same name, would be installed like this.
    fn is_same(&self, other: &Self) -> bool {
        let files = |local: &Self| -> Vec<_> {
            local.package.files.iter().map(|file| (file.path.clone(), file.data.clone())).collect()
        };
        self.package.version == other.package.version && files(self) == files(other)
    }

    /// What asks for it.
    pub(super) fn requirement(&self) -> Requirement {
        let extras = self.extras.clone();
        Requirement { extras, ..Requirement::bare(&self.package.name) }
    }
}

/// The package with all findings about what would be installed.
///
/// # Errors
/// [`Error::Refused`] if one stands against it.
pub(super) fn checked(mut package: Package, input: &str) -> Result<Package> {
    let findings = package::installable(&package);
    package.findings.extend(findings);
    if package.is_refused() {
        return Err(Error::Refused { input: input.to_owned(), findings: package.findings });
    }
    Ok(package)
}

/// The packages by name, with the extras that any of one name is asked for with; of several versions
/// the highest, which is told.
pub(super) fn by_name(all: Vec<Local>, findings: &mut Vec<Finding>) -> LocalArchives {
    let mut locals = LocalArchives::new();
    for local in all {
        let name = normalized_name(&local.package.name);
        let Some(known) = locals.get_mut(&name) else {
            locals.insert(name, local);
            continue;
        };
        known.extras.extend(local.extras.iter().cloned());
        known.has_hash &= local.has_hash;
        if known.is_same(&local) {
            continue;
        }
        let mut versions = [&known.package.version, &local.package.version];
        versions.sort();
        let found = format!("the versions {} and {}", versions[0], versions[1]);
        let finding = Finding::new(Code::VersionsCollide, found).at(&local.package.name);
        findings.push(finding.expected("one version"));
        if local.package.version > known.package.version {
            let extras = std::mem::take(&mut known.extras);
            locals.insert(name, Local { extras, ..local });
        }
    }
    locals
}
