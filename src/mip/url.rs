//! Places as mip names them: URLs, hosted repositories by a short form, and local paths.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::hosted::hosted;
use crate::path::MemberPath;
use crate::redact::has_port;

/// A place on the web as mip names it: `http:`, `https:`, or `github:`, `gitlab:`, `codeberg:` with
/// `{organisation}/{repository}` and perhaps a path.
///
/// It has no query, since clients distinguish files and packages by the end of the text.
///
/// ```
/// use mpconvert::mip::MipUrl;
///
/// let place: MipUrl = "github:org/repo".parse()?;
/// assert_eq!(place.join(&"src/a b.py".parse()?).as_str(), "github:org/repo/src/a%20b.py");
/// assert!("dist/package.json".parse::<MipUrl>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MipUrl(String);

/// Why a text is not a [`MipUrl`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MipUrlError {
    /// It starts with none of the known words.
    #[error("it does not start with http://, https://, github:, gitlab: or codeberg:")]
    Scheme,
    /// A short form without organisation and repository, or a URL without host.
    #[error("the organization and repository, or the host, is missing")]
    Incomplete,
    /// A query or a fragment.
    #[error("it has a query or a fragment")]
    Query,
    /// A fragment where a query may be.
    #[error("it has a `#`, and clients of mip do not verify hashes")]
    Fragment,
    /// White space or a control character, or a letter beyond ASCII.
    #[error("it has a character that must be percent-encoded")]
    Letter,
    /// A branch or tag that is none.
    #[error("its branch or tag contains a path")]
    Branch,
    /// A branch or tag behind the repository.
    #[error("it has a branch or tag, which belongs into the command that installs the package")]
    Version,
    /// A user's name or password before the host.
    #[error("it has a user name or password, which clients do not send")]
    User,
}

impl MipUrl {
    /// The place as it was given, without a final slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a repository of a host by its short form.
    #[must_use]
    pub fn is_hosted(&self) -> bool {
        hosted(&self.0).is_some()
    }

    /// The place of `path` below this one, percent-encoded.
    #[must_use]
    pub fn join(&self, path: &MemberPath) -> Self {
        Self(format!("{}/{}", self.0, percent_encoded(path)))
    }
}

/// Whether clients take `text` for a place on the web.
pub(crate) fn is_mip_url(text: &str) -> bool {
    hosted(text).is_some() || text.starts_with("http://") || text.starts_with("https://")
}

/// Whether mpremote takes `text` for a `package.json` of the machine that it runs on.
#[expect(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "mpremote compares the same way"
)]
pub(crate) fn is_local(text: &str) -> bool {
    !is_mip_url(text) && text.ends_with(".json")
}

/// The URL that clients fetch the file at `text` from, a URL or short form of which only the latter
/// know branches.
///
/// # Errors
/// If the text is not a place, or the branch or tag contains a path.
pub(crate) fn raw_url(text: &str, branch: &str) -> Result<String, MipUrlError> {
    check(text)?;
    if text.contains('#') {
        return Err(MipUrlError::Fragment);
    }
    let Some((raw_file, rest)) = hosted(text) else { return Ok(text.to_owned()) };
    let mut slashes = rest.match_indices('/').map(|(at, _)| at);
    let end = slashes.nth(1).unwrap_or(rest.len());
    let (root, path) = rest.split_at(end);
    let leads_elsewhere = |part: &str| matches!(part, "" | "." | "..");
    if branch.split('/').any(leads_elsewhere)
        || !branch.chars().all(|letter| letter.is_ascii_graphic() && !"?#&%\\".contains(letter))
    {
        return Err(MipUrlError::Branch);
    }
    Ok(format!("https://{}", raw_file(root, branch, path.strip_prefix('/').unwrap_or_default())))
}

