//! What can be said on the command line, as it is said.

mod freeze;
mod install;
#[cfg(feature = "net")]
mod migrate;
mod mip;
#[cfg(feature = "net")]
mod pypi;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};

use super::index::IndexArgs;
use crate::adapt::{Pattern, ResourceMode};
use crate::error::Result;
use crate::read::{Limits, ReadOptions};
use crate::settings::{Form, Layer, Settings, Whose};
pub(super) use freeze::FreezeArgs;
#[cfg(feature = "net")]
pub(super) use install::InstallArgs;
pub(super) use install::{ChangeArgs, ListArgs, TreeArgs, UninstallArgs};
#[cfg(feature = "net")]
pub(super) use migrate::{AskedArgs, DownloadArgs, LockArgs, MigrateArgs};
pub(super) use mip::MipArgs;
#[cfg(feature = "net")]
pub(super) use pypi::{CacheArgs, CacheCommand, FetchArgs, PlaceArgs, PruneArgs, PypiArgs};

/// Convert Python packages into what MicroPython's installers take.
///
/// `mpconvert dist/` is short for `mpconvert convert dist/`.
#[derive(Debug, Parser)]
#[command(name = "mpconvert", version, arg_required_else_help = true)]
#[command(
    after_help = "Exit status: 0 all is fine, 1 something was refused, 2 usage or environment."
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
    /// Make packages for mip and mpremote: package.json and the files that it names
    Mip(Box<MipArgs>),
    /// Freeze packages into a firmware: a folder for each, with a manifest.py
    Freeze(Box<FreezeArgs>),
    /// Make packages for mip or upip, or an index, of releases on a package index, with all they need
    #[cfg(feature = "net")]
    Migrate(Box<MigrateArgs>),
    /// Write down which files a migration takes
    #[cfg(feature = "net")]
    Lock(Box<LockArgs>),
    /// Download the files of a migration
    #[cfg(feature = "net")]
    Download(Box<DownloadArgs>),
    /// Install packages and all they need into a folder, for a board or a firmware
    #[cfg(feature = "net")]
    Install(Box<InstallArgs>),
    /// List the packages that are installed in a folder
    List(ListArgs),
    /// Remove packages from a folder that they are installed in
    Uninstall(UninstallArgs),
    /// Show what would be installed: files, dependencies, findings
    Inspect(InspectArgs),
    /// Make and keep an index for mip, in a folder that any server serves
    Index(IndexArgs),
    /// Fetch files of projects from a package index
    #[cfg(feature = "net")]
    Fetch(FetchArgs),
    /// Print the resource module (R.py) of files
    Resources(ResourcesArgs),
    /// Explain the code of a finding, or list all codes
    Explain(ExplainArgs),
    /// Show the settings and where they come from
    Config(ConfigArgs),
    /// Show or clear what is kept between runs
    #[cfg(feature = "net")]
    Cache(CacheArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    Man,
}

#[derive(Debug, Args)]
pub(super) struct ConvertArgs {
    /// Archives (.tar.gz, .tgz, .tar.bz2, .zip, .whl), folders of archives, folders of projects and
    /// manifest.py files;
    /// `-` converts one archive from standard input to standard output
    #[arg(required = true, value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,
    /// Overwrite results that exist with other content
    #[arg(short, long)]
    pub(super) force: bool,
    /// Do everything but write
    #[arg(short = 'n', long)]
    pub(super) dry_run: bool,
    /// Write nothing, list what would be in the archives
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
    /// Archives, folders of archives, folders of projects and manifest.py files
    #[arg(required = true, value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,
    /// List the whole payload, with what is left out of archives for upip
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
    /// Files, each under the path by which a program asks for it; the module keeps this order
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// A code such as MP501; without it, the codes are listed
    #[arg(conflicts_with = "all")]
    pub(super) code: Option<String>,
    /// Explain all codes, as a page in Markdown
    #[arg(long)]
    pub(super) all: bool,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    pub(super) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    #[command(subcommand)]
    pub(super) command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Show the value of each setting and where it came from
    Show(Box<ConfigShowArgs>),
    /// Print the JSON schema of [tool.mpconvert] in pyproject.toml
    Schema,
}

#[derive(Debug, Args)]
pub(super) struct ConfigShowArgs {
    /// The project, folder or archive whose settings are shown
    #[arg(default_value = ".", value_name = "INPUT")]
    pub(super) input: PathBuf,
    #[command(flatten)]
    pub(super) settings: SettingArgs,
    #[command(flatten)]
    pub(super) project: ProjectArgs,
    #[cfg(feature = "net")]
    #[command(flatten)]
    pub(super) places: PlaceArgs,
}

/// What can be said in pyproject.toml and the environment, too.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(super) struct SettingArgs {
    #[command(flatten)]
    package: PackageArgs,
    /// Folder for the results [default: a sibling of the input's folder, FOLDER-micropython]
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Make archives that `pip install` takes, too [default: false]
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[arg(value_name = "BOOL", hide_possible_values = true)]
    pip_installable: Option<bool>,
}

/// The settings that say what a package is on the device, whatever form it takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(super) struct PackageArgs {
    #[command(flatten)]
    payload: PayloadArgs,
    #[command(flatten)]
    target: TargetArgs,
}

