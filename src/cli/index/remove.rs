//! `mpconvert index remove`.

use super::waiting;
use crate::cli::Exit;
use crate::cli::args::RemoveArgs;
use crate::cli::printer::Printer;
use crate::cli::report::{self, Entry};
use crate::error::Result;
use crate::ops::index::updated;
use crate::write::index;

pub(super) fn run(arguments: &RemoveArgs, printer: &Printer) -> Result<Exit> {
    let RemoveArgs { releases, from, force, lock } = arguments;
    let waiting = waiting(from, printer);
    let removed = index::remove(from, releases, *force, updated()?, &lock.patience(&waiting));
    if printer.is_json() {
        report::print(match &removed {
            Ok(removed) => removed.iter().map(Entry::from).collect(),
            Err(error) => vec![Entry::from(error)],
        })?;
        return Ok(removed.as_ref().err().map_or(Exit::Fine, Exit::of));
    }
    for release in removed? {
        printer.line(&format!("{release}   removed"))?;
    }
    Ok(Exit::Fine)
}
