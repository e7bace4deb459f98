//! Hostile inputs: each gets an answer in bounded processor time and memory, and never a panic.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

#[path = "../fixtures/mod.rs"]
mod fixtures;

mod any_bytes;
#[cfg(unix)]
mod archives;
#[cfg(unix)]
mod bounded;
mod damage;
#[cfg(unix)]
mod indexes;
#[cfg(unix)]
mod metadata;
#[cfg(unix)]
mod projects;
