//! Whether an index is what its clients and tools take it for.

mod dependencies;
mod files;
mod lists;

use std::path::Path;

use super::look::Look;
use crate::error::Result;
use crate::finding::Finding;
use crate::write::dir_lock::LockTimeout;

/// What was looked at, and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many packages there are.
    pub packages: usize,
    /// How many versions of packages, in all variants.
    pub releases: usize,
    /// How many files they need.
    pub files: usize,
    /// What is wrong, or worth knowing.
    pub findings: Vec<Finding>,
}

/// Checks the index in the folder `dir`: that each JSON is valid, each file is there and is what its
/// name says, each latest version is the latest, `index.json` and the packages agree, and all
/// dependencies can be installed from it, without circles. Files that no package needs are noted.
///
/// # Errors
/// Those of [`Look::at`].
pub fn check(dir: &Path, patience: &LockTimeout) -> Result<Checked> {
    let look = Look::at(dir, patience)?;
    let mut findings = look.contents.all_findings();
    let (files, mut of_files) = files::check(&look)?;
    findings.append(&mut of_files);
    findings.extend(lists::check(&look));
    findings.extend(dependencies::check(&look));
    let packages = &look.contents.packages;
    let published = packages.values().flat_map(std::collections::BTreeMap::values);
    Ok(Checked {
        packages: packages.len(),
        releases: published.map(|published| published.releases.len()).sum(),
        files,
        findings,
    })
}

/// How findings name a `{version}.json`.
fn version_path(variant: &str, name: &str, version: &str) -> String {
    format!("package/{variant}/{name}/{version}.json")
}
