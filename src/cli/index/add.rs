//! `mpconvert index add`.

use std::path::Path;

use super::waiting;
use crate::adapt::Bytecode;
use crate::cli::Exit;
use crate::cli::args::AddArgs;
use crate::cli::printer::{Printer, step};
use crate::cli::report::{self, Entry};
use crate::cli::table::{cell, count, refused_and_failed, tally, width};
use crate::error::{Error, Result};
use crate::ops::index::{self, AddJobs, AddOptions, Added, updated};
use crate::options::ConvertOptions;
use crate::settings::Settings;
use crate::write::Outcome;

pub(super) fn run(arguments: &AddArgs, python: &Path, printer: &Printer) -> Result<Exit> {
    let (jobs, failed) = jobs(arguments, python)?;
    let mut results: Vec<Result<Added>> = failed.into_iter().map(Err).collect();
    let bar = printer.progress(jobs.len());
    let waiting = waiting(&arguments.to, printer);
    let options = AddOptions {
        bytecode: bytecode(arguments, python)?,
        base: arguments.base_index.clone(),
        wanted: Vec::new(),
        fetch: arguments.limits.fetch(arguments.offline)?,
        replace: arguments.replace,
        reports: index::reports(),
        updated: updated()?,
        patience: arguments.lock.patience(&waiting),
    };
    let added = index::add(&jobs, &arguments.to, &options, &|| step(&bar, 1));
    bar.finish_and_clear();
    results.extend(added?);
    show(&results, printer)?;
    let exits = results.iter().filter_map(|result| result.as_ref().err()).map(Exit::of);
    Ok(exits.max().unwrap_or(Exit::Fine))
}

fn bytecode(arguments: &AddArgs, python: &Path) -> Result<Bytecode> {
    if arguments.no_mpy {
        return Ok(index::source_code());
    }
    index::bytecode(arguments.layer(), python).map_err(|error| match error {
        Error::Usage { message, help } => {
            Error::Usage { message, help: format!("{help}, or use --no-mpy to make no bytecode") }
        }
        error => error,
    })
}

fn jobs(arguments: &AddArgs, python: &Path) -> Result<(AddJobs, Vec<Error>)> {
    let options = |settings: &Settings| {
        Ok(ConvertOptions {
            read: arguments.read.options(settings, python)?,
            ..settings.convert_options()?
        })
    };
    index::jobs(&arguments.inputs, &arguments.project.whose(), &arguments.layer(), &options)
}

fn show(results: &[Result<Added>], printer: &Printer) -> Result<()> {
    if printer.is_json() {
        return report::print(results.iter().map(Entry::of));
    }
    let subject = |added: &Added| format!("{} {}", added.name, added.version);
    let subjects: Vec<String> = results.iter().flatten().map(subject).collect();
    let width = width(subjects.iter().map(String::as_str));
    for result in results {
        match result {
            Ok(added) => {
                let (subject, content) = (subject(added), content(added));
                printer.line(&format!("{:width$}   {content}", cell(&subject)))?;
                printer.findings(&subject, &added.findings);
            }
            Err(error) => printer.error(error),
        }
    }
    if results.len() > 1 {
        printer.summary(&summary(results));
    }
    printer.hidden_notes(results.iter().flatten().flat_map(|added| &added.findings));
    Ok(())
}

fn content(added: &Added) -> String {
    let variants = match added.outcome {
        Outcome::Unchanged => "unchanged".to_owned(),
        outcome => format!("{} as {}", outcome.as_str(), added.variants.join(", ")),
    };
    let files = count(added.files.len(), "file", "files");
    let deps = count(added.deps.len(), "dependency", "dependencies");
    format!("{files}, {deps}, {variants}")
}

fn summary(results: &[Result<Added>]) -> String {
    let outcome = |outcome: Outcome| {
        results.iter().flatten().filter(|added| added.outcome == outcome).count()
    };
    let [refused, failed] = refused_and_failed(results);
    tally([
        (outcome(Outcome::Added), "added"),
        (outcome(Outcome::Replaced), "replaced"),
        (outcome(Outcome::Copied), "copied"),
        (outcome(Outcome::Unchanged), "unchanged"),
        (refused, "refused"),
        (failed, "failed"),
    ])
}
