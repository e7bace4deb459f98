//! Reads anything a Python build tool makes, and writes what MicroPython's installers take.
//!
//! ```text
//!  sdist  wheel  project        upip archive
//!     \     |     /                  |
//!        read  →  Package  →  adapt  →  write
//!                  \
//!                   → check (findings with codes)
//! ```
//!
//! Data goes one way. [`read`](mod@read) turns the archives of a release into a [`Package`]: its
//! metadata, its dependencies by PEP 508 and its files as they would lie in `site-packages`.
//! [`adapt`] leaves out what a device has no use for, and makes modules of data files.
//! [`write`](mod@write) makes the form that a client takes and puts it into a
//! [`Sink`](write::Sink). What is wrong with an input, or worth knowing, is a [`Finding`] with a
//! [`Code`]. [`convert`](mod@convert) is the whole way for files, and what the program and the
//! Python package call.
//!
//! ```no_run
//! use mpconvert::adapt::{Resources, Selection};
//! use mpconvert::write::{TarGz, UpipOptions, upip};
//!
//! let mut package = mpconvert::read("dist/foo_bar-0.1.0-py3-none-any.whl")?;
//! Selection::default().apply(&mut package);
//! Resources::default().apply(&mut package);
//! let mut archive = TarGz::new(Vec::new(), 0)?;
//! upip(&package, &UpipOptions::default(), &mut archive)?;
//! let bytes = archive.finish()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// Tests start programs and open files as they like.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]
// What only the program or only downloads use stays where these are not built.
#![cfg_attr(
    not(all(feature = "cli", feature = "net")),
    expect(dead_code, unused_imports, reason = "the features bring their callers")
)]

pub mod adapt;
pub mod cache;
#[cfg(feature = "cli")]
pub mod cli;
pub mod deflate;
pub mod digest;
mod dir;
pub mod error;
mod file;
pub mod finding;
mod hosted;
mod ini;
mod limits;
pub mod metadata;
pub mod mip;
mod name;
pub mod net;
pub mod ops;
pub mod options;
pub mod package;
pub mod path;
pub mod program;
#[cfg(feature = "python")]
mod py;
mod python;
pub mod read;
mod redact;
pub mod requirement;
pub mod resolve;
pub mod settings;
pub mod translate;
mod version;
pub mod write;

pub use crate::finding::{Code, Finding, Severity};
pub use crate::name::normalized_name;
pub use adapt::{Pattern, PatternError, ResourceMode, ResourceModeError, Resources, Selection};
pub use error::{Error, Result};
pub use package::{File, Origin, Package};
pub use path::{MemberPath, PathError};
pub use read::{Input, Limits, ReadOptions, group_by_release, read};
