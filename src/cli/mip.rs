//! `mpconvert mip`: packages for mip and mpremote.

use std::path::Path;

use super::Exit;
use super::args::MipArgs;
use super::printer::{Printer, step};
use super::report::{self, Entry};
use super::table::{self, Row, count, size};
use crate::error::{Error, Result};
use crate::ops::mip::{self, MipCall, MipJob, Packed};
use crate::options::ConvertOptions;
use crate::settings::Settings;

pub(super) fn run(arguments: &MipArgs, python: &Path, printer: &Printer) -> Result<Exit> {
    let (jobs, failed) = jobs(arguments, python)?;
    let mut results: Vec<_> = failed.into_iter().map(Err).collect();
    let bar = printer.progress(jobs.len());
    results.extend(mip::convert(&jobs, &|| step(&bar, 1))?);
    bar.finish_and_clear();
    if printer.is_json() {
        report::print(results.iter().map(Entry::of))?;
    } else {
        let rows: Vec<_> = results.iter().map(|result| result.as_ref().map(row)).collect();
        table::show(&rows, printer, "converted")?;
    }
    Ok(Exit::of_all(&results))
}

fn jobs(arguments: &MipArgs, python: &Path) -> Result<(Vec<MipJob>, Vec<Error>)> {
    let call = MipCall {
        in_place: arguments.in_place,
        check: arguments.check,
        fetch: arguments.limits.fetch(arguments.offline)?,
        mpy: arguments.mpy.then(|| python.to_owned()),
    };
    let options = |settings: &Settings| {
        Ok(ConvertOptions {
            read: arguments.read.options(settings, python)?,
            force: arguments.force,
            dry_run: arguments.dry_run,
            ..settings.convert_options()?
        })
    };
    let (whose, layer) = (arguments.project.whose(), arguments.settings.layer());
    mip::jobs(&arguments.inputs, &whose, &layer, &options, &call)
}

fn row(packed: &Packed) -> Row<'_> {
    Row {
        file_stem: &packed.file_stem,
        path: packed.path.display().to_string(),
        content: format!(
            "{}, {}, {} → {}",
            count(packed.package_json.deps.len(), "dependency", "dependencies"),
            count(packed.files.len(), "file", "files"),
            size(packed.input_size),
            size(packed.output_size),
        ),
        outcome: packed.outcome,
        findings: &packed.findings,
    }
}
