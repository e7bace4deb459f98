//! Getting bytes from folders and from the web: whole, within limits, and kept between runs.

mod cached_response;
mod hash;
#[cfg(feature = "net")]
mod http;
#[cfg(not(feature = "net"))]
#[path = "no_http.rs"]
mod http;
mod local;
mod location;
mod login;
mod network;
mod parallel;
mod run;
#[cfg(test)]
#[cfg(feature = "net")]
pub(crate) mod server;
#[cfg(test)]
#[cfg(feature = "net")]
mod tests;

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use super::fetch::cached_response::{CacheMetadata, CachedResponse};
use crate::cache::{Cache, Key};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};

pub use crate::error::FetchError;
pub use crate::redact::{SafeUrl, Secret};
pub(crate) use hash::verify;
pub use location::Location;
pub(crate) use location::display_url;
pub use login::{Account, KeyringLookup, Login};
pub use network::{Certificates, Network, Progress, SystemProxies};
pub(crate) use parallel::in_parallel;
pub use run::RunBudget;

/// How bytes are got. The default keeps nothing;
/// [`settings::fetch_options`](crate::settings::fetch_options) is as the user has it.
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
    /// Limits for all downloads of the run.
    pub run: RunBudget,
    /// How servers are reached.
    pub network: Network,
}

impl FetchOptions {
    /// The kind under which [`FetchOptions::cache`] keeps downloads.
    pub const CACHE: &str = "fetch";
}

impl Default for FetchOptions {
    fn default() -> Self {
        Self {
            cache: Cache::none(),
            offline: false,
            patience: Duration::from_secs(30),
            deadline: Duration::from_mins(5),
            attempts: 3,
            pause: Duration::from_millis(250),
            run: RunBudget::default(),
            network: Network::default(),
        }
    }
}

/// Gets the bytes of files and URLs. May be shared by threads.
///
/// ```
/// use mpconvert::net::fetch::{FetchOptions, Fetcher, Location};
///
/// let fetcher = Fetcher::new(FetchOptions::default());
/// let manifest = fetcher.get(&Location::parse("Cargo.toml")?, 1 << 20)?;
/// assert!(manifest.starts_with(b"[package]"));
/// # Ok::<(), mpconvert::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Fetcher {
    options: FetchOptions,
    http: http::Http,
    /// Of which a copy of an earlier run was used.
    stale: Mutex<BTreeSet<String>>,
}

/// A page with its headers.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its content.
    pub data: Bytes,
    /// Its type, as in the header `Content-Type`.
    pub media_type: Option<String>,
    /// Its URL, where redirections led to; without query and what may be secret.
    pub place: String,
}

/// The request.
#[derive(Clone, Copy)]
struct FetchRequest<'a> {
    location: &'a Location,
    limit: u64,
    change: Change,
    /// The types that are taken.
    accept: Option<&'a str>,
    /// As whom it is asked for, where the URL does not say so.
    account: Option<&'a Account>,
}

impl<'a> FetchRequest<'a> {
    fn new(location: &'a Location, limit: u64, change: Change) -> Self {
        Self { location, limit, change, accept: None, account: None }
    }
}

