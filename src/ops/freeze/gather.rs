//! All packages that a firmware is to hold: those asked for and what they depend on, from this machine
//! and from elsewhere, each once.

use super::assemble::merge;
use super::{FreezeJob, FreezeOptions};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::mip::Dependency;
use crate::ops::gather::{Local, PackageSpec};
use crate::requirement::Requirement;
use crate::translate::{DependencyOptions, MipDependencies, Pinning, to_mip_dependencies};
use crate::write::FrozenPackage;

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
        let found = match job {
            PackageSpec::Input(job) => Local::releases(job),
            PackageSpec::Module(path) => vec![Local::module(path, options.client.fetcher())],
            PackageSpec::Package(dependency) => {
                roots.push(Root::Elsewhere(dependency.clone()));
                continue;
            }
            PackageSpec::Constrained(requirement) => {
                match constrained(requirement, options, &mut findings) {
                    Ok(dependency) => roots.push(Root::Elsewhere(dependency)),
                    Err(error) => errors.push(error),
                }
                continue;
            }
        };
        for local in found {
            match local.and_then(|local| local.checked(Vec::new())) {
                Ok(local) => {
                    roots.push(Root::Local(local.package.name.clone()));
                    locals.push(local);
                }
                Err(error) => errors.push(error),
            }
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    merge(locals, &roots, findings, options).map_err(|error| vec![error])
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
