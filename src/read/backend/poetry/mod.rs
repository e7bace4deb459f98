//! Poetry.

pub(crate) mod layout;
mod metadata;

pub(crate) use layout::layout;
pub(crate) use metadata::{complete, take_tag};
