//! Setuptools.

pub(crate) mod layout;
mod metadata;

pub(super) use layout::{installs_nothing, layout};
pub(crate) use metadata::{read, take_tag};
