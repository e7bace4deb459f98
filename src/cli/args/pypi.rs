//! Options for package indexes, and the arguments of `mpconvert fetch` and `cache`.

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
  mpconvert fetch micropython-logging          the newest release, as a wheel or sdist
  mpconvert fetch 'six<1.17' foo==1.0 --to dist
  mpconvert fetch foo --index-url https://example.com/simple")]
pub(in crate::cli) struct FetchArgs {
    /// Requirements, as for pip: `name`, `name==1.0`, `name>=1,<2`
    #[arg(required = true, value_name = "REQ")]
    pub(in crate::cli) requirements: Vec<String>,
    /// Folder for the files
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(in crate::cli) to: PathBuf,
    /// Overwrite existing files that differ
    #[arg(short, long)]
    pub(in crate::cli) force: bool,
    /// Show what would be downloaded, without downloading it
    #[arg(short = 'n', long)]
    pub(in crate::cli) dry_run: bool,
    #[command(flatten)]
    pub(in crate::cli) pypi: PypiArgs,
}

/// The package indexes. The defaults are those of pip's configuration.
#[derive(Debug, Args)]
#[command(next_help_heading = "Package indexes")]
pub(in crate::cli) struct PypiArgs {
    #[command(flatten)]
    pub(in crate::cli) places: CachePathArgs,
    /// Do not use the cache
    #[arg(long)]
    no_cache: bool,
    /// Use only files that earlier runs have cached, without network access
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
    /// URL of the package index [default: the index that pip is configured for, or pip's own
    /// default]
    #[arg(long, value_name = "URL")]
    index_url: Option<String>,
    /// URL of another package index, for projects that the previous ones lack (may be repeated)
    #[arg(long, value_name = "URL")]
    extra_index_url: Vec<String>,
    /// Ignore package indexes, and use only --find-links
    #[arg(long)]
    no_index: bool,
    /// Folder of archives, or URL of a page with links to archives (may be repeated)
    #[arg(long, value_name = "DIR|URL")]
    find_links: Vec<String>,
    /// File of CA certificates to trust instead of the system's
    #[arg(long, value_name = "PATH")]
    cert: Option<PathBuf>,
    /// Host to trust without encryption or a valid certificate (may be repeated)
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

    /// The client of the indexes. `progress` is called with the bytes that arrive.
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
    /// Print the path of the cache
    Dir,
    /// Print the size of the cache, in bytes
    Size,
    /// Remove old entries from the cache
    Prune(PruneArgs),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PruneArgs {
    /// Remove entries that are older than this number of days
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    pub(in crate::cli) older_than: u32,
    /// Remove all entries
    #[arg(long, conflicts_with = "older_than")]
    pub(in crate::cli) all: bool,
}
