//! Which indexes there are, and why: the call, else what pip is configured for, else what pip takes
//! by default.

mod builtin;
mod conf;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use super::{Row, Source, Sourced, interpreter};
use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::net::fetch::{Location, Secret};
use crate::net::pypi::{Config, Given, Index, IndexName};
use crate::program::Environment;
use conf::PipConf;

/// What a call says of indexes.
#[derive(Clone, Debug, Default)]
pub struct IndexOptions {
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

/// Where files are looked for, how, and who says so.
#[derive(Clone, Debug, Default)]
pub struct IndexSettings {
    indexes: Vec<Sourced<Index>>,
    find_links: Vec<Sourced<Index>>,
    cert: Option<Sourced<PathBuf>>,
    trusted_hosts: Vec<Sourced<String>>,
    timeout: Option<Sourced<Duration>>,
    proxy: Option<Secret>,
    netrc: Option<PathBuf>,
    keyring: bool,
    environment: Environment,
}

impl IndexSettings {
    /// What holds for a call, where pip is that of the interpreter `python`. What it takes by default
    /// is kept in `cache`.
    ///
    /// # Errors
    /// [`Error::Usage`] for a configuration that makes no sense, and where no index is known;
    /// [`Error::Io`] for a file of it that cannot be read.
    pub fn resolve(call: &IndexOptions, python: &Path, cache: &Cache) -> Result<Self> {
        let variable = |name: &str| std::env::var_os(name);
        let pip = PipConf::read(&variable, python)?;
        let python = interpreter(python);
        let settings = Self::of(call, &pip, &|| builtin::index_url(&python, cache))?;
        let environment = python.environment().clone();
        Ok(Self { netrc: netrc(&variable), environment, ..settings })
    }

    /// What the client of the indexes needs of them.
    #[must_use]
    pub fn config(&self) -> Config {
        let values = |indexes: &[Sourced<Index>]| {
            indexes.iter().map(|index| self.absolute(&index.value)).collect::<Vec<_>>()
        };
        Config {
            indexes: values(&self.indexes),
            find_links: values(&self.find_links),
            cert: self.cert.as_ref().map(|cert| cert.value.clone()),
            trusted_hosts: self.trusted_hosts.iter().map(|host| host.value.clone()).collect(),
            timeout: self.timeout.as_ref().map(|timeout| timeout.value),
            proxy: self.proxy.clone(),
            netrc: self.netrc.clone(),
            keyring: self.keyring.then(|| self.environment.clone()),
        }
    }

    /// The index by its absolute path, if it is a folder.
    fn absolute(&self, index: &Index) -> Index {
        let mut index = index.clone();
        if let Location::Path(path) = &mut index.location
            && let Ok(absolute) = self.environment.absolute(path)
        {
            *path = absolute;
        }
        index
    }

    /// What is configured, by pip's names for it; nothing of it is secret.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        fn row<T>(key: &'static str, one: &Sourced<T>, shown: impl Fn(&T) -> String) -> Row {
            Row { key, value: shown(&one.value).into(), source: one.source.clone() }
        }
        let place = |index: &Sourced<Index>| {
            let key = match index.value.name {
                IndexName::Main => "index-url",
                IndexName::Extra(_) => "extra-index-url",
                IndexName::Links(_) => "find-links",
            };
            row(key, index, |index| index.location.to_string())
        };
        let mut rows: Vec<_> = self.indexes.iter().chain(&self.find_links).map(place).collect();
        rows.extend(self.trusted_hosts.iter().map(|host| row("trusted-host", host, String::clone)));
        let path = |path: &PathBuf| path.display().to_string();
        rows.extend(self.cert.iter().map(|cert| row("cert", cert, path)));
        let seconds = |time: &Duration| time.as_secs_f64().to_string();
        rows.extend(self.timeout.iter().map(|time| row("timeout", time, seconds)));
        rows
    }

    fn of(
        call: &IndexOptions,
        pip: &PipConf,
        default: &dyn Fn() -> Result<String>,
    ) -> Result<Self> {
        let links = with(pip.list("find-links"), &call.find_links);
        let no_index = call.no_index || pip.flag("no-index")?;
        let mut settings = Self {
            find_links: named(links, IndexName::Links)?,
            cert: chosen(
                call.cert.clone(),
                pip.value("cert").map(|setting| setting.map(PathBuf::from)),
            ),
            trusted_hosts: with(pip.list("trusted-host"), &call.trusted_hosts),
            timeout: pip.seconds(&["timeout", "default-timeout"])?,
            proxy: pip.value("proxy").map(|setting| Secret::new(setting.value)),
            keyring: pip
                .value("keyring-provider")
                .is_none_or(|setting| setting.value != "disabled"),
            ..Self::default()
        };
        if !no_index {
            let main = match chosen(call.index_url.clone(), pip.value("index-url")) {
                Some(indexes) => indexes,
                None => Sourced { value: default()?, source: Source::Pip },
            };
            settings.indexes = named(vec![main], |_| IndexName::Main)?;
            let extra = with(pip.list("extra-index-url"), &call.extra_index_urls);
            settings.indexes.extend(named(extra, IndexName::Extra)?);
        }
        Ok(settings)
    }
}

