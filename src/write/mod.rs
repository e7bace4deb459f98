//! From a [`Package`](crate::Package) to the form that a client takes; never opens an input.

pub(crate) mod dir_lock;
pub(crate) mod disk;
pub mod index;
mod manifest;
mod mip;
mod pip;
mod sink;
pub(crate) mod store;
mod upip;

pub use manifest::{FrozenPackage, MANIFEST, MANIFEST_MARK, requiring_manifest};
pub use mip::{Mip, MipOptions, PACKAGE_JSON, about, mip};
pub use sink::{Sink, TarGz};
pub use store::Outcome;
pub(crate) use store::{store, store_new};
pub use upip::{Upip, UpipOptions, upip};
