//! Which indexes there are, and why: the call, else what pip is configured for, else what pip takes
//! by default.

mod builtin;
mod ini;
mod pip_conf;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use url::Url;

use super::credentials::Given;
use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::net::fetch::{Location, Secret, shown};
use pip_conf::PipConf;

/// What a call says of indexes.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// The index, in place of what pip is configured for.
    pub index_url: Option<String>,
    /// Further indexes, beside those that pip is configured for.
    pub extra_index_urls: Vec<String>,
    /// Whether no index is asked, only folders and pages with files.
    pub no_index: bool,
    /// Folders and pages with files, beside those that pip is configured for.
    pub find_links: Vec<String>,
    /// The certificates of authorities to trust, in place of those of the system.
    pub cert: Option<PathBuf>,
    /// Hosts that are trusted without encryption and without a valid certificate.
    pub trusted_hosts: Vec<String>,
}

/// Where files are looked for, and how.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The indexes, in the order in which they are asked.
    pub indexes: Vec<Index>,
    /// Folders, and pages with links to files.
    pub find_links: Vec<Index>,
    /// The certificates of authorities to trust.
    pub cert: Option<Told<PathBuf>>,
    /// Hosts that are trusted without encryption and without a valid certificate: `host` or
    /// `host:port`.
    pub trusted_hosts: Vec<Told<String>>,
    /// How long a server may be silent.
    pub timeout: Option<Told<Duration>>,
    /// The proxy for all requests, in place of those that the environment names.
    pub proxy: Option<Told<Secret>>,
    /// Whether the program `keyring` is asked for passwords.
    pub keyring: bool,
}

/// A place with files, and why it is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// What it is called.
    pub name: IndexName,
    /// Its URL or folder, without what is secret.
    pub location: Location,
    /// As whom it is asked by its URL.
    pub given: Option<Given>,
    /// Who named it.
    pub source: Source,
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

/// A value and who gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told<T> {
    /// The value.
    pub value: T,
    /// Who gave it.
    pub source: Source,
}

/// Who said something about indexes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The call.
    Call,
    /// This variable.
    Variable(String),
    /// This file.
    File(PathBuf),
    /// pip itself, where nobody says anything.
    Pip,
}

impl Config {
    /// What holds for a call, where pip is that of the interpreter `python`. What it takes by default
    /// is kept in `cache`.
    ///
    /// # Errors
    /// [`Error::Usage`] for a configuration that makes no sense, and where no index is known;
    /// [`Error::Io`] for a file of it that cannot be read.
    pub fn resolve(call: &Call, python: &Path, cache: &Cache) -> Result<Self> {
        let pip = PipConf::read(&|name| std::env::var_os(name), python)?;
        Self::of(call, &pip, &|| builtin::index_url(python, cache))
    }

    /// What is configured, by pip's names for it; nothing of it is secret.
    #[must_use]
    pub fn rows(&self) -> Vec<(&'static str, String, Source)> {
        let place = |index: &Index| {
            let key = match index.name {
                IndexName::Main => "index-url",
                IndexName::Extra(_) => "extra-index-url",
                IndexName::Links(_) => "find-links",
            };
            (key, index.location.to_string(), index.source.clone())
        };
        let mut rows: Vec<_> = self.indexes.iter().chain(&self.find_links).map(place).collect();
        rows.extend(
            self.trusted_hosts
                .iter()
                .map(|host| ("trusted-host", shown(&host.value), host.source.clone())),
        );
        rows.extend(
            self.cert
                .iter()
                .map(|cert| ("cert", cert.value.display().to_string(), cert.source.clone())),
        );
        rows.extend(
            self.timeout
                .iter()
                .map(|time| ("timeout", time.value.as_secs_f64().to_string(), time.source.clone())),
        );
        rows
    }

    fn of(call: &Call, pip: &PipConf, default: &dyn Fn() -> Result<String>) -> Result<Self> {
        let links = with(pip.list("find-links"), &call.find_links);
        let no_index = call.no_index || pip.flag("no-index")?;
        let mut config = Self {
            find_links: named(links, IndexName::Links)?,
            cert: chosen(call.cert.clone(), pip.value("cert").map(|told| told.map(PathBuf::from))),
            trusted_hosts: with(pip.list("trusted-host"), &call.trusted_hosts),
            timeout: pip.seconds(&["timeout", "default-timeout"])?,
            proxy: pip.value("proxy").map(|told| told.map(Secret::new)),
            keyring: pip.value("keyring-provider").is_none_or(|told| told.value != "disabled"),
            ..Self::default()
        };
        if !no_index {
            let main = match chosen(call.index_url.clone(), pip.value("index-url")) {
                Some(told) => told,
                None => Told { value: default()?, source: Source::Pip },
            };
            config.indexes = named(vec![main], |_| IndexName::Main)?;
            let extra = with(pip.list("extra-index-url"), &call.extra_index_urls);
            config.indexes.extend(named(extra, IndexName::Extra)?);
        }
        Ok(config)
    }
}

