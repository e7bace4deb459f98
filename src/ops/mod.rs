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

#[cfg(feature = "net")]
pub use crate::ops::convert::{Converted, Stored, Summary, convert, convert_bytes};
#[cfg(feature = "net")]
pub use fetch::{FetchJob, FetchedFile, fetch};

use crate::error::Result;
use crate::net::fetch::{FetchOptions, Fetcher, Location};
use crate::net::mip::Client;
use crate::ops::inputs::Job;
use crate::options::ConvertOptions;
use crate::package::Package;
use crate::read;
use crate::settings::Settings;

/// The client for packages for mip, with these settings.
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
