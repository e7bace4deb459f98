//! From archives of a release or a project to an archive for upip.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use pep440_rs::Version;
use rayon::prelude::*;

use super::inputs::Job;
use super::size::{payload_size, size};
use super::{adapt, packages};
use crate::adapt::Selection;
use crate::deflate::{Scan, ScanError, ScannedWriter, WINDOW};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::options::ConvertOptions;
use crate::package::Package;
use crate::path::MemberPath;
use crate::read::{self, Input};
use crate::write::{Artifact, Claims, Outcome, StoreOptions, TarGz, UpipOptions, upip};

/// A converted release, without the content of its files.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The project's name as it was published.
    pub name: String,
    /// The release's version.
    pub version: Version,
    /// `{name}-{version}` as file names spell it.
    pub file_stem: String,
    /// The names in `requires.txt`.
    pub requires: Vec<String>,
    /// Paths and sizes in bytes of the files that upip installs, sorted by path.
    pub files: Vec<(MemberPath, u64)>,
    /// The members of the archive, in their order, with the root folder.
    pub members: Vec<MemberPath>,
    /// All findings, in the order of noticing.
    pub findings: Vec<Finding>,
    /// The size of the input archive in bytes; for a project, of the payload in its folder.
    pub input_size: u64,
    /// Bytes of the archive for upip.
    pub output_size: u64,
}

/// A release that was converted in memory.
#[derive(Clone, Debug)]
pub struct Converted {
    /// The release.
    pub summary: Summary,
    /// The archive for upip.
    pub data: Bytes,
}

/// A release that was converted, and what became of its file.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The release.
    pub summary: Summary,
    /// The path of its archive for upip.
    pub path: PathBuf,
    /// The outcome at that path.
    pub outcome: Outcome,
}

/// Bytes of archives that are converted before any of them is written.
const BATCH: u64 = 64 << 20;

/// Bytes that a project counts for in a batch: more than most have.
const PROJECT: u64 = 1 << 20;

/// Converts the releases of `jobs` in parallel and writes the results in their order. `progress` is
/// called after each job.
///
/// One release that is refused does not stop the others. A result appears under its final name
/// whole or not at all.
pub fn convert(jobs: &[Job], progress: &(dyn Fn() + Sync)) -> Vec<Result<Stored>> {
    let mut claims = Claims::default();
    let mut results = Vec::with_capacity(jobs.len());
    // A batch at a time: converted archives wait in memory until it is their turn to be written.
    for batch in batches(jobs) {
        let converted: Vec<_> = batch
            .par_iter()
            .with_max_len(1)
            .map(|job| {
                let converted = convert_job(job);
                progress();
                converted
            })
            .collect();
        for (job, releases) in batch.iter().zip(converted) {
            let how = job.options.store_options();
            let store = |one: Result<Converted>| one?.store(&job.out, how, &mut claims);
            results.extend(releases.into_iter().map(store));
        }
    }
    results
}

/// Cuts `jobs` where their archives have [`BATCH`] bytes together.
fn batches(jobs: &[Job]) -> Vec<&[Job]> {
    let mut batches = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (place, job) in jobs.iter().enumerate() {
        bytes += match &job.input {
            Input::Archives(paths) => paths.iter().map(|path| size(path)).sum(),
            Input::Project(_) | Input::Manifest(_) => PROJECT,
            Input::Known(archive) => archive.size,
        };
        if bytes > BATCH {
            batches.push(&jobs[start..=place]);
            (start, bytes) = (place + 1, 0);
        }
    }
    batches.extend(jobs.get(start..).filter(|rest| !rest.is_empty()));
    batches
}

/// Converts the releases of `job` in memory; its folder is not used.
#[must_use]
pub fn convert_job(job: &Job) -> Vec<Result<Converted>> {
    let convert = |package: Result<Package>| {
        let package = package?;
        let input_size = payload_size(&job.input, &package);
        let converted = convert_package(package, input_size, &job.options);
        converted.map_err(|error| error.of_input(&job.input, Vec::new()))
    };
    let job = Job { options: Arc::new(with_stubs(&job.options)), ..job.clone() };
    packages(&job).into_iter().map(convert).collect()
}

