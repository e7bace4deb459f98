//! Getting bytes from folders and from the web: whole, within limits, and kept between runs.

mod fault;
#[cfg(feature = "net")]
mod http;
mod kept;
mod local;
mod location;
#[cfg(test)]
pub(crate) mod server;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use crate::cache::Cache;
use crate::check::{Code, Finding};
use crate::error::{Error, Result};

pub use fault::FetchFault;
pub use location::Location;

use kept::{Kept, Validators};

/// How bytes are got.
#[derive(Clone, Debug)]
pub struct FetchOptions {
    /// Where is kept what came from the web.
    pub cache: Cache,
    /// Whether to do with what is kept.
    pub offline: bool,
    /// How long a server may be silent.
    pub patience: Duration,
    /// How long one download may take altogether.
    pub deadline: Duration,
    /// How often a download is tried where it may be better the next time.
    pub attempts: u32,
    /// The pause before the second attempt; each further one is twice as long.
    pub pause: Duration,
}

impl FetchOptions {
    /// The kind under which [`FetchOptions::cache`] keeps downloads by default.
    pub const CACHE: &str = "fetch";
}

impl Default for FetchOptions {
    fn default() -> Self {
        Self {
            cache: Cache::of_user(Self::CACHE),
            offline: false,
            patience: Duration::from_secs(30),
            deadline: Duration::from_mins(5),
            attempts: 3,
            pause: Duration::from_millis(250),
        }
    }
}

/// Gets the bytes of files and URLs. May be shared by threads.
///
/// ```
/// use mpconvert::fetch::{FetchOptions, Fetcher, Location};
///
/// let fetcher = Fetcher::new(FetchOptions::default());
/// let manifest = fetcher.get(&Location::parse("Cargo.toml")?, 1 << 20)?;
/// assert!(manifest.starts_with(b"[package]"));
/// # Ok::<(), mpconvert::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Fetcher {
    options: FetchOptions,
    #[cfg(feature = "net")]
    http: http::Http,
    findings: Mutex<Vec<Finding>>,
}

/// Whether the content of a URL changes.
#[derive(Clone, Copy)]
enum Change {
    Never,
    Sometimes,
}

impl Fetcher {
    /// Nothing is opened before there is something to get.
    #[must_use]
    pub fn new(options: FetchOptions) -> Self {
        Self { options, ..Self::default() }
    }

    /// The content of a file or URL, as it is now, of at most `limit` bytes. What is kept of a URL is
    /// used where its server says that it is still the same, and offline.
    ///
    /// # Errors
    /// [`Error::Fetch`], [`Error::Io`] for a file that is there and cannot be read, and
    /// [`Error::Usage`] for a URL where this program was built without the feature `net`.
    pub fn get(&self, location: &Location, limit: u64) -> Result<Bytes> {
        self.get_checked(location, limit, Change::Sometimes, &|_| Ok(()))
    }

    /// The content of a file or URL that never changes, which is asked for once only and kept if
    /// `check` finds nothing wrong with it.
    ///
    /// # Errors
    /// As [`Fetcher::get`], and those of `check`.
    pub fn get_fixed(
        &self,
        location: &Location,
        limit: u64,
        check: &dyn Fn(&Bytes) -> Result<()>,
    ) -> Result<Bytes> {
        self.get_checked(location, limit, Change::Never, check)
    }

    /// What was noticed since the last call, sorted by place.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = std::mem::take(&mut *self.noticed());
        findings.sort_by(|one, other| one.path.cmp(&other.path));
        findings.dedup();
        findings
    }

    fn noticed(&self) -> std::sync::MutexGuard<'_, Vec<Finding>> {
        self.findings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get_checked(
        &self,
        location: &Location,
        limit: u64,
        change: Change,
        check: &dyn Fn(&Bytes) -> Result<()>,
    ) -> Result<Bytes> {
        let url = match location {
            Location::Path(path) => {
                let data = local::read(path, limit)?;
                check(&data)?;
                return Ok(data);
            }
            Location::Url(url) => url,
        };
        let fault = |fault| Error::Fetch { place: location.to_string(), fault };
        let usable = |kept: &Kept| kept.data.len() as u64 <= limit && check(&kept.data).is_ok();
        let kept = kept::find(&self.options.cache, url).filter(usable);
        let kept = match (kept, change) {
            (Some(kept), Change::Never) => return Ok(kept.data),
            (Some(kept), Change::Sometimes) if self.options.offline => {
                self.noticed().push(stale(location));
                return Ok(kept.data);
            }
            (None, _) if self.options.offline => return Err(fault(FetchFault::Offline)),
            (kept, _) => kept,
        };
        let validators = kept.as_ref().map(|kept| kept.validators.clone()).unwrap_or_default();
        let answer = self.ask(url, limit, &validators)?.map_err(fault)?;
        match (answer, kept) {
            (Answer::Content { data, validators, private }, _) => {
                check(&data)?;
                if !private {
                    let kept = Kept { validators, data: data.clone() };
                    kept::keep(&self.options.cache, url, &kept);
                }
                Ok(data)
            }
            (Answer::Unchanged, Some(kept)) => Ok(kept.data),
            (Answer::Unchanged, None) => Err(fault(FetchFault::Status(304))),
        }
    }

    #[cfg(feature = "net")]
    #[expect(clippy::unnecessary_wraps, reason = "without the feature there is an error")]
    fn ask(&self, url: &str, limit: u64, known: &Validators) -> Result<Result<Answer, FetchFault>> {
        Ok(self.http.get(url, limit, known, &self.options))
    }

    #[cfg(not(feature = "net"))]
    #[expect(clippy::unused_self, reason = "with the feature it is used")]
    fn ask(
        &self,
        url: &str,
        _limit: u64,
        _known: &Validators,
    ) -> Result<Result<Answer, FetchFault>> {
        Err(Error::Usage {
            message: format!(
                "{}: this program was built without the network",
                location::shown(url)
            ),
            help: "build it with the feature `net`, or give a folder".to_owned(),
        })
    }
}

/// What a server says.
#[cfg_attr(not(feature = "net"), expect(dead_code, reason = "nobody is asked"))]
enum Answer {
    /// The content, and whether it must not be kept.
    Content { data: Bytes, validators: Validators, private: bool },
    /// It is what the validators stand for.
    Unchanged,
}

fn stale(location: &Location) -> Finding {
    Finding::new(Code::StaleCopy, "a copy of an earlier run").at(location.to_string())
}
