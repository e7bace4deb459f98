//! From a [`Package`](crate::Package) to the form that a client takes; never opens an input.

pub mod index;
mod pip;
mod sink;
mod upip;

pub use sink::{Sink, TarGz};
pub use upip::{Upip, UpipOptions, upip};
