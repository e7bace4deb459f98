//! Packages and all they depend on.

use std::collections::{BTreeMap, BTreeSet};

use super::budget::{Budget, Limits, too_much};
use super::manifest::Manifest;
use super::{Client, Failure};
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::mip::Dependency;
use crate::net::fetch::{display_url, in_parallel};

impl Client {
    /// The manifests of all packages that the requested ones reach, by the requested names and
    /// versions.
    pub(super) fn manifests(
        &self,
        wanted: &[Dependency],
        variant: &str,
        budget: &Budget,
    ) -> Result<BTreeMap<Dependency, Manifest>> {
        let mut known: BTreeMap<Dependency, Manifest> = BTreeMap::new();
        let mut next: Vec<Dependency> = unique(wanted);
        let mut needed_by: BTreeMap<Dependency, Dependency> = BTreeMap::new();
        while !next.is_empty() {
            let most = budget.limits.packages;
            if known.len() + next.len() > most {
                return Err(too_much(&next[0].to_string(), format!("more than {most} packages")));
            }
            let read = in_parallel(&next, |wanted| self.manifest(wanted, variant, budget));
            let mut deps = Vec::new();
            for (wanted, manifest) in next.into_iter().zip(read) {
                let manifest =
                    manifest.map_err(|failure| explained(failure, &wanted, &needed_by))?;
                for dep in &manifest.deps {
                    if !known.contains_key(dep) && *dep != wanted {
                        needed_by.entry(dep.clone()).or_insert_with(|| wanted.clone());
                    }
                }
                deps.extend(manifest.deps.iter().cloned());
                known.insert(wanted, manifest);
            }
            next = unique(&deps);
            next.retain(|dep| !known.contains_key(dep));
        }
        Ok(known)
    }
}

/// Adds to what is missing who needs it.
fn explained(
    failure: Failure,
    wanted: &Dependency,
    needed_by: &BTreeMap<Dependency, Dependency>,
) -> Failure {
    let Failure::NotThere(mut missing) = failure else { return failure };
    // What is needed is found after what needs it, so that the way has an end.
    let chain = std::iter::successors(needed_by.get(wanted), |one| needed_by.get(one));
    missing.needed_by = chain.map(|one| display_url(&one.name)).collect();
    Failure::NotThere(missing)
}

fn unique(deps: &[Dependency]) -> Vec<Dependency> {
    let mut seen = BTreeSet::new();
    deps.iter().filter(|dep| seen.insert(*dep)).cloned().collect()
}

/// The packages in the order in which clients install them, each once and without circles.
pub(super) fn order(
    wanted: &[Dependency],
    manifests: BTreeMap<Dependency, Manifest>,
    limits: Limits,
) -> Result<(Vec<Manifest>, Vec<Finding>)> {
    let mut walk = Walk { manifests, limits, ..Walk::default() };
    for root in wanted {
        walk.visit(root)?;
    }
    let Walk { ordered, mut findings, .. } = walk;
    findings.extend(collisions(&ordered));
    Ok((ordered, findings))
}

/// The identity of a package: its name and version.
type Identity = (String, String);

#[derive(Default)]
struct Walk {
    manifests: BTreeMap<Dependency, Manifest>,
    limits: Limits,
    seen: BTreeSet<Identity>,
    /// Whose dependencies are visited now.
    stack: Vec<Identity>,
    ordered: Vec<Manifest>,
    findings: Vec<Finding>,
}

impl Walk {
    /// Whether the dependency is to be kept; it is not where it closes a circle.
    fn visit(&mut self, wanted: &Dependency) -> Result<bool> {
        // Every dependency was read before.
        let Some(manifest) = self.manifests.get(wanted) else { return Ok(false) };
        let identity = (wanted.name.clone(), manifest.version.clone());
        if let Some(start) = self.stack.iter().position(|open| *open == identity) {
            let cycle = self.stack[start..].iter().chain([&identity]);
            let cycle: Vec<_> = cycle.map(|(name, version)| format!("{name} {version}")).collect();
            let found = format!("a circle: {}", cycle.join(" → "));
            self.findings.push(Finding::new(Code::DependencyCycle, found).at(&wanted.name));
            return Ok(false);
        }
        if !self.seen.insert(identity.clone()) {
            return Ok(true);
        }
        let depth = self.limits.depth;
        if self.stack.len() >= depth {
            let found = format!("more than {depth} packages in a chain of dependencies");
            return Err(too_much(&wanted.to_string(), found));
        }
        let place = self.ordered.len();
        let manifest = manifest.clone();
        let deps = manifest.deps.clone();
        self.ordered.push(manifest);
        self.stack.push(identity);
        let mut kept = Vec::with_capacity(deps.len());
        for dep in deps {
            if self.visit(&dep)? {
                kept.push(dep);
            }
        }
        self.stack.pop();
        self.ordered[place].deps = kept;
        Ok(true)
    }
}

/// Packages that are there in several versions.
fn collisions(packages: &[Manifest]) -> Vec<Finding> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in packages {
        versions.entry(&package.wanted.name).or_default().push(&package.version);
    }
    let several = versions.into_iter().filter(|(_, versions)| versions.len() > 1);
    several
        .map(|(name, versions)| {
            let found = format!("the versions {}", versions.join(", "));
            Finding::new(Code::VersionsCollide, found).at(name).expected("one version")
        })
        .collect()
}
