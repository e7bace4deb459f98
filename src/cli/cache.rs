//! `mpconvert cache`: what is kept between runs.

use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::Exit;
use super::args::{CacheArgs, CacheCommand, PruneArgs};
use super::printer::Printer;
use super::table::{count, size};
use crate::cache::{self, Stored};
use crate::error::{Error, Result};
use crate::settings;

/// The version of the JSON format; it rises when a field changes its meaning or goes.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    folder: &'a Path,
    #[serde(skip_serializing_if = "Option::is_none")]
    entries: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
}

pub(super) fn run(arguments: &CacheArgs, printer: &Printer) -> Result<Exit> {
    let folder = settings::cache_folder().ok_or_else(|| Error::Usage {
        message: "no cache folder is known".to_owned(),
        help: format!("set {}", settings::CACHE_VARIABLE),
    })?;
    match &arguments.command {
        CacheCommand::Dir => show(printer, &folder, None, &folder.display().to_string())?,
        CacheCommand::Size => {
            let stored = cache::size(&folder).map_err(Error::io(&folder))?;
            show(printer, &folder, Some(stored), &stored.bytes.to_string())?;
        }
        CacheCommand::Prune(arguments) => {
            let removed = cache::prune(&folder, time(arguments)).map_err(Error::io(&folder))?;
            let entries = usize::try_from(removed.entries).unwrap_or(usize::MAX);
            let entries = count(entries, "entry", "entries");
            let line = format!("{entries} removed, {}", size(removed.bytes));
            show(printer, &folder, Some(removed), &line)?;
        }
    }
    Ok(Exit::Fine)
}

/// What was kept until then is removed.
fn time(arguments: &PruneArgs) -> SystemTime {
    const DAY: Duration = Duration::from_hours(24);
    let now = SystemTime::now();
    if arguments.all {
        // A wrong clock may have dated entries in the future.
        return now + DAY * 36_500;
    }
    now.checked_sub(DAY * arguments.older_than).unwrap_or(SystemTime::UNIX_EPOCH)
}

fn show(printer: &Printer, folder: &Path, stored: Option<Stored>, line: &str) -> Result<()> {
    if !printer.is_json() {
        return printer.line(line);
    }
    let (entries, bytes) = (stored.map(|one| one.entries), stored.map(|one| one.bytes));
    Printer::json(&Report { version: VERSION, folder, entries, bytes })
}
