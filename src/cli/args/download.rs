//! Limits for all downloads of a run.

use clap::Args;

use crate::error::Result;
use crate::net::fetch::FetchOptions;
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
    /// How files are fetched, within the limits that the command line gives.
    pub(in crate::cli) fn fetch(&self, offline: bool) -> Result<FetchOptions> {
        let options = settings::fetch_options(&Layer {
            max_run_time: self.max_run_time.map(RunLimit),
            max_download: self.max_download.map(RunLimit),
            ..Layer::default()
        })?;
        Ok(FetchOptions { offline, ..options })
    }
}
