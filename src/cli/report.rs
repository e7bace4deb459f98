//! Results as JSON, by `docs/report.schema.json`.

use std::path::Path;

use serde::Serialize;

use crate::error::Error;
use crate::finding::{Code, Finding, Severity};
use crate::mip::Dependency;
use crate::ops::freeze::{Frozen, FrozenFolder};
use crate::ops::mip::Packed;
use crate::ops::{FetchedFile, Stored, Summary};
use crate::path::MemberPath;
use crate::write::Outcome;

/// The version of the form; it rises when a field changes its meaning or goes.
const VERSION: u32 = 1;

/// What a run prints with `--output-format json`.
#[derive(Serialize)]
pub(super) struct Report<E> {
    version: u32,
    results: Vec<E>,
}

/// What became of one release, or of one input that is no release.
#[derive(Serialize)]
pub(super) struct Entry<'a> {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a str>,
    #[serde(flatten)]
    release: Option<Release<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_size: Option<u64>,
    #[serde(flatten)]
    source: Option<Source<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    findings: Vec<FindingEntry<'a>>,
}

/// What is known of a release.
#[derive(Serialize)]
pub(super) struct Release<'a> {
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) requires: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) deps: Option<&'a [Dependency]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) files: Option<Vec<FileEntry<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) input_size: Option<u64>,
}

/// What an index says of a file.
#[derive(Serialize)]
struct Source<'a> {
    index: String,
    sha256: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    requires_python: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    yanked: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct FileEntry<'a> {
    pub(super) path: &'a str,
    pub(super) size: u64,
}

#[derive(Serialize)]
pub(super) struct FindingEntry<'a> {
    code: Code,
    severity: Severity,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    message: String,
    found: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'a str>,
    help: &'a str,
}

impl<E: Serialize> Report<E> {
    pub(super) fn new(results: Vec<E>) -> Self {
        Self { version: VERSION, results }
    }
}

impl<'a> Entry<'a> {
    pub(super) fn of(result: &'a Result<Stored, Error>) -> Self {
        result.as_ref().map_or_else(Self::failed, Self::of_stored)
    }

    pub(super) fn of_stored(stored: &'a Stored) -> Self {
        Self {
            status: stored.outcome.as_str(),
            input: None,
            release: Some(Release::of(&stored.summary)),
            path: Some(stored.path.display().to_string()),
            output_size: Some(stored.summary.output_size),
            source: None,
            error: None,
            findings: entries(&stored.summary.findings),
        }
    }

    pub(super) fn packed(result: &'a Result<Packed, Error>) -> Self {
        result.as_ref().map_or_else(Self::failed, Self::of_packed)
    }

    pub(super) fn of_packed(packed: &'a Packed) -> Self {
        let release = Release {
            name: &packed.name,
            version: Some(packed.version.to_string()),
            requires: None,
            deps: Some(&packed.package_json.deps),
            files: Some(files(&packed.files)),
            input_size: Some(packed.input_size),
        };
        Self {
            status: packed.outcome.as_str(),
            input: None,
            release: Some(release),
            path: Some(packed.path.display().to_string()),
            output_size: Some(packed.output_size),
            source: None,
            error: None,
            findings: entries(&packed.findings),
        }
    }

    /// The packages that were frozen, and last the manifest that requires them.
    pub(super) fn frozen(frozen: &'a Frozen) -> Vec<Self> {
        let of = |folder: &'a FrozenFolder| {
            let release = Release {
                name: &folder.name,
                version: folder.version.clone(),
                requires: Some(&folder.requires),
                deps: None,
                files: Some(files(&folder.files)),
                input_size: None,
            };
            Self::at(&folder.path, folder.outcome, Some(release), &folder.findings)
        };
        let manifest = Self::at(&frozen.manifest, frozen.outcome, None, &frozen.findings);
        frozen.packages.iter().map(of).chain([manifest]).collect()
    }

    fn at(
        path: &Path,
        outcome: Outcome,
        release: Option<Release<'a>>,
        findings: &'a [Finding],
    ) -> Self {
        Self {
            status: outcome.as_str(),
            input: None,
            release,
            path: Some(path.display().to_string()),
            output_size: None,
            error: None,
            source: None,
            findings: entries(findings),
        }
    }

    pub(super) fn fetched(result: &'a Result<FetchedFile, Error>) -> Self {
        let fetched = match result {
            Ok(fetched) => fetched,
            Err(error) => return Self::failed(error),
        };
        let release = Release {
            name: &fetched.name,
            version: Some(fetched.version.to_string()),
            requires: None,
            deps: None,
            files: None,
            input_size: None,
        };
        let source = Source {
            index: fetched.file.index.to_string(),
            sha256: &fetched.file.sha256,
            requires_python: fetched.file.requires_python.as_deref(),
            yanked: fetched.file.yanked.as_deref(),
        };
        Self {
            status: fetched.outcome.as_str(),
            input: None,
            release: Some(release),
            path: Some(fetched.path.display().to_string()),
            output_size: fetched.size,
            source: Some(source),
            error: None,
            findings: entries(&fetched.findings),
        }
    }

    pub(super) fn failed(error: &'a Error) -> Self {
        let (status, input, findings) = match error {
            Error::Refused { input, findings } => ("refused", Some(input.as_str()), &findings[..]),
            Error::Fetch { .. } | Error::Io { .. } | Error::Usage { .. } => {
                ("failed", None, &[][..])
            }
        };
        Self {
            status,
            input,
            release: None,
            path: None,
            output_size: None,
            source: None,
            error: (status == "failed").then(|| error.to_string()),
            findings: entries(findings),
        }
    }

    pub(super) fn inspected(release: Release<'a>, refused: bool, findings: &'a [Finding]) -> Self {
        Self {
            status: if refused { "refused" } else { "convertible" },
            input: None,
            release: Some(release),
            path: None,
            output_size: None,
            source: None,
            error: None,
            findings: entries(findings),
        }
    }
}

impl<'a> Release<'a> {
    fn of(summary: &'a Summary) -> Self {
        Self {
            name: &summary.name,
            version: Some(summary.version.to_string()),
            requires: Some(&summary.requires),
            deps: None,
            files: Some(files(&summary.files)),
            input_size: Some(summary.input_size),
        }
    }
}

fn files(files: &[(MemberPath, u64)]) -> Vec<FileEntry<'_>> {
    files.iter().map(|(path, size)| FileEntry { path: path.as_str(), size: *size }).collect()
}

pub(super) fn entries(findings: &[Finding]) -> Vec<FindingEntry<'_>> {
    findings
        .iter()
        .map(|finding| FindingEntry {
            code: finding.code,
            severity: finding.severity(),
            path: finding.path.as_deref(),
            message: finding.to_string(),
            found: &finding.found,
            expected: finding.expected.as_deref(),
            help: finding.help(),
        })
        .collect()
}