/// The cached response for a URL, with or without a login.
type Known<'a> = &'a dyn Fn(bool) -> Option<CachedResponse>;

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

    /// The current content of a file or URL, of at most `limit` bytes. A cached response is used
    /// offline, or if the server confirms that it is unchanged.
    ///
    /// # Errors
    /// [`Error::Fetch`], and [`Error::Io`] for a file that is there and cannot be read.
    pub fn get(&self, location: &Location, limit: u64) -> Result<Bytes> {
        let wanted = FetchRequest::new(location, limit, Change::Sometimes);
        Ok(self.get_into(&self.options.cache, &wanted, &|_| Ok(()))?.data)
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
        let wanted = FetchRequest::new(location, limit, Change::Never);
        Ok(self.get_into(&self.options.cache, &wanted, check)?.data)
    }

    /// The current page, of a type in `accept`, downloaded with the login `account`; otherwise as
    /// [`Fetcher::get`].
    ///
    /// # Errors
    /// As [`Fetcher::get`].
    pub fn page(
        &self,
        location: &Location,
        accept: &str,
        limit: u64,
        account: &Account,
    ) -> Result<Page> {
        let wanted = FetchRequest {
            accept: Some(accept),
            account: Some(account),
            ..FetchRequest::new(location, limit, Change::Sometimes)
        };
        let CachedResponse { head, data } =
            self.get_into(&self.options.cache, &wanted, &|_| Ok(()))?;
        let place = head.place.unwrap_or_else(|| location.to_string());
        Ok(Page { data, media_type: head.media_type, place })
    }

    /// The content with this SHA-256, in lower case, which is at `location`; otherwise as
    /// [`Fetcher::get_fixed`]. It is kept by its content: who knows the hash has it, wherever it is.
    ///
    /// # Errors
    /// As [`Fetcher::get`], and [`Error::Refused`] for other content.
    pub fn get_by_hash(
        &self,
        location: &Location,
        sha256: &str,
        limit: u64,
        account: &Account,
    ) -> Result<Bytes> {
        let key = Key::of(["sha256", sha256]);
        let check = |data: &Bytes| hash::check(data, sha256, location);
        let kept = self.options.cache.get(&key).filter(|data| data.len() as u64 <= limit);
        if let Some(data) = kept.filter(|data| check(data).is_ok()) {
            return Ok(data);
        }
        let wanted = FetchRequest {
            account: Some(account),
            ..FetchRequest::new(location, limit, Change::Never)
        };
        // It is kept here, by its hash, and not once more by its URL.
        let data = self.get_into(&Cache::none(), &wanted, &check)?.data;
        if matches!(location, Location::Url(_)) {
            // A cache that cannot be written to costs time only.
            let _ = self.options.cache.put(&key, &data);
        }
        Ok(data)
    }

    /// A finding for each location of which a copy of an earlier run was used since the last call,
    /// sorted by location. There are no others.
    #[must_use]
    pub fn stale_copies(&self) -> Vec<Finding> {
        let places = std::mem::take(&mut *self.stale());
        let told = |place| Finding::new(Code::StaleCopy, "a copy of an earlier run").at(place);
        places.into_iter().map(told).collect()
    }

    fn stale(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.stale.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The content of the request, which is stored in `cache`.
    fn get_into(
        &self,
        cache: &Cache,
        wanted: &FetchRequest,
        check: &dyn Fn(&Bytes) -> Result<()>,
    ) -> Result<CachedResponse> {
        let FetchRequest { location, limit, change, .. } = *wanted;
        let url = match location {
            Location::Path(path) => {
                let data = local::read(path, limit)?;
                check(&data)?;
                return Ok(CachedResponse { head: CacheMetadata::default(), data });
            }
            Location::Url(url) => url.reveal(),
        };
        let fault = |fault| Error::Fetch { place: location.to_string(), fault };
        let usable =
            |kept: &CachedResponse| kept.data.len() as u64 <= limit && check(&kept.data).is_ok();
        let known = |with_login| cached_response::find(cache, url, with_login).filter(usable);
        let is_final = matches!(change, Change::Never);
        if is_final || self.options.offline {
            // As whom it was got is of no matter to who has it already.
            if let Some(kept) = known(true).or_else(|| known(false)) {
                if !is_final {
                    self.stale().insert(location.to_string());
                }
                return Ok(kept);
            }
        }
        if self.options.offline {
            return Err(fault(FetchError::Offline));
        }
        match self.http.get(url, wanted, &known, &self.options).map_err(fault)? {
            Answer::Content { data, head, private, with_login } => {
                check(&data)?;
                let got = CachedResponse { head, data };
                if !private {
                    cached_response::keep(cache, url, with_login, &got);
                }
                Ok(got)
            }
            Answer::Unchanged { with_login } => {
                known(with_login).ok_or_else(|| fault(FetchError::Status(304)))
            }
        }
    }
}

/// What a server says.
enum Answer {
    /// The content, whether it must not be kept, and whether a login was sent for it.
    Content { data: Bytes, head: CacheMetadata, private: bool, with_login: bool },
    /// It is what is known of it with a login or without.
    Unchanged { with_login: bool },
}
