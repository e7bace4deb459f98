//! Why an attempt failed.

use std::error::Error;
use std::io;
use std::time::Duration;

use rustls::CertificateError;

use crate::error::FetchFault;

/// Why an attempt failed, and what the server says of when to try again.
pub(super) struct Failure {
    pub(super) fault: FetchFault,
    pub(super) retry_after: Option<Duration>,
}

impl From<FetchFault> for Failure {
    fn from(fault: FetchFault) -> Self {
        Self { fault, retry_after: None }
    }
}

/// Why there is no answer.
pub(super) fn fault(error: &reqwest::Error) -> FetchFault {
    if let Some(fault) = tls_fault(error) {
        return fault;
    }
    // A connection that cannot be made may be made the next time.
    if error.is_timeout() && !error.is_connect() {
        return FetchFault::TooSlow;
    }
    FetchFault::Connection(reason(error))
}

/// Why an answer ends early.
pub(super) fn fault_of_body(error: &io::Error) -> FetchFault {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
    cause.map_or_else(|| FetchFault::Connection(error.to_string()), fault)
}

fn tls_fault(error: &(dyn Error + 'static)) -> Option<FetchFault> {
    use CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext, UnknownIssuer,
    };
    match tls_error(error)? {
        rustls::Error::InvalidCertificate(error) => Some(FetchFault::Certificate(match error {
            UnknownIssuer => "is of an authority that is not trusted here".to_owned(),
            Expired | ExpiredContext { .. } => "has expired".to_owned(),
            NotValidForName | NotValidForNameContext { .. } => "is for another host".to_owned(),
            error => format!("is not taken: {error}"),
        })),
        _ => None,
    }
}

/// What encryption has to say, wherever it is among the causes.
fn tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // What it wraps is not its source, but the source of that is.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(found) = wrapped.and_then(|wrapped| tls_error(wrapped)) {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

/// What the system says: the innermost cause. The others name the URL with all that is in it.
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
