//! A package in a folder: the files, and the `package.json` beside them.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::{How, outdated, refused};
use crate::error::{Error, Result};
use crate::mip::PackageJson;
use crate::path::MemberPath;
use crate::read::is_project;
use crate::settings::leads_out;
use crate::write::PACKAGE_JSON;
use crate::write::store::{Outcome, holds, output_differs, persist};

/// Bytes of a `package.json` that are read. Devices have less memory.
const LARGEST: u64 = 16 << 20;

/// Writes the files, then the `package.json`, so that it never names a file that is not there. Where
/// another one is overwritten, the files are removed that it alone named; all others are left alone.
///
/// # Errors
/// [`Error::Refused`] if there is something else, or for a check something to be written;
/// [`Error::Usage`] if a link leads out of the folder.
pub(super) fn store(
    folder: &Path,
    files: &[(MemberPath, Bytes)],
    text: &str,
    how: How,
) -> Result<Outcome> {
    let package_json = folder.join(PACKAGE_JSON);
    let mut wanted: Vec<(PathBuf, &[u8])> =
        files.iter().map(|(path, data)| (folder.join(path.as_str()), &data[..])).collect();
    wanted.push((package_json.clone(), text.as_bytes()));
    let parents: BTreeSet<&Path> = wanted.iter().filter_map(|(path, _)| path.parent()).collect();
    if let Some(path) = parents.into_iter().find(|parent| leads_out(parent, folder)) {
        return Err(Error::Usage {
            message: format!("{}: a link leads out of the folder", path.display()),
            help: "remove the link, or give another folder with --out".to_owned(),
        });
    }
    let mut missing = Vec::new();
    let mut different = Vec::new();
    for (path, data) in wanted {
        match holds(&path, data).map_err(Error::io(&path))? {
            Some(true) => {}
            Some(false) => different.push((path, data)),
            None => missing.push((path, data)),
        }
    }
    if missing.is_empty() && different.is_empty() {
        return Ok(Outcome::Unchanged);
    }
    if how.check {
        let is_other = |path: &Path| different.iter().any(|(other, _)| other == path);
        let files = different.iter().chain(&missing).filter(|(path, _)| *path != package_json);
        let mut findings: Vec<_> =
            files.map(|(path, _)| outdated::file(path, is_other(path))).collect();
        if is_other(&package_json) {
            findings.extend(outdated::package_json(&package_json, &read(&package_json)?, text));
        } else if missing.iter().any(|(path, _)| *path == package_json) {
            findings.push(outdated::file(&package_json, false));
        }
        return Err(refused(findings));
    }
    if !different.is_empty() && !how.force {
        let findings = different.iter().map(|(path, _)| output_differs(path, true));
        return Err(refused(findings.collect()));
    }
    if how.dry_run {
        return Ok(Outcome::DryRun);
    }
    let earlier = if how.force { named(&package_json) } else { Vec::new() };
    let mut all: Vec<_> = missing.into_iter().chain(different).collect();
    all.sort_by_key(|(path, _)| *path == package_json);
    for (path, data) in all {
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(Error::io(parent))?;
        persist(&path, data, how.force).map_err(Error::io(&path))?;
    }
    let is_left = |path: &&MemberPath| !files.iter().any(|(kept, _)| kept == *path);
    earlier.iter().filter(is_left).for_each(|path| remove(folder, path));
    Ok(Outcome::Written)
}

/// The content of a `package.json`.
pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    let read = || {
        // Opening a pipe would wait for somebody to write to it.
        if !fs::metadata(path)?.is_file() {
            return Err(io::Error::other("this is no regular file"));
        }
        let mut data = Vec::new();
        fs::File::open(path)?.take(LARGEST).read_to_end(&mut data)?;
        Ok(data)
    };
    read().map_err(Error::io(path))
}

/// The files in its folder that a `package.json` of an earlier call names. What somebody wrote by hand,
/// or what lies in a project and names its sources, may name what nobody can make again.
fn named(package_json: &Path) -> Vec<MemberPath> {
    if package_json.parent().is_some_and(is_project) {
        return Vec::new();
    }
    let Ok(text) = read(package_json) else { return Vec::new() };
    let package = PackageJson::parse(&text, "").ok();
    let urls = package.filter(|package| package.to_text().as_bytes() == text);
    let urls = urls.map(|package| package.urls).unwrap_or_default();
    urls.into_iter().filter_map(|(_, url)| url.parse().ok()).collect()
}

/// Removes a file that is not needed any more, and the folders around it that are empty then. What
/// cannot be removed stays.
fn remove(folder: &Path, path: &MemberPath) {
    let file = folder.join(path.as_str());
    let is_file = fs::symlink_metadata(&file).is_ok_and(|metadata| metadata.is_file());
    if !is_file || leads_out(&file, folder) || fs::remove_file(&file).is_err() {
        return;
    }
    for parent in file.ancestors().skip(1).take_while(|parent| *parent != folder) {
        if fs::remove_dir(parent).is_err() {
            return;
        }
    }
}
