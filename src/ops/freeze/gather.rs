//! All packages that a firmware is to hold: those asked for and what they depend on, from this machine
//! and from elsewhere, each once.

use std::path::Path;

use pep440_rs::Version;

use super::assemble::merge;
use super::name::stem;
use super::package_spec::PackageSpec;
use super::{FreezeJob, FreezeOptions};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::mip::{Dependency, PackageJson};
use crate::net::fetch::Location;
use crate::ops::inputs::Job;
use crate::ops::packages;
use crate::package::{File, Origin, Package};
use crate::requirement::Requirement;
use crate::translate::{DependencyOptions, MipDependencies, Pinning, to_mip_dependencies};
use crate::write::{FrozenPackage, about};

/// Bytes of a module that is given itself.
const MAX_MODULE_SIZE: u64 = 16 << 20;

/// What is to be frozen.
pub(super) struct Gathered {
    /// All packages, sorted by name.
    pub(super) packages: Vec<Member>,
    /// The names of those that were asked for, in that order.
    pub(super) roots: Vec<String>,
    /// What was noticed about no single package.
    pub(super) findings: Vec<Finding>,
}

/// A package with what was noticed about it.
pub(super) struct Member {
    pub(super) package: FrozenPackage,
    pub(super) findings: Vec<Finding>,
}

/// A package of this machine.
pub(super) struct Local {
    pub(super) package: Package,
    /// What is known of it.
    pub(super) about: PackageJson,
    /// Which of its dependencies are wanted.
    pub(super) options: DependencyOptions,
}

/// What was asked for, in its order.
pub(super) enum Root {
    /// The name of a package of this machine.
    Local(String),
    Elsewhere(Dependency),
}

/// Reads all that `jobs` ask for, and what that depends on.
///
/// # Errors
/// All that cannot be read.
pub(super) fn gather(jobs: &[FreezeJob], options: &FreezeOptions) -> Result<Gathered, Vec<Error>> {
    let (mut locals, mut roots, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    let mut findings = Vec::new();
    for job in jobs {
        match read(job, options, &mut findings) {
            Ok(Found::Elsewhere(dependency)) => roots.push(Root::Elsewhere(dependency)),
            Ok(Found::Here(found)) => {
                for local in found {
                    match local {
                        Ok(local) => {
                            roots.push(Root::Local(local.package.name.clone()));
                            locals.push(local);
                        }
                        Err(error) => errors.push(error),
                    }
                }
            }
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    merge(locals, &roots, findings, options).map_err(|error| vec![error])
}

/// What one job asks for.
enum Found {
    Here(Vec<Result<Local>>),
    Elsewhere(Dependency),
}

fn read(job: &FreezeJob, options: &FreezeOptions, findings: &mut Vec<Finding>) -> Result<Found> {
    let argument = match job {
        FreezeJob::Read(job) => return Ok(Found::Here(releases(job))),
        FreezeJob::PackageSpec(argument) => argument,
    };
    match argument {
        PackageSpec::Module(path) => Ok(Found::Here(vec![Ok(module(path, options)?)])),
        PackageSpec::Package(dependency) => Ok(Found::Elsewhere(dependency.clone())),
        PackageSpec::Constrained(requirement) => {
            constrained(requirement, options, findings).map(Found::Elsewhere)
        }
        PackageSpec::Input(path) => Err(Error::Usage {
            message: format!("{}: this is not read here", path.display()),
            help: "give it as a job".to_owned(),
        }),
    }
}

fn releases(job: &Job) -> Vec<Result<Local>> {
    let local = |package: Package| {
        let is_refused = package.is_refused();
        if is_refused {
            return Err(Error::Refused {
                input: job.input.to_string(),
                findings: package.findings,
            });
        }
        let options = job.options.dependencies_of(&package);
        Ok(Local { about: about(&package), package, options })
    };
    packages(job).into_iter().map(|package| package.and_then(local)).collect()
}

/// A package of one module, of which nothing is known but its name.
fn module(path: &Path, options: &FreezeOptions) -> Result<Local> {
    let data = options.client.fetcher().get(&Location::Path(path.to_owned()), MAX_MODULE_SIZE)?;
    let file_name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let refused = |found: String| Error::Refused {
        input: path.display().to_string(),
        findings: vec![Finding::new(Code::UnsafePath, found).at(path.display().to_string())],
    };
    let target = file_name.parse().map_err(|fault: crate::PathError| refused(fault.to_string()))?;
    let mut package = Package::empty(stem(file_name), Version::new([0]));
    let origin = Origin::Fetched { place: path.display().to_string() };
    package.files = vec![File { path: target, data, origin }];
    Ok(Local { package, about: PackageJson::default(), options: DependencyOptions::default() })
}

/// The package of the index that `requirement` allows.
fn constrained(
    requirement: &Requirement,
    options: &FreezeOptions,
    findings: &mut Vec<Finding>,
) -> Result<Dependency> {
    let index = options.client.index_json()?;
    let own = DependencyOptions::default();
    let MipDependencies { mut deps, findings: found, .. } =
        to_mip_dependencies(std::slice::from_ref(requirement), "", &own, Some(index), Pinning::Pin);
    if let Some(dependency) = deps.pop() {
        findings.extend(found);
        return Ok(dependency);
    }
    let told = found.first().map_or("nothing".to_owned(), |finding| finding.found.clone());
    let finding = Finding::new(Code::NotThere, told).at(&requirement.name);
    Err(Error::Refused { input: requirement.text.clone(), findings: vec![finding] })
}
