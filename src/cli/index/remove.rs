//! `mpconvert index remove`.

use super::args::RemoveArgs;
use super::report::IndexEntry;
use super::waiting;
use crate::cli::Exit;
use crate::cli::printer::Printer;
use crate::cli::report::Report;
use crate::error::Result;
use crate::ops::index::updated;
use crate::write::index;

pub(super) fn run(arguments: &RemoveArgs, printer: &Printer) -> Result<Exit> {
    let RemoveArgs { releases, from, force, lock } = arguments;
    let waiting = waiting(from, printer);
    let removed = index::remove(from, releases, *force, updated()?, &lock.patience(&waiting));
    if printer.is_json() {
        let entries = match &removed {
            Ok(removed) => removed.iter().map(IndexEntry::removed).collect(),
            Err(error) => vec![IndexEntry::failed(error)],
        };
        Printer::json(&Report::new(entries))?;
        return Ok(removed.as_ref().err().map_or(Exit::Fine, Exit::of));
    }
    for release in removed? {
        printer.line(&format!("{release}   removed"))?;
    }
    Ok(Exit::Fine)
}
