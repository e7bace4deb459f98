//! `mpconvert convert`, the default command.

use std::io::{self, IsTerminal, Read};
use std::path::Path;

use super::Exit;
use super::args::ConvertArgs;
use super::printer::{Printer, step};
use super::report::{self, Entry};
use super::table::{self, Row, count, size};
use crate::error::{Error, Result};
use crate::ops::{self, Stored, inputs};
use crate::options::ConvertOptions;
use crate::settings::Settings;

pub(super) fn run(arguments: &ConvertArgs, python: &Path, printer: &Printer) -> Result<Exit> {
    if arguments.inputs.iter().any(|input| input.as_os_str() == "-") {
        return pipe(arguments, python, printer);
    }
    let (whose, call) = (arguments.project.whose(), arguments.settings.layer());
    let options = |settings: &Settings| options(arguments, settings, python);
    let (jobs, failed) = inputs::jobs_by_settings(&arguments.inputs, &whose, &call, &options)?;
    let mut results: Vec<_> = failed.into_iter().map(Err).collect();
    let bar = printer.progress(jobs.len());
    results.extend(ops::convert(&jobs, &|| step(&bar, 1)));
    bar.finish_and_clear();
    if arguments.manifest_only && !printer.is_json() {
        manifest(&results, printer)?;
    } else {
        show(&results, printer)?;
    }
    Ok(Exit::of_all(&results))
}

fn options(arguments: &ConvertArgs, settings: &Settings, python: &Path) -> Result<ConvertOptions> {
    Ok(ConvertOptions {
        read: arguments.read.options(settings, python)?,
        force: arguments.force,
        dry_run: arguments.dry_run || arguments.manifest_only,
        ..settings.convert_options()?
    })
}

/// Lists the members of the archives, a line each.
fn manifest(results: &[Result<Stored>], printer: &Printer) -> Result<()> {
    for result in results {
        match result {
            Ok(stored) => {
                for member in &stored.summary.members {
                    printer.line(member.as_str())?;
                }
                printer.findings(&stored.summary.file_stem, &stored.summary.findings);
            }
            Err(error) => printer.error(error),
        }
    }
    Ok(())
}

/// One archive from standard input to standard output.
fn pipe(arguments: &ConvertArgs, python: &Path, printer: &Printer) -> Result<Exit> {
    let call = arguments.settings.layer();
    if arguments.inputs.len() > 1 || call.out.is_some() || printer.is_json() {
        return Err(Error::Usage {
            message: "`-` converts one archive from standard input to standard output".to_owned(),
            help: "use `-` alone, without --out and --output-format".to_owned(),
        });
    }
    let project = arguments.project.whose().settings(Path::new("."))?;
    let options = options(arguments, &Settings::resolve(project.as_ref(), call)?, python)?;
    if io::stdout().is_terminal() && !options.dry_run {
        return Err(Error::Usage {
            message: "an archive would be written to the terminal".to_owned(),
            help: "send standard output to a file or another program".to_owned(),
        });
    }
    let mut data = Vec::new();
    // One byte more than the limit is enough to see that it is exceeded.
    io::stdin()
        .lock()
        .take(options.read.limits.max_size.saturating_add(1))
        .read_to_end(&mut data)
        .map_err(Error::io("standard input"))?;
    let converted = ops::convert_bytes("standard input", data, &options)?;
    if arguments.manifest_only {
        for member in &converted.summary.members {
            printer.line(member.as_str())?;
        }
    }
    printer.findings(&converted.summary.file_stem, &converted.summary.findings);
    if !options.dry_run {
        Printer::data(&converted.data)?;
    }
    Ok(Exit::Fine)
}

fn show(results: &[Result<Stored>], printer: &Printer) -> Result<()> {
    if printer.is_json() {
        return report::print(results.iter().map(Entry::of));
    }
    table::show(
        &results.iter().map(|result| result.as_ref().map(row)).collect::<Vec<_>>(),
        printer,
        "converted",
    )
}

fn row(stored: &Stored) -> Row<'_> {
    let summary = &stored.summary;
    Row {
        file_stem: &summary.file_stem,
        path: stored.path.display().to_string(),
        content: format!(
            "{}, {}, {} → {}",
            count(summary.requires.len(), "dependency", "dependencies"),
            count(summary.files.len(), "file", "files"),
            size(summary.input_size),
            size(summary.output_size),
        ),
        outcome: stored.outcome,
        findings: &summary.findings,
    }
}
