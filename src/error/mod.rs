//! Why a call gave no result.

mod fetch;

pub use fetch::FetchError;

use std::io;
use std::path::PathBuf;

use crate::finding::Finding;
use crate::redact::Printable;

/// The result of calls that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call gave no result: the input was refused, or the environment did not play along.
///
/// Displayed, it has no password or token that a URL holds, even one with a mistake, and no character
/// that a terminal obeys.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The input cannot be converted. At least one of the findings is a refusal; all that were
    /// made until then are here.
    #[error("{}: {}", Printable(input), first_refusal(findings))]
    Refused {
        /// The input's file name, or what stands for it.
        input: String,
        /// All findings, in the order of noticing.
        findings: Vec<Finding>,
    },
    /// A file or folder could not be read or written.
    #[error("{}: {}", Printable(&path.to_string_lossy()), Printable(&source.to_string()))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file or URL could not be got.
    #[error("{}: {}", Printable(place), Printable(&fault.to_string()))]
    Fetch {
        /// The path, or the URL without a user's name and password.
        place: String,
        /// Why not.
        fault: FetchError,
    },
    /// The call itself makes no sense.
    #[error("{}", Printable(message))]
    Usage {
        /// What is wrong with it.
        message: String,
        /// What would be right.
        help: String,
    },
}

fn first_refusal(findings: &[Finding]) -> String {
    findings.iter().find(|finding| finding.is_refusal()).map_or_else(
        || "refused".to_owned(),
        |finding| format!("{} ({})", finding, finding.code.id()),
    )
}

impl Error {
    /// What the system said, or all of this as its words.
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

    /// Says which file or folder an error of the system is about.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
