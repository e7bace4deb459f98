//! Places as mip names them: URLs, hosted repositories by a short form, and local paths.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::path::MemberPath;

/// A place on the web as mip names it: `http:`, `https:`, or `github:`, `gitlab:`, `codeberg:` with
/// `{organisation}/{repository}` and perhaps a path.
///
/// It has no query, since clients tell files from packages by the end of the text.
///
/// ```
/// use mpconvert::mip::Place;
///
/// let place: Place = "github:org/repo".parse()?;
/// assert_eq!(place.join(&"src/a b.py".parse()?).as_str(), "github:org/repo/src/a%20b.py");
/// assert!("dist/package.json".parse::<Place>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Place(String);

/// Why a text is no [`Place`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaceFault {
    /// It starts with none of the known words.
    #[error("it starts with none of http://, https://, github:, gitlab:, codeberg:")]
    Scheme,
    /// A short form without organisation and repository, or a URL without host.
    #[error("organisation and repository, or the host, are missing")]
    Incomplete,
    /// A query or a fragment.
    #[error("it has a query or a fragment")]
    Query,
    /// White space or a control character, or a letter beyond ASCII.
    #[error("it has a letter that must be percent-encoded")]
    Letter,
}

/// The short forms of hosts.
const HOSTED: [&str; 3] = ["github:", "gitlab:", "codeberg:"];

impl Place {
    /// The place as it was given, without a final slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a repository of a host by its short form.
    #[must_use]
    pub fn is_hosted(&self) -> bool {
        HOSTED.iter().any(|scheme| self.0.starts_with(scheme))
    }

    /// The place of `path` below this one, percent-encoded.
    #[must_use]
    pub fn join(&self, path: &MemberPath) -> Self {
        Self(format!("{}/{}", self.0, percent_encoded(path)))
    }
}

/// The path as a relative URL, where all but the unreserved letters of RFC 3986 and the slash are
/// percent-encoded.
pub(crate) fn percent_encoded(path: &MemberPath) -> String {
    let mut text = String::with_capacity(path.as_str().len());
    for byte in path.as_str().bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

impl FromStr for Place {
    type Err = PlaceFault;

    fn from_str(text: &str) -> Result<Self, PlaceFault> {
        let text = text.trim_end_matches('/');
        let parts_needed = if HOSTED.iter().any(|scheme| text.starts_with(scheme)) {
            2
        } else if ["http://", "https://"].iter().any(|scheme| text.starts_with(scheme)) {
            1
        } else {
            return Err(PlaceFault::Scheme);
        };
        if text.contains(['?', '#']) {
            return Err(PlaceFault::Query);
        }
        if !text.chars().all(|letter| letter.is_ascii_graphic()) {
            return Err(PlaceFault::Letter);
        }
        let rest = text.split_once(':').map_or("", |(_, rest)| rest.trim_start_matches("//"));
        let mut parts = rest.split('/');
        if (0..parts_needed).any(|_| parts.next().is_none_or(str::is_empty)) {
            return Err(PlaceFault::Incomplete);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Place {
    type Error = PlaceFault;

    fn try_from(text: String) -> Result<Self, PlaceFault> {
        text.parse()
    }
}

impl From<Place> for String {
    fn from(place: Place) -> Self {
        place.0
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_that_clients_understand_are_taken() {
        for (text, fault) in [
            ("ftp://host/x", PlaceFault::Scheme),
            ("src/", PlaceFault::Scheme),
            ("github:org", PlaceFault::Incomplete),
            ("github:/repo", PlaceFault::Incomplete),
            ("https://", PlaceFault::Scheme),
            ("https:///x", PlaceFault::Incomplete),
            ("https://host/x?y", PlaceFault::Query),
            ("https://host/a b", PlaceFault::Letter),
        ] {
            assert_eq!(text.parse::<Place>(), Err(fault), "{text}");
        }
        assert_eq!("https://host/".parse::<Place>().unwrap().as_str(), "https://host");
    }
}
