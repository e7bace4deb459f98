//! The formats of mip, MicroPython's second installer, which are read and written alike: what a
//! package says of itself, what an index says of its packages, and how places are named.
//!
//! Source: `mip/__init__.py` of micropython-lib, `mpremote/mip.py` and `tools/build.py`.

mod index_json;
mod package_json;
pub(crate) mod url;

pub(crate) use crate::mip::url::is_local;
pub use crate::mip::url::{MipUrl, MipUrlError};
pub(crate) use crate::mip::url::{is_mip_url, percent_encoded};
pub use index_json::{IndexJson, IndexedPackage};
pub use package_json::{Dependency, PackageJson};

/// The folder below `package/` of an index for packages of source code.
pub const SOURCE_VARIANT: &str = "py";

/// The version that stands for the newest one of an index.
pub const LATEST: &str = "latest";

/// The version of a place that stands for the newest state of its main branch.
pub const HEAD: &str = "HEAD";
