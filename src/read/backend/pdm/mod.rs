//! PDM.

mod layout;
mod metadata;
