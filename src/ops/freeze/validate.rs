//! What of a package a firmware can hold, and what stands against it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::gathered::Member;
use crate::adapt::is_resource_module;
use crate::finding::{Code, Finding};
use crate::name::normalized_name;
use crate::package::{File, hidden_modules, how_hidden, unsuitable};
use crate::path::MemberPath;
use crate::program::Environment;
use crate::read::is_package_name;
use crate::write::{FrozenPackage, MANIFEST};

/// Files that a finding names.
const MAX_NAMED: usize = 5;

/// Leaves of all packages the modules, and notes what else stands against freezing them in folders of
/// `out`.
pub(super) fn check(members: &mut [Member], out: &Path, environment: &Environment) {
    // A build does not follow links here; who calls it by another path may have.
    let places = [environment.absolute(out), out.canonicalize()];
    let places: Vec<PathBuf> = places.into_iter().flatten().collect();
    let names: BTreeSet<String> =
        members.iter().map(|member| member.package.name.clone()).collect();
    for member in members.iter_mut() {
        member.findings.extend(payload(&member.package));
        keep_modules(member);
        member.findings.extend(reserved(&member.package, &names, &places));
    }
    same_names(members);
    same_files(members);
    same_modules(members);
}

/// What stands against installing the files anywhere. A package may consist of what it requires.
fn payload(frozen: &FrozenPackage) -> Vec<Finding> {
    let mut findings = unsuitable(&frozen.files);
    if frozen.files.is_empty() && frozen.requires.is_empty() {
        findings.push(Finding::new(Code::EmptyPayload, "no file to freeze").at(&frozen.name));
    }
    findings
}

/// Only modules can be frozen. What is for type checkers is left out without a word.
fn keep_modules(member: &mut Member) {
    let is = |file: &File, endings: &[&str]| {
        endings.iter().any(|ending| file.path.as_str().ends_with(ending))
    };
    let files = std::mem::take(&mut member.package.files);
    let (modules, others): (Vec<File>, Vec<File>) =
        files.into_iter().partition(|file| is(file, &[".py"]));
    for module in modules.iter().filter(|file| is_resource_module(file)) {
        let finding = Finding::new(Code::FrozenResources, "data in a module");
        member.findings.push(finding.at(module.path.as_str()));
    }
    member.package.files = modules;
    let (compiled, others): (Vec<File>, Vec<File>) =
        others.into_iter().partition(|file| is(file, &[".mpy"]));
    for (code, files) in [(Code::FrozenBytecode, compiled), (Code::FrozenData, others)] {
        let names: Vec<&str> = files
            .iter()
            .filter(|file| !is(file, &[".pyi", "py.typed"]))
            .map(|file| file.path.as_str())
            .collect();
        if !names.is_empty() {
            member.findings.push(Finding::new(code, list(&names)).at(&member.package.name));
        }
    }
}

/// The first of the names, and how many there are.
fn list(names: &[&str]) -> String {
    let first: Vec<_> = names.iter().take(MAX_NAMED).map(|name| format!("`{name}`")).collect();
    match names.len() - first.len() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// Names that a build would take for something else: it looks for the manifest of a package in any
/// folder of the package's name.
fn reserved(package: &FrozenPackage, names: &BTreeSet<String>, places: &[PathBuf]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut refuse = |path: &str, found: String| {
        findings.push(Finding::new(Code::FrozenName, found).at(path));
    };
    let name = package.name.as_str();
    let mut called = places.iter().filter_map(|place| place.file_name());
    if !is_package_name(name) {
        refuse(name, format!("`{name}` as the name of a package"));
    } else if name.eq_ignore_ascii_case(MANIFEST) {
        refuse(name, "a package of that name".to_owned());
    } else if called.any(|folder| folder == name) {
        refuse(name, "a package that is called like the folder of the results".to_owned());
    }
    for file in package.files.iter().filter(|file| file.path.file_name() == MANIFEST) {
        let folder = file.path.parent().map(|path| path.rsplit('/').next().unwrap_or_default());
        if folder.is_none_or(|folder| names.contains(folder)) {
            refuse(file.path.as_str(), format!("a module `{MANIFEST}` of `{name}`"));
        }
    }
    findings
}

/// Notes packages for one folder, or of one project. Some file systems know no case.
fn same_names(members: &mut [Member]) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for member in members {
        let name = &member.package.name;
        if !seen.insert(normalized_name(name)) {
            let finding = Finding::new(Code::FrozenTwice, "another package of this name");
            member.findings.push(finding.at(name));
        }
    }
}

/// Notes modules that no import finds, since another package or the same has a folder of their name.
fn same_modules(members: &mut [Member]) {
    let files = |member: &Member| {
        let files = member.package.files.iter().map(|file| file.path.clone());
        (member.package.name.clone(), files.collect::<Vec<_>>())
    };
    let all: Vec<(String, Vec<MemberPath>)> = members.iter().map(files).collect();
    let owner = |path| all.iter().position(|(_, files)| files.contains(path));
    for (module, by) in hidden_modules(all.iter().flat_map(|(_, files)| files)) {
        let (Some(own), Some(other)) = (owner(module), owner(by)) else { continue };
        let mut found = how_hidden(module, by);
        if own != other {
            found = format!("{found} of `{}`", all[other].0);
        }
        let finding = Finding::new(Code::ModuleHidden, found);
        members[own].findings.push(finding.at(module.as_str()));
    }
}

