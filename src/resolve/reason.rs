//! Why a release is looked for: who needs it, up to the call.

use std::collections::{BTreeMap, VecDeque};

use super::{Resolution, SkipReason};
use crate::error::Error;
use crate::finding::Finding;

/// How many releases a reason names.
const MAX_LINKS: usize = 10;

impl Resolution {
    /// Why the project of this normalised name is looked for: `needed by a, needed by b, asked for`,
    /// from the release that needs it to the call. Of several reasons, the shortest.
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
    /// assert_eq!(resolution.reason("b"), "needed by a, asked for");
    /// assert_eq!(resolution.reason("a"), "asked for");
    /// ```
    #[must_use]
    pub fn reason(&self, name: &str) -> String {
        let mut needs: BTreeMap<&str, &str> = BTreeMap::new();
        let mut open = VecDeque::from([name]);
        while let Some(one) = open.pop_front() {
            if self.is_asked(one) {
                let path = std::iter::successors(Some(one), |by| needs.get(by).copied());
                let mut links: Vec<String> = path.map(|by| format!("needed by {by}")).collect();
                // The last is the project itself.
                links.pop();
                if links.len() > MAX_LINKS {
                    links.drain(..links.len() - MAX_LINKS);
                    links.insert(0, "…".to_owned());
                }
                links.reverse();
                links.push(ASKED_FOR.to_owned());
                return links.join(", ");
            }
            for by in self.needed_by(one) {
                if by != name && !needs.contains_key(by) {
                    needs.insert(by, one);
                    open.push_back(by);
                }
            }
        }
        String::new()
    }

    /// The error about the project of this normalised name, with the reason why it is looked for.
    #[must_use]
    pub fn explained(&self, name: &str, error: Error) -> Error {
        match error {
            Error::Refused { input, mut findings } => {
                give_reason(&mut findings, &self.reason(name));
                Error::Refused { input, findings }
            }
            error => error,
        }
    }

    /// Adds the reasons to the errors about what cannot be had.
    pub(crate) fn give_reasons(&mut self) {
        let is_refused = |place: &usize| self.left[*place].why == SkipReason::Refused;
        let refused = (0..self.left.len()).filter(is_refused);
        let reasons: Vec<(usize, String)> =
            refused.map(|place| (place, self.reason(&self.left[place].name))).collect();
        for (place, reason) in reasons {
            give_reason(&mut self.left[place].findings, &reason);
        }
    }

    fn is_asked(&self, name: &str) -> bool {
        self.asked.iter().any(|one| one.name == name)
            || self.left.iter().any(|left| left.is_root && left.name == name)
    }

    /// The releases that need the project directly.
    fn needed_by<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let needs = move |by: &&super::Resolved| by.requires.iter().any(|one| one.name == name);
        let releases = self.packages.iter().filter(needs).map(|by| by.name.as_str());
        let left = self.left.iter().filter(move |left| left.name == name);
        releases.chain(left.flat_map(|left| &left.wanted_by).map(String::as_str))
    }
}

/// What the call itself asks for has no other reason.
const ASKED_FOR: &str = "asked for";

/// Adds the reason to the first error, if it is more than the call. Other findings do not stop anything.
fn give_reason(findings: &mut [Finding], reason: &str) {
    if !reason.is_empty()
        && reason != ASKED_FOR
        && let Some(error) = findings.iter_mut().find(|finding| finding.is_error())
    {
        error.found = format!("{}; {reason}", error.found);
    }
}
