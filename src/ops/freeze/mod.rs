//! From archives, projects and packages of mip to folders that the build of a firmware freezes.

mod assemble;
mod dependencies;
mod folder;
mod gather;
mod name;
mod name_conflicts;
mod package_spec;
mod validate;

use std::path::PathBuf;

use super::inputs::Job;
use crate::adapt::{ResourceMode, Resources};
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::net::mip::Client;
pub use crate::ops::freeze::package_spec::PackageSpec;
use crate::path::MemberPath;
use crate::write::{FrozenPackage, MANIFEST, Outcome, requiring_manifest};
use folder::Folder;
use gather::{Gathered, Member};

/// How packages are frozen, beside how those of this machine are read.
#[derive(Debug)]
pub struct FreezeOptions {
    /// By what packages are fetched.
    pub client: Client,
    /// In which forms the data of packages for mip are frozen.
    pub resources: Resources,
    /// The folder of the results.
    pub out: PathBuf,
    /// Whether earlier results with other content are overwritten.
    pub force: bool,
    /// Whether everything is done but the writing.
    pub dry_run: bool,
}

/// One thing that is to be frozen.
#[derive(Clone, Debug)]
pub enum FreezeJob {
    /// Archives, a project or a `manifest.py`.
    Read(Job),
    /// Anything else.
    PackageSpec(PackageSpec),
}

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

/// How results are written.
#[derive(Clone, Copy)]
struct WriteOptions {
    force: bool,
    dry_run: bool,
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
    let Gathered { mut packages, roots, findings } = gather::gather(jobs, options)?;
    validate::check(&mut packages, &options.out);
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
    let folders: Vec<Folder> = packages.iter().map(|member| folder_of(&member.package)).collect();
    let how = WriteOptions { force: options.force, dry_run: options.dry_run };
    let mut outcomes = folder::store(&options.out, &folders, &requiring_manifest(&roots), how)
        .map_err(|error| vec![error])?;
    // The last is that of the manifest, which is always there.
    let outcome = outcomes.pop().unwrap_or(Outcome::Unchanged);
    let packages = packages.into_iter().zip(outcomes);
    Ok(Frozen {
        packages: packages.map(|(member, outcome)| frozen(member, outcome, options)).collect(),
        manifest: options.out.join(MANIFEST),
        outcome,
        findings,
    })
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

fn frozen(member: Member, outcome: Outcome, options: &FreezeOptions) -> FrozenFolder {
    let Member { package, findings } = member;
    let size = |file: &crate::File| (file.path.clone(), file.data.len() as u64);
    FrozenFolder {
        path: options.out.join(&package.name),
        files: package.files.iter().map(size).collect(),
        version: package.about.version,
        requires: package.requires,
        name: package.name,
        outcome,
        findings,
    }
}
