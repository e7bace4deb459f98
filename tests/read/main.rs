//! Inputs and what is read of them: archives and folders that are taken, and those that are refused.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

#[path = "../fixtures/mod.rs"]
mod fixtures;

mod ambiguous_tar;
mod ambiguous_zip;
#[cfg(unix)]
mod projects;
mod refusals;
mod roundtrip;
mod versions;
