//! What the releases of a call depend on: each other, and what is elsewhere.

use crate::check::{Code, Finding};
use crate::error::Result;
use crate::mip::{Dependency, HEAD, IndexJson, LATEST};
use crate::package::normalized_name;
use crate::requirement::{Catalog, Catalogs, Offers, Pinning, Unknown, break_cycles, exact};
use crate::write::PACKAGE_JSON;

use super::Release;

/// The dependencies of all releases of a call, in the order of these.
pub(super) struct Dependencies(Vec<Resolved>);

#[derive(Default)]
struct Resolved {
    targets: Vec<Target>,
    findings: Vec<Finding>,
}

/// What a dependency is met by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Another release of the call.
    Beside {
        /// Its place among them.
        place: usize,
        /// How its `package.json` is named, once it is published.
        name: Dependency,
    },
    /// A package of an index, or one by its URL.
    Elsewhere(Dependency),
}

impl Dependencies {
    /// Finds out what each release depends on. The index is asked for only if there is a dependency.
    ///
    /// # Errors
    /// Those of [`Client::index_json`](crate::mip::client::Client::index_json).
    pub(super) fn resolve(releases: &[Release]) -> Result<Self> {
        let mut offers = Offers::default();
        for Release { package, .. } in releases.iter().filter(|one| !one.package.is_refused()) {
            offers.add(&package.name, &package.version.to_string());
        }
        let resolve = |release: &Release| resolve(release, releases, &offers);
        let mut all: Vec<Resolved> = releases.iter().map(resolve).collect::<Result<_>>()?;
        cut_circles(releases, &mut all);
        Ok(Self(all))
    }

    /// What the release at `place` depends on.
    pub(super) fn targets(&self, place: usize) -> &[Target] {
        &self.0[place].targets
    }

    /// What was noticed about them.
    pub(super) fn findings(&self, place: usize) -> &[Finding] {
        &self.0[place].findings
    }

    /// What the `package.json` of the release at `place` says of them.
    pub(super) fn named(&self, place: usize) -> Vec<Dependency> {
        let name = |target: &Target| match target {
            Target::Beside { name, .. } | Target::Elsewhere(name) => name.clone(),
        };
        self.targets(place).iter().map(name).collect()
    }
}

fn resolve(release: &Release, releases: &[Release], offers: &Offers) -> Result<Resolved> {
    let Release { package, of, .. } = release;
    if package.requirements.is_empty() {
        return Ok(Resolved::default());
    }
    let index =
        if of.options.client.has_index() { Some(of.options.client.index_json()?) } else { None };
    let elsewhere: &dyn Catalog = index.map_or(&Unknown, |index| index);
    let catalog = Catalogs(vec![offers, elsewhere]);
    let (wanted, pinning) = (of.job.options.dependencies(), of.options.pinning);
    let exact = exact(&package.requirements, &package.name, &wanted, Some(&catalog), pinning);
    let mut resolved = Resolved { targets: Vec::new(), findings: exact.findings };
    for dependency in exact.deps {
        let Some(place) = beside(&dependency, releases) else {
            resolved.targets.push(Target::Elsewhere(dependency));
            continue;
        };
        if pinning == Pinning::Bundle {
            resolved.targets.push(Target::Beside { place, name: dependency });
        } else if let Some(url) = releases[place].url() {
            let name =
                Dependency { name: format!("{url}/{PACKAGE_JSON}"), version: HEAD.to_owned() };
            resolved.targets.push(Target::Beside { place, name });
        } else if index.is_some_and(|index| has(index, &dependency)) {
            resolved.targets.push(Target::Elsewhere(dependency));
        } else {
            let found =
                format!("another input of this call, {}", releases[place].package.file_stem());
            let finding = Finding::new(Code::DependencyBeside, found).at(dependency.name);
            resolved.findings.push(finding);
        }
    }
    Ok(resolved)
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
fn cut_circles(releases: &[Release], all: &mut [Resolved]) {
    let names: Vec<String> = releases.iter().map(|release| release.package.file_stem()).collect();
    let edges = |(place, resolved): (usize, &Resolved)| {
        let is_bundle = releases[place].of.options.pinning == Pinning::Bundle;
        let targets = resolved.targets.iter().filter(|_| !is_bundle);
        let to = targets.filter_map(|target| match target {
            Target::Beside { place, .. } => Some(names[*place].as_str()),
            Target::Elsewhere(_) => None,
        });
        (names[place].as_str(), to.collect())
    };
    let graph: Vec<_> = all.iter().enumerate().map(edges).collect();
    for cut in break_cycles(&graph) {
        let Some(from) = names.iter().position(|name| *name == cut.from) else { continue };
        let is_cut = |target: &Target| matches!(target, Target::Beside { place, .. } if names[*place] == cut.to);
        all[from].targets.retain(|target| !is_cut(target));
        all[from].findings.push(cut.finding);
    }
}