/// Whether clients understand `text`, which may have a query.
fn check(text: &str) -> Result<(), MipUrlError> {
    let (rest, parts_needed) = match hosted(text) {
        Some((_, rest)) => (rest, 2),
        None if is_mip_url(text) => (text.split_once("://").map_or("", |(_, rest)| rest), 1),
        None => return Err(MipUrlError::Scheme),
    };
    if !text.chars().all(|letter| letter.is_ascii_graphic()) {
        return Err(MipUrlError::Letter);
    }
    let mut parts = rest.split('/');
    if (0..parts_needed).any(|_| parts.next().is_none_or(str::is_empty)) {
        return Err(MipUrlError::Incomplete);
    }
    Ok(())
}

/// The letters that are percent-encoded in paths.
const RESERVED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The path as a relative URL, where all but the unreserved letters of RFC 3986 and the slash are
/// percent-encoded.
pub(crate) fn percent_encoded(path: &MemberPath) -> String {
    utf8_percent_encode(path.as_str(), RESERVED).to_string()
}

impl FromStr for MipUrl {
    type Err = MipUrlError;

    fn from_str(text: &str) -> Result<Self, MipUrlError> {
        let text = text.trim_end_matches('/');
        check(text)?;
        if text.contains(['?', '#']) {
            return Err(MipUrlError::Query);
        }
        // `github:org`, `repo`, or `https:`, ``, `host`
        let (parts, fault) = match hosted(text) {
            Some(_) => (2, MipUrlError::Version),
            None => (3, MipUrlError::User),
        };
        if text.split('/').take(parts).any(|part| part.contains('@')) {
            return Err(fault);
        }
        // A password may have a slash.
        if parts == 3 && text.split('/').nth(2).is_some_and(|host| !has_port(host)) {
            return Err(fault);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for MipUrl {
    type Error = MipUrlError;

    fn try_from(text: String) -> Result<Self, MipUrlError> {
        text.parse()
    }
}

impl From<MipUrl> for String {
    fn from(place: MipUrl) -> Self {
        place.0
    }
}

impl fmt::Display for MipUrl {
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
            ("ftp://host/x", MipUrlError::Scheme),
            ("src/", MipUrlError::Scheme),
            ("github:org", MipUrlError::Incomplete),
            ("github:/repo", MipUrlError::Incomplete),
            ("https://", MipUrlError::Scheme),
            ("https:///x", MipUrlError::Incomplete),
            ("https://host/x?y", MipUrlError::Query),
            ("https://host/a b", MipUrlError::Letter),
            ("https://user:word@host/x", MipUrlError::User),
            ("https://user:wo/rd@host/x", MipUrlError::User),
            ("github:org/repo@v1", MipUrlError::Version),
            ("gitlab:org/repo@v1/src", MipUrlError::Version),
        ] {
            assert_eq!(text.parse::<MipUrl>(), Err(fault), "{text}");
        }
        assert!("https://[::1]:80/x".parse::<MipUrl>().is_ok());
        assert!("https://host/@scope".parse::<MipUrl>().is_ok());
        assert!("github:org/repo/a@b".parse::<MipUrl>().is_ok());
        assert_eq!("https://host/".parse::<MipUrl>().unwrap().as_str(), "https://host");
    }

    #[test]
    fn short_forms_are_files_of_their_hosts() {
        for (text, branch, expected) in [
            ("github:o/r/a/b.py", "HEAD", "https://raw.githubusercontent.com/o/r/HEAD/a/b.py"),
            ("gitlab:o/r/b.py", "v1/x", "https://gitlab.com/o/r/-/raw/v1/x/b.py"),
            ("codeberg:o/r/b.py", "v1", "https://codeberg.org/api/v1/repos/o/r/raw/b.py?ref=v1"),
            ("http://h/b.py?c=d", "v1", "http://h/b.py?c=d"),
        ] {
            assert_eq!(raw_url(text, branch).as_deref(), Ok(expected));
        }
        for branch in ["", "..", "../../x/y", "a?b", "a b", "a\u{e9}"] {
            assert_eq!(raw_url("github:o/r/b.py", branch), Err(MipUrlError::Branch), "{branch}");
        }
        assert_eq!(raw_url("github:o", "HEAD"), Err(MipUrlError::Incomplete));
        assert_eq!(raw_url("b.py", "HEAD"), Err(MipUrlError::Scheme));
    }
}
