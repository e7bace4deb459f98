//! Results as JSON, as described by `docs/report.schema.json`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::printer::Printer;
use crate::error::{Error, Result};
use crate::finding::{Code, Finding, Severity};
use crate::mip::Dependency;
use crate::ops::freeze::{Frozen, FrozenFolder};
use crate::ops::index::Added;
use crate::ops::install::{Installed, PackageChange, PlannedPackage};
use crate::ops::mip::Packed;
use crate::ops::{FetchedFile, Stored};
use crate::package::Package;
use crate::path::MemberPath;
use crate::resolve::{Resolved, SkipReason, Skipped};
use crate::write::index::{Chosen, Collected, Listed};

/// The version of the format; it rises when a field is removed or changes its meaning.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    results: Vec<Entry<'a>>,
}

/// The result for one release, or for an input or file that is not a release. Fields without a value
/// are left out.
#[derive(Default, Serialize)]
pub(super) struct Entry<'a> {
    status: &'static str,
    input: Option<&'a str>,
    name: Option<&'a str>,
    version: Option<String>,
    previous_version: Option<&'a str>,
    source: Option<&'a str>,
    /// The name and version that clients get instead.
    by: Option<&'a Dependency>,
    /// The releases that require it; none if the command line does.
    wanted_by: Option<&'a BTreeSet<String>>,
    requested: Option<bool>,
    forms: Option<&'a [String]>,
    versions: Option<&'a BTreeMap<String, Vec<String>>>,
    requires: Option<&'a [String]>,
    deps: Option<&'a [Dependency]>,
    files: Option<Vec<FileEntry<'a>>>,
    written: Option<&'a [MemberPath]>,
    removed: Option<&'a [MemberPath]>,
    input_size: Option<u64>,
    path: Option<String>,
    output_size: Option<u64>,
    index: Option<String>,
    sha256: Option<&'a str>,
    requires_python: Option<&'a str>,
    yanked: Option<&'a str>,
    error: Option<String>,
    findings: Vec<FindingEntry<'a>>,
}

#[derive(Serialize)]
struct FileEntry<'a> {
    path: &'a str,
    size: u64,
}

#[derive(Serialize)]
struct FindingEntry<'a> {
    code: Code,
    severity: Severity,
    path: Option<&'a str>,
    message: String,
    found: &'a str,
    expected: Option<&'a str>,
    help: &'a str,
}

/// Prints the output of a run with `--output-format json`.
pub(super) fn print<'a>(results: impl IntoIterator<Item = Entry<'a>>) -> Result<()> {
    let report = Report { version: VERSION, results: results.into_iter().collect() };
    let mut document =
        serde_json::to_value(report).map_err(|error| Error::io("standard output")(error.into()))?;
    drop_nulls(&mut document);
    Printer::json(&document)
}

/// Drops the members of objects that are null, at every depth.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

impl<'a> Entry<'a> {
    pub(super) fn of<T>(result: &'a Result<T>) -> Self
    where
        &'a T: Into<Self>,
    {
        match result {
            Ok(made) => made.into(),
            Err(error) => Self::from(error),
        }
    }

    /// The frozen packages, followed by the manifest that requires them.
    pub(super) fn frozen(frozen: &'a Frozen) -> Vec<Self> {
        let manifest = Self {
            status: frozen.outcome.as_str(),
            path: Some(frozen.manifest.display().to_string()),
            findings: findings(&frozen.findings),
            ..Self::default()
        };
        frozen.packages.iter().map(Self::from).chain([manifest]).collect()
    }

    pub(super) fn inspected(
        package: &'a Package,
        requires: &'a [String],
        is_refused: bool,
    ) -> Self {
        let all = package.files.iter().map(|file| (&file.path, file.data.len() as u64));
        Self {
            status: if is_refused { "refused" } else { "convertible" },
            name: Some(&package.name),
            version: Some(package.version.to_string()),
            requires: Some(requires),
            files: Some(files(all)),
            findings: findings(&package.findings),
            ..Self::default()
        }
    }

    pub(super) fn installed(package: &'a Installed, dir: &str) -> Self {
        Self {
            status: "listed",
            name: Some(&package.name),
            version: Some(package.version.clone()),
            source: Some(&package.source),
            requested: Some(package.requested),
            requires: Some(&package.deps),
            files: Some(files(package.files.iter().map(|file| (&file.path, file.size)))),
            path: Some(dir.to_owned()),
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
            findings: findings(of_package.flat_map(|package| &package.findings)),
            ..Self::installed(&change.package, dir)
        }
    }

    /// The findings about a folder of installed packages, if there are any.
    pub(super) fn folder(dir: &str, found: &'a [Finding]) -> Option<Self> {
        (!found.is_empty()).then(|| Self {
            status: "checked",
            path: Some(dir.to_owned()),
            findings: findings(found),
            ..Self::default()
        })
    }

    pub(super) fn checked(dir: &'a str, is_refused: bool, found: &'a [Finding]) -> Self {
        Self {
            status: if is_refused { "refused" } else { "checked" },
            input: Some(dir),
            findings: findings(found),
            ..Self::default()
        }
    }

    pub(super) fn collected(file: &'a Collected, dry_run: bool) -> Self {
        Self {
            status: if dry_run { "dry-run" } else { "removed" },
            path: Some(file.path.clone()),
            output_size: Some(file.size),
            ..Self::default()
        }
    }

    pub(super) fn resolved(release: &'a Resolved, path: Option<String>) -> Self {
        Self {
            status: "resolved",
            name: Some(&release.name),
            version: Some(release.version.to_string()),
            path,
            ..Self::default()
        }
    }

    /// The findings about no single release, if there are any.
    pub(super) fn noticed(found: impl Iterator<Item = &'a Finding>) -> Option<Self> {
        let findings = findings(found);
        (!findings.is_empty()).then(|| Self { status: "noticed", findings, ..Self::default() })
    }
}

impl<'a> From<&'a Error> for Entry<'a> {
    fn from(error: &'a Error) -> Self {
        match error {
            Error::Refused { input, findings: found } => Self {
                status: "refused",
                input: Some(input),
                findings: findings(found),
                ..Self::default()
            },
            Error::Fetch { .. } | Error::Io { .. } | Error::Usage { .. } => {
                Self { status: "failed", error: Some(error.to_string()), ..Self::default() }
            }
        }
    }
}

