//! The dependencies of the releases in a call: each other, and packages elsewhere.

use std::collections::{HashSet, VecDeque};

use super::{Layout, Release};
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::mip::{Dependency, HEAD, IndexJson, LATEST};
use crate::name::normalized_name;
use crate::package::Package;
use crate::translate::{
    AssumedIndex, AvailableVersions, PackageIndex, PackageIndexes, Pinning, UnknownIndex,
    break_cycles, to_mip_dependencies,
};
use crate::write::PACKAGE_JSON;

/// The dependencies of all releases of a call, in the order of these.
pub(super) struct Dependencies(Vec<Resolved>);

#[derive(Clone, Default)]
struct Resolved {
    targets: Vec<Target>,
    findings: Vec<Finding>,
}

/// The target of a dependency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Another release of the call, at this place, whose files are put into the package.
    Bundled(usize),
    /// Another release of the call, which is published.
    Beside {
        /// Its place among them.
        place: usize,
        /// How its `package.json` is named.
        name: Dependency,
    },
    /// A package of an index, or one by its URL.
    Elsewhere(Dependency),
}

impl Dependencies {
    /// Finds out what each release depends on, the dependencies of those that are put into it
    /// included. The index is asked for only if there is a dependency.
    ///
    /// # Errors
    /// Those of [`Client::index_json`](crate::net::mip::Client::index_json).
    pub(super) fn resolve(releases: &[Release]) -> Result<Self> {
        let mut offers = AvailableVersions::default();
        for Release { package, .. } in releases.iter().filter(|one| !one.package.is_refused()) {
            offers.add(&package.name, &package.version.to_string());
        }
        let resolve = |release: &Release| resolve(release, releases, &offers);
        let direct: Vec<Resolved> = releases.iter().map(resolve).collect::<Result<_>>()?;
        let spread = |place| spread(place, releases, &direct);
        let mut all: Vec<Resolved> = (0..releases.len()).map(spread).collect();
        cut_cycles(releases, &mut all);
        Ok(Self(all))
    }

    /// The dependencies of the release at `place`.
    pub(super) fn targets(&self, place: usize) -> &[Target] {
        &self.0[place].targets
    }

    /// Findings about them.
    pub(super) fn findings(&self, place: usize) -> &[Finding] {
        &self.0[place].findings
    }

    /// The dependencies in the `package.json` of the release at `place`.
    pub(super) fn named(&self, place: usize) -> Vec<Dependency> {
        let name = |target: &Target| match target {
            Target::Bundled(_) => None,
            Target::Beside { name, .. } | Target::Elsewhere(name) => Some(name.clone()),
        };
        self.targets(place).iter().filter_map(name).collect()
    }
}

fn resolve(
    release: &Release,
    releases: &[Release],
    offers: &AvailableVersions,
) -> Result<Resolved> {
    let Release { package, of, .. } = release;
    if package.requirements.is_empty() && of.job.options.extras.is_empty() {
        return Ok(Resolved::default());
    }
    let index = of.options.client.optional_index()?;
    let assumed = index.map(AssumedIndex);
    let elsewhere: &dyn PackageIndex = match (index, &assumed) {
        (_, Some(assumed)) if of.options.client.is_assumed() => assumed,
        (Some(index), _) => index,
        (None, _) => &UnknownIndex,
    };
    // The index is first: clients ask for packages as it spells them.
    let catalog = PackageIndexes(vec![elsewhere, offers]);
    let (wanted, pinning) = (of.job.options.dependencies_of(package), of.options.pinning);
    let exact =
        to_mip_dependencies(&package.requirements, &package.name, &wanted, Some(&catalog), pinning);
    let findings = [of.options.client.findings(), exact.findings].concat();
    let mut resolved = Resolved { targets: Vec::new(), findings };
    for dependency in exact.deps {
        match beside(&dependency, releases) {
            None => resolved.targets.push(Target::Elsewhere(dependency)),
            Some(place) if pinning == Pinning::Bundle => {
                resolved.targets.push(Target::Bundled(place));
            }
            Some(place) => resolved.add_beside(place, dependency, release, releases, index),
        }
    }
    Ok(resolved)
}

