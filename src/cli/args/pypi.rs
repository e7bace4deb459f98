//! What can be said of package indexes, and to the commands that only ask them.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use clap::{Args, Subcommand};

use super::RunLimitArgs;
use crate::cache::Cache;
use crate::error::Result;
use crate::net::fetch::{FetchOptions, Progress, RunBudget};
use crate::net::pypi::Pypi;
use crate::settings::{IndexOptions, IndexSettings};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mpconvert fetch micropython-logging          the newest release, a wheel or an sdist
  mpconvert fetch 'six<1.17' foo==1.0 --to dist
  mpconvert fetch foo --index-url https://example.com/simple")]
pub(in crate::cli) struct FetchArgs {
    /// Projects, as for pip: `name`, `name==1.0`, `name>=1,<2`
    #[arg(required = true, value_name = "REQ")]
    pub(in crate::cli) requirements: Vec<String>,
    /// Folder for the files
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(in crate::cli) to: PathBuf,
    /// Overwrite files that exist with other content
    #[arg(short, long)]
    pub(in crate::cli) force: bool,
    /// Look up what would be fetched
    #[arg(short = 'n', long)]
    pub(in crate::cli) dry_run: bool,
    #[command(flatten)]
    pub(in crate::cli) pypi: PypiArgs,
}

/// Where projects are looked for. What is not said is as pip is configured.
#[derive(Debug, Args)]
#[command(next_help_heading = "Package indexes")]
pub(in crate::cli) struct PypiArgs {
    #[command(flatten)]
    pub(in crate::cli) places: CachePathArgs,
    /// Use no cache
    #[arg(long)]
    no_cache: bool,
    /// Fetch nothing: take what is kept from earlier runs
    #[arg(long, conflicts_with = "no_cache")]
    offline: bool,
    #[command(flatten)]
    limits: RunLimitArgs,
    /// The limits of the run, which all its clients share.
    #[arg(skip)]
    run: OnceLock<RunBudget>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Package indexes")]
pub(in crate::cli) struct CachePathArgs {
    /// The index [default: the one that pip is configured for, else pip's own]
    #[arg(long, value_name = "URL")]
    index_url: Option<String>,
    /// A further index, asked for what those before do not have (may be repeated)
    #[arg(long, value_name = "URL")]
    extra_index_url: Vec<String>,
    /// Ask no index, only --find-links
    #[arg(long)]
    no_index: bool,
    /// A folder with archives, or the URL of a page with links to some (may be repeated)
    #[arg(long, value_name = "DIR|URL")]
    find_links: Vec<String>,
    /// The certificates of authorities to trust, in place of the system's
    #[arg(long, value_name = "PATH")]
    cert: Option<PathBuf>,
    /// Trust this host without encryption and valid certificate (may be repeated)
    #[arg(long, value_name = "HOST[:PORT]")]
    trusted_host: Vec<String>,
}

impl CachePathArgs {
    /// Which indexes there are, where pip is that of `python`.
    pub(in crate::cli) fn settings(&self, python: &Path, cache: &Cache) -> Result<IndexSettings> {
        let call = IndexOptions {
            index_url: self.index_url.clone(),
            extra_index_urls: self.extra_index_url.clone(),
            no_index: self.no_index,
            find_links: self.find_links.clone(),
            cert: self.cert.clone(),
            trusted_hosts: self.trusted_host.clone(),
        };
        IndexSettings::resolve(&call, python, cache)
    }
}

impl PypiArgs {
    /// How files are fetched.
    pub(in crate::cli) fn fetch(&self) -> Result<FetchOptions> {
        let mut options = self.limits.fetch(self.offline)?;
        options.run = self.run.get_or_init(|| options.run.clone()).clone();
        if self.no_cache {
            options.cache = Cache::none();
        }
        Ok(options)
    }

    /// The client of the indexes. `progress` is told what comes.
    pub(in crate::cli) fn pypi(&self, python: &Path, progress: Progress) -> Result<Pypi> {
        let mut options = self.fetch()?;
        options.network.progress = progress;
        let settings = self.places.settings(python, &options.cache)?;
        Pypi::new(&settings.config(), options)
    }
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CacheArgs {
    #[command(subcommand)]
    pub(in crate::cli) command: CacheCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum CacheCommand {
    /// Print the folder of what is kept between runs
    Dir,
    /// Print the bytes of what is kept
    Size,
    /// Remove what was kept long ago
    Prune(PruneArgs),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PruneArgs {
    /// Remove what was kept before that many days
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    pub(in crate::cli) older_than: u32,
    /// Remove all
    #[arg(long, conflicts_with = "older_than")]
    pub(in crate::cli) all: bool,
}
