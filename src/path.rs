//! Relative paths as archives and devices spell them, checked once where they enter.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A relative path with `/` between its parts that cannot leave the folder it is relative to.
///
/// No part is empty, `.` or `..`; there is no backslash, no control character, no leading `/` and
/// no drive letter. Paths compare and sort by their bytes, so that every listing has one order.
///
/// ```
/// use mpconvert::MemberPath;
///
/// let path: MemberPath = "./foo/bar.py".parse()?;
/// assert_eq!(path.as_str(), "foo/bar.py");
/// assert!("../secret".parse::<MemberPath>().is_err());
/// # Ok::<(), mpconvert::PathError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MemberPath(String);

/// Why a text is not a [`MemberPath`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Nothing is left of the path, or one of its parts is empty.
    #[error("a path with an empty part")]
    Empty,
    /// The path starts at a root or a drive.
    #[error("an absolute path")]
    Absolute,
    /// A part of the path is `..`.
    #[error("a path with `..` in it")]
    Parent,
    /// The path contains a backslash, which is a separator on some systems.
    #[error("a path with a backslash")]
    Backslash,
    /// The path contains a control character.
    #[error("a path with a control character")]
    Control,
}

impl MemberPath {
    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The parts between the slashes; at least one.
    #[must_use]
    pub fn parts(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }

    /// The last part.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// The folder of the path, or `None` for a file at the root.
    #[must_use]
    pub fn parent(&self) -> Option<&str> {
        self.0.rsplit_once('/').map(|(parent, _)| parent)
    }

    /// The text behind the last dot of the file name, if there is one behind its first character.
    #[must_use]
    pub fn extension(&self) -> Option<&str> {
        let (stem, extension) = self.file_name().rsplit_once('.')?;
        (!stem.is_empty()).then_some(extension)
    }

    /// The path relative to `folder` (without a trailing slash; empty for the root), or `None`
    /// where it does not lie below that folder.
    ///
    /// ```
    /// # use mpconvert::MemberPath;
    /// let path: MemberPath = "src/foo/a.py".parse()?;
    /// assert_eq!(path.below("src").unwrap().as_str(), "foo/a.py");
    /// assert!(path.below("sr").is_none());
    /// # Ok::<(), mpconvert::PathError>(())
    /// ```
    #[must_use]
    pub fn below(&self, folder: &str) -> Option<Self> {
        if folder.is_empty() {
            return Some(self.clone());
        }
        let rest = self.0.strip_prefix(folder)?.strip_prefix('/')?;
        Some(Self(rest.to_owned()))
    }

    /// This path inside `folder` (empty for the root).
    ///
    /// # Errors
    /// [`PathError`] if `folder` is not itself a path of this kind.
    pub fn inside(&self, folder: &str) -> Result<Self, PathError> {
        if folder.is_empty() {
            return Ok(self.clone());
        }
        format!("{folder}/{}", self.0).parse()
    }
}

impl std::str::FromStr for MemberPath {
    type Err = PathError;

    /// Checks `text`; parts that are `.` are dropped, as every tar reader does.
    fn from_str(text: &str) -> Result<Self, PathError> {
        if text.chars().any(char::is_control) {
            return Err(PathError::Control);
        }
        if text.contains('\\') {
            return Err(PathError::Backslash);
        }
        if text.starts_with('/') || has_drive(text) {
            return Err(PathError::Absolute);
        }
        let mut path = String::with_capacity(text.len());
        for part in text.split('/').filter(|part| *part != ".") {
            match part {
                "" => return Err(PathError::Empty),
                ".." => return Err(PathError::Parent),
                _ => {}
            }
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(part);
        }
        if path.is_empty() {
            return Err(PathError::Empty);
        }
        Ok(Self(path))
    }
}

impl TryFrom<String> for MemberPath {
    type Error = PathError;

    fn try_from(text: String) -> Result<Self, PathError> {
        text.parse()
    }
}

impl From<MemberPath> for String {
    fn from(path: MemberPath) -> Self {
        path.0
    }
}

fn has_drive(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|letter| letter.is_ascii_alphabetic()) && bytes.next() == Some(b':')
}

impl fmt::Display for MemberPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Borrow<str> for MemberPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for MemberPath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// The path of `name` in `folder`, which is empty for the root.
pub(crate) fn inside(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> PathError {
        text.parse::<MemberPath>().unwrap_err()
    }

    #[test]
    fn dangerous_paths_are_named() {
        assert_eq!(fault(""), PathError::Empty);
        assert_eq!(fault("."), PathError::Empty);
        assert_eq!(fault("a//b"), PathError::Empty);
        assert_eq!(fault("a/"), PathError::Empty);
        assert_eq!(fault("/etc/passwd"), PathError::Absolute);
        assert_eq!(fault("C:/x"), PathError::Absolute);
        assert_eq!(fault("a/../b"), PathError::Parent);
        assert_eq!(fault("a\\b"), PathError::Backslash);
        assert_eq!(fault("a\u{7}b"), PathError::Control);
        assert_eq!(fault("a\0b"), PathError::Control);
    }

    #[test]
    fn parts_of_a_path() {
        let path: MemberPath = "pkg/data/.hidden".parse().unwrap();
        assert_eq!(path.file_name(), ".hidden");
        assert_eq!(path.parent(), Some("pkg/data"));
        assert_eq!(path.extension(), None);
        assert_eq!(path.inside("root").unwrap().as_str(), "root/pkg/data/.hidden");
        assert_eq!(path.inside("").unwrap(), path);
    }
}
