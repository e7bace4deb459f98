//! The changes to a tree that install and remove packages.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use super::change::Change;
use super::layout::is_of_tree;
use super::record::{Installed, InstalledFile, Record, key};
use super::{ChangeOptions, PackageChange, PlannedPackage};
use crate::digest::sha256;
use crate::dir::{Dir, Found, look};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::package::{self, File};
use crate::path::MemberPath;
use crate::write::Outcome;

/// The tree after a change, and the steps to it.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) change: Change,
    /// Sorted by name.
    pub(super) packages: Vec<PackageChange>,
    /// Findings, which may include refusals.
    pub(super) findings: Vec<Finding>,
    /// Whether the record does not change.
    pub(super) is_same_record: bool,
}

/// The contents that are wanted, by their paths, with their SHA-256.
type Contents = BTreeMap<MemberPath, (Bytes, String)>;

/// The content of a tree: the packages, and the files of those that are new or replaced.
#[derive(Debug, Default)]
pub(super) struct Target {
    pub(super) record: Record,
    contents: Contents,
    findings: Vec<Finding>,
}

impl Target {
    /// The packages of `before`, replaced by those that are `wanted`, in the order of installation
    /// and without dependencies that are no longer needed. If two packages have different files at
    /// one path, the last one wins, which is refused without force.
    pub(super) fn install(
        before: &Record,
        wanted: &[PlannedPackage],
        options: &ChangeOptions,
    ) -> Self {
        let force = options.force;
        let serving = options.serving.iter().filter_map(|name| before.package(name));
        let serving = serving.map(|one| Installed { requested: true, ..one.clone() });
        let record = before.with(serving.chain(wanted.iter().map(installed)));
        let mut target = Self { record, ..Self::default() };
        target.findings = newly_unmet(before, &target.record, force);
        let is_last = |(place, package): &(usize, &PlannedPackage)| {
            let is_same = |later: &PlannedPackage| key(&later.name) == key(&package.name);
            target.record.package(&package.name).is_some()
                && !wanted[place + 1..].iter().any(is_same)
        };
        let wanted: Vec<&PlannedPackage> =
            wanted.iter().enumerate().filter(is_last).map(|(_, package)| package).collect();
        let mut later: BTreeSet<String> = wanted.iter().map(|package| key(&package.name)).collect();
        for package in wanted {
            later.remove(&key(&package.name));
            target.put(package, &later, force);
        }
        target
    }

    /// The packages of `before` without those of these names, and without what only they needed.
    pub(super) fn uninstall(before: &Record, names: &[String], force: bool) -> Self {
        let mut target = Self { record: before.clone(), ..Self::default() };
        let going: BTreeSet<String> = names.iter().map(|name| key(name)).collect();
        target.record.packages.retain(|package| !going.contains(&key(&package.name)));
        target.record.prune();
        for name in names {
            let Some(package) = before.package(name) else {
                target.findings.push(Finding::new(Code::NotInstalled, "nothing").at(name));
                continue;
            };
            let others = target.record.dependents(name).join(", ");
            if !force && !others.is_empty() {
                target.findings.push(Finding::new(Code::StillUsed, others).at(&package.name));
            }
        }
        target
    }

    /// Takes the files of a package for those of the tree; those of `later` packages are still to come.
    fn put(&mut self, package: &PlannedPackage, later: &BTreeSet<String>, force: bool) {
        for file in &package.files {
            if is_of_tree(&file.path) {
                let found = "a file among those of mpconvert itself";
                self.findings.push(Finding::new(Code::UnsafePath, found).at(file.path.as_str()));
            }
            let sha256 = sha256(&file.data);
            for other in &mut self.record.packages {
                let is_other = key(&other.name) != key(&package.name);
                if is_other && !later.contains(&key(&other.name)) {
                    let clash = claim(other, package, &file.path, &sha256, force);
                    self.findings.extend(clash);
                }
            }
            self.contents.insert(file.path.clone(), (file.data.clone(), sha256));
        }
    }

