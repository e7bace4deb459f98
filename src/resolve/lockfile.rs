//! `mpconvert.lock`: which files a migration takes, so that another run takes the same.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use pep440_rs::Version;
use serde::Deserialize;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use super::{Client, Closure, SkipReason, Skipped};
use crate::finding::{Code, Finding};
use crate::net::pypi::IndexName;
use crate::requirement::{Requirement, TargetEnvironment};

/// The file name.
pub const LOCK: &str = "mpconvert.lock";

/// Bytes of a lock that are read.
pub const MAX_SIZE: u64 = 16 << 20;

/// The version of the form.
const FORM: u64 = 1;

const HEAD: &str = "# Made by `mpconvert lock`. It is not meant to be edited.\n";

/// The lockfile of a run: requirements, files, the device and the version of the converter.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Lockfile {
    /// The version of this form.
    version: u64,
    /// The version of the program that made it.
    mpconvert: String,
    /// The client: `mip` or `upip`.
    client: String,
    /// For which markers were evaluated.
    sys_platform: String,
    /// For which markers were evaluated.
    python_version: String,
    /// The requirements, sorted.
    pub requirements: Vec<String>,
    /// The releases, sorted by name.
    #[serde(default, rename = "package")]
    pub packages: Vec<Locked>,
    /// Dependencies without a release, sorted by name.
    #[serde(default, rename = "left")]
    left: Vec<LockedSkip>,
}

/// A release and its file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Locked {
    /// The project's name, normalised.
    pub name: String,
    /// The version.
    pub version: Version,
    /// The name of the file.
    pub file: String,
    /// Its SHA-256, in lower case.
    pub sha256: String,
    /// The name of its index, never the URL.
    pub index: String,
    /// The extras that are asked for.
    #[serde(default)]
    pub extras: Vec<String>,
    /// The names of the releases that it depends on.
    pub dependencies: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
struct LockedSkip {
    name: String,
    why: String,
    by: Option<String>,
}

impl Lockfile {
    /// The lockfile for the requirements `roots`.
    #[must_use]
    pub fn of(
        roots: &[Requirement],
        closure: &Closure,
        client: Client,
        environment: &TargetEnvironment,
    ) -> Self {
        let releases = closure.resolution.packages.iter().zip(&closure.files);
        let package =
            |(one, file): (&crate::resolve::Resolved, &crate::net::pypi::ProjectFile)| Locked {
                name: one.name.clone(),
                version: one.version.clone(),
                file: file.file_name.clone(),
                sha256: file.sha256.clone(),
                index: file.index.to_string(),
                extras: one.extras.clone(),
                dependencies: one.dependencies().into_iter().map(str::to_owned).collect(),
            };
        let mut left: Vec<_> = closure.resolution.left.iter().map(LockedSkip::of).collect();
        left.sort();
        Self {
            version: FORM,
            mpconvert: env!("CARGO_PKG_VERSION").to_owned(),
            client: client.as_str().to_owned(),
            sys_platform: variable(environment, "sys_platform"),
            python_version: variable(environment, "python_version"),
            requirements: texts(roots),
            packages: releases.map(package).collect(),
            left,
        }
    }

    /// Parses a lockfile. `at` is its name in findings.
    ///
    /// # Errors
    /// A finding with [`Code::InvalidLock`].
    pub fn parse(text: &str, at: &str) -> Result<Self, Finding> {
        let fault = |found: String| Finding::new(Code::InvalidLock, found).at(at);
        crate::limits::check_toml(text)
            .map_err(|_| fault("a lock of too many parts".to_owned()))?;
        let lock: Self = toml_edit::de::from_str(text)
            .map_err(|error| fault(error.message().replace('\n', ", ")))?;
        if lock.version != FORM {
            return Err(fault(format!("version {}", lock.version)).expected(FORM.to_string()));
        }
        Ok(lock)
    }