/// The options with the files for type checkers, if pip is to install them on a computer.
fn with_stubs(options: &ConvertOptions) -> ConvertOptions {
    let keeps_stubs = options.pip_installable || options.selection.keeps_stubs;
    let selection = Selection { keeps_stubs, ..options.selection.clone() };
    ConvertOptions { selection, ..options.clone() }
}

/// Converts one archive in memory. `name` is its file name, or another name for messages.
///
/// # Errors
/// [`Error::Refused`] with all findings.
pub fn convert_bytes(
    name: &str,
    data: impl Into<Bytes>,
    options: &ConvertOptions,
) -> Result<Converted> {
    let data = data.into();
    let input_size = data.len() as u64;
    let package = adapt(read::read_bytes(name, data, &options.read)?, &with_stubs(options));
    convert_package(package, input_size, options)
}

/// Converts a package, as [`packages`] gives it, in memory. `input_size` is what the
/// [summary](Summary::input_size) says.
///
/// # Errors
/// [`Error::Refused`] with all findings.
pub fn convert_package(
    package: Package,
    input_size: u64,
    options: &ConvertOptions,
) -> Result<Converted> {
    let upip_options = UpipOptions {
        dependencies: options.dependencies(),
        pip_installable: options.pip_installable,
    };
    let in_memory = || Error::io("archive in memory");
    let stream = ScannedWriter::new().map_err(in_memory())?;
    let mut sink = TarGz::new(stream, options.mtime).map_err(in_memory())?;
    let written = upip(&package, &upip_options, &mut sink)?;
    let (data, scan) = sink.finish().map_err(in_memory())?.finish();
    let file_stem = package.file_stem();
    let mut findings = package.findings;
    findings.extend(written.findings);
    if let Err(finding) = judge(scan) {
        findings.push(finding);
        return Err(Error::Refused { input: file_stem, findings });
    }
    let summary = Summary {
        name: package.name,
        version: package.version,
        file_stem,
        requires: written.requires,
        files: package.files.into_iter().map(|file| (file.path, file.data.len() as u64)).collect(),
        members: written.members,
        findings,
        input_size,
        output_size: data.len() as u64,
    };
    Ok(Converted { summary, data: data.into() })
}

/// Whether the window that a finished archive truly needs is one that devices have.
fn judge(scan: Result<Scan, ScanError>) -> Result<(), Finding> {
    let found = match scan {
        Ok(scan) if scan.max_distance <= WINDOW => return Ok(()),
        Ok(scan) => format!("a match at distance {}", scan.max_distance),
        Err(fault) => fault.to_string(),
    };
    let expected = format!("distances up to {WINDOW}");
    Err(Finding::new(Code::WindowExceeded, found).expected(expected))
}

impl Converted {
    /// The archive as a file in the folder `out`.
    #[must_use]
    pub fn artifact(&self, out: &Path) -> Artifact {
        let path = out.join(format!("{}.tar.gz", self.summary.file_stem));
        Artifact { path, data: self.data.clone() }
    }

    /// Stores the archive in the folder `out`, which is made if it does not exist. The results of one
    /// run share `claims`.
    ///
    /// # Errors
    /// [`Error::Refused`] if another result of this run or of an earlier one has its place, and
    /// [`Error::Io`].
    pub fn store(self, out: &Path, options: StoreOptions, claims: &mut Claims) -> Result<Stored> {
        let artifact = self.artifact(out);
        let claimed = claims.claim(&artifact.path, [&artifact.data]);
        match claimed.and_then(|()| artifact.store(options)) {
            Ok(outcome) => Ok(Stored { summary: self.summary, path: artifact.path, outcome }),
            Err(error) => Err(error.of_input(&artifact.path.display(), self.summary.findings)),
        }
    }
}