    /// The steps from `before` to this, given the files on the disk. With `force`, files that
    /// differ are overwritten or removed.
    pub(super) fn plan(self, before: &Record, tree: &Dir, force: bool) -> Result<Plan> {
        let mut steps = Steps::new(before, &self, tree, force);
        for (path, (data, sha256)) in &self.contents {
            steps.write(path, data, sha256)?;
        }
        let after = self.record.files();
        for (path, (_, sha256)) in before.files() {
            if !after.contains_key(path) {
                steps.remove(path, sha256)?;
            }
        }
        let Steps { mut change, mut findings, .. } = steps;
        change.record = self.record.to_text();
        findings.splice(0..0, self.findings);
        // Each package warns of its own files.
        let names = package::not_portable(self.contents.keys());
        findings.extend(names.filter(Finding::is_error));
        findings.extend(collisions(&self.contents, &after));
        findings.extend(hidden(&before.files(), &after, force));
        Ok(Plan {
            packages: packages(before, &self.record, &change),
            is_same_record: *before == self.record,
            change,
            findings,
        })
    }
}

/// Takes a path from `other` if that has another content there.
fn claim(
    other: &mut Installed,
    package: &PlannedPackage,
    path: &MemberPath,
    sha256: &str,
    force: bool,
) -> Option<Finding> {
    let place = other.files.iter().position(|file| file.path == *path && file.sha256 != sha256)?;
    if force {
        other.files.remove(place);
        return None;
    }
    let found = format!("other contents in {} and {}", other.name, package.name);
    Some(Finding::new(Code::PackagesCollide, found).at(path.as_str()))
}

/// Constraints that packages have and that the change breaks.
fn newly_unmet(before: &Record, after: &Record, force: bool) -> Vec<Finding> {
    let code = if force { Code::OtherVersionNeeded } else { Code::OtherVersionInstalled };
    let before = before.unmet();
    let after = after.unmet().into_iter().filter(|unmet| !before.contains(unmet));
    after.map(|unmet| unmet.finding(code)).collect()
}

fn installed(package: &PlannedPackage) -> Installed {
    let mut files: Vec<InstalledFile> = package
        .files
        .iter()
        .map(|file| InstalledFile {
            path: file.path.clone(),
            size: file.data.len() as u64,
            sha256: sha256(&file.data),
        })
        .collect();
    files.sort();
    Installed {
        name: package.name.clone(),
        version: package.version.clone(),
        source: package.source.clone(),
        requested: package.requested,
        deps: package.deps.clone(),
        constraints: package.constraints.iter().map(ToString::to_string).collect(),
        files,
    }
}

/// The steps on the disk.
struct Steps<'a> {
    tree: &'a Dir,
    before: BTreeMap<&'a MemberPath, (&'a Installed, &'a str)>,
    contents: &'a Contents,
    force: bool,
    change: Change,
    findings: Vec<Finding>,
}

impl<'a> Steps<'a> {
    fn new(before: &'a Record, target: &'a Target, tree: &'a Dir, force: bool) -> Self {
        Self {
            tree,
            before: before.files(),
            contents: &target.contents,
            force,
            change: Change::default(),
            findings: Vec::new(),
        }
    }

    fn look(&self, path: &MemberPath) -> Result<Found> {
        let is_going = |file: &str| {
            let file = file.parse::<MemberPath>();
            file.is_ok_and(|file| {
                self.before.contains_key(&file) && !self.contents.contains_key(&file)
            })
        };
        look(self.tree, path, &is_going)
    }

    fn find(&mut self, code: Code, found: impl Into<String>, path: &MemberPath) {
        self.findings.push(Finding::new(code, found).at(path.as_str()));
    }

    fn write(&mut self, path: &MemberPath, data: &Bytes, sha256: &str) -> Result<()> {
        let known = self.before.get(path).map(|(_, known)| *known);
        match self.look(path)? {
            Found::Nothing => self.change.writes.push((path.clone(), data.clone(), false)),
            Found::File(there) if there == sha256 => {}
            Found::File(there) if self.force || known == Some(&there) => {
                self.change.writes.push((path.clone(), data.clone(), true));
            }
            Found::File(_) if known == Some(sha256) => {
                self.find(Code::ChangedFileKept, "other content", path);
            }
            Found::File(_) if known.is_some() => {
                self.find(Code::FileChanged, "neither the old content nor the new", path);
            }
            Found::File(_) => self.find(Code::FileInTheWay, "a file with other content", path),
            Found::Occupied(found) => self.find(Code::PathOccupied, found, path),
        }
        Ok(())
    }

