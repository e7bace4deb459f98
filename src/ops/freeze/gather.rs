//! Finds all packages that a firmware will contain: the requested ones and their dependencies, each once.

use super::assemble::merge;
use super::gathered::{Gathered, Root};
use super::{FreezeJob, FreezeOptions};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::mip::Dependency;
use crate::ops::gather::{Local, PackageSpec};
use crate::requirement::Requirement;
use crate::translate::{DependencyOptions, MipDependencies, Pinning, to_mip_dependencies};

/// Reads the requested packages and their dependencies.
///
/// # Errors
/// One error for each package that cannot be read.
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

/// The newest package in the index that `requirement` allows.
fn constrained(
    requirement: &Requirement,
    options: &FreezeOptions,
    findings: &mut Vec<Finding>,
) -> Result<Dependency> {
    let index = options.client.index_json()?;
    let own = DependencyOptions::default();
    let MipDependencies { mut deps, findings: mut noticed, .. } =
        to_mip_dependencies(std::slice::from_ref(requirement), "", &own, Some(index), Pinning::Pin);
    if let Some(dependency) = deps.pop() {
        findings.extend(noticed);
        return Ok(dependency);
    }
    noticed.push(
        Finding::new(Code::NotThere, "nothing")
            .at(&requirement.name)
            .expected("a package of the index that the requirement allows"),
    );
    Err(Error::Refused { input: requirement.text.clone(), findings: noticed })
}
