//! Converts Python packages into the archives that MicroPython's installers take.

pub mod check;
pub mod deflate;
pub mod error;
pub mod metadata;
pub mod package;
pub mod path;
pub mod read;
pub mod requirement;

pub use check::{Code, Finding, Severity};
pub use error::{Error, Result};
pub use package::{File, Origin, Package, normalized_name};
pub use path::{MemberPath, PathFault};
