//! What can be said to `mpconvert freeze`.

use std::path::PathBuf;

use clap::Args;

use super::{PackageArgs, ProjectArgs, ReadArgs, RunLimitArgs};
use crate::settings::Layer;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mpconvert freeze logging 'umqtt.simple>=1.3' --index https://example.com/index
  mpconvert freeze github:org/repo@v1.2 dist/foo-1.0.tar.gz driver.py --out modules
Then, in the manifest of a board, or as FROZEN_MANIFEST of its build:
  include(\"lib/manifest.py\")")]
pub(in crate::cli) struct FreezeArgs {
    /// Packages of the index (NAME, NAME@VERSION, NAME>=VERSION), github:, gitlab: and codeberg: with
    /// ORG/REPO and perhaps @BRANCH, URLs of a package.json or a .py file, and files: archives,
    /// projects, manifest.py, package.json and .py
    #[arg(required = true, value_name = "PACKAGE")]
    pub(in crate::cli) packages: Vec<String>,
    /// Folder for the results
    #[arg(short, long, value_name = "DIR", default_value = "lib")]
    pub(in crate::cli) out: PathBuf,
    /// Replace earlier results with other content
    #[arg(short, long)]
    pub(in crate::cli) force: bool,
    /// Do everything but write
    #[arg(short = 'n', long)]
    pub(in crate::cli) dry_run: bool,
    /// Fetch nothing: take what is kept from earlier runs
    #[arg(long)]
    pub(in crate::cli) offline: bool,
    #[command(flatten)]
    pub(in crate::cli) limits: RunLimitArgs,
    /// The index of the packages, and of what they depend on: a URL or a folder
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
    /// What the command line says of the settings.
    pub(in crate::cli) fn layer(&self) -> Layer {
        Layer {
            out: Some(Some(self.out.clone())),
            index: self.index.clone().map(Some),
            ..self.package.layer()
        }
    }
}
