//! The command line: arguments → options → command → printer.

mod args;
mod cache;
mod closure;
mod config;
mod convert;
mod download;
mod explain;
mod fetch;
mod freeze;
mod index;
mod inspect;
mod install;
mod lock;
mod migrate;
mod mip;
mod printer;
mod report;
mod resources;
mod skipped;
mod table;

use std::ffi::OsString;
use std::path::Path;

use clap::{CommandFactory, Parser};

use crate::error::Error;
use crate::settings;
use args::{Cli, Command};
use printer::Printer;

/// How a run of the program ended, as its exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Success.
    Fine = 0,
    /// An input was refused.
    Refused = 1,
    /// The usage or the environment is wrong.
    Failed = 2,
}

/// Runs the program with `args`, of which the first is the program's name, and returns its exit
/// status. `python` is the default interpreter for `--build`.
#[must_use]
pub fn run(args: impl IntoIterator<Item = OsString>, python: &Path) -> Exit {
    let args = args::with_default_command(args);
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => {
            return printer::usage(&error, &args, |args| Cli::try_parse_from(args).err());
        }
    };
    let printer = Printer::new(cli.global.verbosity(), cli.global.output_format);
    let exit = match &cli.command {
        Command::Convert(arguments) => convert::run(arguments, python, &printer),
        Command::Mip(arguments) => mip::run(arguments, python, &printer),
        Command::Freeze(arguments) => freeze::run(arguments, python, &printer),
        Command::Migrate(arguments) => migrate::run(arguments, python, &printer),
        Command::Lock(arguments) => lock::run(arguments, python, &printer),
        Command::Download(arguments) => download::run(arguments, python, &printer),
        Command::Install(arguments) => install::run(arguments, python, &printer),
        Command::List(arguments) => install::list(arguments, &printer),
        Command::Uninstall(arguments) => install::uninstall(arguments, &printer),
        Command::Inspect(arguments) => inspect::run(arguments, python, &printer),
        Command::Index(arguments) => index::run(arguments, python, &printer),
        Command::Fetch(arguments) => fetch::run(arguments, python, &printer),
        Command::Cache(arguments) => cache::run(arguments, &printer),
        Command::Resources(arguments) => resources::run(arguments),
        Command::Explain(arguments) => explain::run(arguments, &printer),
        Command::Config(arguments) => config::run(arguments, python, &printer),
        Command::Completions(arguments) => {
            let mut script = Vec::new();
            let mut command = Cli::command();
            clap_complete::generate(arguments.shell, &mut command, "mpconvert", &mut script);
            Printer::data(&script).map(|()| Exit::Fine)
        }
        Command::Man => man_page().and_then(|page| Printer::data(&page)).map(|()| Exit::Fine),
    };
    printer.findings("settings", &settings::passed_over());
    exit.unwrap_or_else(|error| {
        printer.error(&error);
        Exit::of(&error)
    })
}

impl Exit {
    /// That of the worst result.
    fn of_all<T>(results: &[crate::Result<T>]) -> Self {
        let errors = results.iter().filter_map(|result| result.as_ref().err());
        errors.map(Self::of).max().unwrap_or(Self::Fine)
    }

    fn of(error: &Error) -> Self {
        match error {
            Error::Refused { .. } => Self::Refused,
            Error::Fetch { .. } | Error::Io { .. } | Error::Usage { .. } => Self::Failed,
        }
    }
}

/// One page for the program and all its commands.
fn man_page() -> crate::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page).map_err(Error::io("manual page"))?;
    let mut root = Cli::command();
    root.build();
    for command in root.get_subcommands().filter(|command| command.get_name() != "help") {
        let man = clap_mangen::Man::new(command.clone());
        page.extend(format!(".SH COMMAND {}\n", command.get_name().to_uppercase()).bytes());
        man.render_synopsis_section(&mut page)
            .and_then(|()| man.render_description_section(&mut page))
            .and_then(|()| man.render_options_section(&mut page))
            .map_err(Error::io("manual page"))?;
    }
    Ok(page)
}
