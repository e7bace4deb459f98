//! Where releases come from.

use pep440_rs::Version;

use crate::error::Result;
use crate::requirement::Requirement;

/// A release that could be taken, or that people will ask about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its version.
    pub version: Version,
    /// The reason why it was yanked, which may be empty; `None` if it was not.
    pub yanked: Option<String>,
    /// The files that it has instead of one that can be converted, such as wheels for platforms;
    /// `None` if there is one.
    pub unusable: Option<String>,
}

impl Candidate {
    /// A release that can be converted and was not yanked.
    #[must_use]
    pub fn new(version: Version) -> Self {
        Self { version, yanked: None, unusable: None }
    }

    /// Why it is not taken where just any version is wanted, in words that follow its version.
    pub(super) fn fault(&self) -> Option<String> {
        match (&self.unusable, self.yanked.as_deref()) {
            (Some(has), _) => Some(format!("which has {has}")),
            (None, Some("")) => Some("yanked".to_owned()),
            (None, Some(reason)) => Some(format!("yanked: {reason}")),
            (None, None) => None,
        }
    }
}

/// Where releases come from. It is asked by several threads, and may be asked the same again.
pub trait Source: Sync {
    /// The releases of the project whose normalised name is `name`, in any order; `None` if there
    /// is no such project.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn versions(&self, name: &str) -> Result<Option<Vec<Candidate>>>;

    /// The dependencies of the release, with markers and extras as declared.
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused) for a release that nothing can be made of, which stops
    /// no other; all else stops the resolution.
    fn requirements(&self, name: &str, version: &Version) -> Result<Vec<Requirement>>;

    /// The extras that the release declares, beside those that its dependencies name. Called only
    /// if such an extra is required.
    ///
    /// # Errors
    /// As those of [`Source::requirements`].
    fn extras(&self, _name: &str, _version: &Version) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}
