//! `mpconvert install`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indicatif::ProgressBar;

use super::{changed, fail, show_changed, waiting};
use crate::cli::Exit;
use crate::cli::args::InstallArgs;
use crate::cli::printer::{Printer, step};
use crate::error::{Error, Result};
use crate::net::fetch::Progress;
use crate::ops::client;
use crate::ops::inputs::{self, Job, settings_of_call};
use crate::ops::install::{self, Device, GatherOptions, Gathered, InstallJob, Projects, Request};
use crate::ops::mip::bytecode;
use crate::ops::requirements::RequirementsSpecification;
use crate::options::ConvertOptions;
use crate::settings::{Settings, interpreter};
use crate::translate::DependencyOptions;

pub(in crate::cli) fn run(
    arguments: &InstallArgs,
    python: &Path,
    printer: &Printer,
) -> Result<Exit> {
    let parse = |text: &String| Request::parse(text);
    let mut requests: Vec<Request> = arguments.packages.iter().map(parse).collect::<Result<_>>()?;
    let asked =
        RequirementsSpecification::of(&[], &arguments.files, &DependencyOptions::default())?;
    requests.extend(asked.requirements.iter().cloned().map(Request::of));
    let device = |port| Device::new(&interpreter(python), port);
    let device = arguments.device.as_deref().map(device).transpose()?;
    let (jobs, failed) = jobs(&requests, arguments, python)?;
    let bar = printer.fetched();
    let gathered = if failed.is_empty() {
        install::gather(&jobs, &options(&requests, asked, arguments, python, &bar, printer)?)
    } else {
        Err(failed)
    };
    bar.finish_and_clear();
    let Gathered { packages: wanted, serving, findings } = match gathered {
        Ok(gathered) => gathered,
        Err(errors) => return fail(&errors, printer),
    };
    let done = changed(&arguments.tree, &arguments.change, &serving, printer, &|options| {
        install::install(&arguments.tree.path, &wanted, options)
    });
    let mut done = match done {
        Ok(done) => done,
        Err(error) => return fail(&[error], printer),
    };
    done.findings.splice(0..0, findings);
    show_changed(&done, &wanted, &arguments.tree, &arguments.change, printer)?;
    if let Some(device) = device.filter(|_| !arguments.change.dry_run) {
        device.copy(&arguments.tree.path, &done)?;
    }
    Ok(Exit::Fine)
}

/// What is to be installed, with the settings of the projects of this machine.
fn jobs(
    requests: &[Request],
    arguments: &InstallArgs,
    python: &Path,
) -> Result<(Vec<InstallJob>, Vec<Error>)> {
    let (whose, layer) = (arguments.project.whose(), arguments.layer());
    let find = |paths: &[PathBuf]| {
        let (mut jobs, mut failed) = (Vec::new(), Vec::new());
        for (settings, inputs) in inputs::by_settings(paths, &whose, &layer)? {
            let options = Arc::new(convert_options(&settings, arguments, python)?);
            let (found, errors) = inputs::releases(&inputs);
            jobs.extend(found.into_iter().map(|input| {
                let (options, out) = (Arc::clone(&options), arguments.tree.path.clone());
                Job { input, options, out }
            }));
            failed.extend(errors);
        }
        Ok((jobs, failed))
    };
    Request::jobs(requests, &find)
}

/// Uses the settings of the first project that is given, or of the project of the current folder.
fn options<'a>(
    requests: &[Request],
    asked: RequirementsSpecification,
    arguments: &'a InstallArgs,
    python: &'a Path,
    bar: &ProgressBar,
    printer: &Printer,
) -> Result<GatherOptions<'a>> {
    let input = requests.iter().find_map(Request::input);
    let settings = settings_of_call(input, &arguments.project.whose(), arguments.layer())?;
    let convert = convert_options(&settings, arguments, python)?;
    let prefixes = arguments.packages.iter().map(String::as_str);
    let convert = ConvertOptions { aliases: convert.aliases.with_prefixes(prefixes), ..convert };
    // Only names that no other source has are looked up there, and pip may have to list its
    // indexes.
    let progress_bar = bar.clone();
    let pypi = Box::new(move || {
        let progress_bar = progress_bar.clone();
        arguments.pypi.pypi(python, Progress::new(move |bytes| step(&progress_bar, bytes)))
    });
    let (tree, waiting) = (&arguments.tree, waiting(&arguments.tree.path, printer));
    Ok(GatherOptions {
        installed: install::installed(&tree.path, &tree.patience(&waiting))?,
        force: arguments.change.force,
        client: client(&settings, arguments.pypi.fetch()?)?,
        projects: Some(Projects::new(pypi, convert.read.clone(), asked)),
        convert,
        bytecode: arguments.mpy.then(|| bytecode(&settings, python)).transpose()?,
    })
}

fn convert_options(
    settings: &Settings,
    arguments: &InstallArgs,
    python: &Path,
) -> Result<ConvertOptions> {
    let read = arguments.read.options(settings, python)?;
    Ok(ConvertOptions { read, ..settings.convert_options()? })
}
