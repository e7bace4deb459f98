//! The dependencies: that clients find all of them, and an end.

use std::collections::{BTreeMap, BTreeSet};

use super::version_path;
use crate::finding::{Code, Finding};
use crate::mip::{Dependency, LATEST};
use crate::name::normalized_name;
use crate::translate::break_cycles;
use crate::write::index::contents::Published;
use crate::write::index::look::Look;

/// Checks the dependencies in an index.
pub(super) fn check(look: &Look) -> Vec<Finding> {
    let variants: BTreeSet<&str> = look
        .contents
        .packages
        .values()
        .flat_map(|variants| variants.keys().map(String::as_str))
        .collect();
    let mut findings = Vec::new();
    for variant in variants {
        let packages: BTreeMap<&str, &Published> = look
            .contents
            .packages
            .iter()
            .filter_map(|(name, variants)| Some((name.as_str(), variants.get(variant)?)))
            .collect();
        findings.extend(missing(variant, &packages));
        findings.extend(cycles(variant, &packages));
    }
    findings
}

fn missing(variant: &str, packages: &BTreeMap<&str, &Published>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, published) in packages {
        for (version, entry) in published.entries() {
            let deps = entry.json.iter().flat_map(|json| &json.deps);
            for dep in deps.filter(|dep| dep.is_of_index()) {
                let there = packages.get(dep.name.as_str());
                if !there.is_some_and(|package| package.has(&dep.version)) {
                    findings.push(no_dependency(variant, name, version, dep, packages));
                }
            }
        }
    }
    findings
}

fn no_dependency(
    variant: &str,
    name: &str,
    version: &str,
    dep: &Dependency,
    packages: &BTreeMap<&str, &Published>,
) -> Finding {
    let found = format!("no {} {} in the variant {variant}", dep.name, dep.version);
    let finding =
        Finding::new(Code::DependencyMissing, found).at(version_path(variant, name, version));
    let normal = normalized_name(&dep.name);
    let same = packages.keys().find(|name| **name != dep.name && normalized_name(name) == normal);
    match same {
        Some(name) => finding.expected(format!("the spelling `{name}`")),
        None => finding,
    }
}

fn cycles(variant: &str, packages: &BTreeMap<&str, &Published>) -> Vec<Finding> {
    let node = |name: &str, version: &str| {
        let latest = packages.get(name).and_then(|package| package.latest_version());
        let version = if version == LATEST { latest.unwrap_or(LATEST) } else { version };
        format!("{name}=={version}")
    };
    let releases: Vec<(String, Vec<String>)> = packages
        .iter()
        .flat_map(|(name, published)| published.entries().map(move |entry| (name, entry)))
        .map(|(name, (version, entry))| {
            let deps = entry.json.iter().flat_map(|json| &json.deps);
            let deps = deps.map(|dep| node(&dep.name, &dep.version)).collect();
            (node(name, version), deps)
        })
        .collect();
    let graph: Vec<(&str, Vec<&str>)> = releases
        .iter()
        .map(|(name, deps)| (name.as_str(), deps.iter().map(String::as_str).collect()))
        .collect();
    let cuts = break_cycles(&graph).into_iter();
    cuts.map(|cut| Finding::new(Code::CircleInIndex, cut.cycle).at(format!("package/{variant}")))
        .collect()
}
