//! The content of an answer, which may come in pieces of several answers.

use std::io::Read;
use std::time::Instant;

use reqwest::StatusCode;
use reqwest::blocking::Response;
use reqwest::header::{self, HeaderMap, HeaderName};

use super::failure::fault_of_body;
use crate::error::FetchError;
use crate::net::fetch::FetchOptions;

/// Bytes that are reserved on the word of a server.
const TRUSTED: u64 = 1 << 20;

/// The part that arrived before the connection was lost.
#[derive(Default)]
pub(super) struct Partial {
    data: Vec<u8>,
    /// The validator with which the server can confirm that the rest is of the same content.
    validator: Option<String>,
}

impl Partial {
    /// The headers `Range` and `If-Range` that ask for the rest; `None` where all is to be asked for.
    pub(super) fn rest(&self) -> Option<(String, &str)> {
        let validator = self.validator.as_deref().filter(|_| !self.data.is_empty())?;
        Some((format!("bytes={}-", self.data.len()), validator))
    }

    /// Takes what an answer brings, and gives the content once it is whole.
    pub(super) fn take(
        &mut self,
        response: Response,
        limit: u64,
        end: Instant,
        options: &FetchOptions,
    ) -> Result<Vec<u8>, FetchError> {
        if response.status() == StatusCode::PARTIAL_CONTENT {
            let range = text(response.headers(), header::CONTENT_RANGE);
            if range.and_then(|range| start_of(&range)) != Some(self.data.len() as u64) {
                *self = Self::default();
                return Err(FetchError::Connection(
                    "the server sent another part of the content".to_owned(),
                ));
            }
        } else {
            *self = Self { data: Vec::new(), validator: validator(response.headers()) };
        }
        let limit_of_rest = limit.saturating_sub(self.data.len() as u64);
        let size = response.content_length().unwrap_or_default();
        if size > limit_of_rest {
            return Err(FetchError::TooLarge(limit));
        }
        self.data.reserve(usize::try_from(size.min(TRUSTED)).unwrap_or_default());
        read(response, &mut self.data, limit_of_rest, end, options)?;
        if self.data.len() as u64 > limit {
            return Err(FetchError::TooLarge(limit));
        }
        Ok(std::mem::take(&mut self.data))
    }

    /// Forgets what came, since the server cannot go on with it.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// Appends the body, which is as long as the server said or an error.
fn read(
    response: Response,
    data: &mut Vec<u8>,
    limit: u64,
    end: Instant,
    options: &FetchOptions,
) -> Result<(), FetchError> {
    let mut rest = response.take(limit.saturating_add(1));
    let mut buffer = [0; 1 << 14];
    loop {
        match rest.read(&mut buffer).map_err(|error| fault_of_body(&error))? {
            0 => return Ok(()),
            read => {
                data.extend_from_slice(&buffer[..read]);
                options.network.progress.received(read as u64);
                options.run.receive(read as u64)?;
            }
        }
        options.run.check()?;
        if Instant::now() > end {
            return Err(FetchError::TooSlow);
        }
    }
}

/// A validator that changes with every byte of the content.
fn validator(headers: &HeaderMap) -> Option<String> {
    let etag = text(headers, header::ETAG).filter(|etag| !etag.starts_with("W/"));
    etag.or_else(|| text(headers, header::LAST_MODIFIED))
}

/// The first byte of `bytes 7-9/10`.
fn start_of(range: &str) -> Option<u64> {
    range.trim().strip_prefix("bytes ")?.split('-').next()?.trim().parse().ok()
}

pub(super) fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}