/// Of files that several packages have, the first package keeps them; they cannot be frozen twice.
fn same_files(members: &mut [Member]) {
    let mut seen: BTreeMap<MemberPath, (String, Bytes)> = BTreeMap::new();
    for Member { package, findings } in members {
        let FrozenPackage { name, files, .. } = package;
        files.retain(|file| {
            let Some((owner, data)) = seen.get(&file.path) else {
                seen.insert(file.path.clone(), (name.clone(), file.data.clone()));
                return true;
            };
            let (code, what) = if *data == file.data {
                (Code::FrozenShared, "the same file")
            } else {
                (Code::FrozenDiffers, "another file")
            };
            let finding = Finding::new(code, format!("{what} as in `{owner}`"));
            findings.push(finding.at(file.path.as_str()));
            *data != file.data
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapt::Resources;
    use crate::mip::PackageJson;
    use crate::ops::freeze::frozen_resources;
    use crate::package::{Origin, Package};

    fn member(name: &str, files: &[(&str, &'static str)]) -> Member {
        let file = |(path, text): &(&str, &'static str)| File {
            path: path.parse().unwrap(),
            data: Bytes::from_static(text.as_bytes()),
            origin: Origin::Generated { by: "test" },
        };
        let files = files.iter().map(file).collect();
        let about = PackageJson::default();
        let package = FrozenPackage { name: name.to_owned(), about, requires: Vec::new(), files };
        Member { package, findings: Vec::new() }
    }

    fn checked(members: &mut [Member]) -> Vec<Vec<String>> {
        check(members, Path::new("lib"), &Environment::of_tests());
        let text = |finding: &Finding| format!("{} {}", finding.code.id(), finding.facts());
        members.iter().map(|member| member.findings.iter().map(text).collect()).collect()
    }

    fn of_one(name: &str, files: &[(&str, &'static str)]) -> Vec<String> {
        checked(&mut [member(name, files)]).remove(0)
    }

    #[test]
    fn only_modules_are_kept() {
        let mut members =
            [member("a", &[("a.py", ""), ("a.pyi", ""), ("a/py.typed", ""), ("a/x.txt", "")])];
        assert_eq!(checked(&mut members)[0], ["MP737 a: `a/x.txt`"]);
        assert_eq!(members[0].package.files.len(), 1);
        let mut package = Package::empty("a", pep440_rs::Version::new([0]));
        package.files = member("a", &[("a/__init__.py", ""), ("a/x.txt", "")]).package.files;
        frozen_resources(Resources::default()).apply(&mut package);
        let mut made = member("a", &[]);
        made.package.files = package.files;
        assert_eq!(checked(&mut [made])[0], ["MP744 a/R.py: data in a module"]);
        assert_eq!(of_one("a", &[("a.mpy", ""), ("b.py", "")]), ["MP736 a: `a.mpy`"]);
        let paths: Vec<String> = (0..7).map(|place| format!("{place}.txt")).collect();
        let mut files: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), "")).collect();
        files.push(("a.py", ""));
        assert!(of_one("a", &files)[0].ends_with("`4.txt` and 2 more"));
    }

    #[test]
    fn something_has_to_be_frozen() {
        assert_eq!(of_one("a", &[]), ["MP502 a: no file to freeze"]);
        let mut bundle = member("a", &[]);
        bundle.package.requires.push("b".to_owned());
        assert!(checked(&mut [bundle])[0].is_empty());
    }

    #[test]
    fn names_that_a_build_would_mistake_are_refused() {
        assert_eq!(
            of_one("a", &[("manifest.py", "")]),
            ["MP738 manifest.py: a module `manifest.py` of `a`"]
        );
        assert_eq!(of_one("lib", &[("a.py", "")]).len(), 1);
        assert_eq!(of_one("Manifest.py", &[("a.py", "")]).len(), 1);
        assert_eq!(of_one("", &[("a.py", "")]).len(), 1);
        assert!(of_one("a", &[("x/manifest.py", "")]).is_empty());
        let two =
            checked(&mut [member("a", &[("a/b/manifest.py", "")]), member("b", &[("b.py", "")])]);
        assert_eq!(two[0], ["MP738 a/b/manifest.py: a module `manifest.py` of `a`"]);
    }

    #[test]
    fn two_packages_share_no_name_and_no_file() {
        let mut members = [
            member("a", &[("n/__init__.py", ""), ("x.py", "1")]),
            member("b", &[("n/__init__.py", ""), ("x.py", "2")]),
            member("A", &[("y.py", "")]),
        ];
        let found = checked(&mut members);
        assert!(found[0].is_empty());
        assert_eq!(
            found[1],
            ["MP741 n/__init__.py: the same file as in `a`", "MP740 x.py: another file as in `a`"]
        );
        assert_eq!(found[2], ["MP739 A: another package of this name"]);
        assert_eq!(members[1].package.files.len(), 1);
    }

    #[test]
    fn two_packages_share_no_module() {
        let found = checked(&mut [
            member("a", &[("m.py", ""), ("n.py", ""), ("n/x.py", "")]),
            member("b", &[("m/__init__.py", "")]),
        ]);
        let expected =
            ["MP517 m.py: hidden by the folder `m` of `b`", "MP517 n.py: hidden by the folder `n`"];
        assert_eq!(found[0], expected);
        assert!(found[1].is_empty());
    }
}
