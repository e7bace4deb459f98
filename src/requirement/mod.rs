//! Dependencies: PEP 508 and Poetry constraints in; bare names out.

/// One declared dependency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The dependency's name as it was written, not normalised.
    pub name: String,
}
