//! From archives to a [`Package`](crate::Package): never writes, never runs code of a package.

pub mod layout;
pub mod source_tree;
