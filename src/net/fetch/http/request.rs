//! One attempt: a request, and those that redirections and a want of a login lead to.

use std::time::SystemTime;

use reqwest::blocking::{RequestBuilder, Response};
use reqwest::header;
use reqwest::{StatusCode, Url};

use super::body::{Partial, text};
use super::client::Clients;
use super::failure::{Failure, fault};
use super::{HttpRequest, place, retry_after};
use crate::error::FetchError;
use crate::net::fetch::Answer;
use crate::net::fetch::cached_response::CacheMetadata;
use crate::net::fetch::login::Login;
use crate::redact::remember;

/// Bytes of the longest header that is kept.
const MAX_HEADER: usize = 512;

/// Characters of a content coding in a message.
const MAX_CODING: usize = 40;

/// Redirections that are followed.
const REDIRECTS: usize = 10;

/// Asks once, and goes on to where the server leads.
pub(super) fn ask(
    clients: &Clients,
    asked: &HttpRequest,
    partial: &mut Partial,
) -> Result<Answer, Failure> {
    let mut previous: Vec<Url> = Vec::new();
    let mut url = asked.url.clone();
    let mut sent: Vec<&Login> = Vec::new();
    loop {
        let (response, with_this) = send(clients, asked, partial, &url, &mut sent)
            .map_err(|failure| if previous.is_empty() { failure } else { failure.of(&url) })?;
        if let Some(next) = redirection(&response, &url)? {
            if let Some(what) = not_followed(&previous, &url, &next) {
                return Err(FetchError::Redirect(what).into());
            }
            previous.push(std::mem::replace(&mut url, next));
            continue;
        }
        return match response.status() {
            StatusCode::PARTIAL_CONTENT if partial.rest().is_none() => {
                Err(FetchError::Status(206).into())
            }
            StatusCode::OK | StatusCode::PARTIAL_CONTENT => {
                content(response, asked, partial, (&url, &sent)).map_err(Failure::from)
            }
            StatusCode::NOT_MODIFIED => Ok(Answer::Unchanged { with_login: !sent.is_empty() }),
            _ => Err(refused(&response, with_this, partial)),
        };
    }
}

/// The answer of the server at `url`, which is asked again where it wants a login and there is one;
/// and whether it got one. All that are sent are added to `sent`.
fn send<'a>(
    clients: &Clients,
    asked: &'a HttpRequest,
    partial: &Partial,
    url: &Url,
    sent: &mut Vec<&'a Login>,
) -> Result<(Response, bool), Failure> {
    let client = clients.of(url, asked.options)?;
    let mut try_with = |login: Option<&'a Login>| {
        if let Some(login) = login {
            remember(login.forms());
            sent.push(login);
        }
        let request = request(client.get(url.clone()), asked, partial, login);
        request.send().map_err(|error| Failure::from(fault(&error)))
    };
    let login = asked.account.login(url);
    let response = try_with(login)?;
    // Some servers forbid what they want a login for.
    if matches!(response.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
        && let Some(other) = asked.account.other_login(url, login)
    {
        return Ok((try_with(Some(other))?, true));
    }
    Ok((response, login.is_some()))
}

fn request(
    request: RequestBuilder,
    asked: &HttpRequest,
    partial: &Partial,
    login: Option<&Login>,
) -> RequestBuilder {
    // Content without an encoding cannot unpack to more than its size.
    let mut request = request.header(header::ACCEPT_ENCODING, "identity");
    let (patience, left) = (asked.options.patience, asked.options.run.time_left());
    if left < patience {
        request = request.timeout(left);
    }
    if let Some(accept) = asked.wanted.accept {
        request = request.header(header::ACCEPT, accept);
    }
    if let Some(login) = login {
        request = request.basic_auth(login.user.reveal(), Some(login.password.reveal()));
    }
    if let Some((range, validator)) = partial.rest() {
        return request.header(header::RANGE, range).header(header::IF_RANGE, validator);
    }
    let Some(CacheMetadata { etag, modified, .. }) = asked.head(login.is_some()) else {
        return request;
    };
    if let Some(etag) = etag {
        request = request.header(header::IF_NONE_MATCH, etag);
    }
    match modified {
        Some(modified) => request.header(header::IF_MODIFIED_SINCE, modified),
        None => request,
    }
}

