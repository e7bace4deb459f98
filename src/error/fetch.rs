//! Errors of downloads.

use std::time::Duration;

/// Why a file or URL could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The file does not exist.
    #[error("the file does not exist")]
    NotFound,
    /// The server responded with an error.
    #[error("the server responded with status {0}")]
    Status(u16),
    /// The server requires a user; whether the request named one.
    #[error("the server {}", if *.0 { "rejected the user name and password" } else { "requires a user name and password" })]
    Unauthorized(bool),
    /// The server's certificate is not trusted, with the reason.
    #[error("the server's certificate {0}")]
    Certificate(String),
    /// The server's certificate is not valid now or not valid for this host.
    #[error("the server's certificate {0}")]
    CertificateInvalid(String),
    /// The server does not speak TLS, or no version of it that is supported.
    #[error("{0}")]
    Tls(String),
    /// The trusted certificates cannot be read.
    #[error("{0}")]
    Roots(String),
    /// The content is larger than the limit.
    #[error("the file is larger than {0} bytes")]
    TooLarge(u64),
    /// The server does not respond, or too slowly.
    #[error("the server did not respond in time")]
    TooSlow,
    /// The run has reached its time limit.
    #[error(
        "the run has reached its time limit of {} s (downloads completed: {downloads}, bytes received: \
         {bytes})", limit.as_secs_f64()
    )]
    RunTime {
        /// The limit.
        limit: Duration,
        /// How many downloads were completed.
        downloads: u64,
        /// How many bytes were received.
        bytes: u64,
    },
    /// The run has reached its download limit.
    #[error(
        "the run has reached its download limit of {limit} bytes (downloads completed: {downloads}, \
         bytes received: {bytes})"
    )]
    RunBytes {
        /// The limit in bytes.
        limit: u64,
        /// How many downloads were completed.
        downloads: u64,
        /// How many bytes were received.
        bytes: u64,
    },
    /// The server redirects to a place that is not allowed.
    #[error("the server redirects to {0}")]
    Redirect(&'static str),
    /// The content has an encoding that was not requested.
    #[error("the server uses the unsupported content encoding `{0}`")]
    Coding(String),
    /// There is no connection, or it ended early; the error of the system.
    #[error("{0}")]
    Connection(String),
    /// This program was built without the feature `net`.
    #[error("this program was built without the network")]
    NoNetwork,
    /// The cache has no copy, and the network must not be used.
    #[error("not in the cache")]
    Offline,
}

impl FetchError {
    /// What the user can do about it; may be empty.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::NoNetwork => "build it with the feature `net`, or name a folder",
            Self::Offline => "run once without --offline",
            Self::Unauthorized(true) | Self::Status(403) => "check the user name and the password",
            Self::Unauthorized(false) => {
                "set them in the URL, in .netrc, or with the program `keyring`"
            }
            Self::Certificate(_) => {
                "set the certificate of its authority with --cert, PIP_CERT or SSL_CERT_FILE"
            }
            Self::CertificateInvalid(_) => {
                "check the address and the clock, or contact the operator of the server"
            }
            Self::Tls(_) => "check the scheme and the port of the address",
            Self::Roots(_) => "check --cert, PIP_CERT, REQUESTS_CA_BUNDLE and SSL_CERT_FILE",
            Self::RunTime { .. } => "raise the limit with --max-run-time or MPCONVERT_MAX_RUN_TIME",
            Self::RunBytes { .. } => {
                "raise the limit with --max-download or MPCONVERT_MAX_DOWNLOAD"
            }
            Self::NotFound => "check the spelling",
            Self::Connection(_) | Self::TooSlow => {
                "check the address and the network, and try again"
            }
            _ => "",
        }
    }

    /// Whether nothing was learned from the server: it was not asked or did not answer properly.
    pub(crate) fn is_unreachable(&self) -> bool {
        match self {
            Self::Connection(_)
            | Self::TooSlow
            | Self::NoNetwork
            | Self::Offline
            | Self::Certificate(_)
            | Self::CertificateInvalid(_)
            | Self::Tls(_)
            | Self::Redirect(_) => true,
            Self::Status(status) => *status >= 400,
            _ => false,
        }
    }

    /// Whether another attempt may succeed.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Connection(_) => true,
            Self::Status(status) => matches!(status, 408 | 429 | 500 | 502..=504),
            _ => false,
        }
    }
}
