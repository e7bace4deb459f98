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
pub use file_name::FileKind;
pub use project::{Project, ProjectFile, best};

/// Parses a page of an index; for the fuzzer alone, since only a server's answer leads here.
#[cfg(fuzzing)]
#[doc(hidden)]
pub fn fuzz_page(page: &[u8], media_type: &str) {
    let address = url::Url::parse("http://index.example/simple/x/");
    let _links = address.map(|address| page::read(page, Some(media_type), &address));
}
