//! Values that cannot be shown by mistake.

use std::fmt;

use serde::{Serialize, Serializer};

use super::redacted_url;

/// What must not be seen: it has no way into a message, a log or a file.
///
/// ```
/// use mpconvert::net::fetch::Secret;
///
/// let secret = Secret::new("hunter2");
/// assert_eq!(format!("{secret:?}"), "Secret(…)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, to be sent and not to be shown.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(…)")
    }
}

/// A URL as it was given, which is shown and serialized without a user's name, a password and a query.
///
/// ```
/// use mpconvert::requirement::SafeUrl;
///
/// let url = SafeUrl::from("https://me:hunter2@host/x?token=1");
/// assert_eq!(url.to_string(), "https://host/x?…");
/// assert_eq!(url.reveal(), "https://me:hunter2@host/x?token=1");
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SafeUrl(String);

impl SafeUrl {
    /// The whole URL, to be asked for and not to be shown.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for SafeUrl {
    fn from(url: String) -> Self {
        Self(url)
    }
}

impl From<&str> for SafeUrl {
    fn from(url: &str) -> Self {
        Self(url.to_owned())
    }
}

impl fmt::Display for SafeUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&redacted_url(&self.0))
    }
}

impl fmt::Debug for SafeUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?}", redacted_url(&self.0))
    }
}

impl Serialize for SafeUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
