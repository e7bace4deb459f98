//! `mpconvert inspect`: the files that would be installed.

use std::path::Path;

use super::Exit;
use super::args::InspectArgs;
use super::printer::Printer;
use super::report::{self, Entry};
use super::table::{cell, count, size};
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::limits::MAX_SHOWN_LINES;
use crate::ops::inputs;
use crate::options::ConvertOptions;
use crate::package::{self, Package};
use crate::read;
use crate::translate::upip;

pub(super) fn run(arguments: &InspectArgs, python: &Path, printer: &Printer) -> Result<Exit> {
    if arguments.inputs.iter().any(|input| input.as_os_str() == "-") {
        return Err(Error::Usage {
            message: "`-` is accepted only by `convert`".to_owned(),
            help: "save the archive to a file first".to_owned(),
        });
    }
    let (whose, call) = (arguments.project.whose(), arguments.settings.layer());
    let mut inspected = Vec::new();
    for (settings, inputs) in inputs::by_settings(&arguments.inputs, &whose, &call)? {
        let options = ConvertOptions {
            read: arguments.read.options(&settings, python)?,
            ..settings.convert_options()?
        };
        let (releases, failed) = inputs::releases(&inputs);
        inspected.extend(failed.into_iter().map(Err));
        for input in releases {
            for package in read::release(&input, &options.read) {
                inspected
                    .push(package.map(|package| Inspected::new(package, arguments.all, &options)));
            }
        }
    }
    if printer.is_json() {
        let entries = inspected.iter().map(|result| match result {
            Ok(inspected) => inspected.entry(),
            Err(error) => Entry::from(error),
        });
        report::print(entries)?;
    } else {
        let mut is_first = true;
        for result in &inspected {
            match result {
                Ok(inspected) => {
                    if !std::mem::take(&mut is_first) {
                        printer.line("")?;
                    }
                    inspected.show(printer)?;
                }
                Err(error) => printer.error(error),
            }
        }
    }
    let exit = |result: &Result<Inspected>| match result {
        Ok(inspected) if inspected.is_refused => Exit::Refused,
        Ok(_) => Exit::Fine,
        Err(error) => Exit::of(error),
    };
    Ok(inspected.iter().map(exit).max().unwrap_or(Exit::Fine))
}

/// A package as upip would install it.
struct Inspected {
    package: Package,
    requires: Vec<String>,
    /// Whether no client can install it. Some findings only matter to upip.
    is_refused: bool,
}

impl Inspected {
    fn new(mut package: Package, all: bool, options: &ConvertOptions) -> Self {
        let mut selected = package.clone();
        options.selection.apply(&mut selected);
        options.resources.apply(&mut selected);
        let payload = package::payload(&selected);
        let is_refused =
            selected.is_refused() || package::installable(&selected).iter().any(Finding::is_error);
        if !all {
            package = selected;
        }
        package.findings.extend(payload);
        let wanted = options.dependencies_of(&package);
        let bare = upip::bare_names(&package.requirements, &package.name, &wanted);
        package.findings.extend(bare.findings);
        Self { package, requires: bare.names, is_refused }
    }

    fn entry(&self) -> Entry<'_> {
        Entry::inspected(&self.package, &self.requires, self.is_refused)
    }

    fn size(&self) -> u64 {
        self.package.files.iter().map(|file| file.data.len() as u64).sum()
    }

    fn show(&self, printer: &Printer) -> Result<()> {
        let package = &self.package;
        printer.line(&format!("{} {}", package.name, package.version))?;
        if let Some(summary) = &package.metadata.summary {
            printer.line(&format!("  {}", cell(summary)))?;
        }
        let requires = match &self.requires[..] {
            [] => "none".to_owned(),
            names => names.join(", "),
        };
        printer.line(&format!("dependencies: {requires}"))?;
        let files = count(package.files.len(), "file", "files");
        printer.line(&format!("installs {files}, {}:", size(self.size())))?;
        self.show_files(printer)?;
        printer.findings(&package.file_stem(), &package.findings);
        printer.hidden_notes(package.findings.iter());
        Ok(())
    }

    /// The files as a tree, up to a number of lines.
    fn show_files(&self, printer: &Printer) -> Result<()> {
        let files = &self.package.files;
        let mut shown: Vec<&str> = Vec::new();
        let mut lines = 0;
        for (count, file) in files.iter().enumerate() {
            if lines > MAX_SHOWN_LINES {
                let more = files.len() - count;
                return printer.line(&format!("  … and {more} more; JSON has all of them"));
            }
            let folders: Vec<&str> =
                file.path.parent().map_or(Vec::new(), |p| p.split('/').collect());
            let common = shown.iter().zip(&folders).take_while(|(one, other)| one == other).count();
            for (depth, folder) in folders.iter().enumerate().skip(common) {
                printer.line(&format!("{}{folder}/", indent(depth)))?;
            }
            let name = format!("{}{}", indent(folders.len()), file.path.file_name());
            printer.line(&format!("{name:44}  {:>9}", size(file.data.len() as u64)))?;
            lines += 1 + folders.len() - common;
            shown = folders;
        }
        Ok(())
    }
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth + 1)
}
