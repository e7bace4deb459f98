//! Dependencies without a release: replaced, built in, dropped or refused.

use std::iter;

use super::Exit;
use super::closure::all_findings;
use super::printer::Printer;
use super::report::{self, Entry};
use super::table::{cell, width};
use crate::error::{Error, Result};
use crate::ops::closure::ResolvedRequirements;
use crate::resolve::{SkipReason, Skipped};

/// Reports the resolved releases, with the paths of their files if they were downloaded.
pub(super) fn json(found: &ResolvedRequirements, paths: Vec<String>) -> Result<()> {
    let resolution = &found.closure.resolution;
    let paths = paths.into_iter().map(Some).chain(iter::repeat(None));
    let resolved = resolution.packages.iter().zip(paths);
    let resolved = resolved.map(|(release, path)| Entry::resolved(release, path));
    let left = resolution.left.iter().map(Entry::from);
    report::print(resolved.chain(left).chain(Entry::noticed(all_findings(found))))
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

/// Ends a run without results. In JSON, the report contains the refusals.
pub(super) fn failed(error: Error, printer: &Printer) -> Result<Exit> {
    if printer.is_json() && matches!(error, Error::Refused { .. }) {
        report::print([Entry::from(&error)])?;
        return Ok(Exit::of(&error));
    }
    Err(error)
}

/// The exit status of a run with these.
pub(super) fn exit(left: &[Skipped]) -> Exit {
    let is_refused = left.iter().any(|one| one.why == SkipReason::Refused);
    if is_refused { Exit::Refused } else { Exit::Fine }
}
