//! How much packages may bring.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use crate::error::{Error, FetchError, Result};
use crate::finding::{Code, Finding};

/// Where reading of packages stops.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Bytes of an `index.json`.
    pub(super) index_json: u64,
    /// Bytes of a `package.json`.
    pub(super) package_json: u64,
    /// Bytes of a file.
    pub(super) file: u64,
    /// Bytes of all packages of a call.
    pub(super) bytes: u64,
    /// Packages of a call.
    pub(super) packages: usize,
    /// Files of all packages of a call.
    pub(super) files: usize,
    /// Packages on the way from one that was asked for to a dependency.
    pub(super) depth: usize,
}

impl Default for Limits {
    /// Room for many times what the official index has altogether.
    fn default() -> Self {
        Self {
            index_json: 32 << 20,
            package_json: 1 << 20,
            file: 16 << 20,
            bytes: 256 << 20,
            packages: 1000,
            files: 20_000,
            depth: 100,
        }
    }
}

/// The bytes that are left of a call's.
pub(super) struct Budget {
    pub(super) limits: Limits,
    left: AtomicU64,
}

impl Budget {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, left: AtomicU64::new(limits.bytes) }
    }

    /// Takes what `get` gives within the limit that it is given, `most` or what is left.
    pub(super) fn take(&self, most: u64, get: impl Fn(u64) -> Result<Bytes>) -> Result<Bytes> {
        let left = self.left.load(Ordering::Relaxed);
        let data = match get(most.min(left)) {
            Err(Error::Fetch { place, fault: FetchError::TooLarge(_) }) => {
                let bytes = if left < most { self.limits.bytes } else { most };
                return Err(too_much(&place, format!("more than {bytes} bytes")));
            }
            data => data?,
        };
        let size = data.len() as u64;
        let take = |left: u64| left.checked_sub(size);
        if self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_err() {
            let found = format!("more than {} bytes in all packages", self.limits.bytes);
            return Err(too_much("the packages", found));
        }
        Ok(data)
    }
}

pub(super) fn too_much(place: &str, found: String) -> Error {
    let findings = vec![Finding::new(Code::TooManyPackages, found)];
    Error::Refused { input: place.to_owned(), findings }
}
