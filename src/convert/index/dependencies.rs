//! What the releases of an index depend on in it.

use super::candidate::{Candidate, State, differs};
use super::circle::Circles;
use super::refused;
use crate::error::Result;
use crate::mip::{Dependency, LATEST, PackageJson, SOURCE_FORM};
use crate::package::normalized_name;
use crate::requirement::{Catalog, Catalogs, Offer, Offers, exact};
use crate::write::index::Index;

/// Finds for each release the exact dependencies among what the index has and gets, and leaves out
/// those that would close a circle.
pub(super) fn resolve(slots: &mut [Result<Candidate>], index: &Index) {
    let published = index.offers();
    let mut given: Vec<(String, String)> = slots
        .iter()
        .flatten()
        .map(|candidate| (candidate.name.clone(), candidate.version.clone()))
        .collect();
    given.sort();
    let given: Offers =
        given.iter().map(|(name, version)| (name.as_str(), version.as_str())).collect();
    let catalog = Catalogs(vec![&published, &given]);
    for candidate in slots.iter_mut().flatten() {
        let known = index.published(&candidate.name, SOURCE_FORM, &candidate.version);
        let kept = (candidate.state == State::Same).then_some(known).flatten();
        let catalog = Pinned { catalog: &catalog, pins: kept.map_or(&[], |known| &known.deps) };
        let exact = exact(
            &candidate.package.requirements,
            &candidate.name,
            &candidate.options.dependencies(),
            Some(&catalog),
            candidate.pinning,
        );
        candidate.deps = exact.deps;
        candidate.package.findings.extend(exact.findings);
    }
    cut(slots, index);
}

/// What there is, where packages that a published release depends on have the version that it was
/// published with: the newest of today says nothing about it.
struct Pinned<'a> {
    catalog: &'a dyn Catalog,
    pins: &'a [Dependency],
}

impl Catalog for Pinned<'_> {
    fn find(&self, name: &str) -> Option<Offer> {
        let offer = self.catalog.find(name)?;
        let is_it = |pin: &&Dependency| {
            normalized_name(&pin.name) == normalized_name(&offer.name) && pin.version != LATEST
        };
        let pinned = self
            .pins
            .iter()
            .find(is_it)
            .map(|pin| Offer { name: pin.name.clone(), versions: vec![pin.version.clone()] });
        Some(pinned.unwrap_or(offer))
    }

    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        self.catalog.names()
    }
}

/// Leaves out what would close a circle with what is published, which does not change, or with what
/// comes earlier in the order of names.
fn cut(slots: &mut [Result<Candidate>], index: &Index) {
    let is_replaced = |name: &str, version: &str| {
        slots.iter().flatten().any(|candidate| {
            candidate.state == State::Other
                && candidate.name == name
                && candidate.version == version
        })
    };
    let mut circles = Circles::default();
    for (name, version, json) in index.releases(SOURCE_FORM) {
        if !is_replaced(name, version) {
            circles.publish(name, version, &json.deps);
        }
    }
    for candidate in slots.iter().flatten() {
        circles.release(&candidate.name, &candidate.version);
    }
    let mut order: Vec<&mut Candidate> = slots.iter_mut().flatten().collect();
    order.sort_by(|one, other| (&one.name, &one.version).cmp(&(&other.name, &other.version)));
    for candidate in order {
        let deps = std::mem::take(&mut candidate.deps);
        for dep in deps {
            match circles.add(&candidate.name, &candidate.version, &dep) {
                Ok(()) => candidate.deps.push(dep),
                Err(finding) => candidate.package.findings.push(finding),
            }
        }
    }
}

/// Compares the dependencies with those that are published. Other ones are refused unless they shall
/// `replace` the published ones.
pub(super) fn compare(slots: &mut [Result<Candidate>], index: &Index, replace: bool) {
    for slot in slots.iter_mut() {
        let Ok(candidate) = slot else { continue };
        let published = index.published(&candidate.name, SOURCE_FORM, &candidate.version);
        let is_same = |published: &PackageJson| published.deps == candidate.deps;
        if candidate.state != State::Same || published.is_some_and(is_same) {
            continue;
        }
        if replace {
            candidate.state = State::Other;
            continue;
        }
        let list = |deps: &[Dependency]| {
            let all: Vec<_> =
                deps.iter().map(|dep| format!("{}=={}", dep.name, dep.version)).collect();
            if all.is_empty() { "none".to_owned() } else { all.join(", ") }
        };
        let found = format!("the same files, but the dependencies {}", list(&candidate.deps));
        let expected = list(published.map_or(&[], |published| &published.deps));
        let finding = differs(candidate, &found).expected(expected);
        *slot = Err(refused(candidate, finding));
    }
}
