//! Who needs a release, up to the call.

use std::collections::{BTreeMap, VecDeque};

use super::{Resolution, Resolved, SkipReason};
use crate::error::Error;
use crate::finding::Finding;

impl Resolution {
    /// The releases that lead to the project of this normalised name, from the one that needs it to the
    /// one that the call asks for; the shortest way. It is empty for what the call asks for itself.
    ///
    /// ```
    /// use mpconvert::requirement::Requirement;
    /// use mpconvert::resolve::{Resolution, Resolved};
    ///
    /// let version = "1.0".parse().expect("a version");
    /// let requires = vec!["b".parse().expect("a requirement")];
    /// let a = Resolved { name: "a".into(), version, extras: vec![], is_root: true, requires };
    /// let asked = vec!["a".parse().expect("a requirement")];
    /// let resolution = Resolution { asked, packages: vec![a], ..Resolution::default() };
    /// assert_eq!(resolution.needed_by("b"), ["a"]);
    /// assert!(resolution.needed_by("a").is_empty());
    /// ```
    #[must_use]
    pub fn needed_by<'a>(&'a self, name: &'a str) -> Vec<&'a str> {
        let mut needs: BTreeMap<&str, &str> = BTreeMap::new();
        let mut open = VecDeque::from([name]);
        while let Some(one) = open.pop_front() {
            if self.is_asked(one) {
                let from_root = std::iter::successors(Some(one), |by| needs.get(by).copied());
                let mut chain: Vec<&str> = from_root.filter(|by| *by != name).collect();
                chain.reverse();
                return chain;
            }
            for by in self.direct(one) {
                if by != name && !needs.contains_key(by) {
                    needs.insert(by, one);
                    open.push_back(by);
                }
            }
        }
        Vec::new()
    }

    /// The error about the project of this normalised name, which says who needs it.
    #[must_use]
    pub fn explained(&self, name: &str, error: Error) -> Error {
        match error {
            Error::Refused { input, mut findings } => {
                explain(&mut findings, &self.needed_by(name));
                Error::Refused { input, findings }
            }
            error => error,
        }
    }

    /// Says in the errors about what cannot be had who needs it.
    pub(crate) fn explain_refusals(&mut self) {
        let mut left = std::mem::take(&mut self.left);
        // The way leads through releases only, but starts with who wants it.
        self.left.clone_from(&left);
        for one in left.iter_mut().filter(|one| one.why == SkipReason::Refused) {
            let chain = self.needed_by(&one.name);
            explain(&mut one.findings, &chain);
        }
        self.left = left;
    }

    fn is_asked(&self, name: &str) -> bool {
        self.asked.iter().any(|one| one.name == name)
            || self.left.iter().any(|left| left.is_root && left.name == name)
    }

    /// The releases that need the project directly.
    fn direct<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let needs = move |by: &&Resolved| by.requires.iter().any(|one| one.name == name);
        let releases = self.packages.iter().filter(needs).map(|by| by.name.as_str());
        let left = self.left.iter().filter(move |left| left.name == name);
        releases.chain(left.flat_map(|left| &left.wanted_by).map(String::as_str))
    }
}

/// Says in the first error who needs what it is about. Other findings do not stop anything.
fn explain(findings: &mut [Finding], chain: &[&str]) {
    if let Some(error) = findings.iter_mut().find(|finding| finding.is_error()) {
        *error = error.clone().needed_by(chain.iter().copied());
    }
}
