//! A `package.json` in the folder of a project, which names the files in place.

use std::path::Path;

use super::{outdated, refused};
use crate::dir::{Dir, Put};
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::write::store::{Existing, Outcome, StoreOptions};

/// The keys that are written.
const KEYS: [&str; 9] =
    ["name", "version", "description", "license", "author", "homepage", "hashes", "urls", "deps"];

/// Writes the `package.json` at `path`, over an older one for mip. Line ends make no difference, which
/// version control may change. A `check` writes nothing.
///
/// # Errors
/// [`Error::Refused`] if there is one for something else, or for a check one that is out of date.
pub(super) fn store(
    path: &Path,
    text: &str,
    options: StoreOptions,
    check: bool,
    findings: &mut Vec<Finding>,
) -> Result<Outcome> {
    let (folder, name) = Dir::around(path)?;
    let old = super::folder::read(&folder, name)?;
    let existing = match &old {
        Some(old) if is_same(old, text) => Existing::Same,
        Some(old) => match keys(old) {
            Some(keys) => {
                findings.extend(dropped(path, &keys));
                // An older one needs no force.
                Existing::Nothing
            }
            None => Existing::Different,
        },
        None => Existing::Nothing,
    };
    let options = StoreOptions { force: options.force && !check, ..options };
    let Some(outcome) = options.outcome(existing) else {
        let finding = Finding::new(Code::NotForMip, "a file that lists no files for mip");
        return Err(refused(vec![finding.at(path.display().to_string())]));
    };
    if check && outcome != Outcome::Unchanged {
        return Err(refused(old.map_or_else(
            || vec![outdated::file(path, false)],
            |old| outdated::package_json(path, &old, text),
        )));
    }
    if outcome == Outcome::Written {
        folder.put(name, text.as_bytes(), if old.is_some() { Put::Replace } else { Put::New })?;
    }
    Ok(outcome)
}

fn is_same(old: &[u8], text: &str) -> bool {
    std::str::from_utf8(old).is_ok_and(|old| old == text || old.replace("\r\n", "\n") == text)
}

/// The keys of a `package.json` for mip.
fn keys(text: &[u8]) -> Option<Vec<String>> {
    // Clients crash at the mark; the file is made anew without it.
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let value: serde_json::Value = serde_json::from_slice(text).ok()?;
    let object = value.as_object()?;
    let is_for_mip = ["urls", "hashes", "deps"]
        .iter()
        .any(|key| object.get(*key).is_some_and(serde_json::Value::is_array));
    is_for_mip.then(|| object.keys().cloned().collect())
}

fn dropped(path: &Path, keys: &[String]) -> Option<Finding> {
    let dropped: Vec<_> = keys
        .iter()
        .filter(|key| !KEYS.contains(&key.as_str()))
        .map(|key| format!("`{key}`"))
        .collect();
    let finding = || Finding::new(Code::KeyDropped, dropped.join(", "));
    (!dropped.is_empty()).then(|| finding().at(path.display().to_string()))
}
