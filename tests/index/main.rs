//! An index for mip: what lies in it after each command, and what happens to it meanwhile.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

#[path = "../fixtures/mod.rs"]
mod fixtures;

mod again;
mod dependencies;
mod interrupted;
mod releases;
