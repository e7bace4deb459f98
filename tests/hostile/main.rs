//! Hostile inputs, folders and trees: each gets an answer in bounded processor time and memory, never a
//! panic, and nothing of it is run or touched.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

#[path = "../fixtures/mod.rs"]
mod fixtures;

mod any_bytes;
#[cfg(unix)]
mod archives;
#[cfg(unix)]
mod bounded;
#[cfg(unix)]
mod damage;
#[cfg(all(unix, feature = "net"))]
mod folder;
#[cfg(unix)]
mod indexes;
#[cfg(unix)]
mod metadata;
#[cfg(unix)]
mod nested;
#[cfg(unix)]
mod projects;
#[cfg(unix)]
mod tars;
#[cfg(all(unix, feature = "net"))]
mod trees;
#[cfg(unix)]
mod zips;
