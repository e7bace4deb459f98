//! Files of the web, by HTTP.

use std::error::Error as _;
use std::io::{self, Read};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use reqwest::blocking::{Client, Response};
use reqwest::header::{self, HeaderMap, HeaderName};
use reqwest::redirect::{Action, Attempt, Policy};
use reqwest::{StatusCode, Url};

use super::kept::Head;
use super::{Answer, FetchFault, FetchOptions, Wanted};

/// Redirections that are followed.
const REDIRECTS: usize = 10;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// The longest pause that a server can ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Bytes that are reserved on the word of a server.
const TRUSTED: u64 = 1 << 20;

/// Asks servers. The client is made when the first is asked, since that takes time.
#[derive(Debug, Default)]
pub(super) struct Http {
    client: OnceLock<Result<Client, FetchFault>>,
}

/// Why an attempt failed, and what the server says of when to try again.
struct Failure {
    fault: FetchFault,
    retry_after: Option<Duration>,
}

/// Why a redirection is not followed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NotFollowed(&'static str);

impl Http {
    /// The content of `url`, within the limit, unless the server says that it is the one
    /// that is `known`.
    pub(super) fn get(
        &self,
        url: &str,
        wanted: &Wanted,
        known: &Head,
        options: &FetchOptions,
    ) -> Result<Answer, FetchFault> {
        let client = self.client.get_or_init(|| client(options)).as_ref().map_err(Clone::clone)?;
        let end = Instant::now() + options.deadline;
        let mut pause = options.pause;
        let mut attempts = options.attempts;
        loop {
            let Failure { fault, retry_after } = match ask(client, url, wanted, known, end) {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            attempts = attempts.saturating_sub(1);
            let wait = retry_after.map_or(pause, |asked| asked.clamp(pause, LONGEST_PAUSE));
            if attempts == 0 || !fault.is_transient() || Instant::now() + wait >= end {
                return Err(fault);
            }
            std::thread::sleep(wait);
            pause *= 2;
        }
    }
}

fn client(options: &FetchOptions) -> Result<Client, FetchFault> {
    // It fails where a program that this is a part of has chosen another, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(concat!("mpconvert/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT.min(options.patience))
        .timeout(options.patience)
        .redirect(Policy::custom(follow))
        .referer(false)
        .build()
        .map_err(|error| FetchFault::Connection(reason(&error)))
}

fn follow(attempt: Attempt) -> Action {
    match not_followed(attempt.previous(), attempt.url()) {
        Some(place) => attempt.error(NotFollowed(place)),
        None => attempt.follow(),
    }
}

/// What stands against going on to `next`: a circle, or what is less safe.
fn not_followed(previous: &[Url], next: &Url) -> Option<&'static str> {
    let was_safe = previous.iter().any(|url| url.scheme() == "https");
    match next.scheme() {
        _ if previous.len() > REDIRECTS => Some("more places than are gone to"),
        "https" => None,
        "http" if !was_safe => None,
        "http" => Some("a place without encryption"),
        _ => Some("a place that is not on the web"),
    }
}

fn ask(
    client: &Client,
    url: &str,
    wanted: &Wanted,
    known: &Head,
    end: Instant,
) -> Result<Answer, Failure> {
    // What is not sent coded cannot unpack to more than its size.
    let mut request = client.get(url).header(header::ACCEPT_ENCODING, "identity");
    if let Some(accept) = wanted.accept {
        request = request.header(header::ACCEPT, accept);
    }
    if let Some(etag) = &known.etag {
        request = request.header(header::IF_NONE_MATCH, etag);
    }
    if let Some(modified) = &known.modified {
        request = request.header(header::IF_MODIFIED_SINCE, modified);
    }
    let response = request.send().map_err(|error| Failure::from(fault(&error)))?;
    match response.status() {
        StatusCode::OK => Ok(content(response, wanted.limit, end)?),
        StatusCode::NOT_MODIFIED => Ok(Answer::Unchanged),
        StatusCode::NOT_FOUND | StatusCode::GONE => Err(FetchFault::NotFound.into()),
        status => {
            let seconds = text(response.headers(), header::RETRY_AFTER);
            let seconds = seconds.and_then(|text| text.trim().parse().ok());
            Err(Failure {
                fault: FetchFault::Status(status.as_u16()),
                retry_after: seconds.map(Duration::from_secs),
            })
        }
    }
}

