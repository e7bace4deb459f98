//! The releases to add to an index.

use std::collections::BTreeMap;

use bytes::Bytes;
use pep440_rs::Version;
use rayon::prelude::*;

use super::ConvertOptions;
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::mip::{Dependency, LATEST, SOURCE_VARIANT};
use crate::name::normalized_name;
use crate::ops::inputs::Job;
use crate::ops::packages;
use crate::package::{self, File, Package};
use crate::path::MemberPath;
use crate::translate::Pinning;
use crate::write::StoreOptions;
use crate::write::index::{Index, is_fit, latest};
use crate::write::store::Existing;

/// A release that may go into the index.
pub(super) struct Candidate<'a> {
    pub(super) package: Package,
    pub(super) options: &'a ConvertOptions,
    pub(super) pinning: Pinning,
    /// Its name in the index.
    pub(super) name: String,
    /// The version, as spelled in the index.
    pub(super) version: String,
    /// The files in the variant `py`.
    pub(super) files: Files,
    pub(super) deps: Vec<Dependency>,
    /// The variants that are to be added.
    pub(super) variants: BTreeMap<String, Files>,
    /// What the index has of it in the variant `py`.
    pub(super) existing: Existing,
}

/// Where files go, and their contents.
pub(super) type Files = Vec<(MemberPath, Bytes)>;

/// The files as an index takes them.
pub(super) fn contents(files: &[File]) -> Files {
    files.iter().map(|file| (file.path.clone(), file.data.clone())).collect()
}

/// Whether the release is what the dependency asks for.
pub(super) fn is_given(candidate: &Candidate, dep: &Dependency) -> bool {
    dep.name == candidate.name && (dep.version == LATEST || dep.version == candidate.version)
}

/// Reads the releases of all jobs.
pub(super) fn read<'a>(
    jobs: &'a [(Job, Pinning)],
    progress: &(dyn Fn() + Sync),
) -> Vec<Result<Candidate<'a>>> {
    let read = |(job, pinning): &'a (Job, Pinning)| -> Vec<Result<Candidate<'a>>> {
        let candidates = packages(job)
            .into_iter()
            .map(|package| Candidate::new(package?, &job.options, *pinning, job.input.to_string()));
        let candidates = candidates.collect();
        progress();
        candidates
    };
    jobs.par_iter().with_max_len(1).flat_map_iter(read).collect()
}

impl<'a> Candidate<'a> {
    fn new(
        mut package: Package,
        options: &'a ConvertOptions,
        pinning: Pinning,
        input: String,
    ) -> Result<Self> {
        let findings = package::installable(&package);
        package.findings.extend(findings);
        let version = package.version.to_string();
        if !is_fit(&package.name, &version) {
            let found = format!("{} {version}", package.name);
            let expected = "short names of plain letters that do not end in .json";
            package.findings.push(Finding::new(Code::UnfitForIndex, found).expected(expected));
        }
        if package.is_refused() {
            return Err(Error::Refused { input, findings: package.findings });
        }
        let files = contents(&package.files);
        let (name, deps, variants) = (package.name.clone(), Vec::new(), BTreeMap::new());
        let existing = Existing::Nothing;
        Ok(Self { package, options, pinning, name, version, files, deps, variants, existing })
    }
}

impl Candidate<'_> {
    /// Why it is refused: its findings.
    pub(super) fn refusal(&mut self) -> Error {
        let findings = std::mem::take(&mut self.package.findings);
        Error::Refused { input: self.package.file_stem(), findings }
    }
}

