//! Removes files that are no longer needed.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::Index;
use super::contents::{Contents, names_of};
use super::files::stored;
use super::layout::Layout;
use super::look::Look;
use crate::error::{Error, Result};
use crate::write::dir_lock::LockTimeout;

/// A file that no package needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// Its path in the index.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// Whether it is removed; a younger one is kept for now.
    pub is_old: bool,
    /// Since when no package needs it, as far as clocks were right.
    modified: SystemTime,
}

/// Removes the files that no package of the index in the folder `dir` has needed for the time
/// `grace`: a client in the middle of an installation may still ask for them. With `dry_run`, none is
/// removed.
///
/// # Errors
/// Those of [`Index::open`]; [`Error::Refused`] if some package cannot be understood, which may need
/// any file.
pub fn gc(
    dir: &Path,
    grace: Duration,
    dry_run: bool,
    patience: &LockTimeout,
) -> Result<Vec<Collected>> {
    if dry_run {
        let look = Look::at(dir, patience)?;
        return orphans(dir, &look.layout, &look.contents, grace);
    }
    Look::at(dir, patience)?;
    let index = Index::open(dir, patience)?;
    let collected = orphans(dir, &index.layout, &index.contents, grace)?;
    let root = index.layout.root();
    let now = SystemTime::now();
    for orphan in collected.iter().filter(|orphan| !orphan.is_old && orphan.modified > now) {
        // Else it would stay until that time. What cannot be changed is kept.
        let _ = root.touch(&orphan.path, now);
    }
    for orphan in collected.iter().filter(|orphan| orphan.is_old) {
        root.remove_file(&orphan.path)?;
        root.remove_empty(Path::new(&orphan.path).parent(), &index.layout.files());
    }
    Ok(collected)
}

fn orphans(
    dir: &Path,
    layout: &Layout,
    contents: &Contents,
    grace: Duration,
) -> Result<Vec<Collected>> {
    let findings = contents.all_findings();
    if findings.iter().any(crate::Finding::is_error) {
        return Err(Error::Refused { input: dir.display().to_string(), findings });
    }
    let needed: BTreeSet<&str> = names_of(&contents.packages);
    let stored = stored(layout)?;
    let orphans = stored.contents.iter().filter(|name| !needed.contains(name.as_str()));
    orphans
        .map(|name| {
            let path = layout.file(name);
            let missing =
                || Error::io(layout.root().display_path(&path))(ErrorKind::NotFound.into());
            let entry = layout.root().entry(&path)?.ok_or_else(missing)?;
            // A time in the future means that the clock was set back. The grace period starts now.
            let age = entry.modified.elapsed().unwrap_or_default();
            Ok(Collected {
                path: path.display().to_string(),
                size: entry.len,
                is_old: age >= grace,
                modified: entry.modified,
            })
        })
        .collect()
}