    /// The text of the file; the same for the same content.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut document = DocumentMut::new();
        let texts = [
            ("mpconvert", &self.mpconvert),
            ("client", &self.client),
            ("sys-platform", &self.sys_platform),
            ("python-version", &self.python_version),
        ];
        document["version"] = value(i64::try_from(self.version).unwrap_or_default());
        for (key, text) in texts {
            document[key] = value(text);
        }
        document["requirements"] = list(&self.requirements, true);
        let tables = |tables: ArrayOfTables| (!tables.is_empty()).then_some(tables);
        if let Some(packages) = tables(self.packages.iter().map(Locked::table).collect()) {
            document["package"] = Item::ArrayOfTables(packages);
        }
        if let Some(left) = tables(self.left.iter().map(LockedSkip::table).collect()) {
            document["left"] = Item::ArrayOfTables(left);
        }
        format!("{HEAD}{document}")
    }

    /// Whether `text` was made by [`Lockfile::to_text`], perhaps damaged since.
    #[must_use]
    pub fn is_one(text: &[u8]) -> bool {
        text.starts_with(HEAD.as_bytes())
    }

    /// The release of the project whose normalised name is `name`.
    #[must_use]
    pub fn package(&self, name: &str) -> Option<&Locked> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// Whether nothing was made of the project.
    #[must_use]
    pub fn leaves(&self, name: &str) -> bool {
        self.left.iter().any(|left| left.name == name)
    }

    /// Reports the packages that replace projects and whose version is not locked.
    #[must_use]
    pub fn not_pinned(&self) -> Option<Finding> {
        let by = self.left.iter().filter_map(|left| left.by.as_deref()?.strip_suffix("@latest"));
        let names: BTreeSet<&str> = by.collect();
        let names: Vec<&str> = names.into_iter().collect();
        let found = format!("the newest version of {}", names.join(", "));
        let finding = Finding::new(Code::NotLocked, found).expected("versions of an index");
        (!names.is_empty()).then_some(finding)
    }

    /// In what a run differs that came to `now`.
    #[must_use]
    pub fn differences(&self, now: &Self) -> Vec<Finding> {
        let facts = [
            ("mpconvert", &self.mpconvert, &now.mpconvert),
            ("client", &self.client, &now.client),
            ("sys-platform", &self.sys_platform, &now.sys_platform),
            ("python-version", &self.python_version, &now.python_version),
        ];
        let mut findings: Vec<Finding> = facts
            .into_iter()
            .filter(|(_, locked, now)| locked != now)
            .map(|(what, locked, now)| differs(what, now, locked))
            .collect();
        if self.requirements != now.requirements {
            let (locked, now) = (self.requirements.join(" "), now.requirements.join(" "));
            findings.push(differs("requirements", &now, &locked));
        }
        let now = &now.as_in_folders(self);
        let mut names: Vec<&str> = [self, now].iter().flat_map(|lock| lock.names()).collect();
        names.sort_unstable();
        names.dedup();
        findings.extend(names.into_iter().filter_map(|name| {
            let (locked, now) = (self.describe(name), now.describe(name));
            (locked != now).then(|| differs(name, &now, &locked))
        }));
        findings
    }

    /// This lockfile, in which files from local folders have the index that they are locked for.
    /// Their content is the same, for example after `mpconvert download`.
    fn as_in_folders(&self, locked: &Self) -> Self {
        let mut lock = self.clone();
        for one in &mut lock.packages {
            let is_in_folder = matches!(one.index.parse::<IndexName>(), Ok(IndexName::Links(_)));
            let locked = locked.package(&one.name).filter(|_| is_in_folder);
            if let Some(locked) = locked.filter(|locked| locked.sha256 == one.sha256) {
                one.index.clone_from(&locked.index);
            }
        }
        lock
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let left = self.left.iter().map(|left| left.name.as_str());
        self.packages.iter().map(|package| package.name.as_str()).chain(left)
    }

    /// The lock of a project, on one line.
    fn describe(&self, name: &str) -> String {
        let mut text = String::new();
        if let Some(one) = self.package(name) {
            let Locked { version, file, sha256, index, .. } = one;
            let _ = write!(text, "{version} ({file}, {sha256}, of {index})");
            for (what, names) in [("extras", &one.extras), ("needs", &one.dependencies)] {
                if !names.is_empty() {
                    let _ = write!(text, ", {what} {}", names.join(", "));
                }
            }
        }
        for left in self.left.iter().filter(|left| left.name == name) {
            let by = left.by.as_ref().map(|by| format!(" {by}")).unwrap_or_default();
            let _ = write!(text, "{}{by}", left.why);
        }
        if text.is_empty() { "nothing".to_owned() } else { text }
    }
}

