//! Source distributions made for upip.

mod layout;

pub(super) use layout::{RULES, layout};
