//! From PEP 508 requirements to the names and versions that MicroPython's installers understand.

mod active;
mod alias;
mod cycle;
mod device_dependencies;
mod micropython_lib;
pub mod mip;
mod package_index;
mod pinning;
mod translation;
pub mod upip;

pub use crate::translate::active::DependencyOptions;
pub(crate) use crate::translate::active::WantedDependencies;
pub use crate::translate::mip::{
    AssumedIndex, AvailablePackage, AvailableVersions, Cut, MipDependencies, PackageIndex,
    PackageIndexes, Pinning, PinningError, UnknownIndex, break_cycles, to_mip_dependencies,
};
pub use alias::{Alias, Aliases, Provider};
pub(crate) use device_dependencies::add_device_dependencies;
pub use micropython_lib::IndexSnapshot;
pub use translation::Translation;
