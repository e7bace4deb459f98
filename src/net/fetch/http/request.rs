//! One attempt: a request, and those that redirections and a want of a login lead to.

use std::time::SystemTime;

use reqwest::blocking::{RequestBuilder, Response};
use reqwest::header;
use reqwest::{StatusCode, Url};

use super::body::{Partial, text};
use super::client::Clients;
use super::failure::{Failure, fault};
use super::{Asked, place, retry_after};
use crate::error::FetchFault;
use crate::net::fetch::Answer;
use crate::net::fetch::kept::Head;
use crate::net::fetch::login::Login;

/// Redirections that are followed.
const REDIRECTS: usize = 10;

/// Asks once, and goes on to where the server leads.
pub(super) fn ask(
    clients: &Clients,
    asked: &Asked,
    partial: &mut Partial,
) -> Result<Answer, Failure> {
    let mut previous: Vec<Url> = Vec::new();
    let mut url = asked.url.clone();
    let mut with_login = false;
    loop {
        let (response, login) = send(clients, asked, partial, &url)?;
        with_login |= login.is_some();
        if let Some(next) = redirection(&response, &url)? {
            if let Some(what) = not_followed(&previous, &url, &next) {
                return Err(FetchFault::Redirect(what).into());
            }
            previous.push(std::mem::replace(&mut url, next));
            continue;
        }
        return match response.status() {
            StatusCode::PARTIAL_CONTENT if partial.rest().is_none() => {
                Err(FetchFault::Status(206).into())
            }
            StatusCode::OK | StatusCode::PARTIAL_CONTENT => {
                content(response, asked, partial, (&url, login, with_login)).map_err(Failure::from)
            }
            StatusCode::NOT_MODIFIED => Ok(Answer::Unchanged { with_login }),
            _ => Err(refused(&response, login.is_some(), partial)),
        };
    }
}

/// The answer of the server at `url`, which is asked again where it wants a login and there is one.
fn send<'a>(
    clients: &Clients,
    asked: &'a Asked,
    partial: &Partial,
    url: &Url,
) -> Result<(Response, Option<&'a Login>), Failure> {
    let client = clients.of(url, asked.options)?;
    let sent = |login: Option<&Login>| {
        let request = request(client.get(url.clone()), asked, partial, login);
        request.send().map_err(|error| Failure::from(fault(&error)))
    };
    let login = asked.account.login(url);
    let response = sent(login)?;
    // Some servers forbid what they want a login for.
    if matches!(response.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
        && let Some(other) = asked.account.other_login(url, login)
    {
        return Ok((sent(Some(other))?, Some(other)));
    }
    Ok((response, login))
}

fn request(
    request: RequestBuilder,
    asked: &Asked,
    partial: &Partial,
    login: Option<&Login>,
) -> RequestBuilder {
    // What is not sent coded cannot unpack to more than its size.
    let mut request = request.header(header::ACCEPT_ENCODING, "identity");
    if let Some(accept) = asked.wanted.accept {
        request = request.header(header::ACCEPT, accept);
    }
    if let Some(login) = login {
        request = request.basic_auth(login.user.reveal(), Some(login.password.reveal()));
    }
    if let Some((range, validator)) = partial.rest() {
        return request.header(header::RANGE, range).header(header::IF_RANGE, validator);
    }
    let Some(Head { etag, modified, .. }) = asked.head(login.is_some()) else { return request };
    if let Some(etag) = etag {
        request = request.header(header::IF_NONE_MATCH, etag);
    }
    match modified {
        Some(modified) => request.header(header::IF_MODIFIED_SINCE, modified),
        None => request,
    }
}

/// Where the server leads, without the login that it may name for it.
fn redirection(response: &Response, url: &Url) -> Result<Option<Url>, FetchFault> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = text(response.headers(), header::LOCATION) else { return Ok(None) };
    let nowhere = FetchFault::Redirect("a place that is none");
    let mut next = url.join(&location).map_err(|_| nowhere)?;
    // These fail for URLs that have no host, which are not followed.
    let _ = (next.set_username(""), next.set_password(None));
    Ok(Some(next))
}

/// What stands against going on to `next`: a circle, or what is less safe.
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

/// Why there is no content.
fn refused(response: &Response, with_login: bool, partial: &mut Partial) -> Failure {
    match response.status() {
        StatusCode::NOT_FOUND | StatusCode::GONE => FetchFault::NotFound.into(),
        StatusCode::UNAUTHORIZED => FetchFault::Unauthorized(with_login).into(),
        StatusCode::RANGE_NOT_SATISFIABLE => {
            partial.clear();
            FetchFault::Connection("the server does not know the rest".to_owned()).into()
        }
        status => {
            let value = text(response.headers(), header::RETRY_AFTER);
            let pause = value.and_then(|value| retry_after::pause(&value, SystemTime::now()));
            Failure { fault: FetchFault::Status(status.as_u16()), retry_after: pause }
        }
    }
}

fn content(
    response: Response,
    asked: &Asked,
    partial: &mut Partial,
    (url, login, with_login): (&Url, Option<&Login>, bool),
) -> Result<Answer, FetchFault> {
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
        place: Some(place(url)),
    };
    let no_store = text(headers, header::CACHE_CONTROL)
        .is_some_and(|value| value.to_ascii_lowercase().contains("no-store"));
    let network = &asked.options.network;
    let data = partial.take(response, asked.wanted.limit, asked.end, network)?;
    // A page that tells the password, such as in its links, is not written to a file.
    let private = no_store || login.is_some_and(|login| login.is_in(&data));
    Ok(Answer::Content { data: data.into(), head, private, with_login })
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