fn content(response: Response, limit: u64, end: Instant) -> Result<Answer, FetchFault> {
    let headers = response.headers();
    if let Some(coding) = text(headers, header::CONTENT_ENCODING)
        && !coding.eq_ignore_ascii_case("identity")
    {
        return Err(FetchFault::Coding(coding));
    }
    let head = Head {
        etag: text(headers, header::ETAG),
        modified: text(headers, header::LAST_MODIFIED),
        media_type: text(headers, header::CONTENT_TYPE),
        place: Some(without_secrets(response.url())),
    };
    let private = text(headers, header::CACHE_CONTROL)
        .is_some_and(|value| value.to_ascii_lowercase().contains("no-store"));
    let size = response.content_length();
    if size.is_some_and(|size| size > limit) {
        return Err(FetchFault::TooLarge(limit));
    }
    let data = body(response, size.unwrap_or_default(), limit, end)?;
    Ok(Answer::Content { data: data.into(), head, private })
}

fn without_secrets(url: &Url) -> String {
    let mut url = url.clone();
    // These fail for URLs that have no host, which none is that was asked for.
    let _ = (url.set_username(""), url.set_password(None));
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

/// Reads the body, which is as long as the server said or an error.
fn body(response: Response, size: u64, limit: u64, end: Instant) -> Result<Vec<u8>, FetchFault> {
    let mut data = Vec::with_capacity(usize::try_from(size.min(TRUSTED)).unwrap_or_default());
    let mut rest = response.take(limit.saturating_add(1));
    let mut buffer = [0; 1 << 14];
    loop {
        match rest.read(&mut buffer).map_err(|error| fault_of_body(&error))? {
            0 => break,
            read => data.extend_from_slice(&buffer[..read]),
        }
        if Instant::now() > end {
            return Err(FetchFault::TooSlow);
        }
    }
    if data.len() as u64 > limit { Err(FetchFault::TooLarge(limit)) } else { Ok(data) }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

fn fault(error: &reqwest::Error) -> FetchFault {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(NotFollowed(place)) = cause.downcast_ref() {
            return FetchFault::Redirect(place);
        }
        source = cause.source();
    }
    // A connection that cannot be made may be made the next time.
    if error.is_timeout() && !error.is_connect() {
        return FetchFault::TooSlow;
    }
    FetchFault::Connection(reason(error))
}

fn fault_of_body(error: &io::Error) -> FetchFault {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
    cause.map_or_else(|| FetchFault::Connection(error.to_string()), fault)
}

/// What the system says: the innermost cause. The others name the URL with all that is in it.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if std::ptr::addr_eq(cause, error) {
        "the request failed".to_owned()
    } else {
        cause.to_string()
    }
}

impl From<FetchFault> for Failure {
    fn from(fault: FetchFault) -> Self {
        Self { fault, retry_after: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encrypted_stays_encrypted() {
        let url = |text: &str| Url::parse(text).unwrap();
        let [safe, open] = ["https://host/a", "http://host/a"].map(url);
        let unsafe_place = Some("a place without encryption");
        for (previous, next, expected) in [
            (vec![&open], &safe, None),
            (vec![&open], &open, None),
            (vec![&safe], &safe, None),
            (vec![&safe], &open, unsafe_place),
            (vec![&open, &safe], &open, unsafe_place),
        ] {
            let previous: Vec<_> = previous.into_iter().cloned().collect();
            assert_eq!(not_followed(&previous, next), expected);
        }
    }
}
