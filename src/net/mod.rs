//! The network: bytes from files and the web, package indexes, and the client of mip.

pub mod fetch;
pub mod mip;
pub mod pypi;
