//! Reads packages as mip and mpremote fetch them: from an index, by URL or from a folder.
//!
//! Source: `mip/__init__.py` of micropython-lib and `mpremote/mip.py`. What they do not do is done
//! here: every file is checked against its hash, no path leaves its folder, no circle is followed.

mod budget;
mod closure;
mod download;
mod manifest;
mod named;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::fetch::{Fetcher, Location};
use crate::error::{Error, FetchError, Result};
use crate::finding::{Code, Finding};
use crate::mip::{Dependency, IndexJson, PackageJson};
use crate::package::File;
use crate::translate::IndexSnapshot;

use budget::{Budget, Limits};

/// A package as mip would install it.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The name by which it was asked for: that of an index, or a URL.
    pub name: String,
    /// The version in the index, or the requested one; for a URL, the branch or tag.
    pub version: String,
    /// Its `package.json`; for a single file, the name and URL.
    pub package_json: PackageJson,
    /// Its files, sorted by path, each path once: of several the last, as clients leave it.
    pub files: Vec<File>,
    /// Its dependencies in the order of installation, without those that would close a cycle.
    pub deps: Vec<Dependency>,
}

/// Reads packages.
///
/// ```
/// use mpconvert::net::fetch::{FetchOptions, Fetcher, Location};
/// use mpconvert::net::mip::Client;
///
/// let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("index.json"), r#"{"v": 2, "packages": [{"name": "foo"}]}"#)?;
/// let index = Location::Path(folder.path().to_owned());
/// let client = Client::new(Fetcher::new(FetchOptions::default()), Some(index));
/// assert!(client.index_json()?.package("foo").is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Client {
    fetcher: Fetcher,
    index: Option<Location>,
    index_json: OnceLock<IndexJson>,
    /// What the index had when this program was made.
    snapshot: Option<IndexSnapshot>,
    is_unreachable: AtomicBool,
    /// Whether the index is the default one.
    is_assumed: bool,
    limits: Limits,
}

impl Client {
    /// Packages of the index at this folder or URL, or at this `index.json`. Without one there are
    /// packages by URL and local ones only. Nothing is fetched yet.
    #[must_use]
    pub fn new(fetcher: Fetcher, index: Option<Location>) -> Self {
        let index = index.map(named::root_of_index);
        Self {
            fetcher,
            index,
            index_json: OnceLock::new(),
            snapshot: None,
            is_unreachable: AtomicBool::new(false),
            is_assumed: false,
            limits: Limits::default(),
        }
    }

    /// The same, where `snapshot` says what the index has while it cannot be reached.
    #[must_use]
    pub fn with_snapshot(self, snapshot: IndexSnapshot) -> Self {
        Self { snapshot: Some(snapshot), ..self }
    }

    /// The same with the default index: devices may use another one.
    #[must_use]
    pub fn assumed(self) -> Self {
        Self { is_assumed: true, ..self }
    }

    /// Whether the index is the default one, which devices need not use.
    #[must_use]
    pub fn is_assumed(&self) -> bool {
        self.is_assumed
    }

    /// By what packages are fetched.
    #[must_use]
    pub fn fetcher(&self) -> &Fetcher {
        &self.fetcher
    }

    /// Whether there is an index.
    #[must_use]
    pub fn has_index(&self) -> bool {
        self.index.is_some()
    }

    /// The list of the index's packages, fetched once.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no index, those of [`Fetcher::get`], and [`Error::Refused`] for a
    /// list that is none.
    pub fn index_json(&self) -> Result<&IndexJson> {
        if let Some(known) = self.index_json.get() {
            return Ok(known);
        }
        let location = self.index("index.json")?.join("index.json");
        let place = location.to_string();
        let index = match self.fetcher.get(&location, self.limits.index_json) {
            Ok(text) => IndexJson::parse(&text, &place)
                .map_err(|finding| Error::Refused { input: place, findings: vec![finding] })?,
            Err(Error::Fetch { place, fault }) => match &self.snapshot {
                Some(snapshot) if fault.is_unreachable() => {
                    self.is_unreachable.store(true, Ordering::Relaxed);
                    snapshot.packages().clone()
                }
                _ => return Err(Error::Fetch { place, fault }),
            },
            Err(error) => return Err(error),
        };
        Ok(self.index_json.get_or_init(|| index))
    }

