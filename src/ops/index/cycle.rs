//! Circles that a new dependency would close.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Code, Finding};
use crate::mip::{Dependency, LATEST};
use crate::write::index::latest;

/// How many packages of a circle are named.
const MAX_NAMED: usize = 8;

/// A version of a package, or by [`LATEST`] whichever is the latest.
type Node = (String, String);

/// The graph of dependencies in an index.
#[derive(Default)]
pub(super) struct Cycles {
    deps: BTreeMap<Node, BTreeSet<Node>>,
    versions: BTreeMap<String, BTreeSet<String>>,
}

impl Cycles {
    /// A published release, whose dependencies do not change.
    pub(super) fn publish(&mut self, name: &str, version: &str, deps: &[Dependency]) {
        self.release(name, version);
        let deps = deps.iter().map(|dep| (dep.name.clone(), dep.version.clone()));
        self.deps.entry((name.to_owned(), version.to_owned())).or_default().extend(deps);
    }

    /// A release that there will be.
    pub(super) fn release(&mut self, name: &str, version: &str) {
        self.versions.entry(name.to_owned()).or_default().insert(version.to_owned());
    }

    /// Adds the dependencies of a release, except for those that would close a cycle, which are
    /// added to `findings`.
    pub(super) fn keep_open(
        &mut self,
        name: &str,
        version: &str,
        deps: &mut Vec<Dependency>,
        findings: &mut Vec<Finding>,
    ) {
        deps.retain(|dep| match self.add(name, version, dep) {
            Ok(()) => true,
            Err(finding) => {
                findings.push(finding);
                false
            }
        });
    }

    /// Adds a dependency of a release, unless it would close a circle.
    fn add(&mut self, name: &str, version: &str, dep: &Dependency) -> Result<(), Finding> {
        let from = (name.to_owned(), version.to_owned());
        let to = (dep.name.clone(), dep.version.clone());
        if self.deps.get(&from).is_some_and(|deps| deps.contains(&to)) {
            return Ok(());
        }
        match self.way(&to, &from) {
            None => {
                self.deps.entry(from).or_default().insert(to);
                Ok(())
            }
            Some(way) => {
                let mut names: Vec<_> = way.iter().take(MAX_NAMED).map(String::as_str).collect();
                names.insert(0, name);
                if way.len() > MAX_NAMED {
                    names.extend(["…", name]);
                }
                let release = format!("{name}=={version}");
                Err(Finding::new(Code::DependencyCycle, names.join(" -> ")).at(release))
            }
        }
    }

    /// The names on a way of dependencies from the one to the other.
    fn way(&self, from: &Node, to: &Node) -> Option<Vec<String>> {
        let mut before: BTreeMap<Node, Option<Node>> = BTreeMap::new();
        let start = self.resolved(from);
        before.insert(start.clone(), None);
        let mut waiting = vec![start];
        while let Some(node) = waiting.pop() {
            if node == *to {
                let mut way = vec![node.0.clone()];
                let mut place = before.get(&node).cloned().flatten();
                while let Some(node) = place {
                    way.push(node.0.clone());
                    place = before.get(&node).cloned().flatten();
                }
                way.reverse();
                return Some(way);
            }
            for dep in self.deps.get(&node).into_iter().flatten().map(|dep| self.resolved(dep)) {
                if !before.contains_key(&dep) {
                    before.insert(dep.clone(), Some(node.clone()));
                    waiting.push(dep);
                }
            }
        }
        None
    }

    /// The version that clients get.
    fn resolved(&self, node: &Node) -> Node {
        let versions = || latest(self.versions.get(&node.0)?.iter().map(String::as_str));
        match versions() {
            Some(version) if node.1 == LATEST => (node.0.clone(), version.to_owned()),
            _ => node.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dep(name: &str, version: &str) -> Dependency {
        Dependency { name: name.to_owned(), version: version.to_owned() }
    }

    #[test]
    fn what_closes_a_circle_is_reported_with_all_of_it() {
        let mut cycles = Cycles::default();
        cycles.publish("b", "1", &[dep("c", LATEST)]);
        cycles.release("c", "1");
        cycles.release("a", "1");
        assert_eq!(cycles.add("a", "1", &dep("b", "1")), Ok(()));
        assert_eq!(cycles.add("c", "2", &dep("a", "1")), Ok(()), "no package depends on c 2");
        let finding = cycles.add("c", "1", &dep("a", LATEST)).unwrap_err();
        assert_eq!(finding.facts(), "c==1: c -> a -> b -> c");
        assert!(cycles.add("a", "1", &dep("a", "1")).is_err());
        assert_eq!(cycles.add("a", "2", &dep("a", "1")), Ok(()), "another version ends somewhere");
    }
}
