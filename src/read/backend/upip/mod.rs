//! Source distributions made for upip.

mod layout;
