//! Setuptools.

pub(crate) mod layout;
mod metadata;

pub(super) use layout::layout;
pub(crate) use metadata::read;
