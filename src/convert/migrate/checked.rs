//! Which releases can be converted at all, so that the others do without the rest.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::check::{self, Code};
use crate::convert::{ConvertOptions, packages};
use crate::error::{Error, Result};
use crate::inputs::Job;
use crate::package::Package;
use crate::read::Input;
use crate::resolve::{Closure, Why};

/// The releases that can be converted, and those that cannot.
pub(super) struct Checked {
    /// What is converted, in the order of names.
    pub jobs: Vec<Job>,
    /// The same as it was read.
    pub packages: Vec<Package>,
    /// Why others are not.
    pub refused: Vec<Error>,
}

impl Checked {
    /// Reads the files at `paths`, those of the releases of `closure` in their order.
    pub(super) fn of(
        closure: &Closure,
        paths: &[PathBuf],
        options: &ConvertOptions,
        out: &Path,
    ) -> Self {
        let job = |(path, extras): (&PathBuf, &Vec<String>)| Job {
            input: Input::Archives(vec![path.clone()]),
            options: Arc::new(ConvertOptions { extras: extras.clone(), ..options.clone() }),
            out: out.to_owned(),
        };
        let releases = &closure.resolution.packages;
        let jobs: Vec<Job> =
            paths.iter().zip(releases.iter().map(|one| &one.extras)).map(job).collect();
        let read: Vec<Result<Package>> = jobs.par_iter().with_max_len(1).map(read).collect();
        let left = closure.resolution.left.iter().filter(|left| left.why == Why::Refused);
        let mut missing: BTreeSet<String> = left.map(|left| left.name.clone()).collect();
        let refused = releases.iter().zip(&read).filter(|(_, read)| read.is_err());
        missing.extend(refused.map(|(one, _)| one.name.clone()));
        let mut checked = Self { jobs: Vec::new(), packages: Vec::new(), refused: Vec::new() };
        for (mut job, read) in jobs.into_iter().zip(read) {
            match read {
                Ok(package) => {
                    Arc::make_mut(&mut job.options).missing.clone_from(&missing);
                    checked.jobs.push(job);
                    checked.packages.push(package);
                }
                Err(error) => checked.refused.push(error),
            }
        }
        checked
    }
}

/// The release as devices get it, or why they cannot.
fn read(job: &Job) -> Result<Package> {
    let mut read = packages(job);
    let mut package = match read.pop() {
        Some(package) if read.is_empty() => package?,
        // One archive is one release.
        _ => return Err(refused(job, Vec::new())),
    };
    let findings = check::payload(&package);
    let stands_against = |finding: &check::Finding| {
        // Only upip has trouble with names.
        finding.is_refusal() && !matches!(finding.code, Code::NameTooLong | Code::NameSkippedByUpip)
    };
    if findings.iter().chain(&package.findings).any(stands_against) {
        package.findings.extend(findings);
        return Err(refused(job, package.findings));
    }
    Ok(package)
}

fn refused(job: &Job, findings: Vec<check::Finding>) -> Error {
    Error::Refused { input: job.input.to_string(), findings }
}
