//! Flit.

pub(crate) mod layout;
mod metadata;
