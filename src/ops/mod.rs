//! The engines behind all doors, one for each thing that is made: archives of a release or a project
//! in, what a client takes out.

mod convert;
#[cfg(feature = "net")]
mod fetch;
pub mod freeze;
pub mod index;
pub mod inputs;
pub mod install;
#[cfg(feature = "net")]
pub mod migrate;
pub mod mip;
#[cfg(feature = "net")]
pub mod requirements;
mod size;

pub use crate::ops::convert::{Converted, Stored, Summary, convert, convert_bytes};
pub use crate::write::store::Outcome;
#[cfg(feature = "net")]
pub(crate) use crate::write::store::{store, store_new};
#[cfg(feature = "net")]
pub use fetch::{FetchJob, FetchedFile, fetch};

use std::collections::BTreeSet;

use crate::adapt::{Resources, Selection};
use crate::error::Result;
use crate::net::fetch::{FetchOptions, Fetcher, Location};
use crate::net::mip::Client;
use crate::ops::inputs::Job;
use crate::package::Package;
use crate::read::{self, ReadOptions};
use crate::settings::Settings;
use crate::translate::{Aliases, DependencyOptions};

/// How releases are converted.
#[derive(Clone, Debug)]
pub struct ConvertOptions {
    /// How archives are read.
    pub read: ReadOptions,
    /// Which files are kept.
    pub selection: Selection,
    /// In which forms data files go to the device.
    pub resources: Resources,
    /// Extras whose dependencies are wanted too.
    pub extras: Vec<String>,
    /// Other names for dependencies.
    pub aliases: Aliases,
    /// Normalised names of dependencies that cannot be had.
    pub missing: BTreeSet<String>,
    /// Whether `pip install` shall take the archives, too.
    pub pip_installable: bool,
    /// The time of all members, in seconds since 1970.
    pub mtime: u64,
    /// Whether an existing output with other content is overwritten.
    pub force: bool,
    /// Whether everything is done but the writing.
    pub dry_run: bool,
}

impl ConvertOptions {
    /// 1980-01-01, the first moment that a zip archive can hold, so that repacking never fails.
    pub const DEFAULT_MTIME: u64 = 315_532_800;

    /// Which dependencies of the release are wanted, and by which names.
    #[must_use]
    pub fn dependencies_of(&self, package: &Package) -> DependencyOptions {
        self.dependencies().providing(&package.metadata.provides_extra)
    }

    /// The same of releases of which it is not known which extras they have.
    #[must_use]
    pub fn dependencies(&self) -> DependencyOptions {
        DependencyOptions {
            environment: self.read.environment.clone(),
            extras: self.extras.clone(),
            provided: BTreeSet::new(),
            aliases: self.aliases.clone(),
            missing: self.missing.clone(),
        }
    }
}

impl Default for ConvertOptions {
    fn default() -> Self {
        Self {
            read: ReadOptions::default(),
            selection: Selection::default(),
            resources: Resources::default(),
            extras: Vec::new(),
            aliases: Aliases::default(),
            missing: BTreeSet::new(),
            pip_installable: false,
            mtime: Self::DEFAULT_MTIME,
            force: false,
            dry_run: false,
        }
    }
}

/// What fetches packages for mip, by these settings.
///
/// # Errors
/// [`Error::Usage`](crate::Error::Usage) for an index that is at no place.
pub(crate) fn client(settings: &Settings, fetch: FetchOptions) -> Result<Client> {
    let index = settings.index.value.as_deref().map(Location::parse).transpose()?;
    Ok(Client::new(Fetcher::new(fetch), index))
}

/// Reads the releases of `job` and adapts each to devices: selects its files, and makes modules of
/// its data.
#[must_use]
pub fn packages(job: &Job) -> Vec<Result<Package>> {
    let read = read::release(&job.input, &job.options.read).into_iter();
    read.map(|package| Ok(adapt(package?, &job.options))).collect()
}

/// Leaves out what a device has no use for, and makes modules of data.
pub(crate) fn adapt(mut package: Package, options: &ConvertOptions) -> Package {
    options.selection.apply(&mut package);
    options.resources.apply(&mut package);
    package
}
