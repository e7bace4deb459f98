//! The arguments of the command line.

mod download;
mod freeze;
mod index;
mod install;
mod migrate;
mod mip;
mod pypi;
mod read;
mod settings;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};

pub(super) use download::RunLimitArgs;
pub(super) use freeze::FreezeArgs;
pub(super) use index::{AddArgs, GcArgs, IndexArgs, IndexCommand, LookArgs, PATIENCE, RemoveArgs};
pub(super) use install::InstallArgs;
pub(super) use install::{ChangeArgs, ListArgs, TreeArgs, UninstallArgs};
pub(super) use migrate::{DownloadArgs, LockArgs, MigrateArgs, RequirementArgs};
pub(super) use mip::MipArgs;
pub(super) use pypi::{CacheArgs, CacheCommand, CachePathArgs, FetchArgs, PruneArgs, PypiArgs};
pub(super) use read::ReadArgs;
use read::{BuildArgs, LimitArgs};
pub(super) use settings::{PackageArgs, ProjectArgs, SettingArgs};
use settings::{PayloadArgs, TargetArgs};

/// Convert Python packages into the formats that MicroPython's installers read.
///
/// `mpconvert dist/` is short for `mpconvert convert dist/`.
#[derive(Debug, Parser)]
#[command(name = "mpconvert", version, arg_required_else_help = true)]
#[command(
    after_help = "Exit status: 0 on success, 1 if an input was refused, 2 on a usage or environment error."
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) global: Global,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Convert sdists, wheels and projects into archives for upip (the default command)
    Convert(ConvertArgs),
    /// Make packages for mip and mpremote: a package.json and the files that it names
    Mip(Box<MipArgs>),
    /// Prepare packages to be frozen into a firmware: a folder for each, and a manifest.py
    Freeze(Box<FreezeArgs>),
    /// Convert releases from a package index and their dependencies, for mip or upip
    Migrate(Box<MigrateArgs>),
    /// Resolve requirements and lock the files that `migrate` converts
    Lock(Box<LockArgs>),
    /// Download the files that `migrate` converts, for use without a network
    Download(Box<DownloadArgs>),
    /// Install packages and their dependencies into a folder, for a board or a firmware
    Install(Box<InstallArgs>),
    /// List the packages installed in a folder
    List(ListArgs),
    /// Remove installed packages from a folder
    Uninstall(UninstallArgs),
    /// Show the files, dependencies and findings of packages
    Inspect(InspectArgs),
    /// Manage an index for mip, in a folder that any web server can serve
    Index(IndexArgs),
    /// Download archives of projects from a package index
    Fetch(FetchArgs),
    /// Print a resource module (R.py) with the content of files
    Resources(ResourcesArgs),
    /// Explain the code of a finding, or list all codes
    Explain(ExplainArgs),
    /// Show the settings and their sources
    Config(ConfigArgs),
    /// Show or clear the cache
    Cache(CacheArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    Man,
}

#[derive(Debug, Args)]
pub(super) struct ConvertArgs {
    /// Archives (.tar.gz, .tgz, .tar.bz2, .zip, .whl), folders of archives, project folders or
    /// manifest.py files; `-` converts one archive from standard input to standard output
    #[arg(required = true, value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,
    /// Overwrite existing results that differ
    #[arg(short, long)]
    pub(super) force: bool,
    /// Show what would be done, without writing anything
    #[arg(short = 'n', long)]
    pub(super) dry_run: bool,
    /// List the members of the archives, without writing anything
    #[arg(long)]
    pub(super) manifest_only: bool,
    #[command(flatten)]
    pub(super) settings: SettingArgs,
    #[command(flatten)]
    pub(super) project: ProjectArgs,
    #[command(flatten)]
    pub(super) read: ReadArgs,
}

