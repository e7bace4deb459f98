//! The operations of the program, each from its arguments to what lies on the disk.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

#[path = "../fixtures/mod.rs"]
mod fixtures;

#[cfg(unix)]
mod freeze;
mod inspect;
#[cfg(all(unix, feature = "net"))]
mod install;
mod interrupted;
mod left_out;
#[cfg(feature = "net")]
mod migrate;
mod mip;
mod portable_names;
