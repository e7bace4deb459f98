//! Files of the web, by HTTP.

mod body;
mod client;
mod echo;
mod failure;
mod limit;
mod request;
mod retry_after;
mod roots;
mod tls;

use std::time::{Duration, Instant};

use url::Url;

use super::cached_response::CacheMetadata;
use super::login::{Account, Login};
use super::{Answer, FetchOptions, FetchRequest, Known};
use crate::error::FetchError;
use body::Partial;
use client::Clients;
use failure::Failure;
use limit::Limit;

/// The longest pause that a server can ask for. One that asks for more is asked no more.
const MAX_PAUSE_LENGTH: Duration = Duration::from_mins(1);

/// Asks servers.
#[derive(Debug, Default)]
pub(super) struct Http {
    clients: Clients,
    limit: Limit,
}

/// A request, with its limits.
struct HttpRequest<'a> {
    url: Url,
    wanted: &'a FetchRequest<'a>,
    account: Account,
    known: Known<'a>,
    options: &'a FetchOptions,
    end: Instant,
}

impl Http {
    /// The content of `url`, within the limit, unless the server confirms that it is the `known`
    /// one.
    pub(super) fn get(
        &self,
        url: &str,
        wanted: &FetchRequest,
        known: Known,
        options: &FetchOptions,
    ) -> Result<Answer, FetchError> {
        let (url, login) = without_login(url)?;
        let account = match login {
            Some(login) => Account::new(&url, Some(login), None),
            None => wanted.account.cloned().unwrap_or_default(),
        };
        let end = Instant::now() + options.deadline;
        let asked = HttpRequest { url, wanted, account, known, options, end };
        let mut partial = Partial::default();
        let mut pause = options.pause;
        let mut attempts = options.attempts;
        loop {
            let attempt = {
                let _place = self.limit.place(options.network.connections);
                options.run.check()?;
                request::ask(&self.clients, &asked, &mut partial)
            };
            let Failure { fault, retry_after } = match attempt {
                Ok(answer) => {
                    options.run.complete();
                    return Ok(answer);
                }
                Err(failure) => failure,
            };
            // It is why a server that would have answered later was left.
            options.run.check()?;
            attempts = attempts.saturating_sub(1);
            let wait = retry_after.unwrap_or_default().max(pause);
            let too_long = wait > MAX_PAUSE_LENGTH || Instant::now() + wait >= end;
            if attempts == 0 || !fault.is_transient() || too_long {
                return Err(fault);
            }
            std::thread::sleep(wait.min(options.run.time_left()));
            pause *= 2;
        }
    }
}

/// The URL as it is asked for, and the login that it holds.
fn without_login(url: &str) -> Result<(Url, Option<Login>), FetchError> {
    let mut url = Url::parse(url).map_err(|error| FetchError::Connection(error.to_string()))?;
    let login = Login::of_url(&url);
    // These fail for URLs that have no host, which none is that gets here.
    let _ = (url.set_username(""), url.set_password(None));
    Ok((url, login))
}

/// The part of a URL that may be shown and stored.
fn place(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

impl HttpRequest<'_> {
    /// The cached content, if it was downloaded with the same login.
    fn head(&self, with_login: bool) -> Option<CacheMetadata> {
        (self.known)(with_login).map(|kept| kept.head)
    }
}
