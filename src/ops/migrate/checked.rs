//! Which releases can be converted at all, so that the others do without the rest.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::net::fetch::in_parallel;
use crate::net::pypi::ProjectFile;
use crate::ops::adapt;
use crate::ops::inputs::Job;
use crate::options::ConvertOptions;
use crate::package;
use crate::read::{Input, ParsedArchive};
use crate::resolve::{Closure, Releases, Resolved, SkipReason};

/// The releases that can be converted, and those that cannot.
#[derive(Debug)]
pub struct Checked<'a> {
    /// The releases in the order of their names, each with a job whose package is adapted already.
    pub jobs: Vec<(&'a Resolved, Job)>,
    /// Why the others cannot be converted.
    pub refused: Vec<Error>,
}

impl<'a> Checked<'a> {
    /// Reads the files of the releases of `closure`, except those that were read to find it, and
    /// adapts them. The jobs name `out` as the folder of their results, which is not used here.
    ///
    /// # Errors
    /// Those of [`Releases::archive`].
    pub fn of(
        closure: &'a Closure,
        releases: &Releases,
        options: &ConvertOptions,
        out: &Path,
    ) -> Result<Self> {
        let archives = in_parallel(&closure.files, |file| adapted(file, releases, options));
        let left = closure.resolution.left.iter().filter(|left| left.why == SkipReason::Refused);
        let mut missing: BTreeSet<String> = left.map(|left| left.name.clone()).collect();
        let mut checked = Self { jobs: Vec::new(), refused: Vec::new() };
        for (release, archive) in closure.resolution.packages.iter().zip(archives) {
            match archive? {
                Ok(archive) => {
                    let extras = release.extras.clone();
                    let options = Arc::new(ConvertOptions { extras, ..options.clone() });
                    let input = Input::Known(Arc::new(archive));
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

/// The archive with its package adapted, or why devices cannot have it. The outer error is that it
/// could not be fetched.
fn adapted(
    file: &ProjectFile,
    releases: &Releases,
    options: &ConvertOptions,
) -> Result<Result<ParsedArchive>> {
    Ok(releases.archive(file, &options.read)?.and_then(|archive| {
        let ParsedArchive { file_name, size, sha256, package } = Arc::unwrap_or_clone(archive);
        let mut package = adapt(package, options);
        let findings = package::installable(&package);
        if package.is_refused() || findings.iter().any(crate::Finding::is_error) {
            package.findings.extend(findings);
            return Err(Error::Refused { input: file_name, findings: package.findings });
        }
        Ok(ParsedArchive { file_name, size, sha256, package })
    }))
}
