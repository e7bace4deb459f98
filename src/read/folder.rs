//! The folder of a project, read without a build.

mod walk;

use std::path::Path;

use super::backend::metadata;
use super::distribution::{Content, Distribution, Identity, ProjectMetadata};
use super::limits::{Limits, Stopped};
use super::source_tree::SourceTree;
use crate::error::{Error, Result};

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
pub(super) fn read(folder: &Path, limits: Limits, unversioned: bool) -> Result<Distribution> {
    let name = name(folder);
    let refused = |findings| Error::Refused { input: name.clone(), findings };
    let tree = tree(folder, limits)?;
    let mut described = ProjectMetadata::default();
    metadata::complete(&tree, &mut described).map_err(|finding| refused(vec![finding]))?;
    let ProjectMetadata { metadata, declarations, mut findings, uncertain } = described;
    let (declared, version) = (metadata.name.as_deref(), metadata.version.as_deref());
    let is_unversioned = unversioned && version.is_none();
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
