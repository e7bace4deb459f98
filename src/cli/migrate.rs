//! `mpconvert migrate`: from releases on a package index to the formats of clients.

use std::path::Path;

use super::args::{MigrateArgs, PATIENCE};
use super::closure::{all_findings, report_findings};
use super::printer::{Printer, step};
use super::report::{self, Entry};
use super::table::{cell, count, refused_and_failed, size, tally, width};
use super::{Exit, index, skipped};
use crate::adapt::{Bytecode, Compiler};
use crate::error::{Error, Result};
use crate::ops;
use crate::ops::closure::ResolvedRequirements;
use crate::ops::index::{AddOptions, reports, source_code, updated};
use crate::ops::migrate::{
    Artifact, MigrateOptions, Migrated, OutputFormat, OutputOptions, migrate,
};
use crate::ops::mip::{Layout, MipOptions};
use crate::options::ConvertOptions;
use crate::settings::{Settings, interpreter};
use crate::translate::Pinning;
use crate::write::index::LockTimeout;

pub(super) fn run(arguments: &MigrateArgs, python: &Path, printer: &Printer) -> Result<Exit> {
    if arguments.flat && arguments.to != OutputFormat::Mip {
        return Err(Error::Usage {
            message: "--flat is only for --to mip".to_owned(),
            help: "leave out --to, or --flat".to_owned(),
        });
    }
    let (asked, client) = (&arguments.asked, arguments.to.client());
    let lock = arguments.locked.then_some(arguments.lock.as_path());
    let settings = &asked.settings(arguments.layer())?;
    let found = match asked.resolve(settings, client, lock, python, printer) {
        Ok(found) => found,
        Err(error) => return skipped::failed(error, printer),
    };
    let convert = ConvertOptions {
        read: arguments.build.of(asked.limits.options(settings)?, python),
        force: arguments.force,
        dry_run: arguments.dry_run,
        ..settings.convert_options()?
    };
    let waiting = index::waiting(&arguments.out, printer);
    let make = make(arguments, settings, python, &waiting)?;
    let bar = printer.progress(found.closure.files.len());
    let options = MigrateOptions { convert, out: arguments.out.clone(), make };
    let migrated = migrate(&found.closure, &found.releases, options, &|| step(&bar, 1));
    bar.finish_and_clear();
    let migrated = migrated?;
    show(&found, &migrated, printer)?;
    Ok(Exit::of_all(&migrated.results).max(skipped::exit(&migrated.left)))
}

fn make<'a>(
    arguments: &MigrateArgs,
    settings: &Settings,
    python: &Path,
    waiting: &'a (dyn Fn() + Sync),
) -> Result<OutputOptions<'a>> {
    // Several compilers are for an index, which has several versions of bytecode.
    let compile = || -> Result<Bytecode> {
        let compilers = Compiler::find(&settings.mpy_cross.value.0, &interpreter(python))?;
        Ok(Bytecode { compilers, ..source_code() })
    };
    let bytecode = arguments.mpy.then(compile).transpose()?;
    match arguments.to {
        OutputFormat::Upip => return Ok(OutputOptions::Upip),
        OutputFormat::Index => {
            return Ok(OutputOptions::Index(AddOptions {
                bytecode: bytecode.unwrap_or_else(source_code),
                replace: arguments.force,
                base: settings.index.value.location()?,
                wanted: Vec::new(),
                fetch: arguments.asked.pypi.fetch()?,
                reports: reports(),
                updated: updated()?,
                patience: LockTimeout { timeout: PATIENCE, waiting },
            }));
        }
        OutputFormat::Mip => {}
    }
    let options = MipOptions {
        url_base: settings.url_base.value.clone(),
        pinning: Pinning::Pin,
        client: ops::client(settings, arguments.asked.pypi.fetch()?)?,
        bytecode,
        layout: Layout::Folders,
        check: false,
    };
    let name = arguments.name.clone();
    Ok(if arguments.flat {
        OutputOptions::Flat { options, name }
    } else {
        OutputOptions::Mip(options)
    })
}

fn show(found: &ResolvedRequirements, migrated: &Migrated, printer: &Printer) -> Result<()> {
    if printer.is_json() {
        let made = migrated.results.iter().map(Entry::of);
        let left = migrated.left.iter().map(Entry::from);
        return report::print(made.chain(left).chain(Entry::noticed(all_findings(found))));
    }
    report_findings(found, printer);
    let lines: Vec<Option<Line>> =
        migrated.results.iter().map(|one| one.as_ref().ok().map(Line::of)).collect();
    let width = width(lines.iter().flatten().map(|line| line.subject.as_str()));
    for (line, result) in lines.iter().zip(&migrated.results) {
        match (line, result) {
            (Some(line), _) => {
                printer.line(&format!("{:width$}   {}", cell(&line.subject), line.content))?;
                printer.findings(&line.subject, line.findings);
            }
            (None, Err(error)) => printer.error(error),
            (None, Ok(_)) => {}
        }
    }
    skipped::show(&migrated.left, printer)?;
    printer.summary(&summary(migrated));
    let notes = lines.iter().flatten().flat_map(|line| line.findings);
    printer.hidden_notes(notes.chain(migrated.left.iter().flat_map(|left| &left.findings)));
    Ok(())
}

impl<'a> From<&'a Artifact> for Entry<'a> {
    fn from(artifact: &'a Artifact) -> Self {
        match artifact {
            Artifact::Archive(stored) => Self::from(stored),
            Artifact::Package(packed) => Self::from(&**packed),
            Artifact::Added(added) => Self::from(added),
        }
    }
}

/// A line of the table.
struct Line<'a> {
    subject: String,
    content: String,
    findings: &'a [crate::finding::Finding],
}

impl<'a> Line<'a> {
    fn of(made: &'a Artifact) -> Self {
        let content = |files: usize, deps: usize, rest: String| {
            let files = count(files, "file", "files");
            format!("{files}, {}, {rest}", count(deps, "dependency", "dependencies"))
        };
        match made {
            Artifact::Archive(stored) => {
                let summary = &stored.summary;
                let path = format!("{} {}", stored.outcome.as_str(), stored.path.display());
                let rest = format!("{}, {path}", size(summary.output_size));
                Self {
                    subject: format!("{} {}", summary.name, summary.version),
                    content: content(summary.files.len(), summary.requires.len(), rest),
                    findings: &summary.findings,
                }
            }
            Artifact::Package(packed) => {
                let path = format!("{} {}", packed.outcome.as_str(), packed.path.display());
                let rest = format!("{}, {path}", size(packed.output_size));
                Self {
                    subject: format!("{} {}", packed.name, packed.version),
                    content: content(packed.files.len(), packed.package_json.deps.len(), rest),
                    findings: &packed.findings,
                }
            }
            Artifact::Added(added) => Self {
                subject: format!("{} {}", added.name, added.version),
                content: content(
                    added.files.len(),
                    added.deps.len(),
                    added.outcome.as_str().into(),
                ),
                findings: &added.findings,
            },
        }
    }
}

fn summary(migrated: &Migrated) -> String {
    let [refused, failed] = refused_and_failed(&migrated.results);
    let left = |word: &str| migrated.left.iter().filter(|one| one.why.as_str() == word).count();
    tally([
        (migrated.results.iter().flatten().count(), "converted"),
        (left("replaced-by"), "replaced"),
        (left("built-in"), "built in"),
        (left("dropped"), "not needed"),
        (refused + left("refused"), "refused"),
        (failed, "failed"),
    ])
}
