//! Hatchling.

mod config;
mod layout;
mod metadata;
