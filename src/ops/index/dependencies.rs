//! The dependencies of the releases in an index.

use std::collections::BTreeSet;

use super::base::Copied;
use super::candidate::{Candidate, differs};
use super::cycle::Cycles;
use crate::error::Result;
use crate::finding::Finding;
use crate::mip::{Dependency, LATEST, PackageJson, SOURCE_VARIANT};
use crate::name::normalized_name;
use crate::net::mip::Client;
use crate::translate::{
    AvailablePackage, AvailableVersions, MipDependencies, PackageIndex, PackageIndexes,
    to_mip_dependencies,
};
use crate::write::StoreOptions;
use crate::write::index::Index;
use crate::write::store::Existing;

/// The sources of dependencies: the index with the releases that are added, then another index.
pub(super) struct Known<'a> {
    published: AvailableVersions,
    given: AvailableVersions,
    pub(super) base: Option<&'a Client>,
    /// Normalised names of releases of this run that were refused for their dependencies.
    refused: BTreeSet<String>,
}

impl<'a> Known<'a> {
    pub(super) fn new(
        slots: &[Result<Candidate>],
        index: &Index,
        base: Option<&'a Client>,
    ) -> Self {
        let mut given: Vec<(&str, &str)> = slots
            .iter()
            .flatten()
            .map(|candidate| (candidate.name.as_str(), candidate.version.as_str()))
            .collect();
        given.sort_unstable();
        let refused = BTreeSet::new();
        Self { published: index.offers(), given: given.into_iter().collect(), base, refused }
    }

    /// The dependencies of a release. Those of a published release keep their versions, even if
    /// there are newer ones. The other index is used only for packages that are not in this one.
    ///
    /// # Errors
    /// Those of [`Client::index_json`].
    pub(super) fn to_mip_dependencies(
        &self,
        candidate: &Candidate,
        published: &[Dependency],
    ) -> Result<MipDependencies> {
        let here: [&dyn PackageIndex; 2] = [&self.published, &self.given];
        let exact = self.among(here.to_vec(), candidate, published);
        let Some(base) = self.base.filter(|_| !exact.unresolved.is_empty()) else {
            return Ok(exact);
        };
        let everywhere = here.into_iter().chain([base.index_json()? as &dyn PackageIndex]);
        Ok(self.among(everywhere.collect(), candidate, &exact.deps))
    }

    fn among(
        &self,
        catalogs: Vec<&dyn PackageIndex>,
        candidate: &Candidate,
        pins: &[Dependency],
    ) -> MipDependencies {
        let mut options = candidate.options.dependencies_of(&candidate.package);
        options.missing.extend(self.refused.iter().cloned());
        to_mip_dependencies(
            &candidate.package.requirements,
            &candidate.name,
            &options,
            Some(&Pinned { catalog: &PackageIndexes(catalogs), pins }),
            candidate.pinning,
        )
    }
}

/// Finds for each release the exact dependencies among what is known. A release that lacks one is
/// refused, and others come without it.
///
/// # Errors
/// Those of [`Known::exact`].
pub(super) fn resolve(
    slots: &mut [Result<Candidate>],
    index: &Index,
    base: Option<&Client>,
) -> Result<()> {
    let mut refused = BTreeSet::new();
    loop {
        let mut known = Known::new(slots, index, base);
        known.refused.clone_from(&refused);
        let resolved = slots.iter().map(|slot| {
            let Ok(candidate) = slot else { return Ok(None) };
            let published = index.published(&candidate.name, SOURCE_VARIANT, &candidate.version);
            let kept = published.filter(|_| candidate.existing == Existing::Same);
            let pins = kept.map_or(&[][..], |published| &published.deps);
            known.to_mip_dependencies(candidate, pins).map(Some)
        });
        let resolved: Vec<Option<MipDependencies>> = resolved.collect::<Result<_>>()?;
        let is_lost = |exact: &Option<MipDependencies>| {
            exact.as_ref().is_some_and(|exact| exact.findings.iter().any(Finding::is_error))
        };
        let is_final = !resolved.iter().any(is_lost);
        for (slot, exact) in slots.iter_mut().zip(resolved) {
            let is_lost = is_lost(&exact);
            let (Ok(candidate), Some(exact)) = (&mut *slot, exact) else { continue };
            if is_lost {
                candidate.package.findings.extend(exact.findings);
                refused.insert(normalized_name(&candidate.name));
                *slot = Err(candidate.refusal());
            } else if is_final {
                candidate.deps = exact.deps;
                candidate.package.findings.extend(exact.findings);
            }
        }
        if is_final {
            return Ok(());
        }
    }
}

/// The sources, with only one version of some packages.
struct Pinned<'a> {
    catalog: &'a dyn PackageIndex,
    pins: &'a [Dependency],
}

impl PackageIndex for Pinned<'_> {
    fn find(&self, name: &str) -> Option<AvailablePackage> {
        let offer = self.catalog.find(name)?;
        let is_it = |pin: &&Dependency| {
            normalized_name(&pin.name) == normalized_name(&offer.name) && pin.version != LATEST
        };
        let pinned = self.pins.iter().find(is_it).map(|pin| AvailablePackage {
            name: pin.name.clone(),
            versions: vec![pin.version.clone()],
        });
        Some(pinned.unwrap_or(offer))
    }

    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        self.catalog.names()
    }
}

/// Leaves out what would close a circle with what is published, which does not change, or with what
/// comes earlier: first the releases in the order of names, then the copies in theirs.
pub(super) fn cut(slots: &mut [Result<Candidate>], copies: &mut [Copied], index: &Index) {
    let is_replaced = |name: &str, version: &str| {
        slots.iter().flatten().any(|candidate| {
            candidate.existing == Existing::Different
                && candidate.name == name
                && candidate.version == version
        })
    };
    let mut cycles = Cycles::default();
    for (name, version, json) in index.releases(SOURCE_VARIANT) {
        if !is_replaced(name, version) {
            cycles.publish(name, version, &json.deps);
        }
    }
    for copy in copies.iter() {
        cycles.release(&copy.name, &copy.version);
    }
    for candidate in slots.iter().flatten() {
        cycles.release(&candidate.name, &candidate.version);
    }
    let mut order: Vec<&mut Candidate> = slots.iter_mut().flatten().collect();
    order.sort_by(|one, other| (&one.name, &one.version).cmp(&(&other.name, &other.version)));
    for candidate in order {
        let Candidate { name, version, deps, package, .. } = candidate;
        cycles.keep_open(name, version, deps, &mut package.findings);
    }
    for copy in copies {
        let Copied { name, version, deps, findings, .. } = copy;
        cycles.keep_open(name, version, deps, findings);
    }
}

/// Compares the dependencies with those that are published. Other ones are refused unless `options`
/// force them.
pub(super) fn compare(slots: &mut [Result<Candidate>], index: &Index, options: StoreOptions) {
    for slot in slots.iter_mut() {
        let Ok(candidate) = slot else { continue };
        let published = index.published(&candidate.name, SOURCE_VARIANT, &candidate.version);
        let is_same = |published: &PackageJson| published.deps == candidate.deps;
        if candidate.existing != Existing::Same || published.is_some_and(is_same) {
            continue;
        }
        candidate.existing = Existing::Different;
        if options.outcome(candidate.existing).is_some() {
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
        candidate.package.findings.push(finding);
        *slot = Err(candidate.refusal());
    }
}
