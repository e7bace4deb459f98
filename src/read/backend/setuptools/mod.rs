//! Setuptools.

pub(crate) mod layout;
mod metadata;
