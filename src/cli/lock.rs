//! `mpconvert lock`: the lockfile of a migration.

use std::path::Path;

use super::args::LockArgs;
use super::closure::report_findings;
use super::printer::Printer;
use super::table::count;
use super::{Exit, skipped};
use crate::error::Result;
use crate::ops::lock;
use crate::write::{Artifact, StoreOptions};

pub(super) fn run(arguments: &LockArgs, python: &Path, printer: &Printer) -> Result<Exit> {
    lock::check_place(&arguments.out)?;
    let client = arguments.to.client();
    let asked = &arguments.asked;
    let settings = asked.settings(asked.layer())?;
    let mut found = match asked.resolve(&settings, client, None, python, printer) {
        Ok(found) => found,
        Err(error) => return skipped::failed(error, printer),
    };
    let lockfile = &found.lockfile;
    found.findings.extend(lockfile.not_pinned());
    let data = lockfile.to_text().into();
    let artifact = Artifact { path: arguments.out.clone(), data };
    let outcome = artifact.store(StoreOptions { force: true, dry_run: false })?;
    let left = &found.closure.resolution.left;
    if printer.is_json() {
        skipped::json(&found, Vec::new())?;
    } else {
        report_findings(&found, printer);
        skipped::show(left, printer)?;
        let releases = count(lockfile.packages.len(), "release", "releases");
        printer.line(&format!("{}   {releases}, {}", arguments.out.display(), outcome.as_str()))?;
    }
    Ok(skipped::exit(left))
}