impl<'a> From<&'a Stored> for Entry<'a> {
    fn from(Stored { summary, path, outcome }: &'a Stored) -> Self {
        Self {
            status: outcome.as_str(),
            name: Some(&summary.name),
            version: Some(summary.version.to_string()),
            requires: Some(&summary.requires),
            files: Some(sizes(&summary.files)),
            input_size: Some(summary.input_size),
            path: Some(path.display().to_string()),
            output_size: Some(summary.output_size),
            findings: findings(&summary.findings),
            ..Self::default()
        }
    }
}

impl<'a> From<&'a Packed> for Entry<'a> {
    fn from(packed: &'a Packed) -> Self {
        Self {
            status: packed.outcome.as_str(),
            name: Some(&packed.name),
            version: packed.package_json.version.clone(),
            deps: Some(&packed.package_json.deps),
            files: Some(sizes(&packed.files)),
            input_size: Some(packed.input_size),
            path: Some(packed.path.display().to_string()),
            output_size: Some(packed.output_size),
            findings: findings(&packed.findings),
            ..Self::default()
        }
    }
}

impl<'a> From<&'a FrozenFolder> for Entry<'a> {
    fn from(folder: &'a FrozenFolder) -> Self {
        Self {
            status: folder.outcome.as_str(),
            name: Some(&folder.name),
            version: folder.version.clone(),
            requires: Some(&folder.requires),
            files: Some(sizes(&folder.files)),
            path: Some(folder.path.display().to_string()),
            findings: findings(&folder.findings),
            ..Self::default()
        }
    }
}

impl<'a> From<&'a FetchedFile> for Entry<'a> {
    fn from(fetched: &'a FetchedFile) -> Self {
        Self {
            status: fetched.outcome.as_str(),
            name: Some(&fetched.name),
            version: Some(fetched.version.to_string()),
            path: Some(fetched.path.display().to_string()),
            output_size: fetched.size,
            index: Some(fetched.file.index.to_string()),
            sha256: Some(&fetched.file.sha256),
            requires_python: fetched.file.requires_python.as_deref(),
            yanked: fetched.file.yanked.as_deref(),
            findings: findings(&fetched.findings),
            ..Self::default()
        }
    }
}

impl<'a> From<&'a Added> for Entry<'a> {
    fn from(added: &'a Added) -> Self {
        Self {
            status: added.outcome.as_str(),
            name: Some(&added.name),
            version: Some(added.version.clone()),
            forms: Some(&added.variants),
            deps: Some(&added.deps),
            findings: findings(&added.findings),
            ..Self::default()
        }
    }
}

impl<'a> From<&'a Listed> for Entry<'a> {
    fn from(package: &'a Listed) -> Self {
        Self {
            status: "listed",
            name: Some(&package.name),
            version: Some(package.latest.clone()),
            versions: Some(&package.versions),
            ..Self::default()
        }
    }
}

impl<'a> From<&'a Chosen> for Entry<'a> {
    fn from(Chosen { name, version }: &'a Chosen) -> Self {
        let version = version.clone();
        Self { status: "removed", name: Some(name), version, ..Self::default() }
    }
}

impl<'a> From<&'a Skipped> for Entry<'a> {
    fn from(skipped: &'a Skipped) -> Self {
        let by = match &skipped.why {
            SkipReason::Replaced(by) => Some(by),
            SkipReason::BuiltIn | SkipReason::Dropped | SkipReason::Refused => None,
        };
        Self {
            status: skipped.why.as_str(),
            name: Some(&skipped.name),
            by,
            wanted_by: Some(&skipped.wanted_by).filter(|names| !names.is_empty()),
            findings: findings(&skipped.findings),
            ..Self::default()
        }
    }
}

fn sizes(all: &[(MemberPath, u64)]) -> Vec<FileEntry<'_>> {
    files(all.iter().map(|(path, size)| (path, *size)))
}

fn files<'a>(files: impl Iterator<Item = (&'a MemberPath, u64)>) -> Vec<FileEntry<'a>> {
    files.map(|(path, size)| FileEntry { path: path.as_str(), size }).collect()
}

fn findings<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<FindingEntry<'a>> {
    let entry = |finding: &'a Finding| FindingEntry {
        code: finding.code,
        severity: finding.severity(),
        path: finding.path.as_deref(),
        message: finding.to_string(),
        found: &finding.found,
        expected: finding.expected.as_deref(),
        help: finding.help(),
    };
    findings.into_iter().map(entry).collect()
}
