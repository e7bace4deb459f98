//! PDM.

pub(crate) mod layout;
mod metadata;

pub(crate) use layout::{installs_nothing, layout};
pub(crate) use metadata::complete;
