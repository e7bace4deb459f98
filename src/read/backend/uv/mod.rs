//! uv's build backend.

pub(crate) mod layout;

pub(crate) use layout::{installs_nothing, layout};
