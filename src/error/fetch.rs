//! Why bytes could not be got.

use std::time::Duration;

/// Why a file or URL gave no bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// There is no such file, or the server knows none.
    #[error("the file does not exist")]
    NotFound,
    /// The server's answer is something else than the content.
    #[error("the server responded with status {0}")]
    Status(u16),
    /// The server requires a user; whether the request named one.
    #[error("the server {}", if *.0 { "rejected the user name and password" } else { "requires a user name and password" })]
    Unauthorized(bool),
    /// The server's certificate is not one to trust, by what is wrong with it.
    #[error("the server's certificate {0}")]
    Certificate(String),
    /// The server's certificate does not hold now or for this host, whoever signed it.
    #[error("the server's certificate {0}")]
    CertificateInvalid(String),
    /// The server does not speak TLS, or no version of it that is supported.
    #[error("{0}")]
    Tls(String),
    /// The certificates that servers are trusted by cannot be read.
    #[error("{0}")]
    Roots(String),
    /// There is more than was asked for.
    #[error("the file is larger than {0} bytes")]
    TooLarge(u64),
    /// The server is silent, or too slow.
    #[error("the server did not respond in time")]
    TooSlow,
    /// The run has taken as long as it may.
    #[error(
        "the run has reached its time limit of {} s (downloads completed: {downloads}, bytes received: \
         {bytes})", limit.as_secs_f64()
    )]
    RunTime {
        /// How long it may take.
        limit: Duration,
        /// How many downloads were completed.
        downloads: u64,
        /// How many bytes came.
        bytes: u64,
    },
    /// The run has downloaded as much as it may.
    #[error(
        "the run has reached its download limit of {limit} bytes (downloads completed: {downloads}, \
         bytes received: {bytes})"
    )]
    RunBytes {
        /// How many bytes may come.
        limit: u64,
        /// How many downloads were completed.
        downloads: u64,
        /// How many bytes came.
        bytes: u64,
    },
    /// The server leads to a place that is not gone to.
    #[error("the server redirects to {0}")]
    Redirect(&'static str),
    /// The content comes in a coding that was not asked for.
    #[error("the server uses the unsupported content encoding `{0}`")]
    Coding(String),
    /// No connection, or one that ended early; what the system says.
    #[error("{0}")]
    Connection(String),
    /// Nothing is kept of it, and the network must not be used.
    #[error("it is not in the cache")]
    Offline,
}

impl FetchError {
    /// What the user can do about it; may be empty.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Offline => "run once without --offline",
            Self::Unauthorized(true) | Self::Status(403) => "check the user name and the password",
            Self::Unauthorized(false) => {
                "give them in the URL, in .netrc, or to the program `keyring`"
            }
            Self::Certificate(_) => {
                "name the certificate of its authority by --cert, PIP_CERT or SSL_CERT_FILE"
            }
            Self::CertificateInvalid(_) => {
                "check the address and the clock; whoever runs the server can correct its certificate"
            }
            Self::Tls(_) => "check the scheme and the port of the address",
            Self::Roots(_) => "check --cert, PIP_CERT, REQUESTS_CA_BUNDLE and SSL_CERT_FILE",
            Self::RunTime { .. } => "raise it with --max-run-time or MPCONVERT_MAX_RUN_TIME",
            Self::RunBytes { .. } => "raise it with --max-download or MPCONVERT_MAX_DOWNLOAD",
            Self::NotFound => "check how it is spelled",
            Self::Connection(_) | Self::TooSlow => {
                "check the address and the network, and try again"
            }
            _ => "",
        }
    }

    /// Whether the next attempt may go better.
    #[cfg(feature = "net")]
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Connection(_) => true,
            Self::Status(status) => matches!(status, 408 | 429 | 500 | 502..=504),
            _ => false,
        }
    }
}
