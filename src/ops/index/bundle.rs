//! Releases with the files of all that they depend on.

use std::collections::{BTreeSet, VecDeque};

use super::base::spelled;
use super::candidate::{Candidate, contents, is_given};
use super::dependencies::Known;
use crate::error::{Error, Result};
use crate::mip::{Dependency, SOURCE_VARIANT};
use crate::net::mip::Client;
use crate::ops::mip::Bundle;
use crate::translate::Pinning;
use crate::write::index::Index;

/// Adds the files of all dependencies to the releases that become bundles, which then have no
/// dependencies. `own` reads the index. A release is refused if its dependencies cannot be found.
///
/// # Errors
/// [`Error::Fetch`] and [`Error::Io`]: whether they can be had is not known then.
pub(super) fn make(
    slots: &mut [Result<Candidate>],
    index: &Index,
    own: &Client,
    base: Option<&Client>,
) -> Result<()> {
    let known = Known::new(slots, index, base);
    let is_bundle =
        |slot: &Result<Candidate>| matches!(slot, Ok(one) if one.pinning == Pinning::Bundle);
    let places: Vec<usize> = (0..slots.len()).filter(|place| is_bundle(&slots[*place])).collect();
    let bundles: Vec<_> =
        places.iter().map(|place| bundle(*place, slots, &known, index, own)).collect();
    for (place, bundle) in places.into_iter().zip(bundles) {
        let Ok(candidate) = &mut slots[place] else { continue };
        match bundle {
            Ok(bundle) => {
                let (files, findings) = bundle.into_parts();
                candidate.files = contents(&files);
                candidate.package.files = files;
                candidate.package.findings.extend(findings);
                candidate.package.requirements.clear();
            }
            Err(Error::Refused { mut findings, .. }) => {
                candidate.package.findings.append(&mut findings);
                slots[place] = Err(candidate.refusal());
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn bundle(
    place: usize,
    slots: &[Result<Candidate>],
    known: &Known,
    index: &Index,
    own: &Client,
) -> Result<Bundle> {
    let Ok(candidate) = &slots[place] else { return Ok(Bundle::of(Vec::new())) };
    let mut bundle = Bundle::of(candidate.package.files.clone());
    let (mut in_index, mut elsewhere) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::from([place]);
    let mut waiting: VecDeque<Dependency> = bundle_deps(candidate, known, &mut bundle)?;
    while let Some(dep) = waiting.pop_front() {
        let given = |slot: &Result<Candidate>| slot.as_ref().is_ok_and(|one| is_given(one, &dep));
        match slots.iter().position(given) {
            Some(place) if seen.insert(place) => {
                let Ok(beside) = &slots[place] else { continue };
                bundle.add(&beside.package.files, &beside.package.file_stem());
                waiting.extend(bundle_deps(beside, known, &mut bundle)?);
            }
            Some(_) => {}
            None if index.has(&dep.name, SOURCE_VARIANT, &dep.version) || !dep.is_of_index() => {
                in_index.push(dep);
            }
            None => elsewhere.push(dep),
        }
    }
    add(&mut bundle, own, &in_index)?;
    if let Some(base) = known.base.filter(|_| !elsewhere.is_empty()) {
        let elsewhere: Vec<_> =
            elsewhere.iter().map(|dep| spelled(base, dep)).collect::<Result<_>>()?;
        add(&mut bundle, base, &elsewhere)?;
    }
    Ok(bundle)
}

fn add(bundle: &mut Bundle, client: &Client, deps: &[Dependency]) -> Result<()> {
    let (fetched, findings) = client.closure(deps, SOURCE_VARIANT)?;
    bundle.note(findings);
    for one in &fetched {
        bundle.add(&one.files, &format!("{} {}", one.name, one.version));
    }
    Ok(())
}

fn bundle_deps(
    candidate: &Candidate,
    known: &Known,
    bundle: &mut Bundle,
) -> Result<VecDeque<Dependency>> {
    let exact = known.to_mip_dependencies(candidate, &[])?;
    bundle.note(exact.findings);
    Ok(exact.deps.into())
}
