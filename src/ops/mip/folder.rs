//! A package in a folder: the files, and the `package.json` beside them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::{outdated, refused};
use crate::dir::{Aside, Dir, replace_all};
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::mip::PackageJson;
use crate::path::MemberPath;
use crate::read::is_project;
use crate::settings::leads_out;
use crate::write::PACKAGE_JSON;
use crate::write::store::{Existing, Outcome, StoreOptions, output_differs};

/// Bytes of a `package.json` that are read. Devices have less memory.
const MAX_SIZE: u64 = 16 << 20;

/// The folder of a package, inside that of the results.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The folder that the user named.
    pub(super) out: &'a Path,
    /// The folder of the package below it; empty for the same.
    pub(super) inside: &'a Path,
}

/// A file as it is to be, with its path below the folder of the results.
type Wanted<'a> = (PathBuf, &'a [u8]);

/// Writes the files and the `package.json`, all of them or none. Where another one is overwritten, the
/// files are removed that it alone named; all others are left alone. A `check` writes nothing.
///
/// # Errors
/// [`Error::Refused`] if there is something else, or for a check something to be written;
/// [`Error::Usage`] if a link leads out of the folder, [`Error::Io`] for other links.
pub(super) fn store(
    place: Place,
    files: &[(MemberPath, Bytes)],
    text: &str,
    options: StoreOptions,
    check: bool,
) -> Result<Outcome> {
    let Place { out, inside } = place;
    let package_json = inside.join(PACKAGE_JSON);
    let mut wanted: Vec<Wanted> =
        files.iter().map(|(path, data)| (inside.join(path.as_str()), &data[..])).collect();
    wanted.push((package_json.clone(), text.as_bytes()));
    refuse_links_out(out, &wanted)?;
    let dir = Dir::at(out)?;
    if !check && !options.dry_run {
        Aside::recover(&dir);
    }
    let (mut missing, mut different) = (Vec::new(), Vec::new());
    let mut existing = Existing::Same;
    for (path, data) in wanted {
        let one = Existing::of(dir.holds(&path, data)?);
        existing = existing.max(one);
        match one {
            Existing::Same => {}
            Existing::Nothing => missing.push((path, data)),
            Existing::Different | Existing::Foreign => different.push((path, data)),
        }
    }
    if check && existing != Existing::Same {
        return Err(refused(out_of_date(&dir, &missing, &different, &package_json, text)?));
    }
    let Some(outcome) = options.outcome(existing) else {
        let findings = different.iter().map(|(path, _)| output_differs(&dir.display_path(path)));
        return Err(refused(findings.collect()));
    };
    if outcome != Outcome::Written {
        return Ok(outcome);
    }
    let dir = Dir::create(out)?;
    let earlier =
        if options.force { named(&dir, &out.join(inside), &package_json) } else { Vec::new() };
    let mut all: Vec<Wanted> = missing.into_iter().chain(different).collect();
    // It never names a file that is not there.
    all.sort_by_key(|(path, _)| *path == package_json);
    let all = all.iter().map(|(path, data)| Ok((member(path)?, *data)));
    let all: Vec<(MemberPath, &[u8])> = all.collect::<Result<_>>()?;
    let is_left = |path: &&MemberPath| !files.iter().any(|(kept, _)| kept == *path);
    let mut removals = Vec::new();
    for path in earlier.iter().filter(is_left) {
        let path = member(&inside.join(path.as_str()))?;
        if dir.has_file(path.as_str()).unwrap_or(false) {
            removals.push(path);
        }
    }
    replace_all(&dir, &all, &removals, options.force)?;
    Ok(outcome)
}

fn refuse_links_out(out: &Path, wanted: &[Wanted]) -> Result<()> {
    let parents: BTreeSet<PathBuf> =
        wanted.iter().filter_map(|(path, _)| path.parent()).map(|path| out.join(path)).collect();
    match parents.into_iter().find(|parent| leads_out(parent, out)) {
        None => Ok(()),
        Some(path) => Err(Error::Usage {
            message: format!("{}: a link leads out of the folder", path.display()),
            help: "remove the link, or give another folder with --out".to_owned(),
        }),
    }
}

/// The findings of a check.
fn out_of_date(
    dir: &Dir,
    missing: &[Wanted],
    different: &[Wanted],
    package_json: &Path,
    text: &str,
) -> Result<Vec<Finding>> {
    let is_other = |path: &Path| different.iter().any(|(other, _)| other == path);
    let files = different.iter().chain(missing).filter(|(path, _)| *path != package_json);
    let mut findings: Vec<_> =
        files.map(|(path, _)| outdated::file(&dir.display_path(path), is_other(path))).collect();
    let shown = dir.display_path(package_json);
    if is_other(package_json) {
        let old = read(dir, package_json)?.unwrap_or_default();
        findings.extend(outdated::package_json(&shown, &old, text));
    } else if missing.iter().any(|(path, _)| *path == package_json) {
        findings.push(outdated::file(&shown, false));
    }
    Ok(findings)
}

/// The content of a `package.json`, if there is one.
pub(super) fn read(dir: &Dir, path: &Path) -> Result<Option<Vec<u8>>> {
    dir.read(path, MAX_SIZE)
}

/// The files in its folder that a `package.json` of an earlier call names. A `package.json` that
/// was written by hand, or in place, may name files that cannot be made again.
fn named(dir: &Dir, folder: &Path, package_json: &Path) -> Vec<MemberPath> {
    if is_project(folder) {
        return Vec::new();
    }
    let Ok(Some(text)) = read(dir, package_json) else { return Vec::new() };
    let package = PackageJson::parse(&text, "").ok();
    let urls = package.filter(|package| package.to_text().as_bytes() == text);
    let urls = urls.map(|package| package.urls).unwrap_or_default();
    urls.into_iter().filter_map(|(_, url)| url.parse().ok()).collect()
}

/// The path below the folder of the results.
fn member(path: &Path) -> Result<MemberPath> {
    let text = path.to_str().unwrap_or_default();
    text.parse().map_err(|_| Error::io(path)(std::io::ErrorKind::InvalidFilename.into()))
}
