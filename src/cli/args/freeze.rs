//! Arguments of `mpconvert freeze`.

use std::path::PathBuf;

use clap::Args;

use super::{PackageArgs, ProjectArgs, ReadArgs, RunLimitArgs};
use crate::settings::Layer;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mpconvert freeze logging 'umqtt.simple>=1.3' --index https://example.com/index
  mpconvert freeze github:org/repo@v1.2 dist/foo-1.0.tar.gz driver.py --out modules
To freeze the packages, add a line to the manifest of the board:
  include(\"lib/manifest.py\")")]
pub(in crate::cli) struct FreezeArgs {
    /// Packages to freeze: names in the index (NAME, NAME@VERSION, NAME>=VERSION), repositories
    /// (github:, gitlab: or codeberg:ORG/REPO[@BRANCH]), URLs of a package.json or .py file, or
    /// local archives, projects, manifest.py, package.json and .py files
    #[arg(required = true, value_name = "PACKAGE")]
    pub(in crate::cli) packages: Vec<String>,
    /// Folder for the results
    #[arg(short, long, value_name = "DIR", default_value = "lib")]
    pub(in crate::cli) out: PathBuf,
    /// Overwrite existing results that differ
    #[arg(short, long)]
    pub(in crate::cli) force: bool,
    /// Show what would be done, without writing anything
    #[arg(short = 'n', long)]
    pub(in crate::cli) dry_run: bool,
    /// Use only files that earlier runs have cached, without network access
    #[arg(long)]
    pub(in crate::cli) offline: bool,
    #[command(flatten)]
    pub(in crate::cli) limits: RunLimitArgs,
    /// Index of the packages and their dependencies: a URL, a folder, or `none`
    /// [default: micropython-lib]
    #[arg(long, value_name = "INDEX", help_heading = "Settings")]
    index: Option<String>,
    #[command(flatten)]
    package: PackageArgs,
    #[command(flatten)]
    pub(in crate::cli) project: ProjectArgs,
    #[command(flatten)]
    pub(in crate::cli) read: ReadArgs,
}

impl FreezeArgs {
    /// The settings that the command line gives.
    pub(in crate::cli) fn layer(&self) -> Layer {
        Layer {
            out: Some(Some(self.out.clone())),
            index: self.index.clone().map(Into::into),
            ..self.package.layer()
        }
    }
}
