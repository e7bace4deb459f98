//! Where releases come from.

use pep440_rs::Version;

use crate::error::Result;
use crate::requirement::Requirement;

/// A release that could be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its version.
    pub version: Version,
    /// Why its publisher withdrew it, perhaps without a word; `None` if nobody did.
    pub yanked: Option<String>,
}

/// Where releases come from. It is asked by several threads, and may be asked the same again.
pub trait Source: Sync {
    /// The releases of the project whose normalised name is `name` that have a file which can be
    /// converted, in any order; `None` if there is no such project.
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
}
