//! A tree of packages in a folder, ready to be copied to a device or frozen: what is installed in it,
//! what changes, and all of that or nothing.
//!
//! The folder `.mpconvert` of the tree contains a record of the packages and their files. All other
//! files belong to the user, and are left alone.

mod change;
mod device;
mod gather;
mod layout;
mod plan;
mod record;

use std::path::Path;

use crate::dir::{Dir, Found, look};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::package::File;
use crate::path::MemberPath;
use crate::requirement::Requirement;
use crate::write::Outcome;
use crate::write::dir_lock::DirLock;
use crate::write::index::LockTimeout;
pub use device::Device;
pub use gather::{GatherOptions, Gathered, InstallJob, Projects, RemoteArchive, Request, gather};
use plan::{Plan, Target, refusal};
pub use record::{Installed, InstalledFile, Record};

/// A package that is to be in a tree.
#[derive(Clone, Debug)]
pub struct PlannedPackage {
    /// Its name, or its URL where it has none.
    pub name: String,
    /// Its version; may be empty.
    pub version: String,
    /// Its source, as shown to users.
    pub source: String,
    /// Whether the user requested it; otherwise, another package depends on it.
    pub requested: bool,
    /// The names of the packages that it needs.
    pub deps: Vec<String>,
    /// Its constraints on their versions.
    pub constraints: Vec<Requirement>,
    /// Its files.
    pub files: Vec<File>,
    /// Findings about it.
    pub findings: Vec<Finding>,
}

/// How a tree is changed.
#[derive(Clone, Copy, Default)]
pub struct ChangeOptions<'a> {
    /// Whether to overwrite and remove files that were changed or belong to no package, and to
    /// remove packages that others depend on.
    pub force: bool,
    /// Whether everything is done but the writing.
    pub dry_run: bool,
    /// The names of packages that are installed already and asked for from now on.
    pub serving: &'a [String],
    /// How long to wait for others who change the tree.
    pub patience: LockTimeout<'a>,
}

/// The result of a change to a tree.
#[derive(Clone, Debug)]
pub struct Changed {
    /// All packages of the tree and those that were removed, sorted by name.
    pub packages: Vec<PackageChange>,
    /// Findings about the tree.
    pub findings: Vec<Finding>,
}

impl Changed {
    /// The packages that are in the tree now.
    fn kept(&self) -> impl Iterator<Item = &Installed> {
        let kept = self.packages.iter().filter(|change| change.outcome != Outcome::Removed);
        kept.map(|change| &change.package)
    }
}

/// The result for a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageChange {
    /// The package, as it is now, or as it was.
    pub package: Installed,
    /// The version that was there before.
    pub before: Option<String>,
    /// The outcome.
    pub outcome: Outcome,
    /// Files that were written.
    pub written: Vec<MemberPath>,
    /// Files that were removed.
    pub removed: Vec<MemberPath>,
}

/// Puts the packages into the tree in the folder `dir`, which is made if it is not there; of several
/// of one name the last. Packages that are in it stay, but for those that were needed by others only
/// and are no longer. Files that are as they should be are not written again.
///
/// # Errors
/// [`Error::Refused`] with all reasons, [`Error::Usage`] if another run holds the tree for
/// too long, [`Error::Io`]. Nothing has changed then.
///
/// ```
/// use mpconvert::ops::install::{ChangeOptions, PlannedPackage, install, list};
/// use mpconvert::write::Outcome;
/// use mpconvert::{File, Origin};
///
/// let folder = tempfile::tempdir()?;
/// let origin = Origin::Generated { by: "example" };
/// let wanted = PlannedPackage {
///     name: "blink".to_owned(),
///     version: "1.0".to_owned(),
///     source: "blink.py".to_owned(),
///     requested: true,
///     deps: Vec::new(),
///     constraints: Vec::new(),
///     files: vec![File { path: "blink.py".parse()?, data: "import machine\n".into(), origin }],
///     findings: Vec::new(),
/// };
/// let done = install(folder.path(), &[wanted], &ChangeOptions::default())?;
/// assert_eq!(done.packages[0].outcome, Outcome::Installed);
/// assert!(folder.path().join("blink.py").is_file());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn install(dir: &Path, wanted: &[PlannedPackage], options: &ChangeOptions) -> Result<Changed> {
    change(dir, options, &|before| Target::install(before, wanted, options))
}

