//! What becomes of a tree as JSON.

use serde::Serialize;

use crate::cli::report::{FileEntry, FindingEntry, entries};
use crate::finding::Finding;
use crate::ops::install::{Installed, PackageChange, PlannedPackage};
use crate::path::MemberPath;

/// A package of a tree, or the tree itself.
#[derive(Default, Serialize)]
pub(super) struct TreeEntry<'a> {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requires: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<Vec<FileEntry<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<&'a [MemberPath]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<&'a [MemberPath]>,
    path: String,
    findings: Vec<FindingEntry<'a>>,
}

impl<'a> TreeEntry<'a> {
    pub(super) fn listed(package: &'a Installed, dir: &str) -> Self {
        let file = |file: &'a crate::ops::install::InstalledFile| FileEntry {
            path: file.path.as_str(),
            size: file.size,
        };
        Self {
            status: "listed",
            name: Some(&package.name),
            version: Some(&package.version),
            source: Some(&package.source),
            requested: Some(package.requested),
            requires: Some(&package.deps),
            files: Some(package.files.iter().map(file).collect()),
            path: dir.to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn changed(
        change: &'a PackageChange,
        wanted: &'a [PlannedPackage],
        dir: &str,
        dry_run: bool,
    ) -> Self {
        let of_package = wanted.iter().filter(|one| one.name == change.package.name);
        Self {
            status: if dry_run { "dry-run" } else { change.outcome.as_str() },
            previous_version: change.before.as_deref(),
            written: Some(&change.written),
            removed: Some(&change.removed),
            findings: of_package.flat_map(|package| entries(&package.findings)).collect(),
            ..Self::listed(&change.package, dir)
        }
    }

    /// What was noticed about the tree itself, if anything was.
    pub(super) fn tree(dir: &str, findings: &'a [Finding]) -> Option<Self> {
        let entry = Self {
            status: "checked",
            path: dir.to_owned(),
            findings: entries(findings),
            ..Self::default()
        };
        (!findings.is_empty()).then_some(entry)
    }
}
