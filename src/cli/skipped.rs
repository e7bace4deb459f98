//! What is made of no release: replaced, built in, dropped or refused.

use serde::Serialize;

use super::Exit;
use super::printer::Printer;
use super::report::{Entry, FindingEntry, Report, entries};
use super::table::{cell, width};
use crate::error::{Error, Result};
use crate::ops::closure::ResolvedRequirements;
use crate::resolve::{SkipReason, Skipped};

/// What is told of something that is made of no release, or of a release of which nothing is made here.
#[derive(Serialize)]
pub(super) struct SkippedEntry<'a> {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// What clients get instead, and in which version.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<[&'a str; 2]>,
    /// The releases that ask for it; the call itself, if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    wanted_by: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    findings: Vec<FindingEntry<'a>>,
}

impl<'a> SkippedEntry<'a> {
    pub(super) fn of(left: &'a Skipped) -> Self {
        let by = match &left.why {
            SkipReason::Replaced(by) => Some([&by.name[..], &by.version]),
            SkipReason::BuiltIn | SkipReason::Dropped | SkipReason::Refused => None,
        };
        Self {
            status: left.why.as_str(),
            name: Some(&left.name),
            version: None,
            by,
            wanted_by: left.wanted_by.iter().map(String::as_str).collect(),
            path: None,
            findings: entries(&left.findings),
        }
    }
}

impl<'a> SkippedEntry<'a> {
    /// What was noticed about no single release, if there is something.
    pub(super) fn noticed(found: &'a ResolvedRequirements) -> Option<Self> {
        let findings = found.all_findings();
        let findings: Vec<_> =
            findings.flat_map(|one| entries(std::slice::from_ref(one))).collect();
        (!findings.is_empty()).then_some(Self {
            status: "noticed",
            name: None,
            version: None,
            by: None,
            wanted_by: Vec::new(),
            path: None,
            findings,
        })
    }
}

/// Reports the releases as resolved, with the paths of their files where there are some.
pub(super) fn json(found: &ResolvedRequirements, paths: Vec<String>) -> Result<()> {
    let mut paths = paths.into_iter();
    let closure = &found.closure;
    let resolved = closure.resolution.packages.iter().map(|one| SkippedEntry {
        status: "resolved",
        name: Some(&one.name),
        version: Some(one.version.to_string()),
        by: None,
        wanted_by: Vec::new(),
        path: paths.next(),
        findings: Vec::new(),
    });
    let mut all: Vec<SkippedEntry> = resolved.collect();
    all.extend(closure.resolution.left.iter().map(SkippedEntry::of));
    all.extend(SkippedEntry::noticed(found));
    Printer::json(&Report::new(all))
}

/// Shows a line for each.
pub(super) fn show(left: &[Skipped], printer: &Printer) -> Result<()> {
    let width = width(left.iter().map(|one| one.name.as_str()));
    for one in left {
        let what = match &one.why {
            SkipReason::Replaced(by) => format!("replaced by {} {}", by.name, by.version),
            SkipReason::BuiltIn => "built in".to_owned(),
            SkipReason::Dropped => "not needed".to_owned(),
            SkipReason::Refused => "refused".to_owned(),
        };
        let wanted_by: Vec<&str> = one.wanted_by.iter().map(String::as_str).collect();
        let whose = if wanted_by.is_empty() {
            String::new()
        } else {
            format!(", needed by {}", wanted_by.join(", "))
        };
        printer.line(&format!("{:width$}   {what}{whose}", cell(&one.name)))?;
        printer.findings(&one.name, &one.findings);
    }
    Ok(())
}

/// Ends a run of which nothing came. In JSON, what was refused is told in the report.
pub(super) fn failed(error: Error, printer: &Printer) -> Result<Exit> {
    if printer.is_json() && matches!(error, Error::Refused { .. }) {
        Printer::json(&Report::new(vec![Entry::failed(&error)]))?;
        return Ok(Exit::of(&error));
    }
    Err(error)
}

/// How a run ends that found these.
pub(super) fn exit(left: &[Skipped]) -> Exit {
    let is_refused = left.iter().any(|one| one.why == SkipReason::Refused);
    if is_refused { Exit::Refused } else { Exit::Fine }
}
