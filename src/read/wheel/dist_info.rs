//! The `.dist-info` folder of a wheel, and the version of the specification that it follows.

use std::collections::BTreeSet;

use crate::finding::{Code, Finding};
use crate::name::normalized_name;
use crate::read::archive::{Archive, WHEEL_SUFFIX};
use crate::read::distribution::{Identity, strip_suffix};

/// How the folder's name ends.
pub(super) const SUFFIX: &str = ".dist-info";

/// The version of the specification that is known.
const KNOWN: (u64, u64) = (1, 0);

/// The folder at the root that holds METADATA.
pub(super) fn find(archive: &Archive) -> Option<&str> {
    archive.members.keys().find_map(|path| {
        let folder = path.as_str().strip_suffix("/METADATA")?;
        (folder.ends_with(SUFFIX) && !folder.contains('/')).then_some(folder)
    })
}

/// What keeps installers from taking the wheel: a second folder, one of another project, and a version
/// of the specification that they do not know.
pub(super) fn check(archive: &Archive, folder: &str) -> Vec<Finding> {
    let finding = |found: String| Finding::new(Code::UnsupportedWheel, found);
    let mut findings = Vec::new();
    let folders = archive.members.keys().filter_map(|path| path.as_str().split_once('/'));
    let folders: BTreeSet<&str> =
        folders.map(|(folder, _)| folder).filter(|folder| folder.ends_with(SUFFIX)).collect();
    if folders.len() > 1 {
        let folders: Vec<String> = folders.iter().map(|folder| format!("`{folder}`")).collect();
        let found = finding(format!("the folders {}", folders.join(", ")));
        findings.push(found.at(&archive.name).expected("one `.dist-info` folder"));
    }
    let is_wheel = strip_suffix(&archive.name, WHEEL_SUFFIX).is_some();
    if let Some(named) = Identity::from_file_name(&archive.name).filter(|_| is_wheel)
        && !is_of(folder, &named.name)
    {
        let found = finding(format!("the folder `{folder}`"));
        findings.push(found.at(&archive.name).expected(format!("a folder of {}", named.name)));
    }
    findings.extend(check_version(archive, folder));
    findings
}

/// Whether the folder is of the project, by normalised names.
fn is_of(folder: &str, name: &str) -> bool {
    let stem = folder.strip_suffix(SUFFIX).unwrap_or(folder);
    let mut dashes = stem.match_indices('-');
    dashes.any(|(dash, _)| normalized_name(&stem[..dash]) == normalized_name(name))
}

fn check_version(archive: &Archive, folder: &str) -> Option<Finding> {
    let path = format!("{folder}/WHEEL");
    let finding = |code, found: String| Some(Finding::new(code, found).at(&path));
    let Some(content) = archive.members.get(path.as_str()) else {
        return finding(Code::UnsupportedWheel, "no such file".to_owned());
    };
    let content = String::from_utf8_lossy(content);
    let value = content.lines().map_while(|line| line.split_once(':')).find_map(|(key, value)| {
        key.trim().eq_ignore_ascii_case("Wheel-Version").then_some(value.trim())
    });
    let Some(value) = value else {
        return finding(Code::UnsupportedWheel, "no Wheel-Version".to_owned());
    };
    let found = format!("Wheel-Version {value}");
    let (major, minor) = value.split_once('.').unwrap_or((value, "0"));
    let code = match (major.parse::<u64>(), minor.parse::<u64>()) {
        (Ok(major), Ok(minor)) if (major, minor) <= KNOWN => return None,
        (Ok(major), Ok(_)) if major == KNOWN.0 => Code::NewerWheel,
        _ => Code::UnsupportedWheel,
    };
    Some(Finding::new(code, found).at(path).expected(format!("{}.{}", KNOWN.0, KNOWN.1)))
}
