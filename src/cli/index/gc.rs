//! `mpconvert index gc`.

use super::waiting;
use crate::cli::Exit;
use crate::cli::args::GcArgs;
use crate::cli::printer::Printer;
use crate::cli::report::{self, Entry};
use crate::cli::table::{count, size};
use crate::error::Result;
use crate::write::index::{self, Collected};

pub(super) fn run(arguments: &GcArgs, printer: &Printer) -> Result<Exit> {
    let GcArgs { dir, older_than, dry_run, lock } = arguments;
    let waiting = waiting(dir, printer);
    let files = index::gc(dir, *older_than, *dry_run, &lock.patience(&waiting))?;
    let (old, young): (Vec<&Collected>, Vec<_>) = files.iter().partition(|file| file.is_old);
    if printer.is_json() {
        report::print(old.iter().map(|file| Entry::collected(file, *dry_run)))?;
        return Ok(Exit::Fine);
    }
    let word = if *dry_run { "to remove" } else { "removed" };
    for file in &old {
        printer.line(&format!("{}   {}, {word}", file.path, size(file.size)))?;
    }
    let kept =
        if young.is_empty() { String::new() } else { format!(", {} kept for now", young.len()) };
    printer.summary(&format!("{} {word}{kept}", count(old.len(), "file", "files")));
    Ok(Exit::Fine)
}
