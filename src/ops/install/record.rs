//! The record of a tree: the installed packages and their files.

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::Version;
use serde::{Deserialize, Serialize};

use super::layout::is_of_tree;
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::name::normalized_name;
use crate::path::MemberPath;
use crate::requirement::Requirement;
use crate::version::allows;

/// The packages of a tree, as the file `.mpconvert/installed.json` in it has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The version of the format.
    v: u32,
    /// Sorted by name.
    pub packages: Vec<Installed>,
}

/// A package of a tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installed {
    /// Its name, as the index or the project spells it, or its URL where it has none.
    pub name: String,
    /// Its version; of a URL the branch or tag, of a single file nothing.
    pub version: String,
    /// Where it came from: a file's name, a URL, or a name in an index.
    pub source: String,
    /// Whether the user requested it; otherwise, another package depends on it.
    pub requested: bool,
    /// The names of the packages that it needs.
    pub deps: Vec<String>,
    /// Its constraints on their versions, such as `foo<2`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<String>,
    /// Sorted by path.
    pub files: Vec<InstalledFile>,
}

/// A file of a package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InstalledFile {
    /// Its path in the tree.
    pub path: MemberPath,
    /// Its size in bytes.
    pub size: u64,
    /// The SHA-256 of its content in hexadecimal digits.
    pub sha256: String,
}

/// That a package of a tree needs another version of one that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unmet<'a> {
    /// Who needs it.
    pub(super) by: &'a Installed,
    /// The constraint.
    pub(super) requirement: Requirement,
    /// The installed version.
    pub(super) found: &'a Installed,
}

impl Unmet<'_> {
    pub(super) fn finding(&self, code: Code) -> Finding {
        let finding = Finding::new(code, self.found.title()).at(self.by.title());
        finding.expected(self.requirement.to_string())
    }
}

/// The identity of a package: names are normalised as in PEP 503, URLs are not.
#[must_use]
pub(super) fn key(name: &str) -> String {
    if name.contains([':', '/']) { name.to_owned() } else { normalized_name(name) }
}

impl Installed {
    /// Its name and version, as far as it has one.
    pub(crate) fn title(&self) -> String {
        format!("{} {}", self.name, self.version).trim_end().to_owned()
    }

    /// Its constraints on others. Records with invalid constraints are not read.
    pub(super) fn constraints(&self) -> impl Iterator<Item = Requirement> {
        self.constraints.iter().filter_map(|text| text.parse().ok())
    }

    /// Its version, if it is valid by PEP 440, unlike branches and tags.
    pub(super) fn release(&self) -> Option<Version> {
        self.version.parse().ok()
    }
}

impl Default for Record {
    fn default() -> Self {
        Self { v: Self::VERSION, packages: Vec::new() }
    }
}

impl Record {
    /// The version of the format that is read and written.
    pub const VERSION: u32 = 1;

    /// Bytes of the largest text that is read.
    pub(super) const MAX_SIZE: u64 = 256 << 20;

    /// Parses the text of a record. `at` is its name in findings.
    ///
    /// # Errors
    /// [`Error::Refused`] for an invalid record, or one in a later version of the format.
    pub fn parse(text: &[u8], at: &str) -> Result<Self> {
        let refused = |found: String| Error::Refused {
            input: at.to_owned(),
            findings: vec![Finding::new(Code::InvalidRecord, found).at(at)],
        };
        let mut record: Self =
            serde_json::from_slice(text).map_err(|error| refused(error.to_string()))?;
        if record.v != Self::VERSION {
            return Err(refused(format!("version {} of its format", record.v)));
        }
        let mut constraints = record.packages.iter().flat_map(|package| &package.constraints);
        if let Some(text) = constraints.find(|text| text.parse::<Requirement>().is_err()) {
            return Err(refused(format!("the constraint `{text}`")));
        }
        let mut files = record.packages.iter().flat_map(|package| &package.files);
        if let Some(file) = files.find(|file| is_of_tree(&file.path)) {
            return Err(refused(format!("the file `{}` of a package", file.path)));
        }
        record.packages.sort_by_key(|package| key(&package.name));
        Ok(record)
    }

    /// The text of the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        // Texts, numbers and lists of them cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// The package of this name.
    #[must_use]
    pub fn package(&self, name: &str) -> Option<&Installed> {
        let key_of = key(name);
        self.packages.iter().find(|package| key(&package.name) == key_of)
    }