/// What the call says, else what pip is configured for.
fn chosen<T>(call: Option<T>, pip: Option<Told<T>>) -> Option<Told<T>> {
    call.map(|value| Told { value, source: Source::Call }).or(pip)
}

/// What pip is configured for and what the call says.
fn with(mut told: Vec<Told<String>>, call: &[String]) -> Vec<Told<String>> {
    told.extend(call.iter().cloned().map(|value| Told { value, source: Source::Call }));
    told
}

fn named(told: Vec<Told<String>>, name: impl Fn(usize) -> IndexName) -> Result<Vec<Index>> {
    let index = |(place, told): (usize, Told<String>)| {
        let (location, given) = location(&told.value)?;
        Ok(Index { name: name(place + 1), location, given, source: told.source })
    };
    told.into_iter().enumerate().map(index).collect()
}

/// A URL, which may be one of a folder, or a path; and the login in it.
fn location(text: &str) -> Result<(Location, Option<Given>)> {
    if text.starts_with("file:") {
        let path = Url::parse(text).ok().and_then(|url| url.to_file_path().ok());
        return path.map(|path| (Location::Path(path), None)).ok_or_else(|| Error::Usage {
            message: "a URL that starts with file: and names no folder of this machine".to_owned(),
            help: "give the path of the folder".to_owned(),
        });
    }
    let location = Location::parse(text)?;
    let Location::Url(url) = &location else { return Ok((location, None)) };
    let mut url = Url::parse(url).map_err(|error| Error::Usage {
        message: format!("{location}: {error}"),
        help: "correct the URL".to_owned(),
    })?;
    let given = Given::take(&mut url);
    Ok((Location::Url(url.as_str().trim_end_matches('/').to_owned()), given))
}

impl<T> Told<T> {
    fn map<U>(self, change: impl FnOnce(T) -> U) -> Told<U> {
        Told { value: change(self.value), source: self.source }
    }
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

impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call => out.write_str("command line"),
            Self::Variable(name) => out.write_str(name),
            Self::File(path) => path.display().fmt(out),
            Self::Pip => out.write_str("pip's default"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_default() -> Result<String> {
        panic!("pip is asked where nobody says anything")
    }

    fn pip(text: &str) -> PipConf {
        PipConf::of_files(&[(PathBuf::from("pip.conf"), text.to_owned())]).unwrap()
    }

    #[test]
    fn the_call_comes_before_pip() {
        let pip = pip(
            "[global]\nindex-url = http://conf/simple/\nextra-index-url = http://a\n http://b\n",
        );
        let config = Config::of(&Call::default(), &pip, &no_default).unwrap();
        let shown = |config: &Config| {
            let one = |index: &Index| format!("{} {} {}", index.name, index.location, index.source);
            config.indexes.iter().map(one).collect::<Vec<_>>()
        };
        let extra = ["extra-index-1 http://a pip.conf", "extra-index-2 http://b pip.conf"];
        assert_eq!(shown(&config), ["index http://conf/simple pip.conf", extra[0], extra[1]]);
        let call = Call {
            index_url: Some("http://call".to_owned()),
            extra_index_urls: vec!["http://c".to_owned()],
            ..Call::default()
        };
        let config = Config::of(&call, &pip, &no_default).unwrap();
        let added = "extra-index-3 http://c command line";
        assert_eq!(shown(&config), ["index http://call command line", extra[0], extra[1], added]);
    }

    #[test]
    fn pip_is_asked_last() {
        let default = || Ok("http://default".to_owned());
        let config = Config::of(&Call::default(), &pip(""), &default).unwrap();
        assert_eq!(config.indexes[0].source, Source::Pip);
        let none = Config::of(&Call::default(), &pip("[global]\nno-index = yes"), &no_default);
        assert_eq!(none.unwrap().indexes, []);
    }

    #[test]
    fn folders_may_be_urls() {
        for text in ["file:///a%20b", "/a b"] {
            assert_eq!(location(text).unwrap(), (Location::Path("/a b".into()), None));
        }
        assert!(location("file://host.example/x").is_err());
        assert!(
            location("ftp://me:secret@host").unwrap_err().to_string().starts_with("ftp://host")
        );
    }
}
