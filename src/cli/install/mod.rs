//! `mpconvert install`, `mpconvert list` and `mpconvert uninstall`: packages in a folder.

mod run;
mod show;

use std::path::Path;

use super::Exit;
use super::args::{ChangeArgs, ListArgs, TreeArgs, UninstallArgs};
use super::printer::Printer;
use super::report::{self, Entry};
use crate::error::{Error, Result};
use crate::ops::install::{self, ChangeOptions, Changed, PlannedPackage};
pub(super) use run::run;

pub(super) fn uninstall(arguments: &UninstallArgs, printer: &Printer) -> Result<Exit> {
    let (tree, change) = (&arguments.tree, &arguments.change);
    install::check_folder(&tree.path)?;
    let done = changed(tree, change, &[], printer, &|options| {
        install::uninstall(&tree.path, &arguments.names, options)
    });
    match done {
        Ok(done) => show_changed(&done, &[], tree, change, printer).map(|()| Exit::Fine),
        Err(error) => fail(&[error], printer),
    }
}

pub(super) fn list(arguments: &ListArgs, printer: &Printer) -> Result<Exit> {
    let dir = &arguments.tree.path;
    install::check_folder(dir)?;
    let waiting = waiting(dir, printer);
    let (record, findings) = install::list(dir, &arguments.tree.patience(&waiting))?;
    let dir = dir.display().to_string();
    if printer.is_json() {
        let packages = record.packages.iter().map(|package| Entry::installed(package, &dir));
        report::print(packages.chain(Entry::folder(&dir, &findings)))?;
    } else {
        show::listed(&record, printer)?;
        printer.findings(&dir, &findings);
    }
    Ok(Exit::Fine)
}

/// Reports why nothing was done.
fn fail(errors: &[Error], printer: &Printer) -> Result<Exit> {
    if printer.is_json() {
        report::print(errors.iter().map(Entry::from))?;
    } else {
        for error in errors {
            printer.error(error);
        }
    }
    Ok(errors.iter().map(Exit::of).max().unwrap_or(Exit::Fine))
}

fn changed(
    tree: &TreeArgs,
    change: &ChangeArgs,
    serving: &[String],
    printer: &Printer,
    make: &dyn Fn(&ChangeOptions) -> Result<Changed>,
) -> Result<Changed> {
    let waiting = waiting(&tree.path, printer);
    let ChangeArgs { force, dry_run } = *change;
    make(&ChangeOptions { force, dry_run, serving, patience: tree.patience(&waiting) })
}

fn show_changed(
    done: &Changed,
    wanted: &[PlannedPackage],
    tree: &TreeArgs,
    change: &ChangeArgs,
    printer: &Printer,
) -> Result<()> {
    if !printer.is_json() {
        return show::changed(done, wanted, &tree.path, change.dry_run, printer);
    }
    let dir = tree.path.display().to_string();
    let packages = done.packages.iter();
    let packages = packages.map(|one| Entry::changed(one, wanted, &dir, change.dry_run));
    report::print(packages.chain(Entry::folder(&dir, &done.findings)))
}

/// Reports that a run waits for another.
fn waiting(dir: &Path, printer: &Printer) -> impl Fn() + Sync {
    let line = format!("{}: waiting for another run that changes the folder", dir.display());
    move || printer.summary(&line)
}
