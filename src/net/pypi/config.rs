//! Where files are looked for.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::credentials::Given;
use crate::net::fetch::{Location, Secret};
use crate::program::Environment;

/// Where files are looked for, and how.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The indexes, in the order in which they are asked.
    pub indexes: Vec<Index>,
    /// Folders, and pages with links to files.
    pub find_links: Vec<Index>,
    /// The certificates of authorities to trust, in place of those of the options of fetching.
    pub cert: Option<PathBuf>,
    /// Hosts that are trusted without encryption and without a valid certificate: `host` or
    /// `host:port`.
    pub trusted_hosts: Vec<String>,
    /// How long a server may be silent.
    pub timeout: Option<Duration>,
    /// The proxy for all requests, in place of those that the environment names.
    pub proxy: Option<Secret>,
    /// The file with user names and passwords of hosts, in the form of `.netrc`.
    pub netrc: Option<PathBuf>,
    /// Where the program `keyring` is found, if it is asked for passwords.
    pub keyring: Option<Environment>,
}

/// A place with files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// What it is called.
    pub name: IndexName,
    /// Its URL or the absolute path of its folder, without what is secret.
    pub location: Location,
    /// As whom it is asked by its URL.
    pub given: Option<Given>,
}

/// What an index is called wherever its URL may differ, such as in a lock.
///
/// ```
/// use mpconvert::net::pypi::IndexName;
///
/// assert_eq!("extra-index-2".parse(), Ok(IndexName::Extra(2)));
/// assert_eq!(IndexName::Main.to_string(), "index");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IndexName {
    /// A folder or page with links to files, by its number: `find-links-1`.
    Links(usize),
    /// The index: `index`.
    Main,
    /// A further index, by its number: `extra-index-1`.
    Extra(usize),
}

impl fmt::Display for IndexName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Main => out.write_str("index"),
            Self::Extra(number) => write!(out, "extra-index-{number}"),
            Self::Links(number) => write!(out, "find-links-{number}"),
        }
    }
}

impl FromStr for IndexName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |prefix: &str| text.strip_prefix(prefix)?.parse().ok();
        match text {
            "index" => Ok(Self::Main),
            _ => number("extra-index-")
                .map(Self::Extra)
                .or_else(|| number("find-links-").map(Self::Links))
                .ok_or_else(|| "expected `index`, `extra-index-1` or the like".to_owned()),
        }
    }
}
