//! Reading a package index: the simple repository API in HTML and JSON (PEP 503, 592, 629, 658, 691,
//! 700 and 714). Nothing is resolved here.
//!
//! [`Config`] is the list of indexes, from pip's configuration; [`Pypi`] is their client.

mod choose;
mod client;
mod config;
mod credentials;
mod file_name;
mod files;
mod page;
mod project;
#[cfg(test)]
#[cfg(feature = "net")]
mod tests;

pub use choose::Choice;
pub use client::Pypi;
pub use config::{Config, Index, IndexName};
pub use credentials::Given;
pub use project::{FileKind, Project, ProjectFile, best};
