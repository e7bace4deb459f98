//! Which releases can be converted at all, so that the others do without the rest.

use std::collections::{BTreeMap, BTreeSet};
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
use crate::resolve::{Client, Closure, Releases, Resolved, SkipReason, Skipped};

/// The releases that can be converted, and those that cannot.
#[derive(Debug)]
pub struct Checked<'a> {
    /// The releases in the order of their names, each with a job whose package is adapted already.
    pub jobs: Vec<(&'a Resolved, Job)>,
    /// Why the others cannot be converted.
    pub refused: Vec<Error>,
    /// The dependencies without a release that the call or one of the releases needs.
    pub left: Vec<&'a Skipped>,
}

impl<'a> Checked<'a> {
    /// Reads the files of the releases of `closure`, except those that were read to find it, and
    /// adapts them for `client`. What only releases need that cannot be converted is left out, and not
    /// downloaded. The jobs name `out` as the folder of their results, which is not used here.
    ///
    /// # Errors
    /// Those of [`Releases::archive`].
    pub fn of(
        closure: &'a Closure,
        releases: &Releases,
        options: &ConvertOptions,
        client: Client,
        out: &Path,
    ) -> Result<Self> {
        let Closure { resolution, files } = closure;
        let is_refused = |left: &&Skipped| left.why == SkipReason::Refused;
        let refused = resolution.left.iter().filter(is_refused);
        let mut missing: BTreeSet<String> = refused.map(|left| left.name.clone()).collect();
        let mut archives = BTreeMap::new();
        let mut refused = BTreeMap::new();
        let places = resolution.packages.iter().enumerate();
        let places: BTreeMap<&str, usize> =
            places.map(|(place, release)| (release.name.as_str(), place)).collect();
        let mut seen = BTreeSet::new();
        let roots = resolution.asked.iter().filter_map(|one| places.get(one.name.as_str()));
        let mut next: Vec<usize> = roots.copied().filter(|place| seen.insert(*place)).collect();
        while !next.is_empty() {
            let read =
                in_parallel(&next, |place| adapted(&files[*place], releases, options, client));
            let mut needed = Vec::new();
            for (place, archive) in std::mem::take(&mut next).into_iter().zip(read) {
                let release = &resolution.packages[place];
                match archive? {
                    Ok(archive) => {
                        archives.insert(place, archive);
                        needed.extend(release.requires.iter().map(|one| one.name.as_str()));
                    }
                    Err(error) => {
                        missing.insert(release.name.clone());
                        refused.insert(place, resolution.explained(&release.name, error));
                    }
                }
            }
            let needed = needed.into_iter().filter_map(|name| places.get(name).copied());
            next.extend(needed.filter(|place| seen.insert(*place)));
        }
        let job = |(place, archive): (usize, ParsedArchive)| {
            let release = &resolution.packages[place];
            let (extras, missing) = (release.extras.clone(), missing.clone());
            let options = Arc::new(ConvertOptions { extras, missing, ..options.clone() });
            (release, Job { input: Input::Known(Arc::new(archive)), options, out: out.to_owned() })
        };
        let jobs: Vec<_> = archives.into_iter().map(job).collect();
        let names: BTreeSet<&str> = jobs.iter().map(|(release, _)| release.name.as_str()).collect();
        let is_needed = |left: &&Skipped| {
            left.is_root || left.wanted_by.iter().any(|by| names.contains(by.as_str()))
        };
        let left = resolution.left.iter().filter(is_needed).collect();
        Ok(Self { jobs, refused: refused.into_values().collect(), left })
    }
}

/// The archive with its package adapted, or why `client` cannot install it. The outer error is that it
/// could not be fetched.
fn adapted(
    file: &ProjectFile,
    releases: &Releases,
    options: &ConvertOptions,
    client: Client,
) -> Result<Result<ParsedArchive>> {
    Ok(releases.archive(file, &options.read)?.and_then(|archive| {
        let ParsedArchive { file_name, size, sha256, package } = Arc::unwrap_or_clone(archive);
        let mut package = adapt(package, options);
        let findings = match client {
            Client::Mip => package::installable(&package),
            Client::Upip => package::payload(&package),
        };
        if package.is_refused() || findings.iter().any(crate::Finding::is_error) {
            package.findings.extend(findings);
            return Err(Error::Refused { input: file_name, findings: package.findings });
        }
        Ok(ParsedArchive { file_name, size, sha256, package })
    }))
}