    /// Findings about what was fetched since the last call: copies of earlier runs, and an index whose
    /// snapshot was used.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = self.fetcher.stale_copies();
        if self.is_unreachable.swap(false, Ordering::Relaxed) {
            let found = format!("the list of {}", IndexSnapshot::DATE);
            let at = self.index.as_ref().map(ToString::to_string);
            findings.push(Finding::new(Code::IndexUnreachable, found).at(at.unwrap_or_default()));
        }
        findings
    }

    /// The same, or `None` if there is no index.
    ///
    /// # Errors
    /// As [`Client::index_json`].
    pub fn optional_index(&self) -> Result<Option<&IndexJson>> {
        self.has_index().then(|| self.index_json()).transpose()
    }

    /// The package that `wanted` names: one of the index in the given variant ([`crate::mip::SOURCE_VARIANT`],
    /// or the major version of bytecode), the `package.json`, `.py` or `.mpy` file at a URL, or a
    /// local path that ends in `.json`.
    ///
    /// # Errors
    /// [`Error::Refused`] with [`Code::NotThere`] if it or one of its files does not exist, with
    /// [`Code::HashDiffers`] for a file that is not what the index says, and with others for a
    /// package that no client could install or that would do harm; [`Error::Usage`] if an index is
    /// needed and there is none; [`Error::Fetch`] and [`Error::Io`] if fetching fails.
    pub fn package(&self, wanted: &Dependency, variant: &str) -> Result<Fetched> {
        Ok(self.find(wanted, variant)??)
    }

    /// The same, where callers have another way for a package that does not exist.
    ///
    /// # Errors
    /// Those of [`Client::package`] but for [`Code::NotThere`].
    pub fn find(&self, wanted: &Dependency, variant: &str) -> Result<Result<Fetched, NotThere>> {
        match self.fetched(wanted, variant) {
            Ok(fetched) => Ok(Ok(fetched)),
            Err(Failure::NotThere(what)) => Ok(Err(what)),
            Err(Failure::Other(error)) => Err(error),
        }
    }

    fn fetched(&self, wanted: &Dependency, variant: &str) -> Result<Fetched, Failure> {
        let budget = Budget::new(self.limits);
        let manifest = self.manifest(wanted, variant, &budget)?;
        let mut fetched = self.download(vec![manifest], &budget)?;
        let missing = || Failure::NotThere(NotThere::new(wanted, wanted.name.clone()));
        fetched.pop().ok_or_else(missing)
    }

    /// The packages that `wanted` name, as [`Client::package`] has them, and all they depend on: each
    /// once, in the order in which clients install them. Clients install all versions of a package
    /// that are asked for, and the files of the last count; here, too.
    ///
    /// The findings include cycles that were cut ([`Code::DependencyCycle`]), several versions of
    /// one package ([`Code::VersionsCollide`]) and cached copies ([`Code::StaleCopy`]).
    ///
    /// # Errors
    /// Those of [`Client::package`] for the first package that cannot be had, and
    /// [`Error::Refused`] with [`Code::TooManyPackages`].
    pub fn closure(
        &self,
        wanted: &[Dependency],
        variant: &str,
    ) -> Result<(Vec<Fetched>, Vec<Finding>)> {
        let budget = Budget::new(self.limits);
        let manifests = self.manifests(wanted, variant, &budget)?;
        let (ordered, mut findings) = closure::order(wanted, manifests, self.limits)?;
        let fetched = self.download(ordered, &budget)?;
        findings.extend(self.findings());
        Ok((fetched, findings))
    }

    /// Where the index is, which `what` needs.
    fn index(&self, what: &str) -> Result<&Location> {
        self.index.as_ref().ok_or_else(|| Error::Usage {
            message: format!("{what}: no index to look it up in"),
            help: "give an index with --index: a URL or a folder".to_owned(),
        })
    }
}

/// An error that is about a package.
fn refused(wanted: &Dependency, finding: Finding) -> Error {
    Error::Refused { input: wanted.to_string(), findings: vec![finding] }
}

/// A package that does not exist, or of which a file does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotThere {
    wanted: String,
    place: String,
    /// What there is instead.
    offered: Option<String>,
    /// The packages that lead to it, the one that names it first.
    needed_by: Vec<String>,
}

impl NotThere {
    fn new(wanted: &Dependency, place: String) -> Self {
        Self { wanted: wanted.to_string(), place, offered: None, needed_by: Vec::new() }
    }
}

impl From<NotThere> for Error {
    fn from(what: NotThere) -> Self {
        let finding = Finding::new(Code::NotThere, "nothing").at(what.place);
        let finding = match what.offered {
            Some(offered) => finding.expected(offered),
            None => finding,
        };
        let finding = finding.needed_by(what.needed_by.iter().map(String::as_str));
        Self::Refused { input: what.wanted, findings: vec![finding] }
    }
}

/// Why a package cannot be had.
enum Failure {
    NotThere(NotThere),
    Other(Error),
}

impl Failure {
    /// Tells a file that is not there from other failures.
    fn of(wanted: &Dependency) -> impl Fn(Error) -> Self + '_ {
        |error| match error {
            Error::Fetch { place, fault: FetchError::NotFound } => {
                Self::NotThere(NotThere::new(wanted, place))
            }
            error => Self::Other(error),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotThere(what) => what.into(),
            Failure::Other(error) => error,
        }
    }
}
