//! The packages of a firmware, while they are put together.

use crate::finding::Finding;
use crate::mip::Dependency;
use crate::write::FrozenPackage;

/// The packages to freeze.
pub(super) struct Gathered {
    /// All packages, sorted by name.
    pub(super) packages: Vec<Member>,
    /// The names of the requested packages, in the order of the call.
    pub(super) roots: Vec<String>,
    /// Findings that do not belong to a single package.
    pub(super) findings: Vec<Finding>,
}

/// A package and its findings.
pub(super) struct Member {
    pub(super) package: FrozenPackage,
    pub(super) findings: Vec<Finding>,
}

/// A requested package.
pub(super) enum Root {
    /// The name of a local package.
    Local(String),
    Elsewhere(Dependency),
}
