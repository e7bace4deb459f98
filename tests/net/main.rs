//! Downloads: which files are fetched, verified and cached, and which secrets are not sent.

#![cfg(feature = "net")]
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

#[path = "../fixtures/mod.rs"]
mod fixtures;
#[expect(dead_code, reason = "the tests of downloads take more of it")]
#[path = "../../src/net/fetch/server.rs"]
mod server;

mod fetch;
#[cfg(unix)]
mod hashes;
mod run_limits;
mod secrets;
mod tls;
