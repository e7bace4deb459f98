//! `mpconvert index list`.

use super::waiting;
use crate::cli::Exit;
use crate::cli::args::LookArgs;
use crate::cli::printer::Printer;
use crate::cli::report::{self, Entry};
use crate::cli::table::{self, count};
use crate::error::Result;
use crate::write::index::{Listed, Look};

pub(super) fn run(arguments: &LookArgs, printer: &Printer) -> Result<Exit> {
    let waiting = waiting(&arguments.dir, printer);
    let look = Look::at(&arguments.dir, &arguments.lock.patience(&waiting))?;
    let packages = look.packages();
    if printer.is_json() {
        report::print(packages.iter().map(Entry::from))?;
        return Ok(Exit::Fine);
    }
    let rows: Vec<[String; 5]> = packages.iter().map(row).collect();
    for line in table::lines(&rows) {
        printer.line(&line)?;
    }
    Ok(Exit::Fine)
}

fn row(package: &Listed) -> [String; 5] {
    let mut versions: Vec<&String> = package.versions.values().flatten().collect();
    versions.sort();
    versions.dedup();
    let variants: Vec<&str> = package.versions.keys().map(String::as_str).collect();
    let about = package.about.as_ref();
    [
        package.name.clone(),
        package.latest.clone(),
        variants.join(", "),
        count(versions.len(), "version", "versions"),
        about.map(|about| about.description.clone()).unwrap_or_default(),
    ]
}
