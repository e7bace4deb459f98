//! The network: bytes from files and the web, package indexes, and the client of mip.

pub mod fetch;
pub mod mip;
#[cfg(feature = "net")]
pub mod pypi;
