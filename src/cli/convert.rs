//! `mpconvert convert`, the default command.

use std::io::{self, IsTerminal, Read};
use std::path::Path;

use super::Exit;
use super::args::ConvertArgs;
use super::printer::{Printer, step};
use super::report::{Entry, Report};
use crate::convert::{self, ConvertOptions, Outcome, Stored};
use crate::error::{Error, Result};
use crate::inputs;
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
    results.extend(convert::convert(&jobs, &|| step(&bar)));
    bar.finish_and_clear();
    if arguments.manifest_only && !printer.is_json() {
        manifest(&results, printer)?;
    } else {
        show(&results, printer)?;
    }
    Ok(results
        .iter()
        .filter_map(|result| result.as_ref().err())
        .map(Exit::of)
        .max()
        .unwrap_or(Exit::Fine))
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
            help: "give it alone, without --out and --output-format".to_owned(),
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
    let converted = convert::convert_bytes("standard input", data, &options)?;
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
        return Printer::json(&Report::new(results.iter().map(Entry::of).collect()));
    }
    let rows: Vec<Option<Row>> =
        results.iter().map(|result| result.as_ref().ok().map(Row::of)).collect();
    let width = |column: fn(&Row) -> &str| {
        rows.iter().flatten().map(|row| column(row).chars().count()).max().unwrap_or(0)
    };
    let (name_width, path_width) = (width(|row| &row.name), width(|row| &row.path));
    for (row, result) in rows.iter().zip(results) {
        match (row, result) {
            (Some(row), Ok(stored)) => {
                let Row { name, path, content } = row;
                printer.line(&format!("{name:name_width$}   {path:path_width$}   {content}"))?;
                printer.findings(&stored.summary.file_stem, &stored.summary.findings);
            }
            (_, Err(error)) => printer.error(error),
            (None, Ok(_)) => {}
        }
    }
    if results.len() > 1 {
        printer.summary(&summary(results));
    }
    printer.hidden_notes(results.iter().flatten().flat_map(|stored| &stored.summary.findings));
    Ok(())
}

/// A line of the table of results.
struct Row {
    name: String,
    path: String,
    content: String,
}

impl Row {
    fn of(stored: &Stored) -> Self {
        let summary = &stored.summary;
        let note = match stored.outcome {
            Outcome::Written => "",
            Outcome::Unchanged => " (unchanged)",
            Outcome::DryRun => " (dry run)",
        };
        Self {
            name: summary.file_stem.replacen('-', " ", 1),
            path: stored.path.display().to_string(),
            content: format!(
                "{}, {}, {} → {}{note}",
                count(summary.requires.len(), "dependency", "dependencies"),
                count(summary.files.len(), "file", "files"),
                size(summary.input_size),
                size(summary.output_size),
            ),
        }
    }
}

fn summary(results: &[Result<Stored>]) -> String {
    let outcome = |outcome: Outcome| {
        results.iter().flatten().filter(|stored| stored.outcome == outcome).count()
    };
    let refused =
        results.iter().filter(|result| matches!(result, Err(Error::Refused { .. }))).count();
    let failed = results.iter().filter(|result| result.is_err()).count() - refused;
    [
        (outcome(Outcome::Written), "converted"),
        (outcome(Outcome::DryRun), "to convert"),
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

/// `1 file`, `2 files`.
pub(super) fn count(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Bytes in the unit that people read, with one decimal: `812 B`, `2.1 KB`.
pub(super) fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut tenths = bytes.div_ceil(10).saturating_mul(10) / 100;
    for unit in ["KB", "MB"] {
        if tenths < 10_000 {
            return format!("{}.{} {unit}", tenths / 10, tenths % 10);
        }
        tenths /= 1000;
    }
    format!("{}.{} GB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_at_a_glance() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 KB"),
            (2149, "2.1 KB"),
            (999_949, "999.9 KB"),
            (1_000_000, "1.0 MB"),
            (24_500_000, "24.5 MB"),
            (3_200_000_000, "3.2 GB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
