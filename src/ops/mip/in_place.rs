//! A `package.json` in the folder of a project, which names the files in place.

use std::collections::BTreeSet;
use std::path::Path;

use super::kept::{Dropped, Older};
use super::{outdated, refused};
use crate::dir::{Dir, Put};
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::mip::PackageJson;
use crate::write::store::{Existing, Outcome, StoreOptions};

/// Writes `made` as the `package.json` at `path`, over an older one for mip, of which it keeps what the
/// project does not say otherwise; `declared` are the normalized names of which it says something. Line
/// ends make no difference, which version control may change. A `check` writes nothing.
///
/// # Errors
/// [`Error::Refused`](crate::Error::Refused) if there is one for something else or with more than can
/// be kept, or for a check one that is out of date.
pub(super) fn store(
    path: &Path,
    made: &mut PackageJson,
    declared: &BTreeSet<String>,
    options: StoreOptions,
    check: bool,
    findings: &mut Vec<Finding>,
) -> Result<Outcome> {
    let (folder, name) = Dir::around(path)?;
    let old = super::folder::read(&folder, name)?;
    let at = path.display().to_string();
    let is_for_mip = old.as_deref().is_some_and(is_for_mip);
    if let Some(old) = old.as_deref().filter(|_| is_for_mip) {
        match Older::parse(old, at.clone(), &folder) {
            Ok(older) => {
                let (kept, Dropped { own, foreign }) = older.keep(made, declared);
                let dropped = |code, found: Vec<String>| {
                    found.into_iter().map(move |found| Finding::new(code, found))
                };
                if !foreign.is_empty() && !check && !options.force {
                    let lost = dropped(Code::EntryLost, foreign);
                    return Err(refused(lost.map(|finding| finding.at(&at)).collect()));
                }
                findings.extend(kept);
                let dropped = dropped(Code::EntryDropped, [own, foreign].concat());
                findings.extend(dropped.map(|finding| finding.at(&at)));
            }
            Err(_) if check => {}
            Err(faults) if !options.force => {
                let hint = "correct the file, or write it anew with --force";
                return Err(refused(faults.into_iter().map(|fault| fault.hint(hint)).collect()));
            }
            Err(_) => findings.push(
                Finding::new(Code::EntryDropped, "all of a file that clients cannot read").at(&at),
            ),
        }
    }
    let text = &made.to_text();
    let existing = match &old {
        Some(old) if is_same(old, text) => Existing::Same,
        // An older one needs no force.
        Some(_) if !is_for_mip => Existing::Different,
        _ => Existing::Nothing,
    };
    let options = StoreOptions { force: options.force && !check, ..options };
    let Some(outcome) = options.outcome(existing) else {
        let finding = Finding::new(Code::NotForMip, "a file that lists no files for mip");
        return Err(refused(vec![finding.at(at)]));
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

/// Whether it is a `package.json` for mip, be it damaged.
fn is_for_mip(text: &[u8]) -> bool {
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let value: serde_json::Value = serde_json::from_slice(text).unwrap_or_default();
    ["urls", "hashes", "deps"]
        .iter()
        .any(|key| value.get(*key).is_some_and(serde_json::Value::is_array))
}