/// Gives each release the name and the version by which the index has them: those of before, or for
/// a new package the name of its latest release.
pub(super) fn name(slots: &mut [Result<Candidate>], index: &Index) {
    let mut by_name: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for candidate in slots.iter().flatten() {
        let spelled = (candidate.version.clone(), candidate.name.clone());
        by_name.entry(normalized_name(&candidate.name)).or_default().push(spelled);
    }
    let name_of = |(normal, mut spelled): (String, Vec<(String, String)>)| {
        spelled.sort();
        let newest = latest(spelled.iter().map(|(version, _)| version.as_str()));
        let of_newest = spelled.iter().find(|(version, _)| Some(version.as_str()) == newest);
        let given = of_newest.map(|(_, name)| name.as_str());
        let name = index.name_of(&normal).or(given).unwrap_or(&normal).to_owned();
        (normal, name)
    };
    let names: BTreeMap<String, String> = by_name.into_iter().map(name_of).collect();
    for candidate in slots.iter_mut().flatten() {
        // The index may have two packages with names that are the same by PEP 503.
        let exact = index.name_of(&candidate.name).filter(|name| *name == candidate.name);
        if exact.is_none()
            && let Some(name) = names.get(&normalized_name(&candidate.name))
        {
            candidate.name.clone_from(name);
        }
    }
    spell_versions(slots, index);
}

/// One version has one spelling, that of before or of several the first: who asks for `1.0` and who
/// asks for `1.0.0` mean the same.
fn spell_versions(slots: &mut [Result<Candidate>], index: &Index) {
    let mut spelled: BTreeMap<(String, Version), String> = BTreeMap::new();
    for Candidate { name, version, package, .. } in slots.iter().flatten() {
        let known = spelled.entry((name.clone(), package.version.clone())).or_default();
        if known.is_empty() || version < known {
            known.clone_from(version);
        }
    }
    for candidate in slots.iter_mut().flatten() {
        let release = (candidate.name.clone(), candidate.package.version.clone());
        let of_index = index.version_of(&candidate.name, &candidate.version);
        if let Some(version) = of_index.or_else(|| spelled.get(&release).map(String::as_str)) {
            candidate.version = version.to_owned();
        }
    }
}

/// Compares the files with those that are published. Other ones are refused unless `options` force
/// them, and so are inputs that give one release with different files.
///
/// # Errors
/// [`Error::Io`] for a file of the index that cannot be read.
pub(super) fn compare(
    slots: &mut [Result<Candidate>],
    index: &Index,
    options: StoreOptions,
) -> Result<()> {
    refuse_twins(slots);
    for slot in slots.iter_mut() {
        let Ok(candidate) = slot else { continue };
        let Candidate { name, version, .. } = &*candidate;
        if index.version_of(name, version).is_none() {
            continue;
        }
        let published = index.published(name, SOURCE_VARIANT, version);
        let is_same = match published {
            Some(published) => index.holds(published, &candidate.files)?,
            None => false,
        };
        candidate.existing = Existing::of(Some(is_same));
        if options.outcome(candidate.existing).is_none() {
            let finding = differs(candidate, "other files");
            candidate.package.findings.push(finding);
            *slot = Err(candidate.refusal());
        }
    }
    Ok(())
}

/// That another content is published.
pub(super) fn differs(candidate: &Candidate, found: &str) -> Finding {
    let release = format!("{}=={}", candidate.name, candidate.version);
    Finding::new(Code::VersionPublished, found).at(release).expected("the published content")
}

fn refuse_twins(slots: &mut [Result<Candidate>]) {
    let mut releases: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for (place, slot) in slots.iter().enumerate() {
        if let Ok(candidate) = slot {
            let release = (candidate.name.clone(), candidate.version.clone());
            releases.entry(release).or_default().push(place);
        }
    }
    for places in releases.into_values().filter(|places| places.len() > 1) {
        let files = |place: &usize| slots[*place].as_ref().ok().map(|candidate| &candidate.files);
        if places.iter().all(|place| files(place) == files(&places[0])) {
            continue;
        }
        for place in places {
            if let Ok(candidate) = &mut slots[place] {
                let finding = differs(candidate, "two inputs of this run with different files")
                    .expected("one of them")
                    .hint("add the one that you mean alone");
                candidate.package.findings.push(finding);
                slots[place] = Err(candidate.refusal());
            }
        }
    }
}
