//! Which files of a source distribution are installed, and where: the rules of each build tool,
//! applied without running it.

pub mod setuptools;
pub mod upip;

use crate::check::Finding;
use crate::path::MemberPath;

/// The install layout that one build tool's rules give for a source tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Whose rules were applied, as users know it: `poetry`, `setuptools (setup.cfg)`.
    pub rules: &'static str,
    /// What is installed, sorted by target, each target once.
    pub files: Vec<Placed>,
    /// What was noticed on the way, such as settings that only running them would tell.
    pub findings: Vec<Finding>,
}

/// One installed file: from where in the source tree to where in `site-packages`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Placed {
    /// Relative to `site-packages`.
    pub target: MemberPath,
    /// Relative to the root of the source tree.
    pub source: MemberPath,
}