    /// This record with `packages` in place of those with their names, and without dependencies
    /// that are no longer needed. Packages that were requested before are still requested.
    pub(super) fn with(&self, packages: impl IntoIterator<Item = Installed>) -> Self {
        let mut record = self.clone();
        for mut package in packages {
            package.requested |= record.package(&package.name).is_some_and(|one| one.requested);
            let name = key(&package.name);
            record.packages.retain(|other| key(&other.name) != name);
            record.packages.push(package);
        }
        record.prune();
        record.packages.sort_by_key(|package| key(&package.name));
        record
    }

    /// Constraints of packages that others do not meet.
    pub(super) fn unmet(&self) -> Vec<Unmet<'_>> {
        let of_package = |by| {
            let unmet = move |requirement: Requirement| {
                let found = self.package(&requirement.name)?;
                let version = found.release()?;
                let is_met = requirement.specifiers.iter().all(|one| allows(one, &version));
                (!is_met).then_some(Unmet { by, requirement, found })
            };
            Installed::constraints(by).filter_map(unmet)
        };
        self.packages.iter().flat_map(of_package).collect()
    }

    /// The SHA-256 that each file of the tree has, and one of those whose file it is.
    pub(super) fn files(&self) -> BTreeMap<&MemberPath, (&Installed, &str)> {
        let files = self.packages.iter().flat_map(|package| {
            package.files.iter().map(move |file| (&file.path, (package, file.sha256.as_str())))
        });
        files.collect()
    }

    /// Removes dependencies that are no longer needed.
    pub(super) fn prune(&mut self) {
        let mut needed = BTreeSet::new();
        let mut next: Vec<String> = self
            .packages
            .iter()
            .filter(|package| package.requested)
            .map(|package| key(&package.name))
            .collect();
        while let Some(name) = next.pop() {
            if let Some(package) = self.package(&name)
                && needed.insert(name)
            {
                next.extend(package.deps.iter().map(|dep| key(dep)));
            }
        }
        self.packages.retain(|package| needed.contains(&key(&package.name)));
    }

    /// The names of the packages that need the one of this name.
    pub(super) fn dependents(&self, name: &str) -> Vec<&str> {
        let wanted = key(name);
        let needs = |package: &&Installed| package.deps.iter().any(|dep| key(dep) == wanted);
        let dependents = self.packages.iter().filter(needs);
        dependents.map(|package| package.name.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, requested: bool, deps: &[&str]) -> Installed {
        Installed {
            name: name.to_owned(),
            version: "1.0".to_owned(),
            source: name.to_owned(),
            requested,
            deps: deps.iter().map(|&dep| dep.to_owned()).collect(),
            constraints: Vec::new(),
            files: Vec::new(),
        }
    }

    fn names(record: &Record) -> Vec<&str> {
        record.packages.iter().map(|package| package.name.as_str()).collect()
    }

    #[test]
    fn what_nobody_needs_goes() {
        let mut record = Record {
            packages: vec![
                package("a", true, &["B.c", "missing"]),
                package("b-c", false, &["a"]),
                package("d", false, &["e"]),
                package("e", false, &["d"]),
                package("f", true, &[]),
            ],
            ..Record::default()
        };
        assert_eq!(record.dependents("b_c"), ["a"]);
        record.prune();
        assert_eq!(names(&record), ["a", "b-c", "f"]);
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let mut one = package("a", true, &["b"]);
        let sha256 = "00".repeat(32);
        one.constraints = vec!["b<2".to_owned()];
        one.files = vec![InstalledFile { path: "a.py".parse().unwrap(), size: 1, sha256 }];
        let record = Record { packages: vec![one], ..Record::default() };
        assert_eq!(Record::parse(record.to_text().as_bytes(), "it").unwrap(), record);
        let outside = record.to_text().replace("a.py", "../a.py");
        let strange = record.to_text().replace("b<2", "b 2");
        let later = record.to_text().replace("\"v\": 1", "\"v\": 2");
        for text in ["", "{}", "[]", &later, &outside, &strange] {
            let Err(Error::Refused { findings, .. }) = Record::parse(text.as_bytes(), "it") else {
                panic!("{text}")
            };
            assert_eq!(findings[0].code, Code::InvalidRecord);
        }
    }
}