/// Where the server leads, without the login that it may name for it.
fn redirection(response: &Response, url: &Url) -> Result<Option<Url>, FetchError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = text(response.headers(), header::LOCATION) else { return Ok(None) };
    let nowhere = FetchError::Redirect("a place that is none");
    let mut next = url.join(&location).map_err(|_| nowhere)?;
    // These fail for URLs that have no host, which are not followed.
    let _ = (next.set_username(""), next.set_password(None));
    Ok(Some(next))
}

/// Why the redirection to `next` is refused: a loop, or a less safe location.
fn not_followed(previous: &[Url], url: &Url, next: &Url) -> Option<&'static str> {
    let was_safe = previous.iter().chain([url]).any(|url| url.scheme() == "https");
    match next.scheme() {
        _ if previous.len() >= REDIRECTS => Some("more places than are gone to"),
        "https" => None,
        "http" if !was_safe => None,
        "http" => Some("a place without encryption"),
        _ => Some("a place that is not on the web"),
    }
}

/// Why the response has no content.
fn refused(response: &Response, with_login: bool, partial: &mut Partial) -> Failure {
    match response.status() {
        StatusCode::NOT_FOUND | StatusCode::GONE => FetchError::NotFound.into(),
        StatusCode::UNAUTHORIZED => FetchError::Unauthorized(with_login).into(),
        StatusCode::RANGE_NOT_SATISFIABLE => {
            partial.clear();
            FetchError::Connection("the server cannot send the rest".to_owned()).into()
        }
        status => {
            let value = text(response.headers(), header::RETRY_AFTER);
            let pause = value.and_then(|value| retry_after::pause(&value, SystemTime::now()));
            Failure { fault: FetchError::Status(status.as_u16()), retry_after: pause }
        }
    }
}

fn content(
    response: Response,
    asked: &HttpRequest,
    partial: &mut Partial,
    (url, sent): (&Url, &[&Login]),
) -> Result<Answer, FetchError> {
    let headers = response.headers();
    let is_echo = |data: &[u8]| sent.iter().any(|login| login.is_in(data));
    if let Some(coding) = text(headers, header::CONTENT_ENCODING)
        && !coding.eq_ignore_ascii_case("identity")
    {
        let coding = if is_echo(coding.as_bytes()) { "…".to_owned() } else { coding };
        return Err(FetchError::Coding(coding.chars().take(MAX_CODING).collect()));
    }
    // The stored and printed part of a response is short, and does not contain the login.
    let kept = |name| {
        text(headers, name).filter(|value| value.len() <= MAX_HEADER && !is_echo(value.as_bytes()))
    };
    let head = CacheMetadata {
        etag: kept(header::ETAG),
        modified: kept(header::LAST_MODIFIED),
        media_type: kept(header::CONTENT_TYPE),
        place: Some(place(url)),
    };
    let no_store = text(headers, header::CACHE_CONTROL)
        .is_some_and(|value| value.to_ascii_lowercase().contains("no-store"));
    let data = partial.take(response, asked.wanted.limit, asked.end, asked.options)?;
    // A page that contains the password, for example in its links, is not written to a file.
    let private = no_store || is_echo(&data) || is_echo(url.as_str().as_bytes());
    Ok(Answer::Content { data: data.into(), head, private, with_login: !sent.is_empty() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encrypted_stays_encrypted() {
        let url = |text: &str| Url::parse(text).unwrap();
        let [safe, open] = ["https://host/a", "http://host/a"].map(url);
        let unsafe_place = Some("a place without encryption");
        for (previous, now, next, expected) in [
            (vec![], &open, &safe, None),
            (vec![], &open, &open, None),
            (vec![], &safe, &safe, None),
            (vec![], &safe, &open, unsafe_place),
            (vec![&safe], &open, &open, unsafe_place),
        ] {
            let previous: Vec<_> = previous.into_iter().cloned().collect();
            assert_eq!(not_followed(&previous, now, next), expected);
        }
    }
}
