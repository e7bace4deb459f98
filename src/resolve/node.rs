//! The nodes of the solver.

use std::fmt;

/// What the solver chooses versions of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Node {
    /// The call, which has the requirements.
    Root,
    /// A project, by its normalised name.
    Project(String),
    /// An extra of a project, which depends on this version of the project and on what it brings.
    Extra(String, String),
}

impl Node {
    /// The project that this is, or is of.
    pub(super) fn project(&self) -> Option<&str> {
        match self {
            Self::Root => None,
            Self::Project(name) | Self::Extra(name, _) => Some(name),
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => out.write_str("the call"),
            Self::Project(name) => out.write_str(name),
            Self::Extra(name, extra) => write!(out, "{name}[{extra}]"),
        }
    }
}