impl Resolved {
    /// Adds a dependency on another release of the call: by its URL, by its name in the index, or
    /// else its files, which is impossible for a `package.json` in place.
    fn add_beside(
        &mut self,
        place: usize,
        dependency: Dependency,
        release: &Release,
        releases: &[Release],
        index: Option<&IndexJson>,
    ) {
        if let Some(url) = releases[place].url() {
            let name = format!("{url}/{PACKAGE_JSON}");
            let name = Dependency { name, version: HEAD.to_owned() };
            self.targets.push(Target::Beside { place, name });
        } else if index.is_some_and(|index| has(index, &dependency)) {
            self.targets.push(Target::Elsewhere(dependency));
        } else if release.of.options.layout == Layout::InPlace {
            let found = format!("another input, {}", releases[place].package.file_stem());
            let finding = Finding::new(Code::DependencyBeside, found);
            self.findings.push(finding.at(dependency.name));
        } else {
            self.targets.push(Target::Bundled(place));
        }
    }
}

/// The dependencies of the release at `place`, with those of all releases that it bundles.
fn spread(place: usize, releases: &[Release], direct: &[Resolved]) -> Resolved {
    let bundles_all = releases[place].of.options.pinning == Pinning::Bundle;
    let mut all = Resolved { findings: direct[place].findings.clone(), ..Resolved::default() };
    let mut seen = HashSet::from([place]);
    let mut targets: VecDeque<&Target> = direct[place].targets.iter().collect();
    while let Some(target) = targets.pop_front() {
        let bundled = match target {
            Target::Bundled(bundled) => *bundled,
            Target::Beside { place: bundled, .. } if bundles_all => *bundled,
            Target::Beside { place: itself, .. } if *itself == place => continue,
            Target::Beside { .. } | Target::Elsewhere(_) => {
                if !all.targets.contains(target) {
                    all.targets.push(target.clone());
                }
                continue;
            }
        };
        if seen.insert(bundled) {
            if !bundles_all {
                all.findings.push(dependency_bundled(&releases[bundled].package));
            }
            all.targets.push(Target::Bundled(bundled));
            all.findings.extend(direct[bundled].findings.iter().cloned());
            targets.extend(&direct[bundled].targets);
        }
    }
    all
}

fn dependency_bundled(bundled: &Package) -> Finding {
    let found = format!("another input, {}", bundled.file_stem());
    Finding::new(Code::DependencyBundled, found).at(&bundled.name)
}

/// The release that is the dependency; of several versions, for the newest the highest.
fn beside(dependency: &Dependency, releases: &[Release]) -> Option<usize> {
    let name = normalized_name(&dependency.name);
    let is_it = |release: &&(usize, &Release)| {
        let package = &release.1.package;
        let is_version =
            dependency.version == LATEST || dependency.version == package.version.to_string();
        is_version && !package.is_refused() && normalized_name(&package.name) == name
    };
    let all: Vec<_> = releases.iter().enumerate().collect();
    let found = all.iter().filter(is_it).max_by_key(|(_, release)| &release.package.version);
    found.map(|(place, _)| *place)
}

fn has(index: &IndexJson, dependency: &Dependency) -> bool {
    index.find(&dependency.name).is_some_and(|offer| {
        dependency.version == LATEST || offer.versions.contains(&dependency.version)
    })
}

/// Leaves out the dependencies among the releases that close a circle. What is bundled is in none.
fn cut_cycles(releases: &[Release], all: &mut [Resolved]) {
    let names: Vec<String> = releases.iter().map(|release| release.package.file_stem()).collect();
    let edges = |(place, resolved): (usize, &Resolved)| {
        let to = resolved.targets.iter().filter_map(|target| match target {
            Target::Beside { place, .. } => Some(names[*place].as_str()),
            Target::Bundled(_) | Target::Elsewhere(_) => None,
        });
        (names[place].as_str(), to.collect())
    };
    let graph: Vec<_> = all.iter().enumerate().map(edges).collect();
    for cut in break_cycles(&graph) {
        let Some(from) = names.iter().position(|name| *name == cut.from) else { continue };
        let is_cut = |target: &Target| matches!(target, Target::Beside { place, .. } if names[*place] == cut.to);
        all[from].targets.retain(|target| !is_cut(target));
        all[from].findings.push(cut.finding());
    }
}
