//! `mpconvert lock`: what a migration takes, written down.

use std::io::ErrorKind;
use std::path::Path;

use super::args::LockArgs;
use super::closure::report;
use super::printer::Printer;
use super::table::count;
use super::{Exit, skipped};
use crate::error::{Error, Result};
use crate::resolve::lockfile::{Lockfile, MAX_SIZE};
use crate::{file, write};

pub(super) fn run(arguments: &LockArgs, python: &Path, printer: &Printer) -> Result<Exit> {
    check_out(&arguments.out)?;
    let client = arguments.to.client();
    let asked = &arguments.asked;
    let settings = asked.settings(asked.layer())?;
    let mut found = match asked.resolve(&settings, client, None, python, printer) {
        Ok(found) => found,
        Err(error) => return skipped::failed(error, printer),
    };
    let environment = settings.environment()?;
    let lock = Lockfile::of(&found.roots, &found.closure, client, &environment);
    found.findings.extend(lock.not_pinned());
    let outcome = write::store(&arguments.out, lock.to_text().as_bytes())?;
    let left = &found.closure.resolution.left;
    if printer.is_json() {
        skipped::json(&found, Vec::new())?;
    } else {
        report(&found, printer);
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
