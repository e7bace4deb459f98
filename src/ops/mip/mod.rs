//! From archives of releases and from projects to packages for mip.

mod bundle;
mod dependencies;
mod flat;
mod folder;
mod in_place;
mod job;
mod outdated;

pub(super) use bundle::Bundle;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use pep440_rs::Version;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::packages;
use super::size::payload_size;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::mip::{MipUrl, PackageJson};
use crate::options::ConvertOptions;
use crate::package::{File, Origin, Package};
use crate::path::MemberPath;
use crate::translate::Pinning;
use crate::write::store::output_differs;
use crate::write::{self, Mip, Outcome, PACKAGE_JSON};
use dependencies::Dependencies;
pub use flat::flat;
#[cfg(all(feature = "cli", feature = "net"))]
pub(crate) use job::bytecode;
pub use job::{Layout, MipCall, MipJob, MipOptions, jobs};

/// A package for mip, and what became of its files.
#[derive(Clone, Debug)]
pub struct Packed {
    /// The project's name as it was published.
    pub name: String,
    /// The release's version.
    pub version: Version,
    /// `{name}-{version}` as file names spell it.
    pub file_stem: String,
    /// The content of the `package.json`.
    pub package_json: PackageJson,
    /// Paths and sizes in bytes of the files that are installed, sorted by path.
    pub files: Vec<(MemberPath, u64)>,
    /// All findings, in the order of noticing.
    pub findings: Vec<Finding>,
    /// The size of the input archive in bytes; for a project, of the payload in its folder.
    pub input_size: u64,
    /// Bytes of the `package.json` and of all files beside it that belong to it.
    pub output_size: u64,
    /// The path of the `package.json`.
    pub path: PathBuf,
    /// The outcome at that path.
    pub outcome: Outcome,
}

/// A release that was read.
struct Release<'a> {
    package: Package,
    of: &'a MipJob,
    input_size: u64,
    /// The folder of its results.
    folder: PathBuf,
    /// That folder as a part of URLs, below the folder of all results; empty for that itself.
    url_folder: String,
}

/// Makes packages for mip of the releases of `jobs` and writes them in their order. `progress` is
/// called after each release.
///
/// One release that is refused does not stop the others. A `package.json` appears when all files that
/// it names are there.
///
/// # Errors
/// Those of [`Client::index_json`](crate::net::mip::Client::index_json).
pub fn convert(jobs: &[MipJob], progress: &(dyn Fn() + Sync)) -> Result<Vec<Result<Packed>>> {
    let mut releases = Vec::new();
    let failed_or_read: Vec<Result<()>> =
        read(jobs).into_iter().map(|release| release.map(|one| releases.push(one))).collect();
    let dependencies = Dependencies::resolve(&releases)?;
    let made: Vec<Result<WrittenPackage>> = (0..releases.len())
        .into_par_iter()
        .with_max_len(1)
        .map(|place| {
            let made = make(place, &releases, &dependencies);
            progress();
            made
        })
        .collect();
    let mut written = HashMap::new();
    let mut made = releases.iter().zip(made);
    let stored = failed_or_read.into_iter().filter_map(|read| match read {
        Err(error) => Some(Err(error)),
        Ok(()) => made.next().map(|(release, made)| store(release, made?, &mut written)),
    });
    Ok(stored.collect())
}

/// The releases of all jobs, in their order.
fn read(jobs: &[MipJob]) -> Vec<Result<Release<'_>>> {
    let read: Vec<Vec<Result<Package>>> =
        jobs.par_iter().with_max_len(1).map(|job| packages(&job.job)).collect();
    let count = |results: &Vec<Result<_>>| results.iter().flatten().count().max(1);
    let is_only = read.iter().map(count).sum::<usize>() == 1;
    let results = jobs.iter().zip(read);
    let results = results.flat_map(|(of, read)| read.into_iter().map(move |package| (of, package)));
    results.map(|(of, package)| Ok(Release::new(package?, of, is_only))).collect()
}

impl<'a> Release<'a> {
    fn new(package: Package, of: &'a MipJob, is_only: bool) -> Self {
        let url_folder = match of.options.layout {
            Layout::Folder if !is_only => package.file_stem(),
            Layout::Folders => package.file_stem(),
            Layout::Folder | Layout::InPlace => String::new(),
        };
        let input_size = payload_size(&of.job.input, &package);
        let folder = short(&of.job.out.join(&url_folder)).to_owned();
        Self { package, of, input_size, folder, url_folder }
    }

    /// The folder of all results.
    fn out(&self) -> &Path {
        short(&self.of.job.out)
    }

    /// Where the folder of the results will be served.
    fn url(&self) -> Option<MipUrl> {
        let base = self.of.options.url_base.as_ref()?;
        Some(self.url_folder.parse().map_or_else(|_| base.clone(), |folder| base.join(&folder)))
    }
}

