//! From the versions that were chosen to what is reached from the call.

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::Version;
use pubgrub::SelectedDependencies;

use super::provider::Node;
use super::resolver_index::{Edge, ResolverIndex};
use super::{Resolution, Resolved, SkipReason, Skipped};
use crate::finding::{Code, Finding};
use crate::name::normalized_name;
use crate::requirement::Requirement;
use crate::translate::Translation;

/// The releases that the requirements reach through the versions that were `chosen`.
pub(super) fn of(
    chosen: &SelectedDependencies<Node, Version>,
    universe: &ResolverIndex,
) -> Resolution {
    let mut versions = BTreeMap::new();
    let mut extras: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (node, version) in chosen.iter() {
        match node {
            Node::Root => {}
            Node::Project(name) => {
                versions.insert(name.as_str(), version);
            }
            Node::Extra(name, extra) => {
                extras.entry(name).or_default().insert(extra.clone());
            }
        }
    }
    let mut walk = Walk { universe, versions: &versions, left: BTreeMap::new(), findings: vec![] };
    let roots = universe.root_edges();
    walk.findings = [roots.unknown_extras, roots.excluded].concat();
    let asked = walk.targets(&roots.edges, "");
    let mut packages = BTreeMap::new();
    let mut open: Vec<String> = asked.iter().map(|one| one.name.clone()).collect();
    while let Some(name) = open.pop() {
        let Some(version) = versions.get(name.as_str()) else { continue };
        if packages.contains_key(&name) {
            continue;
        }
        let extras: Vec<String> =
            extras.get(name.as_str()).into_iter().flatten().cloned().collect();
        let requires = walk.release(&name, version, &extras);
        open.extend(requires.iter().map(|one| one.name.clone()));
        let is_root = asked.iter().any(|one| one.name == name);
        let version = (*version).clone();
        let resolved = Resolved { name: name.clone(), version, extras, is_root, requires };
        packages.insert(name, resolved);
    }
    let (left, findings) = (walk.left.into_values().collect(), walk.findings);
    let packages = packages.into_values().collect();
    let mut resolution = Resolution { asked, packages, left, findings };
    resolution.findings.extend(passed_over(&resolution, universe));
    resolution
}

/// The newest releases that are not taken because of what is wrong with them.
fn passed_over(resolution: &Resolution, universe: &ResolverIndex) -> Vec<Finding> {
    let passed_over = |package: &Resolved| {
        let project = universe.project(&package.name).ok()??;
        let specifiers = resolution.specifiers_of(&package.name);
        let newer = project.passed_over(&package.version, &specifiers)?;
        let found = format!("{}, {}", newer.version, newer.fault()?);
        Some(Finding::new(Code::PassedOver, found).at(&package.name))
    };
    resolution.packages.iter().filter_map(passed_over).collect()
}

struct Walk<'a> {
    universe: &'a ResolverIndex<'a>,
    versions: &'a BTreeMap<&'a str, &'a Version>,
    left: BTreeMap<(String, String), Skipped>,
    findings: Vec<Finding>,
}

impl Walk<'_> {
    /// The dependencies of the release.
    fn release(&mut self, name: &str, version: &Version, extras: &[String]) -> Vec<Requirement> {
        if let Some(fault) = self.fault(name, version) {
            let found = format!("{version}, {fault}");
            self.findings.push(Finding::new(Code::YankedTaken, found).at(name));
        }
        // All was asked before, when the version was chosen.
        let Ok(found) = self.universe.release_edges(name, version, extras) else {
            return Vec::new();
        };
        self.findings.extend(found.unknown_extras.into_iter().map(|finding| finding.at(name)));
        self.targets(&found.edges, name)
    }

    fn fault(&self, name: &str, version: &Version) -> Option<String> {
        let project = self.universe.project(name).ok()??;
        project.candidates.iter().find(|one| one.version == *version)?.fault()
    }

    /// The requirements of the edges on projects. Other targets are noted.
    fn targets(&mut self, edges: &[Edge], from: &str) -> Vec<Requirement> {
        let mut targets = Vec::new();
        for edge in edges {
            match edge.target().filter(|one| self.versions.contains_key(one.name.as_str())) {
                Some(target) => targets.push(target),
                None => self.leave(edge, from),
            }
        }
        targets.sort_by(|one, other| (&one.name, &one.text).cmp(&(&other.name, &other.text)));
        targets.dedup();
        targets
    }

    fn leave(&mut self, edge: &Edge, from: &str) {
        let name = normalized_name(&edge.requirement.name);
        let mut findings = edge.findings.clone();
        let (why, key) = match &edge.fate {
            Translation::Replaced(by) => {
                (SkipReason::Replaced(by.clone()), format!("{}@{}", by.name, by.version))
            }
            Translation::BuiltIn => (SkipReason::BuiltIn, String::new()),
            Translation::Dropped => (SkipReason::Dropped, String::new()),
            Translation::Refused => {
                let url = edge.requirement.url.as_ref().map(ToString::to_string);
                (SkipReason::Refused, url.unwrap_or_default())
            }
            Translation::Project { name, .. } => {
                let not_there = self.not_there(&normalized_name(name));
                if self.universe.may_miss(&edge.requirement) {
                    let finding = Finding::new(Code::MissingAllowed, not_there.found);
                    findings.push(finding.at(&edge.requirement.name));
                    (SkipReason::Dropped, String::new())
                } else {
                    findings.push(not_there);
                    (SkipReason::Refused, String::new())
                }
            }
        };
        let left = self.left.entry((name.clone(), key)).or_insert_with(|| Skipped {
            name,
            why,
            is_root: false,
            wanted_by: BTreeSet::new(),
            findings: Vec::new(),
        });
        if from.is_empty() {
            left.is_root = true;
        } else {
            left.wanted_by.insert(from.to_owned());
        }
        let new = findings.into_iter().filter(|finding| !left.findings.contains(finding));
        let new: Vec<Finding> = new.collect();
        left.findings.extend(new);
    }

    fn not_there(&self, name: &str) -> Finding {
        match self.universe.project(name) {
            Ok(Some(project)) => {
                let newest = project.candidates.last();
                let found =
                    newest.and_then(|one| Some(format!("{}, {}", one.version, one.fault()?)));
                let found = found.unwrap_or_else(|| "no release".to_owned());
                Finding::new(Code::NothingUsable, found).at(name)
            }
            _ => Finding::new(Code::NoSuchProject, "no project of this name").at(name),
        }
    }
}
