//! Where bytes are.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::redact::{Printable, SafeUrl, redacted_url};

/// A file or folder of this machine, or a URL.
///
/// ```
/// use mpconvert::net::fetch::Location;
///
/// let index = Location::parse("https://me:secret@host/index/")?;
/// assert_eq!(index.join("index.json").to_string(), "https://host/index/index.json");
/// assert!(Location::parse("file:///index").is_err());
/// # Ok::<(), mpconvert::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Location {
    /// A file or folder.
    Path(PathBuf),
    /// A URL that starts with `http://` or `https://` and a host, without a final slash.
    Url(SafeUrl),
}

impl Location {
    /// The location that `text` names: a URL, else a path.
    ///
    /// # Errors
    /// [`Error::Usage`] for URLs of other kinds, those without host, and those with white space or a
    /// control character.
    pub fn parse(text: &str) -> Result<Self> {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Ok(Self::Path(text.into()));
        };
        if !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) {
            return Ok(Self::Path(text.into()));
        }
        let faulty = |what: &str| Error::Usage {
            message: format!("{}: {what}", Printable(&display_url(text))),
            help: "give a path, or a URL that starts with https:// or http://".to_owned(),
        };
        if !matches!(scheme, "http" | "https") {
            return Err(faulty("URLs of this kind are not fetched"));
        }
        if rest.is_empty() || rest.starts_with(['/', '?', '#', '@', ':']) {
            return Err(faulty("this URL has no host"));
        }
        if rest.chars().any(|letter| letter.is_control() || letter.is_whitespace()) {
            return Err(faulty("this URL contains white space"));
        }
        Ok(Self::Url(text.trim_end_matches('/').into()))
    }

    /// The location at `relative`, a path with slashes, below this one. Nothing is encoded.
    #[must_use]
    pub fn join(&self, relative: &str) -> Self {
        match self {
            Self::Path(path) => Self::Path(path.join(relative)),
            Self::Url(url) => Self::Url(format!("{}/{relative}", url.reveal()).into()),
        }
    }

    /// The path, of a file or folder of this machine.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            Self::Url(_) => None,
        }
    }
}

impl fmt::Display for Location {
    /// Without a user's name and password.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(out),
            Self::Url(url) => url.fmt(out),
        }
    }
}

impl fmt::Debug for Location {
    /// Without a user's name and password.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Location").field(&self.to_string()).finish()
    }
}

/// The URL as it may be shown: without user name and password, and without the query, which may be
/// secret, too.
pub(crate) fn display_url(url: &str) -> String {
    redacted_url(url).into_owned()
}

/// The URL without a user's name and password.
pub(super) fn without_login(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let start = rest[..end].rfind('@').map_or(0, |at| at + 1);
    format!("{scheme}://{}", &rest[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_distinguished_from_paths() {
        for path in ["dist", "a/b.json", "C:\\x", "/x", "a b://c"] {
            assert_eq!(Location::parse(path).unwrap(), Location::Path(path.into()));
        }
        for url in ["http://host", "https://host:8/a?b"] {
            assert_eq!(Location::parse(url).unwrap(), Location::Url(url.into()));
        }
        for fault in
            ["ftp://host", "file:///x", "http://", "https:///x", "http://h/a b", "http://h\n"]
        {
            assert!(matches!(Location::parse(fault), Err(Error::Usage { .. })), "{fault}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        for (url, expected) in [
            ("https://me:p@ss@host/a@b", "https://host/a@b"),
            ("https://token@host", "https://host"),
            ("https://host/?user=a@b", "https://host/?…"),
        ] {
            assert_eq!(Location::parse(url).unwrap().to_string(), expected);
        }
        let location = Location::parse("https://me:secret@host").unwrap();
        assert_eq!(format!("{location:?}"), "Location(\"https://host\")");
        let error = Location::parse("ftp://me:secret@host").unwrap_err();
        assert!(!error.to_string().contains("secret"));
    }
}
