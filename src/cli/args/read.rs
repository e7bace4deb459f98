//! How archives and projects are read.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::error::Result;
use crate::read::{Limits, ReadOptions};
use crate::settings::Settings;

#[derive(Debug, Args)]
#[command(next_help_heading = "Reading")]
pub(in crate::cli) struct ReadArgs {
    #[command(flatten)]
    build: BuildArgs,
    #[command(flatten)]
    limits: LimitArgs,
}

/// Whether projects are built.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reading")]
pub(in crate::cli) struct BuildArgs {
    /// Where there is no wheel, build one: runs the project's own code, isolated by `build`
    #[arg(long)]
    build: bool,
    /// The Python that runs `build`
    #[arg(long, value_name = "PATH", requires = "build")]
    python: Option<PathBuf>,
}

/// What an archive may come to.
#[derive(Debug, Args)]
#[expect(clippy::struct_field_names, reason = "they are the names of the options")]
#[command(next_help_heading = "Reading")]
pub(in crate::cli) struct LimitArgs {
    /// Bytes that an archive may unpack to
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().max_size)]
    max_size: u64,
    /// How many times its size an archive may unpack to
    #[arg(long, value_name = "TIMES", default_value_t = Limits::default().max_ratio)]
    max_ratio: u64,
    /// Members that an archive may have
    #[arg(long, value_name = "COUNT", default_value_t = Limits::default().max_members)]
    max_members: usize,
}

impl ReadArgs {
    /// How archives are read for the environment that `settings` name.
    pub(in crate::cli) fn options(
        &self,
        settings: &Settings,
        python: &Path,
    ) -> Result<ReadOptions> {
        Ok(self.build.of(self.limits.options(settings)?, python))
    }
}

impl BuildArgs {
    /// The same, where projects are built if that is asked for.
    pub(in crate::cli) fn of(&self, options: ReadOptions, python: &Path) -> ReadOptions {
        let python = self.python.as_deref().unwrap_or(python);
        ReadOptions { build: self.build.then(|| python.to_owned()), ..options }
    }
}

impl LimitArgs {
    /// How archives are read for the environment that `settings` name, without a build.
    pub(in crate::cli) fn options(&self, settings: &Settings) -> Result<ReadOptions> {
        Ok(ReadOptions {
            limits: Limits {
                max_size: self.max_size,
                max_ratio: self.max_ratio,
                max_members: self.max_members,
            },
            environment: settings.environment()?,
            build: None,
        })
    }
}
