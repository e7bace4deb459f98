//! `mpconvert lock`: what a migration takes, written down.

use std::io::ErrorKind;
use std::path::Path;

use super::args::LockArgs;
use super::closure::Found;
use super::printer::Printer;
use super::table::count;
use super::{Exit, skipped};
use crate::error::{Error, Result};
use crate::file;
use crate::resolve::lockfile::{Lockfile, MAX_SIZE};
use crate::write::{Artifact, StoreOptions};

pub(super) fn run(arguments: &LockArgs, python: &Path, printer: &Printer) -> Result<Exit> {
    check_out(&arguments.out)?;
    let client = arguments.to.client();
    let asked = &arguments.asked;
    let mut found = match Found::of(asked, asked.layer(), client, None, python, printer) {
        Ok(found) => found,
        Err(error) => return skipped::failed(error, printer),
    };
    let environment = found.settings.environment()?;
    let lock = Lockfile::of(&found.roots, &found.closure, client, &environment);
    found.findings.extend(lock.not_pinned());
    let artifact = Artifact { path: arguments.out.clone(), data: lock.to_text().into() };
    let outcome = artifact.store(StoreOptions { force: true, dry_run: false })?;
    let left = &found.closure.resolution.left;
    if printer.is_json() {
        skipped::json(&found, Vec::new())?;
    } else {
        found.report(printer);
        skipped::show(left, printer)?;
        let releases = count(lock.packages.len(), "release", "releases");
        printer.line(&format!("{}   {releases}, {}", arguments.out.display(), outcome.as_str()))?;
    }
    Ok(skipped::exit(left))
}

/// A file that is no lock is somebody's work.
fn check_out(path: &Path) -> Result<()> {
    match file::read(path, MAX_SIZE) {
        Ok(text) if text.is_empty() || Lockfile::is_one(&text) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() != ErrorKind::FileTooLarge => Err(Error::io(path)(error)),
        _ => Err(Error::Usage {
            message: format!("{}: this file is no lock", path.display()),
            help: "name another one with --out, or move it away".to_owned(),
        }),
    }
}