/// Removes the packages with these names from the tree in the folder `dir`, and dependencies that
/// are no longer needed. Files that were changed are kept and reported.
///
/// # Errors
/// As [`install`].
pub fn uninstall(dir: &Path, names: &[String], options: &ChangeOptions) -> Result<Changed> {
    let force = options.force;
    change(dir, options, &|before| Target::uninstall(before, names, force))
}

fn change(
    dir: &Path,
    options: &ChangeOptions,
    target: &dyn Fn(&Record) -> Target,
) -> Result<Changed> {
    let tree = Dir::at(dir)?;
    if options.dry_run {
        let _lock = look_at(&tree, &options.patience)?;
        let before = read(&tree)?;
        let Plan { packages, mut findings, .. } =
            planned(target(&before), &before, &tree, options)?;
        findings.extend(interrupted(&tree)?);
        return Ok(Changed { packages, findings });
    }
    if !tree.has(layout::work())? {
        // A refused change leaves no files behind.
        planned(target(&Record::default()), &Record::default(), &tree, options)?;
    }
    let tree = Dir::create(dir)?;
    tree.make_folders(layout::work())?;
    let _lock = DirLock::exclusive(&tree, &layout::lock(), &options.patience)?;
    let is_recovered = change::recover(&tree)?;
    let before = read(&tree)?;
    let Plan { change, packages, mut findings, is_same_record } =
        planned(target(&before), &before, &tree, options)?;
    if is_recovered {
        let found = "the previous files were restored";
        findings
            .push(Finding::new(Code::InstallInterrupted, found).hint("nothing needs to be done"));
    }
    let is_nothing = change.writes.is_empty() && change.removals.is_empty() && is_same_record;
    if !is_nothing {
        change.make(&tree)?;
    }
    Ok(Changed { packages, findings })
}

fn planned(target: Target, before: &Record, tree: &Dir, options: &ChangeOptions) -> Result<Plan> {
    let plan = target.plan(before, tree, options.force)?;
    refusal(tree, &plan.findings)?;
    Ok(plan)
}

/// Whether there is a folder in which packages could be installed.
///
/// # Errors
/// [`Error::Usage`] if there is none.
pub fn check_folder(dir: &Path) -> Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    Err(Error::Usage {
        message: format!("{}: no such folder", dir.display()),
        help: "give the folder that packages were installed in".to_owned(),
    })
}

/// The packages of the tree in the folder `dir`, which need not be there.
///
/// # Errors
/// As [`list`].
pub fn installed(dir: &Path, patience: &LockTimeout) -> Result<Record> {
    let tree = Dir::at(dir)?;
    let _lock = look_at(&tree, patience)?;
    read(&tree)
}

/// The packages of the tree in the folder `dir`, and what is not as it was installed or should be.
///
/// # Errors
/// [`Error::Refused`] for a damaged record, [`Error::Usage`] if another run holds the tree for too
/// long, [`Error::Io`].
pub fn list(dir: &Path, patience: &LockTimeout) -> Result<(Record, Vec<Finding>)> {
    let tree = Dir::at(dir)?;
    let _lock = look_at(&tree, patience)?;
    let record = read(&tree)?;
    let mut findings: Vec<Finding> = interrupted(&tree)?.into_iter().collect();
    for (path, (_, sha256)) in record.files() {
        let found = match look(&tree, path, &|_| false)? {
            Found::File(there) if there == sha256 => continue,
            Found::File(_) => "other content".to_owned(),
            Found::Nothing => "no file".to_owned(),
            Found::Occupied(found) => found,
        };
        findings.push(Finding::new(Code::InstalledFileLost, found).at(path.as_str()));
    }
    findings.extend(record.unmet().iter().map(|unmet| unmet.finding(Code::OtherVersionNeeded)));
    Ok((record, findings))
}

fn look_at(tree: &Dir, patience: &LockTimeout) -> Result<Option<DirLock>> {
    DirLock::shared(tree, &layout::lock(), patience)
}

fn interrupted(tree: &Dir) -> Result<Option<Finding>> {
    let found = "an unfinished change";
    let finding = || Finding::new(Code::InstallInterrupted, found);
    Ok(change::is_interrupted(tree)?.then(finding))
}

fn read(tree: &Dir) -> Result<Record> {
    let path = layout::record();
    match tree.read(&path, Record::MAX_SIZE)? {
        None => Ok(Record::default()),
        Some(text) => Record::parse(&text, &tree.display_path(path).display().to_string()),
    }
}
