//! `mpconvert index check`.

use super::waiting;
use crate::cli::Exit;
use crate::cli::args::LookArgs;
use crate::cli::printer::Printer;
use crate::cli::report::{self, Entry};
use crate::cli::table::count;
use crate::error::Result;
use crate::finding::Finding;
use crate::write::index;

pub(super) fn run(arguments: &LookArgs, printer: &Printer) -> Result<Exit> {
    let waiting = waiting(&arguments.dir, printer);
    let checked = index::check(&arguments.dir, &arguments.lock.patience(&waiting))?;
    let subject = arguments.dir.display().to_string();
    let is_refused = checked.findings.iter().any(Finding::is_error);
    if printer.is_json() {
        report::print([Entry::checked(&subject, is_refused, &checked.findings)])?;
    } else {
        let wrong = checked.findings.iter().filter(|finding| finding.is_error()).count();
        let parts = [
            count(checked.packages, "package", "packages"),
            count(checked.releases, "version", "versions"),
            count(checked.files, "file", "files"),
            if wrong == 0 { "all well".to_owned() } else { count(wrong, "fault", "faults") },
        ];
        printer.line(&format!("{subject}   {}", parts.join(", ")))?;
        printer.findings(&subject, &checked.findings);
        printer.hidden_notes(checked.findings.iter());
    }
    Ok(if is_refused { Exit::Refused } else { Exit::Fine })
}
