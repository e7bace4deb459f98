//! From a [`Package`](crate::Package) as published to one for devices.

mod select;

pub use select::{Pattern, PatternFault, Selection};
