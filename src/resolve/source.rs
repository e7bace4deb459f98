//! Where releases come from.

use pep440_rs::Version;

use crate::error::Result;
use crate::requirement::Requirement;

/// A release that could be taken, or that people will ask about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its version.
    pub version: Version,
    /// Why its publisher withdrew it, perhaps without a word; `None` if nobody did.
    pub yanked: Option<String>,
    /// What it has where there is no file that can be converted, such as wheels for platforms only;
    /// `None` if there is one.
    pub unusable: Option<String>,
}

impl Candidate {
    /// A release that can be converted and that nobody withdrew.
    #[must_use]
    pub fn new(version: Version) -> Self {
        Self { version, yanked: None, unusable: None }
    }

    /// Why it is not taken where just any version is wanted, in words that follow its version.
    pub(super) fn fault(&self) -> Option<String> {
        match (&self.unusable, self.yanked.as_deref()) {
            (Some(has), _) => Some(format!("which has {has}")),
            (None, Some("")) => Some("withdrawn".to_owned()),
            (None, Some(reason)) => Some(format!("withdrawn: {reason}")),
            (None, None) => None,
        }
    }
}

/// Where releases come from. It is asked by several threads, and may be asked the same again.
pub trait Source: Sync {
    /// The releases of the project whose normalised name is `name`, in any order; `None` if there is
    /// no such project.
    ///
    /// # Errors
    /// Where nobody can tell.
    fn versions(&self, name: &str) -> Result<Option<Vec<Candidate>>>;

    /// What the release depends on, with markers and extras as they were declared.
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused) for a release that nothing can be made of, which stops
    /// no other; all else stops the resolution.
    fn requirements(&self, name: &str, version: &Version) -> Result<Vec<Requirement>>;

    /// The extras that the release says it has, beside those that its dependencies name. It is asked
    /// only where such an extra is wanted.
    ///
    /// # Errors
    /// As those of [`Source::requirements`].
    fn extras(&self, _name: &str, _version: &Version) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}
