//! What the commands of an index report as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cli::report::{Entry, FindingEntry, entries};
use crate::error::Error;
use crate::finding::Finding;
use crate::ops::index::Added;
use crate::write::index::{Chosen, Collected, Listed};

/// What became of one release, of one input that is none, or of one file.
#[derive(Serialize)]
#[serde(untagged)]
pub(in crate::cli) enum IndexEntry<'a> {
    Done(Done<'a>),
    Failed(Entry<'a>),
}

/// Something of an index.
#[derive(Default, Serialize)]
pub(in crate::cli) struct Done<'a> {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    forms: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    versions: Option<&'a BTreeMap<String, Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deps: Option<Vec<[&'a str; 2]>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_size: Option<u64>,
    findings: Vec<FindingEntry<'a>>,
}

impl<'a> IndexEntry<'a> {
    pub(super) fn of(result: &'a Result<Added, Error>) -> Self {
        result.as_ref().map_or_else(Self::failed, Self::of_added)
    }

    pub(in crate::cli) fn of_added(added: &'a Added) -> Self {
        Self::Done(Done {
            status: added.outcome.as_str(),
            name: Some(&added.name),
            version: Some(&added.version),
            forms: Some(&added.forms),
            deps: Some(added.deps.iter().map(|dep| [&dep.name[..], &dep.version]).collect()),
            findings: entries(&added.findings),
            ..Done::default()
        })
    }

    pub(super) fn failed(error: &'a Error) -> Self {
        Self::Failed(Entry::failed(error))
    }

    pub(super) fn checked(dir: &'a str, is_refused: bool, findings: &'a [Finding]) -> Self {
        let status = if is_refused { "refused" } else { "checked" };
        let findings = entries(findings);
        Self::Done(Done { status, input: Some(dir), findings, ..Done::default() })
    }

    pub(super) fn listed(package: &'a Listed) -> Self {
        Self::Done(Done {
            status: "listed",
            name: Some(&package.name),
            version: Some(&package.latest),
            versions: Some(&package.versions),
            ..Done::default()
        })
    }

    pub(super) fn removed(release: &'a Chosen) -> Self {
        Self::Done(Done {
            status: "removed",
            name: Some(&release.name),
            version: release.version.as_deref(),
            ..Done::default()
        })
    }

    pub(super) fn collected(file: &'a Collected, dry_run: bool) -> Self {
        Self::Done(Done {
            status: if dry_run { "dry-run" } else { "removed" },
            path: Some(&file.path),
            output_size: Some(file.size),
            ..Done::default()
        })
    }
}
