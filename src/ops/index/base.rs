//! Packages copied from another index, because clients look up all dependencies in the same one.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::candidate::{Candidate, Files, contents, is_given};
use crate::adapt::{Bytecode, Compiler};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::mip::{Dependency, LATEST, SOURCE_VARIANT};
use crate::name::normalized_name;
use crate::net::mip::{Client, Fetched};
use crate::translate::PackageIndex;
use crate::write::index::{About, Edit, Index, Release, is_fit};

/// Packages that one run asks another index for at most, be they there or not.
const MAX_ASKED: usize = 1000;

/// Bytes that one run copies at most.
const MAX_BYTES: usize = 256 << 20;

/// A package of another index that is to be copied.
pub(super) struct Copied {
    /// Its name in this index.
    pub(super) name: String,
    pub(super) version: String,
    /// The files in the variant `py`.
    pub(super) files: Files,
    /// The files in each variant that this index lacks.
    pub(super) variants: BTreeMap<String, Files>,
    pub(super) deps: Vec<Dependency>,
    pub(super) findings: Vec<Finding>,
    about: About,
}

/// Downloads the packages that are `wanted` or that the releases depend on, unless they are in the
/// index or among the releases, and their dependencies. If there are none, the other index is not
/// read. The result is in the order in which packages are reached, so that cutting a cycle leaves
/// none unreached.
///
/// # Errors
/// Those of [`Client::index_json`] and [`Client::package`]; [`Error::Refused`] for
/// packages that do not fit into an index, or that exceed a limit.
pub(super) fn fetch(
    slots: &[Result<Candidate>],
    wanted: &[Dependency],
    index: &Index,
    base: &Client,
    bytecode: &Bytecode,
) -> Result<Vec<Copied>> {
    let mut copying = Copying {
        given: Given(slots),
        index,
        base,
        bytecode,
        seen: BTreeSet::new(),
        copies: Vec::new(),
        missing: BTreeSet::new(),
        bytes: 0,
    };
    // In an order that is not that of the inputs.
    let mut waiting: BTreeSet<Dependency> = wanted.iter().cloned().collect();
    for candidate in slots.iter().flatten() {
        // The packages that depend on it are unchanged.
        let variants = candidate.variants.keys().map(String::as_str).chain([SOURCE_VARIANT]);
        let variants: Vec<&str> = variants.collect();
        let wanted = candidate.deps.iter().filter(|dep| copying.is_wanted(dep, &variants));
        waiting.extend(wanted.cloned());
    }
    let variants = bytecode.compilers.iter().map(Compiler::variant).chain([SOURCE_VARIANT]);
    let variants: Vec<&str> = variants.collect();
    let mut waiting = VecDeque::from_iter(waiting);
    while let Some(dep) = waiting.pop_front() {
        if copying.is_wanted(&dep, &variants) && copying.seen.insert(dep.clone()) {
            waiting.extend(copying.copy(&dep)?);
            copying.limit(&dep)?;
        }
    }
    Ok(copying.finish())
}

/// Leaves the copies that are `wanted`, or that a release needs which is not refused.
pub(super) fn keep_needed(
    copies: &mut Vec<Copied>,
    slots: &[Result<Candidate>],
    wanted: &[Dependency],
) {
    let is_it = |copy: &Copied, dep: &Dependency| {
        copy.name == dep.name && (dep.version == LATEST || copy.version == dep.version)
    };
    let of_releases = slots.iter().flatten().flat_map(|candidate| &candidate.deps);
    let mut waiting: Vec<&Dependency> = of_releases.chain(wanted).collect();
    let mut needed: BTreeSet<usize> = BTreeSet::new();
    while let Some(dep) = waiting.pop() {
        for (place, copy) in copies.iter().enumerate().filter(|(_, copy)| is_it(copy, dep)) {
            if needed.insert(place) {
                waiting.extend(&copy.deps);
            }
        }
    }
    let mut place = 0..;
    copies.retain(|_| place.next().is_some_and(|place| needed.contains(&place)));
}

