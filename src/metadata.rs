//! Core metadata, in and out.

/// Core metadata of a release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {}
