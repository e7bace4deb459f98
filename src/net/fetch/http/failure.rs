//! Why an attempt failed.

use std::error::Error;
use std::io;
use std::time::Duration;

use url::Url;

use super::tls;
use crate::error::FetchError;

/// Why an attempt failed, and when the server allows another.
pub(super) struct Failure {
    pub(super) fault: FetchError,
    pub(super) retry_after: Option<Duration>,
}

impl Failure {
    /// The same failure, of the server that a redirection led to.
    pub(super) fn of(mut self, url: &Url) -> Self {
        if let FetchError::Certificate(text)
        | FetchError::CertificateInvalid(text)
        | FetchError::Tls(text)
        | FetchError::Connection(text) = &mut self.fault
        {
            let host = url.host_str().unwrap_or_default();
            text.extend([" (redirected to `", host, "`)"]);
        }
        self
    }
}

impl From<FetchError> for Failure {
    fn from(fault: FetchError) -> Self {
        Self { fault, retry_after: None }
    }
}

/// Why the request failed.
pub(super) fn fault(error: &reqwest::Error) -> FetchError {
    if let Some(fault) = find(error, &|_| true).and_then(tls::fault) {
        return fault;
    }
    // A connection that cannot be made may be made the next time.
    if error.is_timeout() && !error.is_connect() {
        return FetchError::TooSlow;
    }
    if error.is_connect() && is_cut(error) {
        return FetchError::Connection("the connection ended during the TLS handshake".to_owned());
    }
    FetchError::Connection(reason(error))
}

/// Whether the server hung up. Before there is a connection that can only be in a handshake.
fn is_cut(error: &reqwest::Error) -> bool {
    find(error, &|error: &io::Error| error.kind() == io::ErrorKind::UnexpectedEof).is_some()
}

/// Why an answer ends early.
pub(super) fn fault_of_body(error: &io::Error) -> FetchError {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
    cause.map_or_else(|| FetchError::Connection(error.to_string()), fault)
}

/// The first error of a type and kind, wherever it is among the causes.
fn find<'a, T: Error + 'static>(
    error: &'a (dyn Error + 'static),
    is_wanted: &dyn Fn(&T) -> bool,
) -> Option<&'a T> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref().filter(|found| is_wanted(found)) {
            return Some(found);
        }
        // The wrapped error is not its source, but the source of the wrapped error is.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(found) = wrapped.and_then(|wrapped| find(wrapped, is_wanted)) {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

/// The message of the system, which is the innermost cause. The outer ones contain the whole URL.
pub(super) fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if std::ptr::addr_eq(cause, error) {
        "the request failed".to_owned()
    } else {
        cause.to_string()
    }
}
