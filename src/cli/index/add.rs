//! `mpconvert index add`.

use std::path::Path;
use std::sync::Arc;

use super::args::AddArgs;
use super::report::IndexEntry;
use super::{updated, waiting};
use crate::adapt::{Bytecode, Compiler};
use crate::cache::Cache;
use crate::cli::Exit;
use crate::cli::printer::{Printer, step};
use crate::cli::report::Report;
use crate::cli::table::count;
use crate::convert::ConvertOptions;
use crate::convert::index::{self, AddOptions, Added, Outcome};
use crate::error::{Error, Result};
use crate::inputs::{self, Job};
use crate::requirement::Pinning;
use crate::settings::Settings;

pub(super) fn run(arguments: &AddArgs, python: &Path, printer: &Printer) -> Result<Exit> {
    let (jobs, failed) = jobs(arguments, python)?;
    let mut results: Vec<Result<Added>> = failed.into_iter().map(Err).collect();
    let bar = printer.progress(jobs.len());
    let waiting = waiting(&arguments.to, printer);
    let options = AddOptions {
        bytecode: bytecode(arguments, python)?,
        replace: arguments.replace,
        updated: updated()?,
        patience: arguments.lock.patience(&waiting),
    };
    let added = index::add(&jobs, &arguments.to, &options, &|| step(&bar));
    bar.finish_and_clear();
    results.extend(added?);
    show(&results, printer)?;
    let exits = results.iter().filter_map(|result| result.as_ref().err()).map(Exit::of);
    Ok(exits.max().unwrap_or(Exit::Fine))
}

/// The compilers that are named, or the one that is found.
fn bytecode(arguments: &AddArgs, python: &Path) -> Result<Bytecode> {
    let cache = Cache::of_user(Bytecode::CACHE);
    if arguments.no_mpy {
        return Ok(Bytecode { compilers: Vec::new(), cache });
    }
    let settings = Settings::resolve(None, arguments.layer())?;
    let compilers = Compiler::find(&settings.mpy_cross.value.0, python);
    let compilers = compilers.map_err(|error| match error {
        Error::Usage { message, help } => {
            Error::Usage { message, help: format!("{help}; --no-mpy does without") }
        }
        error => error,
    })?;
    Ok(Bytecode { compilers, cache })
}

/// What is to be added, and what becomes of its dependencies.
type AddJobs = Vec<(Job, Pinning)>;

fn jobs(arguments: &AddArgs, python: &Path) -> Result<(AddJobs, Vec<Error>)> {
    let (whose, call) = (arguments.project.whose(), arguments.layer());
    let (mut all, mut failed) = (Vec::new(), Vec::new());
    for (settings, inputs) in inputs::by_settings(&arguments.inputs, &whose, &call)? {
        let options = ConvertOptions {
            read: arguments.read.options(&settings, python)?,
            ..settings.convert_options()?
        };
        let (jobs, errors) = inputs::jobs(&inputs, settings.out(), &Arc::new(options))?;
        all.extend(jobs.into_iter().map(|job| (job, settings.deps.value)));
        failed.extend(errors);
    }
    Ok((all, failed))
}

fn show(results: &[Result<Added>], printer: &Printer) -> Result<()> {
    if printer.is_json() {
        return Printer::json(&Report::new(results.iter().map(IndexEntry::of).collect()));
    }
    let subject = |added: &Added| format!("{} {}", added.name, added.version);
    let subjects = results.iter().flatten().map(|added| subject(added).chars().count());
    let width = subjects.max().unwrap_or(0);
    for result in results {
        match result {
            Ok(added) => {
                let (subject, content) = (subject(added), content(added));
                printer.line(&format!("{subject:width$}   {content}"))?;
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
    let forms = match added.outcome {
        Outcome::Unchanged => "unchanged".to_owned(),
        outcome => format!("{} as {}", outcome.as_str(), added.forms.join(", ")),
    };
    let files = count(added.files.len(), "file", "files");
    let deps = count(added.deps.len(), "dependency", "dependencies");
    format!("{files}, {deps}, {forms}")
}

fn summary(results: &[Result<Added>]) -> String {
    let outcome = |outcome: Outcome| {
        results.iter().flatten().filter(|added| added.outcome == outcome).count()
    };
    let refused =
        results.iter().filter(|result| matches!(result, Err(Error::Refused { .. }))).count();
    let failed = results.iter().filter(|result| result.is_err()).count() - refused;
    [
        (outcome(Outcome::Added), "added"),
        (outcome(Outcome::Replaced), "replaced"),
        (outcome(Outcome::Unchanged), "unchanged"),
        (refused, "refused"),
        (failed, "failed"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}"))
    .collect::<Vec<_>>()
    .join(", ")
}
