//! From archives and projects to a [`Package`]: never writes a device format, never talks to the network, and
//! never runs code of a package unless [`ReadOptions::build`] asks for it.

mod archive;
pub mod backend;
mod build;
pub mod dependencies;
mod distribution;
mod egg_info;
mod folder;
mod limits;
mod manifest;
mod on_disk;
mod records;
mod release;
mod repository;
mod sdist;
pub mod source_tree;
mod wheel;

use std::ffi::OsStr;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

pub(crate) use archive::{SDIST_SUFFIXES, WHEEL_SUFFIX};
pub(crate) use distribution::strip_suffix;
pub use folder::is_project;
pub use limits::Limits;
pub(crate) use manifest::is_name as is_package_name;
pub use release::ReadOptions;

use crate::error::{Error, Result};
use crate::file;
use crate::finding::{Code, Finding};
use crate::name::normalized_name;
use crate::package::Package;
use distribution::{Distribution, Identity};

/// The input that a release is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Archives that belong together, such as the wheel and the source distribution of one
    /// release; at least one.
    Archives(Vec<PathBuf>),
    /// The folder of a project.
    Project(PathBuf),
    /// A `manifest.py`, which describes the package that its folder is called after.
    Manifest(PathBuf),
    /// An archive that was read already.
    Known(Arc<ParsedArchive>),
}

/// An archive that was read already, so that it is not read again.
#[derive(Clone, Debug)]
pub struct ParsedArchive {
    /// Its file name.
    pub file_name: String,
    /// Its bytes.
    pub size: u64,
    /// The SHA-256 of its content, in lower case.
    pub sha256: String,
    /// Its content, as for [`read_bytes`].
    pub package: Package,
}

impl PartialEq for ParsedArchive {
    /// Archives of one name and content are the same.
    fn eq(&self, other: &Self) -> bool {
        self.file_name == other.file_name && self.sha256 == other.sha256
    }
}

impl Eq for ParsedArchive {}

impl Input {
    /// The project or the manifest that `path` names; `None` for all else, such as an archive or a
    /// folder of archives.
    #[must_use]
    pub fn of_folder(path: &Path) -> Option<Self> {
        let manifest = || manifest::manifest_of(path).map(Self::Manifest);
        if is_project(path) { Some(Self::Project(path.to_owned())) } else { manifest() }
    }

    /// The folder of the project or manifest; `None` for archives.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Archives(_) | Self::Known(_) => None,
            Self::Project(folder) => Some(folder),
            Self::Manifest(file) => Some(manifest::folder_of(file)),
        }
    }
}

impl fmt::Display for Input {
    /// The names of the archives, or that of the folder of the project or manifest.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Archives(paths) => {
                let names = paths.iter().filter_map(|path| path.file_name());
                let names: Vec<_> = names.map(OsStr::to_string_lossy).collect();
                out.write_str(&names.join(", "))
            }
            Self::Project(folder) => out.write_str(&folder::name(folder)),
            Self::Manifest(file) => out.write_str(&folder::name(manifest::folder_of(file))),
            Self::Known(archive) => out.write_str(&archive.file_name),
        }
    }
}

/// Reads one archive, the folder of a project, or a `manifest.py`, with the default options.
///
/// The format is detected from the content; the file name serves where metadata is missing. What
/// is wrong with the payload is reported by [`payload`](crate::package::payload), once
/// it is clear which files are wanted.
///
/// # Errors
/// [`Error::Io`] if the file cannot be read, [`Error::Refused`] if no package can be made of it.
///
/// ```no_run
/// let package = mpconvert::read("dist/foo_bar-0.1.0-py3-none-any.whl")?;
/// println!("{} {}: {} files", package.name, package.version, package.files.len());
/// # Ok::<(), mpconvert::Error>(())
/// ```
pub fn read(path: impl AsRef<Path>) -> Result<Package> {
    read_with(path, &ReadOptions::default())
}

/// Reads one archive, the folder of a project, or a `manifest.py`.
///
/// # Errors
/// As [`read`].
pub fn read_with(path: impl AsRef<Path>, options: &ReadOptions) -> Result<Package> {
    let path = path.as_ref();
    match Input::of_folder(path) {
        Some(Input::Project(folder)) => project(&folder, options),
        Some(Input::Manifest(file)) => manifest::read(&file, options),
        _ => merge(vec![open(path, options)?], options),
    }
}

/// Reads the release in `input`.
///
/// Of archives the payload is the wheel's where there is a pure one, and the metadata are united.
/// One that cannot be read gives an error of its own and does not stop the others. Archives whose
/// metadata name different releases give a package each.
#[must_use]
pub fn release(input: &Input, options: &ReadOptions) -> Vec<Result<Package>> {
    match input {
        Input::Archives(paths) => archives(paths, options),
        Input::Project(folder) => vec![project(folder, options)],
        Input::Manifest(file) => vec![manifest::read(file, options)],
        Input::Known(archive) => vec![Ok(archive.package.clone())],
    }
}

