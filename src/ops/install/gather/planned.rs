//! Builds the packages that will be installed and recorded.

use std::collections::BTreeMap;

use crate::finding::{Code, Finding};
use crate::mip::{is_local, is_mip_url};
use crate::name::normalized_name;
use crate::net::fetch::display_url;
use crate::net::mip::Fetched;
use crate::ops::gather::{Local, unique};
use crate::ops::install::PlannedPackage;
use crate::ops::install::record::key;
use crate::requirement::Requirement;
use crate::resolve::Resolved;

/// A fetched package; `names` has the names of its dependencies.
pub(super) fn of_fetched(
    fetched: Fetched,
    requested: bool,
    names: &BTreeMap<String, String>,
) -> PlannedPackage {
    let deps = fetched.deps.iter().filter_map(|dep| names.get(&dep.name));
    PlannedPackage {
        name: own_name(&fetched),
        version: version(&fetched),
        source: display_url(&fetched.name),
        requested,
        deps: unique(deps.cloned(), key),
        // mip has no constraints: a package names the versions that existed when it was published.
        constraints: Vec::new(),
        files: fetched.files,
        findings: Vec::new(),
    }
}

/// A release, which also depends on the packages of mip with the names `elsewhere`.
pub(super) fn of_release(
    local: Local,
    release: &Resolved,
    elsewhere: Vec<String>,
) -> PlannedPackage {
    let Local { package, version, source, .. } = local;
    // Other packages refer to it by its name in the index.
    let is_its_own = normalized_name(&package.name) == release.name;
    PlannedPackage {
        name: if is_its_own { package.name } else { release.name.clone() },
        version,
        source,
        requested: release.is_root,
        deps: unique(release.dependencies().into_iter().map(str::to_owned).chain(elsewhere), key),
        constraints: constraints(release),
        files: package.files,
        findings: package.findings,
    }
}

/// The version constraints of the release.
pub(super) fn constraints(release: &Resolved) -> Vec<Requirement> {
    let all = release.requires.iter().filter(|one| !one.specifiers.is_empty());
    all.cloned().collect()
}

/// The name of a package of mip: its name in the index, else the name in its `package.json`, else its URL.
pub(super) fn own_name(fetched: &Fetched) -> String {
    let is_elsewhere = is_mip_url(&fetched.name) || is_local(&fetched.name);
    let name = fetched.package_json.name.as_ref();
    match name.filter(|name| is_elsewhere && !name.is_empty()) {
        Some(name) => name.clone(),
        None => display_url(&fetched.name),
    }
}

/// The version in the `package.json`, else the branch or tag; empty for a local package without one.
fn version(fetched: &Fetched) -> String {
    let own = fetched.package_json.version.clone().filter(|version| !version.is_empty());
    let asked = if is_local(&fetched.name) { "" } else { fetched.version.as_str() };
    own.unwrap_or_else(|| asked.to_owned())
}

/// Adds a release. If it replaces a package of mip with the same name, returns a finding.
pub(super) fn replace(all: &mut Vec<PlannedPackage>, one: PlannedPackage) -> Option<Finding> {
    let is_same = |other: &PlannedPackage| key(&other.name) == key(&one.name);
    let replaced = all.iter().position(is_same).map(|place| all.remove(place));
    let finding = replaced.map(|other| {
        let found =
            format!("version {} of the index, which another package depends on", other.version);
        Finding::new(Code::FrozenInstead, found).at(&one.name)
    });
    all.push(one);
    finding
}