impl Locked {
    fn table(&self) -> Table {
        let mut table = Table::new();
        table["name"] = value(&self.name);
        table["version"] = value(self.version.to_string());
        table["file"] = value(&self.file);
        table["sha256"] = value(&self.sha256);
        table["index"] = value(&self.index);
        if !self.extras.is_empty() {
            table["extras"] = list(&self.extras, false);
        }
        table["dependencies"] = list(&self.dependencies, false);
        table
    }
}

impl LockedSkip {
    fn of(left: &Skipped) -> Self {
        let by = match &left.why {
            SkipReason::Replaced(by) => Some(format!("{}@{}", by.name, by.version)),
            SkipReason::BuiltIn | SkipReason::Dropped | SkipReason::Refused => None,
        };
        Self { name: left.name.clone(), why: left.why.as_str().to_owned(), by }
    }

    fn table(&self) -> Table {
        let mut table = Table::new();
        table["name"] = value(&self.name);
        table["why"] = value(&self.why);
        if let Some(by) = &self.by {
            table["by"] = value(by);
        }
        table
    }
}

fn list(texts: &[String], in_lines: bool) -> Item {
    let mut array: Array = texts.iter().map(String::as_str).collect();
    if in_lines && texts.len() > 1 {
        array.iter_mut().for_each(|text| text.decor_mut().set_prefix("\n    "));
        array.set_trailing("\n");
        array.set_trailing_comma(true);
    }
    value(array)
}

fn differs(what: &str, now: &str, locked: &str) -> Finding {
    Finding::new(Code::LockDiffers, now).at(what).expected(locked)
}

fn variable(environment: &TargetEnvironment, name: &str) -> String {
    environment.value(name).unwrap_or_default().to_owned()
}

/// The requirements without secrets, sorted, each once.
fn texts(roots: &[Requirement]) -> Vec<String> {
    let mut texts: Vec<String> = roots.iter().map(ToString::to_string).collect();
    texts.sort();
    texts.dedup();
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"# Made by `mpconvert lock`. It is not meant to be edited.
version = 1
mpconvert = "0.1.0"
client = "mip"
sys-platform = "esp32"
python-version = "3.4"
requirements = [
    "a",
    "b>=1",
]

[[package]]
name = "a"
version = "1.0"
file = "a-1.0.tar.gz"
sha256 = "00"
index = "index"
extras = ["x"]
dependencies = ["b"]

[[left]]
name = "logging"
why = "replaced-by"
by = "logging@latest"
"#;

    #[test]
    fn what_is_read_is_written_again() {
        assert_eq!(Lockfile::parse(TEXT, LOCK).unwrap().to_text(), TEXT);
    }

    #[test]
    fn all_differences_are_reported() {
        let lock = Lockfile::parse(TEXT, LOCK).unwrap();
        assert_eq!(lock.differences(&lock), []);
        let mut now = lock.clone();
        now.packages[0].sha256 = "11".to_owned();
        now.left.clear();
        now.requirements.pop();
        let facts: Vec<String> = lock.differences(&now).iter().map(Finding::facts).collect();
        assert_eq!(
            facts,
            [
                "requirements: found a, expected a b>=1",
                "a: found 1.0 (a-1.0.tar.gz, 11, of index), extras x, needs b, expected \
                 1.0 (a-1.0.tar.gz, 00, of index), extras x, needs b",
                "logging: found nothing, expected replaced-by logging@latest",
            ]
        );
    }

    #[test]
    fn versions_that_are_not_pinned_are_reported() {
        let finding = Lockfile::parse(TEXT, LOCK).unwrap().not_pinned().unwrap();
        let expected = "found the newest version of logging, expected versions of an index";
        assert_eq!(finding.facts(), expected);
        let pinned = TEXT.replace("@latest", "@0.6");
        assert_eq!(Lockfile::parse(&pinned, LOCK).unwrap().not_pinned(), None);
    }

    #[test]
    fn other_forms_are_refused() {
        for (from, to) in
            [("version = 1\n", "version = 2\n"), ("why = ", "what = "), ("[[left]]", "[left")]
        {
            let fault = Lockfile::parse(&TEXT.replacen(from, to, 1), LOCK).unwrap_err();
            assert_eq!(fault.code, Code::InvalidLock);
        }
    }

    #[test]
    fn no_secret_is_written() {
        let roots = ["a @ https://me:secret@host/a.zip".parse().unwrap()];
        assert_eq!(texts(&roots), ["a @ https://host/a.zip"]);
    }
}