/// What the call says, else what pip is configured for.
fn chosen<T>(call: Option<T>, pip: Option<Sourced<T>>) -> Option<Sourced<T>> {
    call.map(|value| Sourced { value, source: Source::Call }).or(pip)
}

/// What pip is configured for and what the call says.
fn with(mut values: Vec<Sourced<String>>, call: &[String]) -> Vec<Sourced<String>> {
    values.extend(call.iter().cloned().map(|value| Sourced { value, source: Source::Call }));
    values
}

fn named(
    values: Vec<Sourced<String>>,
    name: impl Fn(usize) -> IndexName,
) -> Result<Vec<Sourced<Index>>> {
    let index = |(place, setting): (usize, Sourced<String>)| {
        let (location, given) = location(&setting.value)?;
        let value = Index { name: name(place + 1), location, given };
        Ok(Sourced { value, source: setting.source })
    };
    values.into_iter().enumerate().map(index).collect()
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
    let mut url = Url::parse(url.reveal()).map_err(|error| Error::Usage {
        message: format!("{location}: {error}"),
        help: "correct the URL".to_owned(),
    })?;
    let given = Given::take(&mut url);
    Ok((Location::Url(url.as_str().trim_end_matches('/').into()), given))
}

/// The file with the logins of hosts: the one that `NETRC` names, else `.netrc` or `_netrc` of the
/// user's folder.
fn netrc(variable: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    if let Some(path) = variable("NETRC") {
        return Some(path.into());
    }
    let home = variable(if cfg!(windows) { "USERPROFILE" } else { "HOME" })?;
    let files = [".netrc", "_netrc"].map(|name| PathBuf::from(&home).join(name));
    files.into_iter().find(|path| path.exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_default() -> Result<String> {
        panic!("pip is asked only if no index is set")
    }

    fn pip(text: &str) -> PipConf {
        PipConf::of_files(&[(PathBuf::from("pip.conf"), text.to_owned())]).unwrap()
    }

    #[test]
    fn the_call_comes_before_pip() {
        let pip = pip(
            "[global]\nindex-url = http://conf/simple/\nextra-index-url = http://a\n http://b\n",
        );
        let config = IndexSettings::of(&IndexOptions::default(), &pip, &no_default).unwrap();
        let shown = |settings: &IndexSettings| {
            let one = |Sourced { value: index, source }: &Sourced<Index>| {
                format!("{} {} {source}", index.name, index.location)
            };
            settings.indexes.iter().map(one).collect::<Vec<_>>()
        };
        let extra = ["extra-index-1 http://a pip.conf", "extra-index-2 http://b pip.conf"];
        assert_eq!(shown(&config), ["index http://conf/simple pip.conf", extra[0], extra[1]]);
        let call = IndexOptions {
            index_url: Some("http://call".to_owned()),
            extra_index_urls: vec!["http://c".to_owned()],
            ..IndexOptions::default()
        };
        let config = IndexSettings::of(&call, &pip, &no_default).unwrap();
        let added = "extra-index-3 http://c command line";
        assert_eq!(shown(&config), ["index http://call command line", extra[0], extra[1], added]);
    }

    #[test]
    fn pip_is_asked_last() {
        let default = || Ok("http://default".to_owned());
        let config = IndexSettings::of(&IndexOptions::default(), &pip(""), &default).unwrap();
        assert_eq!(config.indexes[0].source, Source::Pip);
        let none = IndexSettings::of(
            &IndexOptions::default(),
            &pip("[global]\nno-index = yes"),
            &no_default,
        );
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

    #[test]
    fn the_file_is_where_curl_looks() {
        let folder = tempfile::tempdir().unwrap();
        let home =
            |name: &str| matches!(name, "HOME" | "USERPROFILE").then(|| folder.path().into());
        assert_eq!(netrc(&home), None);
        let path = folder.path().join("_netrc");
        std::fs::write(&path, "").unwrap();
        assert_eq!(netrc(&home), Some(path));
        assert_eq!(netrc(&|name| (name == "NETRC").then(|| "x".into())), Some("x".into()));
    }

    #[test]
    fn folders_start_at_the_current_folder_of_the_call() {
        let here = if cfg!(windows) { Path::new("C:\\here") } else { Path::new("/here") };
        let told = |text: &str| Sourced { value: text.to_owned(), source: Source::Call };
        let settings = IndexSettings {
            indexes: named(vec![told("./simple")], |_| IndexName::Main).unwrap(),
            find_links: named(vec![told("https://host/links")], IndexName::Links).unwrap(),
            environment: Environment::new([], Some(here.to_owned()), PathBuf::new()),
            ..IndexSettings::default()
        };
        assert_eq!(settings.rows()[0].value, "./simple");
        let config = settings.config();
        assert_eq!(config.indexes[0].location, Location::Path(here.join("simple")));
        assert_eq!(config.find_links[0].location.to_string(), "https://host/links");
    }
}
