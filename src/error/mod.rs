//! Errors.

mod fetch;

pub use fetch::FetchError;

use std::io;
use std::path::PathBuf;

use crate::finding::Finding;
use crate::redact::Printable;

/// The result of calls that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed: the input was refused, or something in the environment went wrong.
///
/// Displayed, it contains no password or token of a URL, even an invalid one, and no control
/// characters.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The input cannot be converted. At least one of the findings is an error; the findings up to
    /// then are included.
    #[error("{}: {}", Printable(input), first_error(findings))]
    Refused {
        /// The input's file name, or what stands for it.
        input: String,
        /// All findings, in order.
        findings: Vec<Finding>,
    },
    /// A file or folder could not be read or written.
    #[error("{}: {}", Printable(&path.to_string_lossy()), Printable(&source.to_string()))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// A file or URL could not be fetched.
    #[error("{}: {}", Printable(place), Printable(&fault.to_string()))]
    Fetch {
        /// The path, or the URL without a user's name and password.
        place: String,
        /// Why not.
        fault: FetchError,
    },
    /// The call itself is invalid.
    #[error("{}", Printable(message))]
    Usage {
        /// The reason.
        message: String,
        /// How to correct it.
        help: String,
    },
}

fn first_error(findings: &[Finding]) -> String {
    findings.iter().find(|finding| finding.is_error()).map_or_else(
        || "refused".to_owned(),
        |finding| format!("{} ({})", finding, finding.code.id()),
    )
}

impl Error {
    /// The error of the system, or this error as its text.
    pub(crate) fn into_io(self) -> io::Error {
        match self {
            Self::Io { source, .. } => source,
            other => io::Error::other(other.to_string()),
        }
    }

    /// A refusal as one of `input`, after the findings of `earlier`; any other error as it is.
    pub(crate) fn of_input(self, input: &dyn std::fmt::Display, mut earlier: Vec<Finding>) -> Self {
        match self {
            Self::Refused { mut findings, .. } => {
                earlier.append(&mut findings);
                Self::Refused { input: input.to_string(), findings: earlier }
            }
            error => error,
        }
    }

    /// Adds the file or folder to an error of the system.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
