//! Releases that are taken out of an index.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use super::contents::Packages;
use super::files::Files;
use super::look::Look;
use super::{Edit, Index};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::mip::LATEST;
use crate::write::dir_lock::LockTimeout;

/// A package, or one version of it, as `name` or `name==version`.
///
/// ```
/// use mpconvert::write::index::Chosen;
///
/// let chosen: Chosen = "foo==1.0".parse()?;
/// assert_eq!((chosen.name.as_str(), chosen.version.as_deref()), ("foo", Some("1.0")));
/// assert!("==1.0".parse::<Chosen>().is_err());
/// # Ok::<(), mpconvert::write::index::ReleaseSpecError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Chosen {
    /// The name as the index spells it, or the same by PEP 503.
    pub name: String,
    /// The version, or all.
    pub version: Option<String>,
}

/// Text that chooses nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("found `{0}`, expected a name, or a name, `==` and a version")]
pub struct ReleaseSpecError(String);

impl FromStr for Chosen {
    type Err = ReleaseSpecError;

    fn from_str(text: &str) -> Result<Self, ReleaseSpecError> {
        let (name, version) = match text.split_once("==") {
            Some((name, version)) => (name.trim(), Some(version.trim())),
            None => (text.trim(), None),
        };
        if name.is_empty() || version.is_some_and(str::is_empty) {
            return Err(ReleaseSpecError(text.to_owned()));
        }
        Ok(Self { name: name.to_owned(), version: version.map(str::to_owned) })
    }
}

impl fmt::Display for Chosen {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Some(version) => write!(out, "{}=={version}", self.name),
            None => out.write_str(&self.name),
        }
    }
}

/// Removes releases from the index in the folder `dir`, all at once or none. Their files stay until
/// [`gc`](super::gc()) collects them. `updated` is the time that the index says of itself then.
///
/// # Errors
/// [`Error::Refused`] for what is not in the index, and unless it is forced, for what others depend
/// on; those of [`Index::open`] and [`Index::commit`].
pub fn remove(
    dir: &Path,
    chosen: &[Chosen],
    force: bool,
    updated: u64,
    patience: &LockTimeout,
) -> Result<Vec<Chosen>> {
    Look::at(dir, patience)?;
    let index = Index::open(dir, patience)?;
    let mut edit = Edit::default();
    let mut findings = Vec::new();
    let mut removed = BTreeSet::new();
    for one in chosen {
        match index.find(one) {
            Some(found) => {
                edit.remove(&found.name, found.version.as_deref());
                removed.insert(found);
            }
            None => {
                findings
                    .push(Finding::new(Code::NotInIndex, "no such release").at(one.to_string()));
            }
        }
    }
    if !force {
        let after = edit.packages(&index, &mut Files::new(&index.layout))?;
        findings.extend(still_needed(&index.contents.packages, &after));
    }
    if !findings.is_empty() {
        return Err(Error::Refused { input: dir.display().to_string(), findings });
    }
    index.commit(&edit, updated)?;
    Ok(removed.into_iter().collect())
}

impl Index {
    fn find(&self, chosen: &Chosen) -> Option<Chosen> {
        let name = self.name_of(&chosen.name)?;
        let version = match &chosen.version {
            Some(version) => Some(self.version_of(name, version)?.to_owned()),
            None => None,
        };
        Some(Chosen { name: name.to_owned(), version })
    }
}

/// The dependencies that were there before and are not after.
fn still_needed(before: &Packages, after: &Packages) -> Vec<Finding> {
    let has = |packages: &Packages, variant: &str, name: &str, version: &str| {
        let published = packages.get(name).and_then(|variants| variants.get(variant));
        published.is_some_and(|published| published.has(version))
    };
    let mut findings = Vec::new();
    for (name, variants) in after {
        for (variant, published) in variants {
            for (version, entry) in published.entries() {
                for dep in entry.json.iter().flat_map(|json| &json.deps) {
                    let (to, wanted) = (dep.name.as_str(), dep.version.as_str());
                    if dep.is_of_index()
                        && version != LATEST
                        && has(before, variant, to, wanted)
                        && !has(after, variant, to, wanted)
                    {
                        let found = format!("{name}=={version}, which depends on it as {variant}");
                        let at = format!("{to}=={wanted}");
                        findings.push(Finding::new(Code::StillNeeded, found).at(at));
                    }
                }
            }
        }
    }
    findings
}
