//! Combines local packages, fetched packages and their dependencies.

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::Version;

use super::FreezeOptions;
use super::dependencies::dependencies;
use super::gathered::{Gathered, Member, Root};
use super::name::name_of;
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::mip::{Dependency, HEAD, LATEST, SOURCE_VARIANT};
use crate::name::normalized_name;
use crate::net::mip::Fetched;
use crate::ops::gather::{Local, unique};
use crate::package::Package;
use crate::translate::{MipDependencies, break_cycles};
use crate::write::FrozenPackage;

/// The names of packages, by the names or URLs that they are requested by.
struct Names {
    /// Local packages, by their normalized names.
    here: BTreeMap<String, String>,
    /// Fetched packages, by their names in an index or their URLs.
    elsewhere: BTreeMap<String, String>,
}

impl Names {
    fn of_here(&self, dependency: &Dependency) -> Option<&String> {
        self.here.get(&normalized_name(&dependency.name))
    }

    fn find(&self, dependency: &Dependency) -> Option<String> {
        self.of_here(dependency).or_else(|| self.elsewhere.get(&dependency.name)).cloned()
    }
}

/// Resolves the dependencies of the local packages, fetches all others, and names each package.
pub(super) fn merge(
    locals: Vec<Local>,
    roots: &[Root],
    mut findings: Vec<Finding>,
    options: &FreezeOptions,
) -> Result<Gathered> {
    let deps = dependencies(&locals, options)?;
    let here = locals.iter().map(|local| &local.package.name);
    let here = here.map(|name| (normalized_name(name), name.clone())).collect();
    let mut names = Names { here, elsewhere: BTreeMap::new() };
    let fetched = fetch(roots, &deps, &names, options, &mut findings)?;
    let known_by = |one: &Fetched| (one.name.clone(), name_of(one, &options.environment));
    names.elsewhere = fetched.iter().map(known_by).collect();

    let requires =
        |deps: &[Dependency]| unique(deps.iter().filter_map(|dep| names.find(dep)), str::to_owned);
    let mut all: Vec<Member> = Vec::new();
    for (local, exact) in locals.into_iter().zip(deps) {
        all.push(of_local(local, requires(&exact.deps), exact.findings));
    }
    for one in fetched {
        let requires = requires(&one.deps);
        all.push(of_fetched(one, requires, options));
    }
    let roots = unique(
        roots.iter().filter_map(|root| match root {
            Root::Local(name) => Some(name.clone()),
            Root::Elsewhere(dependency) => names.find(dependency),
        }),
        str::to_owned,
    );
    let mut gathered = Gathered { packages: reachable(all, &roots), roots, findings };
    cut_cycles(&mut gathered);
    Ok(gathered)
}

/// Fetches the packages that are not local, each once.
fn fetch(
    roots: &[Root],
    deps: &[MipDependencies],
    names: &Names,
    options: &FreezeOptions,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Fetched>> {
    let mut instead = |local: &String, version: &str| {
        let found = format!("version {version} of the index");
        findings.push(Finding::new(Code::FrozenInstead, found).at(local));
    };
    let mut wanted: Vec<Dependency> = Vec::new();
    for root in roots {
        let Root::Elsewhere(dependency) = root else { continue };
        match names.of_here(dependency) {
            Some(local) => instead(local, &dependency.version),
            None => wanted.push(dependency.clone()),
        }
    }
    let deps = deps.iter().flat_map(|exact| &exact.deps);
    wanted.extend(deps.filter(|dep| names.of_here(dep).is_none()).cloned());
    let (fetched, noticed) = options.client.closure(&wanted, SOURCE_VARIANT)?;
    // If there are several versions of a package, clients end up with the last one.
    let mut last: BTreeMap<String, Fetched> = BTreeMap::new();
    for one in fetched {
        let asked = Dependency { name: one.name.clone(), version: one.version.clone() };
        match names.of_here(&asked) {
            Some(local) => instead(local, &asked.version),
            None => {
                last.insert(asked.name, one);
            }
        }
    }
    findings.extend(noticed);
    Ok(last.into_values().collect())
}

fn of_local(local: Local, requires: Vec<String>, noticed: Vec<Finding>) -> Member {
    let (about, mut package) = (local.about(), local.package);
    package.findings.extend(noticed);
    let Package { name, files, findings, .. } = package;
    Member { package: FrozenPackage { name, about, requires, files }, findings }
}

fn of_fetched(fetched: Fetched, requires: Vec<String>, options: &FreezeOptions) -> Member {
    let name = name_of(&fetched, &options.environment);
    let mut about = fetched.package_json;
    // A branch is not a version.
    let is_version = |text: &String| text.parse::<Version>().is_ok();
    if about.version.is_none() && ![HEAD, LATEST].contains(&fetched.version.as_str()) {
        about.version = Some(fetched.version).filter(is_version);
    }
    let mut package = Package::empty(name.clone(), Version::new([0]));
    package.files = fetched.files;
    options.resources.apply(&mut package);
    let Package { files, findings, .. } = package;
    Member { package: FrozenPackage { name, about, requires, files }, findings }
}

/// The packages that the roots require, sorted by name.
fn reachable(mut all: Vec<Member>, roots: &[String]) -> Vec<Member> {
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut next: Vec<String> = roots.to_vec();
    while let Some(name) = next.pop() {
        if reached.insert(name.clone()) {
            let members = all.iter().filter(|member| member.package.name == name);
            next.extend(members.flat_map(|member| member.package.requires.iter().cloned()));
        }
    }
    all.retain(|member| reached.contains(&member.package.name));
    all.sort_by(|one, other| one.package.name.cmp(&other.package.name));
    all
}

/// Drops the requirements that close a cycle.
fn cut_cycles(gathered: &mut Gathered) {
    let edges: Vec<(String, Vec<String>)> = gathered
        .packages
        .iter()
        .map(|member| (member.package.name.clone(), member.package.requires.clone()))
        .collect();
    let graph: Vec<(&str, Vec<&str>)> = edges
        .iter()
        .map(|(from, to)| (from.as_str(), to.iter().map(String::as_str).collect()))
        .collect();
    for cut in break_cycles(&graph) {
        let mut members = gathered.packages.iter_mut();
        if let Some(member) = members.find(|member| member.package.name == cut.from) {
            member.package.requires.retain(|name| *name != cut.to);
            member.findings.push(cut.finding());
        }
    }
}
