//! Local packages, and downloaded archives.

use std::path::Path;

use pep440_rs::Version;

use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::mip::PackageJson;
use crate::net::fetch::{Fetcher, Location};
use crate::ops::inputs::Job;
use crate::ops::{adapt, packages};
use crate::options::ConvertOptions;
use crate::package::{File, Origin, Package};
use crate::requirement::Requirement;
use crate::translate::DependencyOptions;
use crate::write::about;

/// The largest module that is read, in bytes.
const MAX_MODULE_SIZE: u64 = 16 << 20;

/// A local package, adapted to devices.
#[derive(Debug)]
pub(in crate::ops) struct Local {
    pub(in crate::ops) package: Package,
    /// The version; empty for a module, which has none.
    pub(in crate::ops) version: String,
    /// The input or file that it was read from.
    pub(in crate::ops) source: String,
    /// The extras and aliases that apply to its dependencies.
    pub(in crate::ops) options: DependencyOptions,
    /// Whether its hash was checked.
    pub(in crate::ops) has_hash: bool,
}

impl Local {
    /// The releases of a job.
    pub(in crate::ops) fn releases(job: &Job) -> Vec<Result<Self>> {
        let local = |package: Package| {
            let options = job.options.dependencies_of(&package);
            Self::release(package, job.input.to_string(), options)
        };
        packages(job).into_iter().map(|package| package.map(local)).collect()
    }

    /// The release in a downloaded archive, with the dependencies of these `extras`.
    pub(in crate::ops) fn archive(
        file_name: &str,
        package: Package,
        extras: Vec<String>,
        options: &ConvertOptions,
    ) -> Self {
        let dependencies = DependencyOptions { extras, ..DependencyOptions::default() };
        Self::release(adapt(package, options), file_name.to_owned(), dependencies)
    }

    fn release(package: Package, source: String, options: DependencyOptions) -> Self {
        let version = package.version.to_string();
        Self { package, version, source, options, has_hash: false }
    }

    /// A package that consists of the module at `path`. Only its name is known.
    pub(in crate::ops) fn module(path: &Path, fetcher: &Fetcher) -> Result<Self> {
        let data = fetcher.get(&Location::Path(path.to_owned()), MAX_MODULE_SIZE)?;
        let place = path.display().to_string();
        let source = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let target = source.parse().map_err(|fault: crate::PathError| Error::Refused {
            input: place.clone(),
            findings: vec![Finding::new(Code::UnsafePath, fault.to_string()).at(&place)],
        })?;
        let name = source.strip_suffix(".py").unwrap_or(&source);
        let mut package = Package::empty(name, Version::new([0]));
        package.files = vec![File { path: target, data, origin: Origin::Fetched { place } }];
        let options = DependencyOptions::default();
        Ok(Self { package, version: String::new(), source, options, has_hash: false })
    }

    /// This package with more findings.
    ///
    /// # Errors
    /// [`Error::Refused`] if one of its findings is a refusal.
    pub(in crate::ops) fn checked(mut self, findings: Vec<Finding>) -> Result<Self> {
        self.package.findings.extend(findings);
        if self.package.is_refused() {
            return Err(Error::Refused { input: self.source, findings: self.package.findings });
        }
        Ok(self)
    }

    /// Whether this is a single module, which has no version and satisfies every constraint.
    pub(in crate::ops) fn is_module(&self) -> bool {
        self.version.is_empty()
    }

    /// The `package.json` of a release; empty for a module.
    pub(in crate::ops) fn about(&self) -> PackageJson {
        if self.is_module() { PackageJson::default() } else { about(&self.package) }
    }

    /// A requirement that selects this package, with its extras.
    pub(in crate::ops) fn requirement(&self) -> Requirement {
        let extras = self.options.extras.clone();
        Requirement { extras, ..Requirement::bare(&self.package.name) }
    }
}
