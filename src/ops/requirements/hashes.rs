//! The hashes that requirements give, and the rule that all requirements have one where any has.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use pep440_rs::Operator;

use crate::digest::Hash;
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::name::normalized_name;
use crate::requirement::Requirement;
use crate::resolve::{Resolution, SkipReason};

/// By normalised name the hashes of the files that alone may be taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hashes(BTreeMap<String, BTreeSet<Hash>>);

impl Hashes {
    /// Allows files of the project with these hashes.
    pub(super) fn add(&mut self, name: &str, hashes: impl IntoIterator<Item = Hash>) {
        let mut hashes = hashes.into_iter().peekable();
        if hashes.peek().is_some() {
            self.0.entry(normalized_name(name)).or_default().extend(hashes);
        }
    }

    /// Whether no requirement has a hash.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the project of this normalised name has hashes.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Reports a file that has none of the hashes of its project, if that has any. `sha256` is that of
    /// its content, which is read where hashes of other kinds are given.
    ///
    /// # Errors
    /// Those of `content`.
    pub fn differs(
        &self,
        name: &str,
        file_name: &str,
        sha256: &str,
        content: impl FnOnce() -> Result<Bytes>,
    ) -> Result<Option<Finding>> {
        let Some(hashes) = self.0.get(name) else { return Ok(None) };
        if hashes.iter().any(|hash| hash.sha256() == Some(sha256)) {
            return Ok(None);
        }
        let others: Vec<&Hash> = hashes.iter().filter(|hash| hash.sha256().is_none()).collect();
        if !others.is_empty() {
            let content = content()?;
            if others.iter().any(|hash| hash.matches(&content)) {
                return Ok(None);
            }
        }
        let finding = Finding::new(Code::HashDiffers, format!("the SHA-256 {sha256}"));
        Ok(Some(finding.at(file_name).expected(listed(hashes))))
    }

    /// Reports hashes of a project of which no file is used.
    #[must_use]
    pub fn unused(&self, name: &str) -> Option<Finding> {
        let found = format!("the hash {}", listed(self.0.get(name)?));
        Some(Finding::new(Code::HashUnused, found).at(name))
    }

    /// Reports files without a hash, if any requirement has one. `has_hash` is called with the
    /// normalised name.
    #[must_use]
    pub fn missing(
        &self,
        resolution: &Resolution,
        has_hash: impl Fn(&str) -> bool,
    ) -> Vec<Finding> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let releases = resolution.packages.iter().map(|one| one.name.as_str());
        let replaced =
            resolution.left.iter().filter(|left| matches!(left.why, SkipReason::Replaced(_)));
        let names = releases.chain(replaced.map(|left| left.name.as_str()));
        let unverified = names.filter(|name| !has_hash(name));
        let finding = |name: &str| missing(name, &needed_by(resolution, name));
        unverified.map(finding).collect()
    }

    /// Reports requirements with a hash that allow several versions. Only those of what is taken count.
    #[must_use]
    pub fn not_pinned(
        &self,
        requirements: &[Requirement],
        resolution: &Resolution,
    ) -> Vec<Finding> {
        let is_taken = |requirement: &&Requirement| {
            let name = normalized_name(&requirement.name);
            self.has(&name) && resolution.names().any(|taken| taken == name)
        };
        let open = requirements.iter().filter(is_taken).filter(|one| !is_pinned(one));
        let finding = |requirement: &Requirement| {
            Finding::new(Code::NotPinned, format!("`{requirement}` with a hash"))
                .at(&requirement.name)
                .expected(format!("{}==VERSION", requirement.name))
        };
        open.map(finding).collect()
    }
}

/// The finding for what is asked for without a hash; `by` needs it, or the call itself.
pub(crate) fn missing(name: &str, by: &[&str]) -> Finding {
    let found = match by {
        [] => "no hash".to_owned(),
        by => format!("no hash; needed by {}", by.join(", ")),
    };
    Finding::new(Code::HashMissing, found).at(name)
}

/// The releases that need the project of this normalised name.
fn needed_by<'a>(resolution: &'a Resolution, name: &str) -> Vec<&'a str> {
    let releases = resolution.packages.iter();
    let releases = releases.filter(|one| one.requires.iter().any(|needs| needs.name == name));
    let left = resolution.left.iter().filter(|left| left.name == name);
    let left = left.flat_map(|left| &left.wanted_by).map(String::as_str);
    releases.map(|one| one.name.as_str()).chain(left).collect()
}

/// Whether one version is allowed only. One that is given by URL is that of an archive.
fn is_pinned(requirement: &Requirement) -> bool {
    let is_exact = |operator: &Operator| matches!(operator, Operator::Equal | Operator::ExactEqual);
    requirement.url.is_some()
        || requirement.specifiers.iter().any(|specifier| is_exact(specifier.operator()))
}

fn listed(hashes: &BTreeSet<Hash>) -> String {
    let text = |hash: &Hash| hash.sha256().map_or_else(|| hash.to_string(), str::to_owned);
    hashes.iter().map(text).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sha256;

    fn hashes(name: &str, algorithm: &str, digits: &str) -> Hashes {
        let mut hashes = Hashes::default();
        hashes.add(name, Hash::parse(algorithm, digits));
        hashes
    }

    fn is_refused(hashes: &Hashes, content: &'static [u8]) -> bool {
        let load = || Ok(Bytes::from_static(content));
        hashes.differs("a", "a-1.zip", &sha256(content), load).unwrap().is_some()
    }

    #[test]
    fn one_of_several_hashes_is_enough() {
        let mut all = hashes("A", "sha256", &sha256(b"x"));
        assert!(!is_refused(&all, b"x") && is_refused(&all, b"y"));
        // The SHA-384 of nothing.
        let empty = "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da\
                     274edebfe76f65fbd51ad2f14898b95b";
        all.add("a", Hash::parse("sha384", empty));
        assert!(!is_refused(&all, b"") && !is_refused(&all, b"x") && is_refused(&all, b"y"));
        assert!(!is_refused(&hashes("b", "sha384", empty), b"x"));
    }

    #[test]
    fn hashes_belong_to_one_version() {
        for (text, pinned) in
            [("a==1", true), ("a===1", true), ("a @ https://host/a.zip", true), ("a", false)]
        {
            assert_eq!(is_pinned(&text.parse().unwrap()), pinned, "{text}");
        }
        for text in ["a==1.*", "a>=1", "a~=1.0", "a!=1"] {
            assert!(!is_pinned(&text.parse().unwrap()), "{text}");
        }
    }
}
