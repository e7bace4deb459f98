//! `mpconvert fetch`: files of a package index.

use std::path::Path;

use super::Exit;
use super::args::FetchArgs;
use super::printer::{self, Printer, step};
use super::report::{self, Entry};
use super::table::{self, Row, size};
use crate::error::{Error, Result};
use crate::net::fetch::Progress;
use crate::ops::{self, FetchJob, FetchedFile};
use crate::redact::redacted;
use crate::requirement::Requirement;

pub(super) fn run(arguments: &FetchArgs, python: &Path, printer: &Printer) -> Result<Exit> {
    let job = FetchJob {
        requirements: requirements(&arguments.requirements)?,
        out: arguments.to.clone(),
        force: arguments.force,
        dry_run: arguments.dry_run,
    };
    let bar = printer.fetched();
    let progress_bar = bar.clone();
    let progress = Progress::new(move |bytes| step(&progress_bar, bytes));
    let pypi = arguments.pypi.pypi(python, progress)?;
    let results = ops::fetch(&job, &pypi, &|bytes| printer::expect(&bar, bytes));
    bar.finish_and_clear();
    printer.findings("index", &pypi.stale_copies());
    if printer.is_json() {
        report::print(results.iter().map(Entry::of))?;
    } else {
        let rows: Vec<_> = results.iter().map(|result| result.as_ref().map(row)).collect();
        table::show(&rows, printer, "fetched")?;
    }
    Ok(Exit::of_all(&results))
}

fn requirements(texts: &[String]) -> Result<Vec<Requirement>> {
    let read = |text: &String| {
        let (what, help) = if text.contains("://") {
            // A URL may contain a password, so it is not repeated.
            let help = "give only the name of the project, to download it from an index";
            ("a requirement with a URL".to_owned(), help)
        } else {
            match text.parse() {
                Ok(requirement) => return Ok(requirement),
                Err(fault) => (
                    format!("`{}`: {fault}", redacted(text)),
                    "write `name`, `name==1.0` or the like",
                ),
            }
        };
        Err(Error::Usage { message: what, help: help.to_owned() })
    };
    texts.iter().map(read).collect()
}

fn row(fetched: &FetchedFile) -> Row<'_> {
    let mut content = fetched.size.map(size).unwrap_or_default();
    if let Some(versions) = &fetched.file.requires_python {
        content = format!("{content}, for Python {versions}");
    }
    Row {
        file_stem: &fetched.file_stem,
        path: fetched.path.display().to_string(),
        content,
        outcome: fetched.outcome,
        findings: &fetched.findings,
    }
}
