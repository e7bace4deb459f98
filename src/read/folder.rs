//! The folder of a project, read without a build.

mod walk;

use std::path::Path;

use pep440_rs::Version;

use super::backend::metadata;
use super::distribution::{Content, Distribution, Identity, ProjectMetadata};
use super::limits::{Limits, Stopped};
use super::release::ReadOptions;
use super::source_tree::SourceTree;
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};

/// The files of which a project's folder has at least one.
const PROJECT_FILES: [&str; 3] = ["pyproject.toml", "setup.py", "setup.cfg"];

/// Whether `path` is the folder of a project: one with `pyproject.toml`, `setup.py` or `setup.cfg`.
#[must_use]
pub fn is_project(path: &Path) -> bool {
    PROJECT_FILES.iter().any(|file| path.join(file).is_file())
}

/// The name of a folder, which stands for its project in messages.
pub(super) fn name(folder: &Path) -> String {
    let whole = || folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    name(folder).or_else(|| name(&whole())).unwrap_or_else(|| folder.display().to_string())
}

/// The version of the project called `name`: the `declared` one, or else that of the options.
///
/// # Errors
/// [`Code::VersionDiffers`] if the options name another one than is declared.
pub(super) fn given_version(
    name: &str,
    declared: Option<String>,
    options: &ReadOptions,
) -> Result<Option<String>, Finding> {
    let Some(given) = &options.version else { return Ok(declared) };
    match declared {
        Some(declared) if declared.parse::<Version>().is_ok_and(|version| version != *given) => {
            let finding = Finding::new(Code::VersionDiffers, declared).at(name);
            Err(finding.expected(format!("{given}, as --version says")))
        }
        _ => Ok(Some(given.to_string())),
    }
}

/// The files of `folder` that a project could ship.
///
/// # Errors
/// [`Error::Io`] if it cannot be read, [`Error::Refused`] if it has more files than the limits allow.
pub(super) fn tree(folder: &Path, limits: Limits) -> Result<SourceTree> {
    walk::tree(folder, limits).map_err(|stopped| match stopped {
        Stopped::Io(error) => Error::io(folder)(error),
        Stopped::Limit(finding) => Error::Refused { input: name(folder), findings: vec![finding] },
    })
}

/// Reads the project in `folder`.
///
/// # Errors
/// [`Error::Io`] if the folder cannot be read, [`Error::Refused`] if the project has no valid name
/// and version, its configuration cannot be read, or it has more files than the limits allow.
pub(super) fn read(folder: &Path, options: &ReadOptions) -> Result<Distribution> {
    let name = name(folder);
    let refused = |findings| Error::Refused { input: name.clone(), findings };
    let tree = tree(folder, options.limits)?;
    let mut described = ProjectMetadata::default();
    metadata::complete(&tree, &mut described).map_err(|finding| refused(vec![finding]))?;
    let ProjectMetadata { mut metadata, declarations, mut findings, mut uncertain } = described;
    if options.version.is_some() {
        uncertain.retain(|finding| !finding.found.starts_with("`version`"));
    }
    let version = given_version(&name, metadata.version.take(), options)
        .map_err(|finding| refused(vec![finding]))?;
    metadata.version = version;
    let (declared, version) = (metadata.name.as_deref(), metadata.version.as_deref());
    let is_unversioned = options.unversioned && version.is_none();
    let version = if is_unversioned { Some("0") } else { version };
    let identity = match Identity::declared(&name, declared, version) {
        Ok(identity) => Identity { is_versioned: !is_unversioned, ..identity },
        Err(finding) => {
            findings.insert(0, finding);
            findings.extend(uncertain);
            return Err(refused(findings));
        }
    };
    let content = Content::Project { tree };
    Ok(Distribution {
        archive: name,
        identity,
        metadata,
        declarations,
        content,
        findings,
        uncertain,
    })
}
