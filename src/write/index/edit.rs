//! What is to change in an index, and what it will be then.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use rayon::prelude::*;

use super::contents::{Entry, Packages, Published};
use super::files::Files;
use super::version::{self, latest};
use super::{About, Index, Release};
use crate::digest::sha256;
use crate::error::Result;
use crate::mip::{IndexJson, IndexedPackage, PackageJson};

/// What is to change in an index, all at once.
#[derive(Debug, Default)]
pub struct Edit {
    put: Vec<Release>,
    /// Versions of packages that go, or `None` for whole packages.
    removed: BTreeSet<(String, Option<String>)>,
    about: BTreeMap<String, (String, About)>,
    /// Packages of which only the lists are put right.
    mended: BTreeSet<String>,
}

impl Edit {
    /// Puts a release into the index, in place of what is there in this variant and version.
    pub fn put(&mut self, release: Release) {
        self.put.push(release);
    }

    /// Takes a version of a package, or all of it, in all its variants out of the index.
    pub fn remove(&mut self, name: &str, version: Option<&str>) {
        self.removed.insert((name.to_owned(), version.map(str::to_owned)));
    }

    /// Repairs the entry of a package in `index.json` and its latest version, if they are damaged.
    pub fn mend(&mut self, name: &str) {
        self.mended.insert(name.to_owned());
    }

    /// Says what the package `name` is by its release `version`; that of the latest counts.
    pub fn describe(&mut self, name: &str, version: &str, about: About) {
        let is_latest =
            |known: &(String, About)| latest([known.0.as_str(), version]) == Some(version);
        if self.about.get(name).is_none_or(is_latest) {
            self.about.insert(name.to_owned(), (version.to_owned(), about));
        }
    }

    /// The names of the packages that change.
    pub(super) fn touched(&self) -> BTreeSet<&String> {
        let names = self.put.iter().map(|release| &release.name);
        names.chain(self.removed.iter().map(|(name, _)| name)).chain(&self.mended).collect()
    }

    /// The packages of `index` after all changes, whose new contents are added to `files`.
    pub(super) fn packages(&self, index: &Index, files: &mut Files) -> Result<Packages> {
        let before = &index.contents.packages;
        let mut after = before.clone();
        self.apply(&mut after, files)?;
        for name in self.touched() {
            if let Some(variants) = after.get_mut(name) {
                choose_latest(variants, before.get(name));
            }
        }
        after.retain(|_, variants| !variants.is_empty());
        Ok(after)
    }

    /// Makes `packages` what was asked for.
    fn apply(&self, packages: &mut Packages, files: &mut Files) -> Result<()> {
        for (name, version) in &self.removed {
            let Some(version) = version else {
                packages.remove(name);
                continue;
            };
            for published in packages.get_mut(name).into_iter().flat_map(BTreeMap::values_mut) {
                published.releases.remove(version);
            }
        }
        let digests: Vec<_> = self.put.par_iter().map(Release::digests).collect();
        let names = name_all(&self.put, &digests, files)?;
        for (release, digests) in self.put.iter().zip(&digests) {
            let hashes = release.files.iter().zip(digests).map(|((path, _), digest)| {
                let name = names.get(digest).cloned().unwrap_or_default();
                (path.clone(), name)
            });
            let mut json = PackageJson {
                version: Some(release.version.clone()),
                hashes: hashes.collect(),
                deps: release.deps.clone(),
                ..PackageJson::default()
            };
            json.hashes.sort();
            let variants = packages.entry(release.name.clone()).or_default();
            let published = variants.entry(release.variant.clone()).or_default();
            published.releases.insert(release.version.clone(), Entry::of(json));
        }
        Ok(())
    }

    /// The list of packages, where what is said of the touched ones is new.
    pub(super) fn index_json(&self, before: &IndexJson, after: &Packages) -> IndexJson {
        let mut json = before.clone();
        json.v = IndexJson::VERSION;
        for name in self.touched() {
            let place = json.packages.binary_search_by(|package| package.name.cmp(name));
            match (after.get(name), place) {
                (None, Ok(place)) => {
                    json.packages.remove(place);
                }
                (None, Err(_)) => {}
                (Some(variants), place) => {
                    let place = place.unwrap_or_else(|place| {
                        let name = name.clone();
                        json.packages.insert(place, IndexedPackage { name, ..Default::default() });
                        place
                    });
                    self.report(&mut json.packages[place], variants);
                }
            }
        }
        json
    }

    fn report(&self, package: &mut IndexedPackage, variants: &BTreeMap<String, Published>) {
        let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (variant, published) in variants {
            let mut sorted: Vec<_> = published.releases.keys().cloned().collect();
            sorted.sort_by(|one, other| version::order(one, other));
            versions.insert(variant.clone(), sorted);
        }
        package.versions = versions;
        let all = package.versions.values().flatten().map(String::as_str);
        package.version = latest(all).unwrap_or_default().to_owned();
        if let Some((version, about)) = self.about.get(&package.name)
            && *version == package.version
        {
            package.author.clone_from(&about.author);
            package.description.clone_from(&about.description);
            package.license.clone_from(&about.license);
            if !about.path.is_empty() {
                package.path.clone_from(&about.path);
            }
        }
    }
}

impl Release {
    /// The digests of the files, in their order.
    fn digests(&self) -> Vec<String> {
        self.files.iter().map(|(_, data)| sha256(data)).collect()
    }
}

/// Gives each content a name, by its digest.
fn name_all<'a>(
    releases: &'a [Release],
    digests: &'a [Vec<String>],
    files: &mut Files,
) -> Result<BTreeMap<&'a String, String>> {
    let contents = releases.iter().map(|release| release.files.iter().map(|(_, data)| data));
    let contents: BTreeMap<&String, &Bytes> =
        digests.iter().flatten().zip(contents.flatten()).collect();
    let name = |(digest, data): (&'a String, &Bytes)| {
        let name = files.add(digest, data)?;
        Ok((digest, name))
    };
    contents.into_iter().map(name).collect()
}

/// Sets the latest version of each variant of a package, and removes variants without versions. For a
/// package without a version, the official builder writes only a `latest.json`, which is kept.
fn choose_latest(
    variants: &mut BTreeMap<String, Published>,
    before: Option<&BTreeMap<String, Published>>,
) {
    let had_versions = |variant: &str| {
        before
            .and_then(|variants| variants.get(variant))
            .is_none_or(|variant| !variant.releases.is_empty())
    };
    variants.retain(|variant, published| {
        let version = published.latest_version().map(str::to_owned);
        if version.is_some() || had_versions(variant) {
            published.latest =
                version.and_then(|version| published.releases.get(&version).cloned());
        }
        published.latest.is_some()
    });
}
