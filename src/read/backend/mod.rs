//! What each build tool would install and record, worked out from its configuration without running it.

pub(crate) mod build_tool;
pub mod flit;
mod git;
pub mod hatchling;
pub mod layout;
pub(crate) mod metadata;
mod native;
pub(crate) mod pattern;
pub mod pdm;
mod placement;
pub mod poetry;
pub(crate) mod pyproject;
pub(crate) mod served;
pub mod setuptools;
pub mod upip;
pub mod uv;