#[derive(Debug, Args)]
pub(super) struct InspectArgs {
    /// Archives, folders of archives, project folders or manifest.py files
    #[arg(required = true, value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,
    /// List all files, including those that a conversion leaves out
    #[arg(long)]
    pub(super) all: bool,
    #[command(flatten)]
    pub(super) settings: PackageArgs,
    #[command(flatten)]
    pub(super) project: ProjectArgs,
    #[command(flatten)]
    pub(super) read: ReadArgs,
}

#[derive(Debug, Args)]
pub(super) struct ResourcesArgs {
    /// Files, named by the paths that the program asks for; the module keeps their order
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// Code of a finding, such as MP501 [default: list all codes]
    #[arg(conflicts_with = "all")]
    pub(super) code: Option<String>,
    /// Explain all codes, as a page in Markdown
    #[arg(long)]
    pub(super) all: bool,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// Shell to print the script for
    pub(super) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    #[command(subcommand)]
    pub(super) command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Show the value and the source of each setting
    Show(Box<ConfigShowArgs>),
    /// Print the JSON schema of [tool.mpconvert] in pyproject.toml
    Schema,
}

#[derive(Debug, Args)]
pub(super) struct ConfigShowArgs {
    /// Project, folder or archive whose settings to show
    #[arg(default_value = ".", value_name = "INPUT")]
    pub(super) input: PathBuf,
    #[command(flatten)]
    pub(super) settings: SettingArgs,
    #[command(flatten)]
    pub(super) project: ProjectArgs,
    #[command(flatten)]
    pub(super) places: CachePathArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Global")]
pub(super) struct Global {
    /// Print only errors; if given twice, nothing
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "verbose")]
    quiet: u8,
    /// Print notes, too
    #[arg(short, long, global = true, action = ArgAction::Count)]
    verbose: u8,
    /// Format of the results
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) output_format: ReportFormat,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

impl Global {
    /// From -2 (silent) to 1 (notes).
    pub(super) fn verbosity(&self) -> i8 {
        let count = |times: u8| i8::try_from(times.min(2)).unwrap_or(2);
        count(self.verbose).min(1) - count(self.quiet)
    }
}

/// Puts `convert` in front of arguments that name no command. Only global options may stand
/// before a command, so that the first other argument decides.
pub(super) fn with_default_command(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<OsString> = args.into_iter().collect();
    let mut place = 1;
    while let Some(arg) = args.get(place).and_then(|arg| arg.to_str()) {
        match arg {
            "--output-format" => place += 2,
            "--quiet" | "--verbose" => place += 1,
            _ if arg.starts_with("--output-format=") => place += 1,
            _ if is_short_global(arg) => place += 1,
            _ => break,
        }
    }
    let names_command = match args.get(place).and_then(|arg| arg.to_str()) {
        Some("help" | "--help" | "-h" | "--version" | "-V") => true,
        Some(arg) => Cli::command().get_subcommands().any(|command| command.get_name() == arg),
        None => args.len() <= place,
    };
    if !names_command {
        args.insert(place, "convert".into());
    }
    args
}

/// `-q`, `-vv` and the like.
fn is_short_global(arg: &str) -> bool {
    arg.strip_prefix('-')
        .is_some_and(|flags| !flags.is_empty() && flags.chars().all(|flag| "qv".contains(flag)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_default(args: &str) -> String {
        let args = format!("mpconvert {args}");
        let args = with_default_command(args.split_whitespace().map(OsString::from));
        args.join(" ".as_ref()).into_string().unwrap()
    }

    #[test]
    fn arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn convert_is_the_default_command() {
        assert_eq!(with_default("dist"), "mpconvert convert dist");
        assert_eq!(
            with_default("-q --out inspect dist"),
            "mpconvert -q convert --out inspect dist"
        );
        assert_eq!(with_default("-"), "mpconvert convert -");
        assert_eq!(
            with_default("--output-format json x"),
            "mpconvert --output-format json convert x"
        );
        for unchanged in ["", "--help", "-V", "-v inspect x", "help convert", "convert x"] {
            assert_eq!(with_default(unchanged), format!("mpconvert {unchanged}").trim());
        }
    }
}
