//! Existing folders that share their name with a package to freeze. A firmware build searches for a package
//! in all folders below that of the packages, and takes the first that it finds.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::gathered::Member;
use crate::finding::{Code, Finding};
use crate::write::MANIFEST;

/// Adds a finding for each folder below `out` that a build could mistake for one of the packages.
pub(super) fn check(members: &mut [Member], out: &Path) {
    let names: BTreeSet<String> =
        members.iter().map(|member| member.package.name.clone()).collect();
    for (name, folder) in name_conflicts(&names, out) {
        if let Some(member) = members.iter_mut().find(|member| member.package.name == name) {
            let finding = Finding::new(Code::FrozenName, format!("another package `{name}`"));
            member.findings.push(finding.at(folder.display().to_string()));
        }
    }
}

/// The folders, sorted, each with the name that it shares. Like a build, this skips links and folders
/// that cannot be read.
fn name_conflicts(names: &BTreeSet<String>, out: &Path) -> Vec<(String, PathBuf)> {
    let is_place_of_package =
        |folder: &Path| folder.parent() == Some(out) && named(folder, names).is_some();
    let (mut found, mut folders) = (Vec::new(), vec![out.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            // The folder of a package itself is replaced or refused as a whole.
            if !is_folder || is_place_of_package(&path) {
                continue;
            }
            if let Some(name) = named(&path, names).filter(|_| path.join(MANIFEST).exists()) {
                found.push((name.clone(), path.clone()));
            }
            folders.push(path);
        }
    }
    found.sort();
    found
}

/// The name of the folder, if it is one of `names`.
fn named<'a>(folder: &Path, names: &'a BTreeSet<String>) -> Option<&'a String> {
    names.get(folder.file_name()?.to_str()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_could_come_to_another_package_first() {
        let scratch = tempfile::tempdir().unwrap();
        let out = scratch.path().join("lib");
        for file in [
            "foo/foo/manifest.py",
            "foo/manifest.py",
            "a/foo/manifest.py",
            "a/b/bar/manifest.py",
            "a/bar/foo.py",
            "other/manifest.py",
            "manifest.py",
        ] {
            let path = out.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let names = ["foo", "bar"].map(str::to_owned).into();
        let found = name_conflicts(&names, &out);
        let expected = [("bar", "a/b/bar"), ("foo", "a/foo")];
        assert_eq!(found, expected.map(|(name, path)| (name.to_owned(), out.join(path))));
        assert!(name_conflicts(&names, &scratch.path().join("nothing")).is_empty());
    }
}