fn project(folder: &Path, options: &ReadOptions) -> Result<Package> {
    let project = match &options.build {
        None => folder::read(folder, options)?,
        Some(python) => {
            let name = folder::name(folder);
            build::in_place(folder, &name, python, options.limits)
                .map_err(|findings| Error::Refused { input: name, findings })?
        }
    };
    merge(vec![project], options)
}

fn archives(paths: &[PathBuf], options: &ReadOptions) -> Vec<Result<Package>> {
    let mut results = Vec::new();
    let mut releases: Vec<Vec<Distribution>> = Vec::new();
    for path in paths {
        let distribution = match open(path, options) {
            Ok(distribution) => distribution,
            Err(error) => {
                results.push(Err(error));
                continue;
            }
        };
        let same = |release: &&mut Vec<Distribution>| {
            release.iter().any(|one| one.identity.is_same_release(&distribution.identity))
        };
        match releases.iter_mut().find(same) {
            Some(release) => release.push(distribution),
            None => releases.push(vec![distribution]),
        }
    }
    results.extend(releases.into_iter().map(|release| merge(release, options)));
    results
}

/// Reads one archive from memory. `name` is its file name, or any text that stands for it in
/// messages.
///
/// # Errors
/// [`Error::Refused`] if no package can be made of it.
pub fn read_bytes(name: &str, data: impl Into<Bytes>, options: &ReadOptions) -> Result<Package> {
    merge(vec![distribution(name, &data.into(), options)?], options)
}

fn open(path: &Path, options: &ReadOptions) -> Result<Distribution> {
    if options.version.is_some() {
        return Err(Error::Usage {
            message: format!("{}: found an archive, which has a version", path.display()),
            help: "give --version for the folder of a project only".to_owned(),
        });
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let file = file::open(path).map_err(Error::io(path))?;
    let mut data = Vec::new();
    // One byte more than the limit is enough to see that it is exceeded.
    file.take(options.limits.max_size.saturating_add(1))
        .read_to_end(&mut data)
        .map_err(Error::io(path))?;
    distribution(&name, &data.into(), options)
}

fn distribution(name: &str, data: &Bytes, options: &ReadOptions) -> Result<Distribution> {
    let refused = |findings| Error::Refused { input: name.to_owned(), findings };
    if data.len() as u64 > options.limits.max_size {
        // Short of sheer waste, nothing unpacks to less than it is packed.
        let finding = Finding::new(Code::TooLarge, "an archive larger than the limit")
            .expected(format!("at most {} bytes", options.limits.max_size));
        return Err(refused(vec![finding]));
    }
    let archive = archive::read(name, data, options.limits).map_err(refused)?;
    let read = if wheel::is_wheel(&archive) { wheel::read(archive) } else { sdist::read(archive) };
    read.map_err(refused)
}

fn merge(distributions: Vec<Distribution>, options: &ReadOptions) -> Result<Package> {
    let input = distributions.iter().map(|one| one.archive.as_str()).collect::<Vec<_>>().join(", ");
    release::merge(distributions, options).map_err(|findings| Error::Refused { input, findings })
}

/// Whether a file of this name is looked at when a folder is read.
#[must_use]
pub fn is_archive_name(file_name: &str) -> bool {
    let lower = file_name.to_ascii_lowercase();
    archive::SDIST_SUFFIXES
        .iter()
        .chain([&archive::WHEEL_SUFFIX])
        .any(|ending| lower.ends_with(ending))
}

/// Sorts archives into releases by their file names, in the order of first appearance. A name
/// that belongs to no release stands for itself.
///
/// ```
/// let paths = ["a-1.0.zip", "A-1-py3-none-any.whl", "b.zip"].map(Into::into);
/// let releases = mpconvert::group_by_release(&paths);
/// assert_eq!(releases.len(), 2);
/// assert_eq!(releases[0].len(), 2);
/// ```
#[must_use]
pub fn group_by_release(paths: &[PathBuf]) -> Vec<Vec<PathBuf>> {
    let mut places = std::collections::HashMap::new();
    let mut groups: Vec<Vec<PathBuf>> = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let known = Identity::from_file_name(&name)
            .map(|identity| (normalized_name(&identity.name), identity.version));
        let place = match known {
            Some(identity) => *places.entry(identity).or_insert(groups.len()),
            None => groups.len(),
        };
        match groups.get_mut(place) {
            Some(group) => group.push(path.clone()),
            None => groups.push(vec![path.clone()]),
        }
    }
    groups
}

/// Parses git's index; for the fuzzer alone, since only files on a disk lead here.
#[cfg(fuzzing)]
#[doc(hidden)]
pub fn fuzz_git_index(index: &[u8]) {
    repository::git_index::modes(index, "");
}

/// Parses git's packed references and the head of a tag; for the fuzzer alone, too.
#[cfg(fuzzing)]
#[doc(hidden)]
pub fn fuzz_git_tags(data: &[u8]) {
    repository::tags::fuzz(data);
}
