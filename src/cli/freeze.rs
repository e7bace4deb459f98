//! `mpconvert freeze`: packages for the build of a firmware.

use std::path::{Path, PathBuf};

use super::Exit;
use super::args::FreezeArgs;
use super::printer::Printer;
use super::report::{self, Entry};
use super::table::{cell, count, note, width};
use crate::error::{Error, Result};
use crate::ops::client;
use crate::ops::freeze::{self, FreezeJob, FreezeOptions, Frozen, FrozenFolder, frozen_resources};
use crate::ops::gather::PackageSpec;
use crate::ops::inputs::{self, settings_of_call};
use crate::options::ConvertOptions;
use crate::settings::{self, Settings};
use crate::write::Outcome;

pub(super) fn run(arguments: &FreezeArgs, python: &Path, printer: &Printer) -> Result<Exit> {
    let parse = |text: &String| PackageSpec::parse(text);
    let wanted: Vec<PackageSpec> = arguments.packages.iter().map(parse).collect::<Result<_>>()?;
    let (jobs, failed) = jobs(&wanted, arguments, python)?;
    let frozen = if failed.is_empty() {
        freeze::freeze(&jobs, &options(&wanted, arguments)?)
    } else {
        Err(failed)
    };
    let errors = frozen.as_ref().err().map_or(&[][..], Vec::as_slice);
    if printer.is_json() {
        report::print(match &frozen {
            Ok(frozen) => Entry::frozen(frozen),
            Err(errors) => errors.iter().map(Entry::from).collect(),
        })?;
    } else {
        for error in errors {
            printer.error(error);
        }
        if let Ok(frozen) = &frozen {
            show(frozen, printer)?;
        }
    }
    Ok(errors.iter().map(Exit::of).max().unwrap_or(Exit::Fine))
}

/// The packages to freeze, with the settings of local projects.
fn jobs(
    wanted: &[PackageSpec],
    arguments: &FreezeArgs,
    python: &Path,
) -> Result<(Vec<FreezeJob>, Vec<Error>)> {
    let (whose, layer) = (arguments.project.whose(), arguments.layer());
    let options = |settings: &Settings| {
        let options = settings.convert_options()?;
        Ok(ConvertOptions {
            read: arguments.read.options(settings, python)?,
            resources: frozen_resources(options.resources),
            ..options
        })
    };
    let find = |paths: &[PathBuf]| inputs::jobs_by_settings(paths, &whose, &layer, &options);
    PackageSpec::jobs(wanted, &find)
}

/// Uses the settings of the first project that is given, or of the project of the current folder.
fn options(wanted: &[PackageSpec], arguments: &FreezeArgs) -> Result<FreezeOptions> {
    let input = wanted.iter().find_map(PackageSpec::input);
    let settings = settings_of_call(input, &arguments.project.whose(), arguments.layer())?;
    Ok(FreezeOptions {
        environment: settings::environment(),
        client: client(&settings, arguments.limits.fetch(arguments.offline)?)?,
        resources: frozen_resources(settings.resources()),
        out: arguments.out.clone(),
        force: arguments.force,
        dry_run: arguments.dry_run,
    })
}

/// A line for each package and one for the manifest.
fn show(frozen: &Frozen, printer: &Printer) -> Result<()> {
    let manifest = frozen.manifest.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let name = |folder: &FrozenFolder| match &folder.version {
        Some(version) => format!("{} {version}", folder.name),
        None => folder.name.clone(),
    };
    let content = |folder: &FrozenFolder| {
        let dependencies = count(folder.requires.len(), "dependency", "dependencies");
        format!("{dependencies}, {}", count(folder.files.len(), "module", "modules"))
    };
    let mut rows: Vec<(String, String, String, Outcome)> = frozen
        .packages
        .iter()
        .map(|one| (name(one), one.path.display().to_string(), content(one), one.outcome))
        .collect();
    let packages = count(frozen.packages.len(), "package", "packages");
    rows.push((manifest, frozen.manifest.display().to_string(), packages, frozen.outcome));
    let name_width = width(rows.iter().map(|row| row.0.as_str()));
    let path_width = width(rows.iter().map(|row| row.1.as_str()));
    for (name, path, content, outcome) in rows {
        let (name, path) = (cell(&name), cell(&path));
        let note = note(outcome);
        printer.line(&format!("{name:name_width$}   {path:path_width$}   {content}{note}"))?;
    }
    for folder in &frozen.packages {
        printer.findings(&folder.name, &folder.findings);
    }
    printer.findings(&frozen.manifest.display().to_string(), &frozen.findings);
    let of_packages = frozen.packages.iter().flat_map(|folder| &folder.findings);
    printer.hidden_notes(of_packages.chain(&frozen.findings));
    Ok(())
}
