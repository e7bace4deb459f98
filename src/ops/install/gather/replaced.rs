//! Packages of mip that replace projects.

use std::collections::{BTreeMap, BTreeSet};

use crate::mip::Dependency;
use crate::name::normalized_name;
use crate::requirement::Requirement;
use crate::resolve::{Resolution, SkipReason};

/// Packages of mip that replace projects.
pub(super) struct Replaced {
    /// Each package, with the normalized names of the releases that depend on it.
    pub(super) by: BTreeMap<Dependency, BTreeSet<String>>,
    /// The names of the packages that the call requests.
    pub(super) requested: BTreeSet<String>,
}

impl Replaced {
    pub(super) fn of(resolution: &Resolution, named: &[Requirement]) -> Self {
        let roots: BTreeSet<String> =
            named.iter().map(|requirement| normalized_name(&requirement.name)).collect();
        let mut replaced = Self { by: BTreeMap::new(), requested: BTreeSet::new() };
        for left in &resolution.left {
            let SkipReason::Replaced(dependency) = &left.why else { continue };
            let by = replaced.by.entry(dependency.clone()).or_default();
            by.extend(left.wanted_by.iter().cloned());
            if roots.contains(&left.name) {
                replaced.requested.insert(dependency.name.clone());
            }
        }
        replaced
    }

    /// The names of the packages that this release depends on.
    pub(super) fn needed_by(&self, release: &str, names: &BTreeMap<String, String>) -> Vec<String> {
        let needed = self.by.iter().filter(|(_, by)| by.contains(release));
        needed.filter_map(|(dependency, _)| names.get(&dependency.name).cloned()).collect()
    }
}
