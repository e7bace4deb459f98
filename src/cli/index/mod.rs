//! `mpconvert index`: an index for mip in a folder.

mod add;
mod args;
mod check;
mod gc;
mod list;
mod remove;
mod report;

use std::path::Path;
use std::time::SystemTime;

use super::Exit;
use super::printer::Printer;
use crate::error::Result;
use crate::settings::{Layer, Settings, Source};
pub(super) use args::IndexArgs;
use args::IndexCommand;

pub(super) fn run(arguments: &IndexArgs, python: &Path, printer: &Printer) -> Result<Exit> {
    match &arguments.command {
        IndexCommand::Add(arguments) => add::run(arguments, python, printer),
        IndexCommand::Remove(arguments) => remove::run(arguments, printer),
        IndexCommand::Check(arguments) => check::run(arguments, printer),
        IndexCommand::List(arguments) => list::run(arguments, printer),
        IndexCommand::Gc(arguments) => gc::run(arguments, printer),
    }
}

/// Tells that a run waits for another.
fn waiting(dir: &Path, printer: &Printer) -> impl Fn() + Sync {
    let line = format!("{}: waiting for another run that changes the index", dir.display());
    move || printer.summary(&line)
}

/// The time that an index says of itself when it changes: that of the build where one is set.
fn updated() -> Result<u64> {
    let settings = Settings::resolve(None, Layer::default())?;
    if settings.mtime.source != Source::Default {
        return Ok(settings.mtime.value.0);
    }
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Ok(now.map_or(0, |time| time.as_secs()))
}
