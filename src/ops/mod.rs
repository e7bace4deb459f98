//! The engines behind all doors, one for each thing that is made: archives of a release or a project
//! in, what a client takes out.

pub mod closure;
mod convert;
mod fetch;
pub mod freeze;
pub mod gather;
pub mod index;
pub mod inputs;
pub mod install;
pub mod lock;
pub mod migrate;
pub mod mip;
pub mod requirements;
mod size;

pub use crate::ops::convert::{
    Converted, Stored, Summary, convert, convert_bytes, convert_job, convert_package,
};
pub use fetch::{ChosenFile, FetchJob, FetchedFile, choose, fetch};

use crate::error::Result;
use crate::net::fetch::{FetchOptions, Fetcher};
use crate::net::mip::Client;
use crate::ops::inputs::Job;
use crate::options::ConvertOptions;
use crate::package::Package;
use crate::read::{self, Input};
use crate::settings::{MipIndex, Settings, Source};
use crate::translate::{IndexSnapshot, add_device_dependencies};

/// The client for packages for mip, with these settings.
///
/// # Errors
/// [`Error::Usage`](crate::Error::Usage) for an index that is at no place.
pub(crate) fn client(settings: &Settings, fetch: FetchOptions) -> Result<Client> {
    let index = &settings.index.value;
    let client = Client::new(Fetcher::new(fetch), index.location()?);
    let client = match index {
        MipIndex::MicropythonLib => client.with_snapshot(IndexSnapshot::micropython_lib()),
        _ => client,
    };
    Ok(if settings.index.source == Source::Default { client.assumed() } else { client })
}

/// Reads the releases of `job` and adapts each to devices: selects its files, makes modules of its
/// data, and adds the dependencies that only the settings of its project name. A package that was read already was adapted, too.
#[must_use]
pub fn packages(job: &Job) -> Vec<Result<Package>> {
    if let Input::Known(archive) = &job.input {
        return vec![Ok(archive.package.clone())];
    }
    let read = read::release(&job.input, &job.options.read).into_iter();
    let adapted = |package: Result<Package>| {
        let mut package = adapt(package?, &job.options);
        add_device_dependencies(&mut package, job.input.folder(), &job.options.aliases);
        Ok(package)
    };
    read.map(adapted).collect()
}

/// Leaves out what a device has no use for, and makes modules of data.
pub(crate) fn adapt(mut package: Package, options: &ConvertOptions) -> Package {
    options.selection.apply(&mut package);
    options.resources.apply(&mut package);
    package
}
