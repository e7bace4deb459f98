//! `mpconvert index`: an index for mip in a folder.

mod add;
mod check;
mod gc;
mod list;
mod remove;

use std::path::Path;

use super::Exit;
use super::args::{IndexArgs, IndexCommand};
use super::printer::Printer;
use crate::error::Result;

pub(super) fn run(arguments: &IndexArgs, python: &Path, printer: &Printer) -> Result<Exit> {
    match &arguments.command {
        IndexCommand::Add(arguments) => add::run(arguments, python, printer),
        IndexCommand::Remove(arguments) => remove::run(arguments, printer),
        IndexCommand::Check(arguments) => check::run(arguments, printer),
        IndexCommand::List(arguments) => list::run(arguments, printer),
        IndexCommand::Gc(arguments) => gc::run(arguments, printer),
    }
}

/// Reports that a run waits for another.
pub(super) fn waiting(dir: &Path, printer: &Printer) -> impl Fn() + Sync {
    let line = format!("{}: waiting for another run that changes the index", dir.display());
    move || printer.summary(&line)
}
