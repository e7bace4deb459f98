//! `mpconvert lock`: the lockfile of a migration.

use std::io::ErrorKind;
use std::path::Path;

use super::args::LockArgs;
use super::closure::Found;
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
    let mut found = match Found::of(asked, asked.layer(), client, None, python, printer) {
        Ok(found) => found,
        Err(error) => return skipped::failed(error, printer),
    };
    let environment = found.settings.environment()?;
    let lock = Lockfile::of(&found.roots, &found.closure, client, &environment);
    found.findings.extend(lock.not_pinned());
    let outcome = write::store(&arguments.out, lock.to_text().as_bytes())?;
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

/// A file that is not a lockfile may be the user's own work.
fn check_out(path: &Path) -> Result<()> {
    match file::read(path, MAX_SIZE) {
        Ok(text) if text.is_empty() || Lockfile::is_one(&text) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() != ErrorKind::FileTooLarge => Err(Error::io(path)(error)),
        _ => Err(Error::Usage {
            message: format!("{}: this file is not a lockfile", path.display()),
            help: "choose another path with --out, or move the file away".to_owned(),
        }),
    }
}
