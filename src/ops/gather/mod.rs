//! Packages that a user names for `freeze` and `install`: how they are spelled, and those of this machine.

mod local;
mod package_spec;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use local::Local;
pub use package_spec::{FindJobs, PackageSpec};

use crate::net::mip::Fetched;

/// The names of fetched packages as `name` gives them, by what they were asked for.
pub(super) fn names_of(
    fetched: &[Fetched],
    name: fn(&Fetched) -> String,
) -> BTreeMap<String, String> {
    fetched.iter().map(|one| (one.name.clone(), name(one))).collect()
}

/// The names in their order, each once, where names with the same key are the same.
pub(super) fn unique<K: Ord>(
    names: impl Iterator<Item = String>,
    key: impl Fn(&str) -> K,
) -> Vec<String> {
    let mut seen = BTreeSet::new();
    names.filter(|name| seen.insert(key(name))).collect()
}
