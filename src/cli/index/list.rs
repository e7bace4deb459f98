//! `mpconvert index list`.

use super::waiting;
use crate::cli::Exit;
use crate::cli::args::LookArgs;
use crate::cli::printer::Printer;
use crate::cli::report::{self, Entry};
use crate::cli::table::{self, count};
use crate::error::Result;
use crate::finding::Finding;
use crate::write::index::{Listed, Look};

pub(super) fn run(arguments: &LookArgs, printer: &Printer) -> Result<Exit> {
    let waiting = waiting(&arguments.dir, printer);
    let look = Look::at(&arguments.dir, &arguments.lock.patience(&waiting))?;
    let (packages, findings) = (look.packages(), look.findings());
    let is_refused = findings.iter().any(Finding::is_error);
    let exit = if is_refused { Exit::Refused } else { Exit::Fine };
    let subject = arguments.dir.display().to_string();
    if printer.is_json() {
        let faults =
            (!findings.is_empty()).then(|| Entry::checked(&subject, is_refused, &findings));
        report::print(packages.iter().map(Entry::from).chain(faults))?;
        return Ok(exit);
    }
    let rows: Vec<[String; 5]> = packages.iter().map(row).collect();
    for line in table::lines(&rows) {
        printer.line(&line)?;
    }
    printer.findings(&subject, &findings);
    Ok(exit)
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