/// The releases that the index gets.
struct Given<'a>(&'a [Result<Candidate<'a>>]);

struct Copying<'a> {
    given: Given<'a>,
    index: &'a Index,
    base: &'a Client,
    bytecode: &'a Bytecode,
    seen: BTreeSet<Dependency>,
    /// In the order of being reached.
    copies: Vec<Copied>,
    /// What neither index has.
    missing: BTreeSet<Dependency>,
    bytes: usize,
}

impl Given<'_> {
    fn has(&self, dep: &Dependency) -> bool {
        self.0.iter().flatten().any(|candidate| is_given(candidate, dep))
    }

    fn name_of(&self, name: &str) -> Option<&str> {
        let normal = normalized_name(name);
        let mut names = self.0.iter().flatten().map(|candidate| candidate.name.as_str());
        names.find(|known| normalized_name(known) == normal)
    }
}

impl Copying<'_> {
    /// Whether the index lacks it in one of these variants, and does not get it otherwise.
    fn is_wanted(&self, dep: &Dependency, variants: &[&str]) -> bool {
        let is_lacking = |variant: &&str| !self.index.has(&dep.name, variant, &dep.version);
        dep.is_of_index() && !self.given.has(dep) && variants.iter().any(is_lacking)
    }

    /// Takes a package over; what it depends on.
    fn copy(&mut self, dep: &Dependency) -> Result<Vec<Dependency>> {
        let asked = self.asked(dep)?;
        let fetched = match self.base.find(&asked, SOURCE_VARIANT)? {
            Err(_) if !self.is_promised(&asked)? => {
                self.missing.insert(dep.clone());
                return Ok(Vec::new());
            }
            fetched => fetched?,
        };
        let name = dep.name.clone();
        // Clients request it by this version, even if its `package.json` has another.
        let version = if dep.version == LATEST { &fetched.version } else { &dep.version };
        let version = self.version_of(&name, version);
        if !is_fit(&name, &version) || version == LATEST {
            let found = format!("{name} {version} of the other index");
            let finding = Finding::new(Code::UnfitForIndex, found).expected("a name and a version");
            return Err(Error::Refused { input: asked.to_string(), findings: vec![finding] });
        }
        let files = contents(&fetched.files);
        let published = self.index.published(&name, SOURCE_VARIANT, &version);
        let is_same = match published {
            Some(published) => self.index.holds(published, &files)?,
            None => true,
        };
        let is_it = |copy: &Copied| copy.name == name && copy.version == version;
        if !is_same || self.copies.iter().any(is_it) {
            return Ok(Vec::new());
        }
        let deps = match published {
            Some(published) => published.deps.clone(),
            None => fetched.deps.iter().map(|dep| self.own(dep)).collect(),
        };
        let (variants, findings) = self.variants(&name, &version, &fetched)?;
        let about = self.about(&asked.name)?;
        let copied = Copied { name, version, files, variants, deps: deps.clone(), findings, about };
        self.bytes += copied.size();
        self.copies.push(copied);
        Ok(deps)
    }

    /// How the other index has what this one lacks.
    fn asked(&self, dep: &Dependency) -> Result<Dependency> {
        let asked = spelled(self.base, dep)?;
        // The latest version here may not be the latest in the other index.
        let latest = self.index.latest(&dep.name, SOURCE_VARIANT).filter(|_| dep.version == LATEST);
        Ok(Dependency { version: latest.unwrap_or(&dep.version).to_owned(), ..asked })
    }

    /// Whether the other index lists it.
    fn is_promised(&self, asked: &Dependency) -> Result<bool> {
        let offer = self.base.index_json()?.find(&asked.name);
        Ok(offer.is_some_and(|offer| {
            asked.version == LATEST || offer.versions.contains(&asked.version)
        }))
    }

    /// A dependency of the other index as this one spells it.
    fn own(&self, dep: &Dependency) -> Dependency {
        if !dep.is_of_index() {
            return dep.clone();
        }
        let known = self.index.name_of(&dep.name).or_else(|| self.given.name_of(&dep.name));
        let name = known.unwrap_or(&dep.name).to_owned();
        let version = self.version_of(&name, &dep.version);
        Dependency { name, version }
    }

    fn version_of(&self, name: &str, version: &str) -> String {
        self.index.version_of(name, version).unwrap_or(version).to_owned()
    }

    /// The package in each variant that this index lacks: as the other one has it, else compiled.
    fn variants(
        &self,
        name: &str,
        version: &str,
        source: &Fetched,
    ) -> Result<(BTreeMap<String, Files>, Vec<Finding>)> {
        let (mut variants, mut findings) = (BTreeMap::new(), Vec::new());
        if !self.index.has(name, SOURCE_VARIANT, version) {
            variants.insert(SOURCE_VARIANT.to_owned(), contents(&source.files));
        }
        let asked = Dependency { name: source.name.clone(), version: source.version.clone() };
        for compiler in &self.bytecode.compilers {
            let variant = compiler.variant();
            if self.index.has(name, variant, version) {
                continue;
            }
            let files = match self.base.find(&asked, variant)? {
                Err(_) => {
                    let (files, reported) = self.bytecode.compile(compiler, &source.files)?;
                    findings.extend(reported);
                    files
                }
                Ok(fetched) => fetched.files,
            };
            variants.insert(variant.to_owned(), contents(&files));
        }
        findings.extend(self.base.fetcher().stale_copies());
        Ok((variants, findings))
    }

    fn about(&self, name: &str) -> Result<About> {
        let package = self.base.index_json()?.package(name).cloned().unwrap_or_default();
        Ok(About {
            author: package.author,
            description: package.description,
            license: package.license,
            path: package.path,
        })
    }

    /// That all that was asked for is not too much, the last one included.
    fn limit(&self, last: &Dependency) -> Result<()> {
        let found = if self.seen.len() > MAX_ASKED {
            format!("more than {MAX_ASKED} packages to copy")
        } else if self.bytes > MAX_BYTES {
            format!("more than {MAX_BYTES} bytes to copy")
        } else {
            return Ok(());
        };
        let findings = vec![Finding::new(Code::TooManyPackages, found)];
        Err(Error::Refused { input: last.to_string(), findings })
    }

    /// The copies, which ask for nothing that is not there.
    fn finish(self) -> Vec<Copied> {
        let mut copies = self.copies;
        for copy in &mut copies {
            let is_new = copy.variants.contains_key(SOURCE_VARIANT);
            let (gone, kept) =
                copy.deps.drain(..).partition(|dep| is_new && self.missing.contains(dep));
            copy.deps = kept;
            let unresolved = |dep: Dependency| {
                let found = format!("`{}` {} is in neither index", dep.name, dep.version);
                Finding::new(Code::CopyIncomplete, found)
                    .at(format!("{}=={}", copy.name, copy.version))
            };
            let gone: Vec<Dependency> = gone;
            copy.findings.extend(gone.into_iter().map(unresolved));
        }
        copies
    }
}

/// The dependency by the name that the other index has for it.
///
/// # Errors
/// Those of [`Client::index_json`].
pub(super) fn spelled(base: &Client, dep: &Dependency) -> Result<Dependency> {
    let offer = base.index_json()?.find(&dep.name);
    let name = offer.map_or_else(|| dep.name.clone(), |offer| offer.name);
    Ok(Dependency { name, version: dep.version.clone() })
}

impl Copied {
    /// Bytes in all variants.
    fn size(&self) -> usize {
        self.variants.values().flatten().map(|(_, data)| data.len()).sum()
    }

    pub(super) fn put(&self, edit: &mut Edit) {
        for (variant, files) in &self.variants {
            edit.put(Release {
                name: self.name.clone(),
                version: self.version.clone(),
                variant: variant.clone(),
                files: files.clone(),
                deps: self.deps.clone(),
            });
        }
        edit.describe(&self.name, &self.version, self.about.clone());
    }
}
