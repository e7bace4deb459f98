//! From archives, projects and packages of mip to folders that the build of a firmware freezes.

mod assemble;
mod dependencies;
mod folder;
mod gather;
mod gathered;
mod name;
mod name_conflicts;
mod validate;

use std::path::{Path, PathBuf};

use super::gather::PackageSpec;
use super::inputs::Job;
use crate::adapt::{ResourceMode, Resources};
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::net::mip::Client;
use crate::path::MemberPath;
use crate::program::Environment;
use crate::write::{FrozenPackage, MANIFEST, Outcome, StoreOptions, requiring_manifest};
use folder::Folder;
use gathered::{Gathered, Member};

/// How packages are frozen, beside how those of this machine are read.
#[derive(Debug)]
pub struct FreezeOptions {
    /// By what packages are fetched.
    pub client: Client,
    /// In which forms the data of packages for mip are frozen.
    pub resources: Resources,
    /// The folder of the results.
    pub out: PathBuf,
    /// Where relative paths start.
    pub environment: Environment,
    /// Whether earlier results with other content are overwritten.
    pub force: bool,
    /// Whether everything is done but the writing.
    pub dry_run: bool,
}

/// One thing that is to be frozen.
pub type FreezeJob = PackageSpec<Job>;

/// What was frozen.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// All packages, sorted by name.
    pub packages: Vec<FrozenFolder>,
    /// The manifest that requires what was asked for.
    pub manifest: PathBuf,
    /// What was done there.
    pub outcome: Outcome,
    /// What was noticed about no single package.
    pub findings: Vec<Finding>,
}

/// A package that was frozen.
#[derive(Clone, Debug)]
pub struct FrozenFolder {
    /// The name by which manifests require it.
    pub name: String,
    /// Its version, if that is known.
    pub version: Option<String>,
    /// The names of the packages that it requires.
    pub requires: Vec<String>,
    /// Paths and sizes in bytes of its modules, sorted by path.
    pub files: Vec<(MemberPath, u64)>,
    /// Its folder.
    pub path: PathBuf,
    /// What was done there.
    pub outcome: Outcome,
    /// What was noticed about it.
    pub findings: Vec<Finding>,
}

/// A tree of folders for the build of a firmware, in memory.
pub struct FrozenTree {
    packages: Vec<Member>,
    folders: Vec<Folder>,
    manifest: String,
    findings: Vec<Finding>,
}

/// The form of data files where only modules can be frozen. They may be large: it is no device that
/// compiles them.
#[must_use]
pub fn frozen_resources(resources: Resources) -> Resources {
    let ResourceMode { module, files, per_package } = resources.mode;
    let mode = ResourceMode { module, files: files && !module, per_package };
    Resources { mode, max_size: u64::MAX }
}

/// Freezes what `jobs` ask for and all that depends on: a folder for each package, with its
/// `manifest.py`, and one more that requires what was asked for.
///
/// # Errors
/// All that stands against it; then nothing is written.
pub fn freeze(jobs: &[FreezeJob], options: &FreezeOptions) -> Result<Frozen, Vec<Error>> {
    let how = StoreOptions { force: options.force, dry_run: options.dry_run };
    make(jobs, options)?.store(&options.out, how).map_err(|error| vec![error])
}

/// Makes the folders in memory, as [`freeze`] does. Of [`FreezeOptions::out`] only the name matters,
/// which no package may have.
///
/// # Errors
/// All reasons why the packages cannot be frozen.
pub fn make(jobs: &[FreezeJob], options: &FreezeOptions) -> Result<FrozenTree, Vec<Error>> {
    let Gathered { mut packages, roots, mut findings } = gather::gather(jobs, options)?;
    findings.extend(options.client.findings());
    validate::check(&mut packages, &options.out, &options.environment);
    name_conflicts::check(&mut packages, &options.out);
    let refused = |member: &Member| {
        let is_refused = member.findings.iter().any(Finding::is_error);
        let input = member.package.name.clone();
        is_refused.then(|| Error::Refused { input, findings: member.findings.clone() })
    };
    let errors: Vec<Error> = packages.iter().filter_map(refused).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let folders = packages.iter().map(|member| folder_of(&member.package)).collect();
    Ok(FrozenTree { packages, folders, manifest: requiring_manifest(&roots), findings })
}

impl FrozenTree {
    /// The files of all packages and the manifest, with their paths below the folder of the results.
    pub fn files(&self) -> impl Iterator<Item = (String, &[u8])> {
        let files = self.folders.iter().flat_map(|Folder { name, files }| {
            files.iter().map(move |(path, data)| (format!("{name}/{path}"), &data[..]))
        });
        files.chain([(MANIFEST.to_owned(), self.manifest.as_bytes())])
    }

    /// Stores the folders in the folder `out`, which is made if it does not exist.
    ///
    /// # Errors
    /// [`Error::Refused`] for what is there with other content, and [`Error::Io`]. Nothing is written
    /// then.
    pub fn store(self, out: &Path, options: StoreOptions) -> Result<Frozen> {
        let mut outcomes = folder::store(out, &self.folders, &self.manifest, options)?;
        // The last is that of the manifest, which is always there.
        let outcome = outcomes.pop().unwrap_or(Outcome::Unchanged);
        let packages = self.packages.into_iter().zip(outcomes);
        Ok(Frozen {
            packages: packages.map(|(member, outcome)| frozen(member, outcome, out)).collect(),
            manifest: out.join(MANIFEST),
            outcome,
            findings: self.findings,
        })
    }
}

/// All that lies in the folder of a package, sorted by path.
fn folder_of(package: &FrozenPackage) -> Folder {
    let mut files: Vec<(MemberPath, bytes::Bytes)> =
        package.files.iter().map(|file| (file.path.clone(), file.data.clone())).collect();
    if let Ok(path) = MANIFEST.parse() {
        files.push((path, package.manifest().into()));
    }
    files.sort();
    Folder { name: package.name.clone(), files }
}

fn frozen(member: Member, outcome: Outcome, out: &Path) -> FrozenFolder {
    let Member { package, findings } = member;
    let size = |file: &crate::File| (file.path.clone(), file.data.len() as u64);
    FrozenFolder {
        path: out.join(&package.name),
        files: package.files.iter().map(size).collect(),
        version: package.about.version,
        requires: package.requires,
        name: package.name,
        outcome,
        findings,
    }
}
