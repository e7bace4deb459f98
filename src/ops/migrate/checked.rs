//! Which releases can be converted at all, so that the others do without the rest.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::net::fetch::in_parallel;
use crate::net::pypi::ProjectFile;
use crate::ops::adapt;
use crate::ops::inputs::Job;
use crate::options::ConvertOptions;
use crate::package::{self, Package};
use crate::read::{Input, ParsedArchive};
use crate::resolve::{Closure, Releases, Resolved, SkipReason};

/// The releases that can be converted, and those that cannot.
pub(super) struct Checked<'a> {
    /// The files to convert, sorted by name.
    pub jobs: Vec<(&'a Resolved, Job)>,
    /// Why others are not.
    pub refused: Vec<Error>,
}

impl<'a> Checked<'a> {
    /// Reads the files of the releases of `closure`, but for those that were read on the way to it.
    ///
    /// # Errors
    /// Those of [`Releases::archive`].
    pub(super) fn of(
        closure: &'a Closure,
        releases: &Releases,
        options: &ConvertOptions,
        out: &Path,
    ) -> Result<Self> {
        let archives = in_parallel(&closure.files, |file| archive(file, releases, options));
        let left = closure.resolution.left.iter().filter(|left| left.why == SkipReason::Refused);
        let mut missing: BTreeSet<String> = left.map(|left| left.name.clone()).collect();
        let mut checked = Self { jobs: Vec::new(), refused: Vec::new() };
        for (release, archive) in closure.resolution.packages.iter().zip(archives) {
            match archive? {
                Ok(archive) => {
                    let extras = release.extras.clone();
                    let options = Arc::new(ConvertOptions { extras, ..options.clone() });
                    let input = Input::Known(archive);
                    checked.jobs.push((release, Job { input, options, out: out.to_owned() }));
                }
                Err(error) => {
                    missing.insert(release.name.clone());
                    checked.refused.push(error);
                }
            }
        }
        for (_, job) in &mut checked.jobs {
            Arc::make_mut(&mut job.options).missing.clone_from(&missing);
        }
        Ok(checked)
    }
}

/// The archive as it was read, unless devices cannot get it. That it cannot be had is another matter.
fn archive(
    file: &ProjectFile,
    releases: &Releases,
    options: &ConvertOptions,
) -> Result<Result<Arc<ParsedArchive>>> {
    Ok(releases.archive(file, &options.read)?.and_then(|archive| {
        check(adapt(archive.package.clone(), options))
            .map_err(|findings| Error::Refused { input: file.file_name.clone(), findings })?;
        Ok(archive)
    }))
}

/// Whether devices can get the package.
fn check(mut package: Package) -> Result<(), Vec<Finding>> {
    let findings = package::payload(&package);
    let stands_against = |finding: &Finding| {
        // Only upip has trouble with names.
        finding.is_refusal() && !matches!(finding.code, Code::NameTooLong | Code::NameSkippedByUpip)
    };
    if findings.iter().chain(&package.findings).any(stands_against) {
        package.findings.extend(findings);
        return Err(package.findings);
    }
    Ok(())
}
