//! Limits for all downloads of a run.

use clap::Args;

use crate::error::Result;
use crate::net::fetch::{FetchOptions, RunBudget};
use crate::settings::{self, Layer, RunLimit};

#[derive(Debug, Args)]
#[command(next_help_heading = "Downloads")]
pub(in crate::cli) struct RunLimitArgs {
    /// Time limit for all downloads of a run, in seconds [default: 3600]
    #[arg(long, value_name = "SECONDS")]
    max_run_time: Option<u64>,
    /// Size limit for all downloads of a run, in bytes [default: 4294967296]
    #[arg(long, value_name = "BYTES")]
    max_download: Option<u64>,
}

impl RunLimitArgs {
    /// The limits set by the command line or the environment. The time starts now.
    pub(in crate::cli) fn budget(&self) -> Result<RunBudget> {
        settings::run_budget(&Layer {
            max_run_time: self.max_run_time.map(RunLimit),
            max_download: self.max_download.map(RunLimit),
            ..Layer::default()
        })
    }

    /// How files are fetched within the limits.
    pub(in crate::cli) fn fetch(&self, offline: bool) -> Result<FetchOptions> {
        Ok(FetchOptions { offline, run: self.budget()?, ..FetchOptions::default() })
    }
}