/// Nobody writes `./` before what lies where they stand.
fn short(path: &Path) -> &Path {
    path.strip_prefix(".").unwrap_or(path)
}

/// The files to write for a release.
struct WrittenPackage {
    mip: Mip,
    /// The release as it will be installed, with all findings.
    package: Package,
}

fn make(place: usize, releases: &[Release], dependencies: &Dependencies) -> Result<WrittenPackage> {
    let release = &releases[place];
    let options = &release.of.options;
    let mut package = release.package.clone();
    package.findings.extend(dependencies.findings(place).iter().cloned());
    bundle::apply(&mut package, place, releases, dependencies)?;
    let is_bundle = options.pinning == Pinning::Bundle;
    let deps = if is_bundle { Vec::new() } else { dependencies.named(place) };
    compiled(&mut package, options)?;
    let in_place = options.layout == Layout::InPlace;
    if in_place {
        package.files.retain(|file| !is_result(file));
    }
    let mip = write::mip(&package, &write::MipOptions { url_base: release.url(), in_place, deps });
    let mip = mip.map_err(|error| of_input(error, release))?;
    package.findings.extend(mip.findings.iter().cloned());
    Ok(WrittenPackage { mip, package })
}

/// Compiles the modules, if there is a compiler.
fn compiled(package: &mut Package, options: &MipOptions) -> Result<()> {
    if let Some(bytecode) = &options.bytecode
        && let Some(compiler) = bytecode.compilers.first()
    {
        let (files, findings) = bytecode.compile(compiler, &package.files)?;
        package.files = files;
        package.findings.extend(findings);
    }
    Ok(())
}

/// Whether the file is the `package.json` itself, which some projects would ship with the others.
fn is_result(file: &File) -> bool {
    matches!(&file.origin, Origin::Source { path } if path.as_str() == PACKAGE_JSON)
}

/// The error with the names of the input in place of the release's.
fn of_input(error: Error, release: &Release) -> Error {
    match error {
        Error::Refused { findings, .. } => {
            Error::Refused { input: release.of.job.input.to_string(), findings }
        }
        error => error,
    }
}

/// The digests of what this run has for the folders that it writes into.
type Written = HashMap<PathBuf, Vec<u8>>;

fn store(release: &Release, made: WrittenPackage, written: &mut Written) -> Result<Packed> {
    let WrittenPackage { mip, mut package } = made;
    let text = mip.package_json.to_text();
    let path = release.folder.join(PACKAGE_JSON);
    let digest = digest(&mip, &text);
    let is_first =
        *written.entry(release.folder.clone()).or_insert_with(|| digest.clone()) == digest;
    let how = WriteOptions::of(release.of);
    let stored = if !is_first {
        Err(refused(vec![output_differs(&path, false)]))
    } else if release.of.options.layout == Layout::InPlace {
        in_place::store(&path, &text, how, &mut package.findings)
    } else {
        let place = folder::MipUrl { out: release.out(), inside: release.url_folder.as_ref() };
        folder::store(place, &mip.files, &text, how)
    };
    let outcome = stored.map_err(|error| match error {
        Error::Refused { findings, .. } => Error::Refused {
            input: path.display().to_string(),
            findings: package.findings.iter().cloned().chain(findings).collect(),
        },
        error => error,
    })?;
    let stored_size: usize = mip.files.iter().map(|(_, data)| data.len()).sum();
    Ok(Packed {
        file_stem: package.file_stem(),
        name: package.name,
        version: package.version,
        package_json: mip.package_json,
        files: package.files.into_iter().map(|file| (file.path, file.data.len() as u64)).collect(),
        findings: package.findings,
        input_size: release.input_size,
        output_size: (stored_size + text.len()) as u64,
        path,
        outcome,
    })
}

/// An error about a result, whose name the caller knows.
fn refused(findings: Vec<Finding>) -> Error {
    Error::Refused { input: String::new(), findings }
}

/// How results are written.
#[derive(Clone, Copy, Debug)]
struct WriteOptions {
    /// Not at all: what is out of date is refused.
    check: bool,
    dry_run: bool,
    /// Over what is there.
    force: bool,
}

impl WriteOptions {
    fn of(job: &MipJob) -> Self {
        let ConvertOptions { dry_run, force, .. } = *job.job.options;
        Self { check: job.options.check, dry_run, force }
    }
}

fn digest(mip: &Mip, text: &str) -> Vec<u8> {
    let mut digest = Sha256::new();
    for (path, data) in &mip.files {
        digest.update((path.as_str().len() as u64).to_le_bytes());
        digest.update(path.as_str());
        digest.update((data.len() as u64).to_le_bytes());
        digest.update(data);
    }
    digest.update(text);
    digest.finalize().to_vec()
}
