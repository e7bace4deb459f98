//! From archives of releases and from projects to packages for mip.

mod bundle;
mod dependencies;
mod flat;
mod folder;
mod in_place;
mod job;
mod kept;
mod outdated;

pub(super) use bundle::Bundle;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pep440_rs::Version;
use rayon::prelude::*;

use super::packages;
use super::size::payload_size;
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::mip::{MipUrl, PackageJson};
use crate::name::normalized_name;
use crate::package::{File, Origin, Package};
use crate::path::MemberPath;
use crate::read::backend::served::unserved;
use crate::translate::Pinning;
use crate::write::{self, Claims, Mip, Outcome, PACKAGE_JSON, StoreOptions};
use dependencies::Dependencies;
pub use flat::flat;
pub(crate) use job::bytecode;
pub use job::{Layout, MipCall, MipJob, MipOptions, jobs};

/// A package for mip, and what became of its files.
#[derive(Clone, Debug)]
pub struct Packed {
    /// The project's name as it was published.
    pub name: String,
    /// The release's version; 0 if it is unknown, and then not in the `package.json`.
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
    /// The folder of its results below that of all results; empty for that itself.
    folder: String,
}

/// A package for mip in memory.
#[derive(Clone, Debug)]
pub struct MipArtifact {
    /// The release as it will be installed, with all findings.
    pub package: Package,
    /// The `package.json` and the files beside it.
    pub mip: Mip,
    /// As [`Packed::input_size`].
    input_size: u64,
    /// As [`Release::folder`].
    folder: String,
    /// The normalised names of dependencies of which the project says something.
    declared: BTreeSet<String>,
    options: Arc<MipOptions>,
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
    let mut claims = Claims::default();
    let store = |(MipJob { job, .. }, made): (&MipJob, Result<MipArtifact>)| {
        made?.store(&job.out, job.options.store_options(), &mut claims)
    };
    Ok(make(jobs, progress)?.into_iter().map(store).collect())
}

/// Makes packages for mip of the releases of `jobs` in memory, as [`convert`] does, each with its job;
/// the folders of the jobs are not used.
///
/// # Errors
/// As [`convert`].
pub fn make<'a>(
    jobs: &'a [MipJob],
    progress: &(dyn Fn() + Sync),
) -> Result<Vec<(&'a MipJob, Result<MipArtifact>)>> {
    let mut releases = Vec::new();
    let read: Vec<(&MipJob, Result<()>)> = read(jobs)
        .into_iter()
        .map(|(job, release)| (job, release.map(|one| releases.push(one))))
        .collect();
    let dependencies = Dependencies::resolve(&releases)?;
    let made: Vec<Result<MipArtifact>> = (0..releases.len())
        .into_par_iter()
        .with_max_len(1)
        .map(|place| {
            let made = make_one(place, &releases, &dependencies);
            progress();
            made
        })
        .collect();
    let mut made = made.into_iter();
    let made = read.into_iter().filter_map(|(job, read)| match read {
        Err(error) => Some((job, Err(error))),
        Ok(()) => made.next().map(|made| (job, made)),
    });
    Ok(made.collect())
}

/// The releases of all jobs, in their order.
fn read(jobs: &[MipJob]) -> Vec<(&MipJob, Result<Release<'_>>)> {
    let read: Vec<Vec<Result<Package>>> =
        jobs.par_iter().with_max_len(1).map(|job| packages(&job.job)).collect();
    let count = |results: &Vec<Result<_>>| results.iter().flatten().count().max(1);
    let is_only = read.iter().map(count).sum::<usize>() == 1;
    let results = jobs.iter().zip(read);
    let results = results.flat_map(|(of, read)| read.into_iter().map(move |package| (of, package)));
    let results = results.map(|(of, mut package)| {
        if of.options.layout == Layout::InPlace {
            match &mut package {
                Ok(package) => advise_in_place(&mut package.findings),
                Err(Error::Refused { findings, .. }) => advise_in_place(findings),
                Err(_) => {}
            }
        }
        (of, package)
    });
    let release = |of, package: Result<_>| package.map(|one| Release::new(one, of, is_only));
    results.map(|(of, package)| (of, release(of, package))).collect()
}

/// Replaces advice that cannot be followed in place, where no project is built.
fn advise_in_place(findings: &mut [Finding]) {
    for finding in findings {
        if finding.code == Code::NoIdentity {
            *finding = finding.clone().hint("set them in its configuration");
        } else if finding.help().contains("--build") {
            let help = "leave out --in-place to have its build tool make the files";
            *finding = finding.clone().hint(help);
        }
    }
}