/// The settings that say which files a package has, and in which form.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(super) struct PayloadArgs {
    /// Keep files that would be left out (a glob of installed paths; may be repeated)
    #[arg(long, value_name = "PATTERN")]
    include: Vec<Pattern>,
    /// Leave out files (a glob of installed paths; may be repeated)
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<Pattern>,
    /// The forms of data files: both, module (R.py), files or none; with `,per-package` a module in
    /// each subpackage, too [default: both]
    #[arg(long, value_name = "MODE")]
    resources: Option<ResourceMode>,
    /// Bytes of a resource module above which a warning is given [default: 16384]
    #[arg(long, value_name = "BYTES")]
    max_resource_size: Option<u64>,
}

/// The settings that say which dependencies are wanted.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(super) struct TargetArgs {
    /// Take the dependencies of this extra too (may be repeated)
    #[arg(long = "extra", value_name = "NAME")]
    extras: Vec<String>,
    /// The `sys_platform` for which markers are evaluated [default: esp32]
    #[arg(long, value_name = "NAME")]
    sys_platform: Option<String>,
    /// The `python_version` for which markers are evaluated [default: 3.4]
    #[arg(long, value_name = "X.Y")]
    python_version: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Project")]
pub(super) struct ProjectArgs {
    /// Take the settings of this project's folder [default: the one that the input lies in]
    #[arg(long, value_name = "DIR", conflicts_with = "no_project")]
    project: Option<PathBuf>,
    /// Take no project's settings
    #[arg(long)]
    no_project: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Reading")]
pub(super) struct ReadArgs {
    #[command(flatten)]
    build: BuildArgs,
    #[command(flatten)]
    limits: LimitArgs,
}

/// Whether projects are built.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reading")]
pub(super) struct BuildArgs {
    /// Where there is no wheel, build one: runs the project's own code, isolated by `build`
    #[arg(long)]
    build: bool,
    /// The Python that runs `build`
    #[arg(long, value_name = "PATH", requires = "build")]
    python: Option<PathBuf>,
}

/// What an archive may come to.
#[derive(Debug, Args)]
#[expect(clippy::struct_field_names, reason = "they are the names of the options")]
#[command(next_help_heading = "Reading")]
pub(super) struct LimitArgs {
    /// Bytes that an archive may unpack to
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().max_size)]
    max_size: u64,
    /// How many times its size an archive may unpack to
    #[arg(long, value_name = "TIMES", default_value_t = Limits::default().max_ratio)]
    max_ratio: u64,
    /// Members that an archive may have
    #[arg(long, value_name = "COUNT", default_value_t = Limits::default().max_members)]
    max_members: usize,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Global")]
pub(super) struct Global {
    /// Print errors only; twice: nothing
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "verbose")]
    quiet: u8,
    /// Print notes too
    #[arg(short, long, global = true, action = ArgAction::Count)]
    verbose: u8,
    /// How results are printed
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) output_format: OutputFormat,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputFormat {
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

impl SettingArgs {
    /// What the command line says of the settings.
    pub(super) fn layer(&self) -> Layer {
        Layer {
            out: self.out.clone().map(Some),
            forms: self.pip_installable.map(Form::for_upip),
            ..self.package.layer()
        }
    }
}

impl PackageArgs {
    /// What the command line says of these settings.
    pub(super) fn layer(&self) -> Layer {
        self.payload.over(self.target.layer())
    }
}

impl PayloadArgs {
    /// What the command line says of these settings, and of others in `layer`.
    pub(super) fn over(&self, layer: Layer) -> Layer {
        Layer {
            include: given(&self.include),
            exclude: given(&self.exclude),
            resources: self.resources,
            max_resource_size: self.max_resource_size,
            ..layer
        }
    }
}

impl TargetArgs {
    /// What the command line says of these settings.
    pub(super) fn layer(&self) -> Layer {
        Layer {
            extras: given(&self.extras),
            sys_platform: self.sys_platform.clone(),
            python_version: self.python_version.clone(),
            ..Layer::default()
        }
    }
}

fn given<T: Clone>(values: &[T]) -> Option<Vec<T>> {
    (!values.is_empty()).then(|| values.to_vec())
}

impl ProjectArgs {
    /// Whose settings hold.
    pub(super) fn whose(&self) -> Whose {
        match &self.project {
            Some(folder) => Whose::Project(folder.clone()),
            None if self.no_project => Whose::Nobody,
            None => Whose::Nearest,
        }
    }
}

impl ReadArgs {
    /// How archives are read for the environment that `settings` name.
    pub(super) fn options(&self, settings: &Settings, python: &Path) -> Result<ReadOptions> {
        Ok(self.build.of(self.limits.options(settings)?, python))
    }
}

impl BuildArgs {
    /// The same, where projects are built if that is asked for.
    pub(super) fn of(&self, options: ReadOptions, python: &Path) -> ReadOptions {
        let python = self.python.as_deref().unwrap_or(python);
        ReadOptions { build: self.build.then(|| python.to_owned()), ..options }
    }
}

impl LimitArgs {
    /// How archives are read for the environment that `settings` name, without a build.
    pub(super) fn options(&self, settings: &Settings) -> Result<ReadOptions> {
        Ok(ReadOptions {
            limits: Limits {
                max_size: self.max_size,
                max_ratio: self.max_ratio,
                max_members: self.max_members,
            },
            environment: settings.environment()?,
            build: None,
        })
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
