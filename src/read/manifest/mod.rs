//! Packages that are described by a `manifest.py`, the file that says what a firmware build
//! freezes. It is read, and never run: of its functions only calls with literal arguments at the
//! top of the file are followed.
//!
//! Source: `docs/reference/manifest.rst` and `tools/manifestfile.py` of MicroPython 1.29.

mod arguments;
mod function;
mod run;
mod statement;

use std::path::{Path, PathBuf};

use pep440_rs::Version;

use super::folder;
use super::release::ReadOptions;
use super::source_tree::SourceTree;
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::package::{File, Origin, Package};
use crate::path::MemberPath;
use run::{FILE, Outcome, follow};

/// The manifest that `path` names: itself, or the one in a folder that is none of a project.
pub(super) fn manifest_of(path: &Path) -> Option<PathBuf> {
    let is_one = path.file_name().is_some_and(|name| name == FILE);
    let file = if is_one { path.to_owned() } else { path.join(FILE) };
    (file.is_file() && !folder::is_project(path)).then_some(file)
}

/// The folder that a manifest lies in.
pub(super) fn folder_of(manifest: &Path) -> &Path {
    match manifest.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Whether `name` is one by which mip and manifests can ask for a package.
pub(crate) fn is_name(name: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    name.starts_with(is_letter)
        && name.chars().all(|letter| is_letter(letter) || ".-".contains(letter))
}

/// The package that `manifest`, a file, describes. It has the name of its folder.
///
/// Its paths may lead out of its folder, but not out of the git repository that it lies in.
///
/// # Errors
/// [`Error::Io`] if a folder cannot be read, [`Error::Refused`] for a manifest that a firmware build
/// would stop at, that is not literal or has no version, and for more files than the limits allow.
pub(super) fn read(manifest: &Path, options: &ReadOptions) -> Result<Package> {
    let limits = options.limits;
    let folder = folder_of(manifest).canonicalize().map_err(Error::io(manifest))?;
    let tree = folder::tree(&folder, limits)?;
    let outcome = follow(&tree, FILE);
    let repository = folder.ancestors().skip(1).find(|above| above.join(".git").exists());
    let here = repository.and_then(|top| Some((top, folder.strip_prefix(top).ok()?.to_str()?)));
    match here {
        Some((top, here)) if outcome.escapes => {
            let tree = folder::tree(top, limits)?;
            let here = here.replace(std::path::MAIN_SEPARATOR, "/");
            let outcome = follow(&tree, &format!("{here}/{FILE}"));
            package(&folder, &tree, &here, outcome, options)
        }
        _ => package(&folder, &tree, "", outcome, options),
    }
}

/// The package in `folder`, which lies at `here` in `tree`, by what its manifest says.
fn package(
    folder: &Path,
    tree: &SourceTree,
    here: &str,
    outcome: Outcome,
    options: &ReadOptions,
) -> Result<Package> {
    let name = folder::name(folder);
    let Outcome { mut metadata, requirements, files, mut findings, escapes: _ } = outcome;
    metadata.version = folder::given_version(&name, metadata.version.take(), options)
        .map_err(|finding| Error::Refused { input: name.clone(), findings: vec![finding] })?;
    let is_versioned = metadata.version.is_some() || !options.unversioned;
    let version = if is_versioned { metadata.version.as_deref() } else { Some("0") };
    let version = identify(&name, version, &mut findings);
    metadata.name = Some(name.clone());
    metadata.set_requirements(&requirements);
    let files = files.into_iter().filter_map(|(path, source)| {
        // A file that cannot be read is a fault of the tree, reported below.
        let data = tree.get(&source)?.clone();
        Some(File { path, data, origin: origin(&source, here) })
    });
    let files: Vec<File> = files.collect();
    findings.extend(tree.faults().cloned());
    match version {
        Some(version) if !findings.iter().any(Finding::is_error) => {
            let empty = Package::empty(name, version);
            Ok(Package { is_versioned, metadata, requirements, files, findings, ..empty })
        }
        _ => Err(Error::Refused { input: name, findings }),
    }
}

/// The version, if that and the name are such as packages have.
fn identify(name: &str, version: Option<&str>, findings: &mut Vec<Finding>) -> Option<Version> {
    let missing = |found: String, expected: &str| {
        Finding::new(Code::NoIdentity, found).at(name).expected(expected)
    };
    if !is_name(name) {
        let found = format!("a folder `{name}`");
        findings.push(missing(found, "a name of ASCII letters, digits, `.`, `_` and `-`"));
    }
    if let Some(Ok(version)) = version.map(str::parse::<Version>) {
        return Some(version);
    }
    // A manifest that was not followed to its end may have one.
    if findings.iter().any(Finding::is_error) {
        return None;
    }
    let found = version.map_or("no version".to_owned(), |version| format!("version `{version}`"));
    let finding = missing(found, "a version by PEP 440");
    findings.push(finding.hint("set it in the manifest: metadata(version=\"0.1.0\")"));
    None
}

/// Where a file of the tree came from, as seen from the manifest's folder at `here`.
fn origin(source: &str, here: &str) -> Origin {
    let path = source.parse().ok().and_then(|path: MemberPath| path.below(here));
    match path {
        Some(path) => Origin::Source { path },
        // It belongs to another folder of the repository.
        None => Origin::Fetched { place: source.to_owned() },
    }
}

#[cfg(test)]
mod tests;
