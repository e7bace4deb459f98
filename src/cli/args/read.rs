//! Options for reading archives and projects.

use std::path::{Path, PathBuf};

use clap::Args;
use pep440_rs::Version;

use crate::error::Result;
use crate::read::{Limits, ReadOptions};
use crate::settings::{Settings, interpreter};

#[derive(Debug, Args)]
#[command(next_help_heading = "Reading")]
pub(in crate::cli) struct ReadArgs {
    /// Version of a project folder whose configuration does not say it
    #[arg(long, value_name = "VERSION", conflicts_with = "build")]
    version: Option<Version>,
    #[command(flatten)]
    build: BuildArgs,
    #[command(flatten)]
    limits: LimitArgs,
}

/// Whether projects are built.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reading")]
pub(in crate::cli) struct BuildArgs {
    /// Build a wheel if there is none, running the project's own code, isolated by the package
    /// `build`
    #[arg(long)]
    build: bool,
    /// Python that runs the package `build`
    #[arg(long, value_name = "PATH", requires = "build")]
    python: Option<PathBuf>,
}

/// Limits for the content of an archive.
#[derive(Debug, Args)]
#[expect(clippy::struct_field_names, reason = "they are the names of the options")]
#[command(next_help_heading = "Reading")]
pub(in crate::cli) struct LimitArgs {
    /// Limit for the unpacked size of an archive, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().max_size)]
    max_size: u64,
    /// Limit for the unpacked size of an archive, as a multiple of its packed size
    #[arg(long, value_name = "TIMES", default_value_t = Limits::default().max_ratio)]
    max_ratio: u64,
    /// Limit for the number of members in an archive
    #[arg(long, value_name = "COUNT", default_value_t = Limits::default().max_members)]
    max_members: usize,
}

impl ReadArgs {
    /// How archives are read, with the environment from `settings`.
    pub(in crate::cli) fn options(
        &self,
        settings: &Settings,
        python: &Path,
    ) -> Result<ReadOptions> {
        let options = self.limits.options(settings)?;
        let options = ReadOptions { version: self.version.clone(), ..options };
        Ok(self.build.of(options, python))
    }
}

impl BuildArgs {
    /// The same options, with a build if it is requested.
    pub(in crate::cli) fn of(&self, options: ReadOptions, python: &Path) -> ReadOptions {
        let python = self.python.as_deref().unwrap_or(python);
        ReadOptions { build: self.build.then(|| interpreter(python)), ..options }
    }
}

impl LimitArgs {
    /// How archives are read, with the environment from `settings` and without a build.
    pub(in crate::cli) fn options(&self, settings: &Settings) -> Result<ReadOptions> {
        Ok(ReadOptions {
            limits: Limits {
                max_size: self.max_size,
                max_ratio: self.max_ratio,
                max_members: self.max_members,
            },
            environment: settings.environment()?,
            build: None,
            unversioned: false,
            version: None,
        })
    }
}
