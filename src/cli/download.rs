//! `mpconvert download`: the files of a migration, for use without a network.

use std::path::Path;

use super::args::DownloadArgs;
use super::closure::report_findings;
use super::printer::Printer;
use super::{Exit, skipped};
use crate::error::Result;
use crate::resolve::Client;

pub(super) fn run(arguments: &DownloadArgs, python: &Path, printer: &Printer) -> Result<Exit> {
    let asked = &arguments.asked;
    let client = if arguments.upip { Client::Upip } else { Client::Mip };
    let lock = arguments.locked.then_some(arguments.lock.as_path());
    let settings = asked.settings(asked.layer())?;
    let found = match asked.resolve(&settings, client, lock, python, printer) {
        Ok(found) => found,
        Err(error) => return skipped::failed(error, printer),
    };
    let paths = found.closure.download(&found.releases, &arguments.to)?;
    let left = &found.closure.resolution.left;
    if printer.is_json() {
        let paths = paths.iter().map(|path| path.display().to_string()).collect();
        skipped::json(&found, paths)?;
    } else {
        report_findings(&found, printer);
        for path in &paths {
            printer.line(&path.display().to_string())?;
        }
        skipped::show(left, printer)?;
    }
    Ok(skipped::exit(left))
}