impl<'a> Release<'a> {
    fn new(package: Package, of: &'a MipJob, is_only: bool) -> Self {
        let folder = match of.options.layout {
            Layout::Folder if !is_only => package.file_stem(),
            Layout::Folders => package.file_stem(),
            Layout::Folder | Layout::InPlace => String::new(),
        };
        let input_size = payload_size(&of.job.input, &package);
        Self { package, of, input_size, folder }
    }

    /// The normalised names of dependencies of which the project says something.
    fn declared(&self) -> BTreeSet<String> {
        let names = self.package.requirements.iter().map(|one| normalized_name(&one.name));
        let aliases = self.of.job.options.aliases.iter();
        names.chain(aliases.map(|(name, _)| name.to_owned())).collect()
    }

    /// Where the folder of the results will be served.
    fn url(&self) -> Option<MipUrl> {
        let base = self.of.options.url_base.as_ref()?;
        Some(self.folder.parse().map_or_else(|_| base.clone(), |folder| base.join(&folder)))
    }
}

/// Paths in the current folder have no leading `./`.
fn short(path: &Path) -> &Path {
    path.strip_prefix(".").unwrap_or(path)
}

fn make_one(
    place: usize,
    releases: &[Release],
    dependencies: &Dependencies,
) -> Result<MipArtifact> {
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
        let unserved = not_served(&package, &release.of.job.out, options);
        package.findings.extend(unserved);
    }
    let mip = write::mip(&package, &write::MipOptions { url_base: release.url(), in_place, deps });
    let mip = mip.map_err(|error| error.of_input(&release.of.job.input, Vec::new()))?;
    package.findings.extend(mip.findings.iter().cloned());
    Ok(MipArtifact {
        package,
        mip,
        input_size: release.input_size,
        folder: release.folder.clone(),
        declared: release.declared(),
        options: Arc::clone(options),
    })
}

/// Findings about files that are not to be had from a git host. A URL of another server says that the
/// files are served from elsewhere.
fn not_served(package: &Package, folder: &Path, options: &MipOptions) -> Vec<Finding> {
    if options.url_base.as_ref().is_some_and(|base| !base.is_hosted()) {
        return Vec::new();
    }
    let sources = package.files.iter().filter_map(|file| match &file.origin {
        Origin::Source { path } => Some((path, &file.data[..])),
        _ => None,
    });
    let finding =
        |(path, why): (&MemberPath, String)| Finding::new(Code::NotServed, why).at(path.as_str());
    unserved(folder, sources).into_iter().map(finding).collect()
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

impl MipArtifact {
    /// Stores the package in its folder below `out`, which is made if it does not exist; with
    /// [`MipOptions::check`], only compares it with what is there. The results of one run share
    /// `claims`.
    ///
    /// # Errors
    /// [`Error::Refused`] if another result of this run or of an earlier one has its place, or for a
    /// check if it is out of date; [`Error::Usage`] if a link leads out of the folder, and
    /// [`Error::Io`].
    pub fn store(
        mut self,
        out: &Path,
        options: StoreOptions,
        claims: &mut Claims,
    ) -> Result<Packed> {
        let path = short(&out.join(&self.folder)).join(PACKAGE_JSON);
        let text = self.mip.package_json.to_text();
        let stored = self.store_at(out, &path, &text, options, claims);
        let Self { mip, package, input_size, .. } = self;
        let output_size = mip.package_json.to_text().len();
        let outcome = match stored {
            Ok(outcome) => outcome,
            Err(error) => return Err(error.of_input(&path.display(), package.findings)),
        };
        let stored_size: usize = mip.files.iter().map(|(_, data)| data.len()).sum();
        Ok(Packed {
            file_stem: package.file_stem(),
            name: package.name,
            version: package.version,
            package_json: mip.package_json,
            files: package
                .files
                .into_iter()
                .map(|file| (file.path, file.data.len() as u64))
                .collect(),
            findings: package.findings,
            input_size,
            output_size: (stored_size + output_size) as u64,
            path,
            outcome,
        })
    }

    fn store_at(
        &mut self,
        out: &Path,
        path: &Path,
        text: &str,
        options: StoreOptions,
        claims: &mut Claims,
    ) -> Result<Outcome> {
        let MipOptions { layout, check, .. } = *self.options;
        let files = &self.mip.files;
        let parts = files.iter().flat_map(|(path, data)| [path.as_str().as_bytes(), data]);
        claims.claim(path, parts.chain([text.as_bytes()]))?;
        if layout == Layout::InPlace {
            let (made, findings) = (&mut self.mip.package_json, &mut self.package.findings);
            in_place::store(path, made, &self.declared, options, check, findings)
        } else {
            let place = folder::Place { out: short(out), inside: self.folder.as_ref() };
            folder::store(place, files, text, options, check)
        }
    }
}

/// A refusal of a result, whose name the caller knows.
fn refused(findings: Vec<Finding>) -> Error {
    Error::Refused { input: String::new(), findings }
}
