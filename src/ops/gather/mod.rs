//! The inputs of `freeze` and `install`: package specs, and local packages.

mod local;
mod package_spec;

use std::collections::BTreeSet;

pub(super) use local::Local;
pub use package_spec::{FindJobs, PackageSpec};

/// The names in their order, without those whose key appeared before.
pub(super) fn unique<K: Ord>(
    names: impl Iterator<Item = String>,
    key: impl Fn(&str) -> K,
) -> Vec<String> {
    let mut seen = BTreeSet::new();
    names.filter(|name| seen.insert(key(name))).collect()
}
