//! A tree for people: a line for each package.

use std::path::Path;

use crate::cli::printer::Printer;
use crate::cli::table::{self, count, size};
use crate::error::Result;
use crate::ops::install::{Changed, Installed, PackageChange, PlannedPackage, Record};
use crate::write::Outcome;

pub(super) fn changed(
    done: &Changed,
    wanted: &[PlannedPackage],
    dir: &Path,
    dry_run: bool,
    printer: &Printer,
) -> Result<()> {
    // Packages that were not requested are shown only if they change.
    let is_reported = |one: &&PackageChange| {
        one.outcome != Outcome::Unchanged || wanted.iter().any(|two| two.name == one.package.name)
    };
    let packages: Vec<&PackageChange> = done.packages.iter().filter(is_reported).collect();
    let rows: Vec<[String; 2]> = packages.iter().map(|one| row(one, dry_run)).collect();
    for line in table::lines(&rows) {
        printer.line(&line)?;
    }
    for package in wanted {
        printer.findings(&package.name, &package.findings);
    }
    printer.findings(&dir.display().to_string(), &done.findings);
    printer.summary(&(summary(&packages, dir) + dry_run_note(dry_run)));
    let of_packages = wanted.iter().flat_map(|package| &package.findings);
    printer.hidden_notes(of_packages.chain(&done.findings));
    Ok(())
}

fn row(one: &PackageChange, dry_run: bool) -> [String; 2] {
    let files = |files: usize| count(files, "file", "files");
    let mut words = vec![match (&one.outcome, &one.before) {
        (Outcome::Updated, Some(before)) if !before.is_empty() => format!("updated from {before}"),
        (outcome, _) => outcome.as_str().to_owned(),
    }];
    if one.outcome == Outcome::Installed {
        words.push(files(one.package.files.len()));
    } else if !one.written.is_empty() {
        words.push(format!("{} written", files(one.written.len())));
    }
    if !one.removed.is_empty() {
        words.push(format!("{} removed", files(one.removed.len())));
    }
    let content = words.join(", ") + dry_run_note(dry_run);
    [one.package.title(), content]
}

fn dry_run_note(dry_run: bool) -> &'static str {
    if dry_run { " (dry run)" } else { "" }
}

fn summary(packages: &[&PackageChange], dir: &Path) -> String {
    let of = |outcome: Outcome| packages.iter().filter(|one| one.outcome == outcome).count();
    let words = [
        Outcome::Installed,
        Outcome::Updated,
        Outcome::Changed,
        Outcome::Unchanged,
        Outcome::Removed,
    ]
    .into_iter()
    .filter(|outcome| of(*outcome) > 0)
    .map(|outcome| format!("{} {}", of(outcome), outcome.as_str()))
    .collect::<Vec<_>>()
    .join(", ");
    let words = if words.is_empty() { "nothing to do".to_owned() } else { words };
    format!("{}: {words}", dir.display())
}

pub(super) fn listed(record: &Record, printer: &Printer) -> Result<()> {
    let rows: Vec<[String; 4]> = record.packages.iter().map(cells).collect();
    for line in table::lines(&rows) {
        printer.line(&line)?;
    }
    Ok(())
}

fn cells(package: &Installed) -> [String; 4] {
    let bytes: u64 = package.files.iter().map(|file| file.size).sum();
    let content = format!("{}, {}", count(package.files.len(), "file", "files"), size(bytes));
    let why = if package.requested { "" } else { "needed by others" };
    let source = if package.source == package.name { "" } else { &package.source };
    [package.title(), content, source.to_owned(), why.to_owned()]
}