    fn remove(&mut self, path: &MemberPath, sha256: &str) -> Result<()> {
        match self.look(path)? {
            Found::File(there) if self.force || there == sha256 => {
                self.change.removals.push(path.clone());
            }
            Found::File(_) => self.find(Code::ChangedFileKept, "other content", path),
            Found::Occupied(found) => self.find(Code::ChangedFileKept, found, path),
            Found::Nothing => {}
        }
        Ok(())
    }
}

/// Refuses new files that conflict with others in the tree.
fn collisions(
    contents: &Contents,
    all: &BTreeMap<&MemberPath, (&Installed, &str)>,
) -> Vec<Finding> {
    let origin = crate::package::Origin::Generated { by: "install" };
    let others = all.keys().copied().filter(|path| !contents.contains_key(*path));
    // The new packages come last, so that findings are about them.
    let paths = others.chain(contents.keys());
    let file =
        |path: &MemberPath| File { path: path.clone(), data: Bytes::new(), origin: origin.clone() };
    let files: Vec<File> = paths.map(file).collect();
    let is_new = |finding: &Finding| {
        let path = finding.path.as_ref().and_then(|path| path.parse().ok());
        path.is_some_and(|path: MemberPath| contents.contains_key(&path))
    };
    package::collisions(&files).into_iter().filter(is_new).collect()
}

/// Modules that no import finds, if they or the files that hide them are new. Within a package,
/// they are in its own findings; between two packages, they are refused without `force`.
fn hidden(
    before: &BTreeMap<&MemberPath, (&Installed, &str)>,
    all: &BTreeMap<&MemberPath, (&Installed, &str)>,
    force: bool,
) -> Vec<Finding> {
    let owner = |path: &MemberPath| all.get(path).map_or("", |(package, _)| &package.name);
    let pairs = package::hidden_modules(all.keys().copied()).into_iter();
    let between = pairs.filter(|(module, by)| {
        let is_new = !before.contains_key(module) || !before.contains_key(by);
        is_new && owner(module) != owner(by)
    });
    let finding = |(module, by): (&MemberPath, &MemberPath)| {
        let how = package::how_hidden(module, by);
        let (code, found) = if force {
            (Code::ModuleHidden, how)
        } else {
            (Code::PackagesCollide, format!("that of {}, {how} of {}", owner(module), owner(by)))
        };
        Finding::new(code, found).at(module.as_str())
    };
    between.map(finding).collect()
}

/// The change of each package.
fn packages(before: &Record, after: &Record, change: &Change) -> Vec<PackageChange> {
    let written: BTreeSet<&MemberPath> = change.writes.iter().map(|(path, ..)| path).collect();
    let removed: BTreeSet<&MemberPath> = change.removals.iter().collect();
    let among = |package: &Installed, paths: &BTreeSet<&MemberPath>| -> Vec<MemberPath> {
        let files = package.files.iter().map(|file| &file.path);
        files.filter(|path| paths.contains(path)).cloned().collect()
    };
    let mut all: Vec<PackageChange> = Vec::new();
    for package in &after.packages {
        let old = before.package(&package.name);
        let written = among(package, &written);
        let removed = old.map_or_else(Vec::new, |old| among(old, &removed));
        let outcome = match old {
            None => Outcome::Installed,
            Some(old) if old.version != package.version => Outcome::Updated,
            Some(_) if written.is_empty() && removed.is_empty() => Outcome::Unchanged,
            Some(_) => Outcome::Changed,
        };
        let before = old.map(|old| old.version.clone());
        all.push(PackageChange { package: package.clone(), before, outcome, written, removed });
    }
    for package in before.packages.iter().filter(|old| after.package(&old.name).is_none()) {
        all.push(PackageChange {
            package: package.clone(),
            before: Some(package.version.clone()),
            outcome: Outcome::Removed,
            written: Vec::new(),
            removed: among(package, &removed),
        });
    }
    all.sort_by_key(|change| key(&change.package.name));
    all
}

/// The error, if a finding refuses the change.
pub(super) fn refusal(tree: &Dir, findings: &[Finding]) -> Result<()> {
    if findings.iter().any(Finding::is_error) {
        let input = tree.path().display().to_string();
        return Err(Error::Refused { input, findings: findings.to_vec() });
    }
    Ok(())
}
