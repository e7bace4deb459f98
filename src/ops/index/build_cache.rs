//! Cached reports of additions: while nothing has changed, an addition reads no inputs.
//!
//! A report is found by all that it depends on: the bytes and names of the archives, how they are
//! read, the compilers, this program's version, and the state of the index. That of an index whose
//! contents were damaged without another size or time is the same: what is published is not checked
//! by an addition, but by `index check`.

use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{AddOptions, Added};
use crate::cache::{Cache, Key};
use crate::digest::of_file;
use crate::error::{Error, Result};
use crate::file;
use crate::finding::Finding;
use crate::mip::Dependency;
use crate::ops::inputs::Job;
use crate::path::MemberPath;
use crate::read::Input;
use crate::translate::Pinning;
use crate::write::Outcome;
use crate::write::index::Committed;

/// Leads to other entries of the cache when what is kept changes.
const GENERATION: &str = "1";

/// Where the report of one call may be kept.
pub(super) struct BuildCache<'a> {
    cache: &'a Cache,
    /// The inputs of the report, beside the index.
    call: Key,
}

/// The result for one release.
#[derive(Serialize, Deserialize)]
enum Entry {
    Unchanged {
        name: String,
        version: String,
        files: Vec<(MemberPath, u64)>,
        deps: Vec<Dependency>,
        findings: Vec<Finding>,
    },
    Refused {
        input: String,
        findings: Vec<Finding>,
    },
}

impl<'a> BuildCache<'a> {
    /// The memo of a call; `None` where the result depends on more than can be looked at fast, such
    /// as projects, what their build tools do, and packages that are copied.
    pub(super) fn new(jobs: &[(Job, Pinning)], options: &'a AddOptions) -> Option<Self> {
        if options.base.is_some() {
            return None;
        }
        let mut parts = vec![GENERATION.to_owned(), env!("CARGO_PKG_VERSION").to_owned()];
        parts.push(options.replace.to_string());
        parts.extend(options.bytecode.compilers.iter().map(|one| one.version().to_owned()));
        let inputs: Option<Vec<_>> = jobs.par_iter().with_max_len(1).map(input).collect();
        let mut parts: Vec<_> = parts.into_iter().map(String::into_bytes).collect();
        parts.extend(inputs?);
        Some(Self { cache: &options.reports, call: Key::of(parts) })
    }

    /// The report of the same call on an index in this state.
    pub(super) fn recall(&self, state: &Key) -> Option<Vec<Result<Added>>> {
        let entry = self.cache.get(&self.key(state))?;
        let entries: Vec<Entry> = serde_json::from_slice(&entry).ok()?;
        Some(entries.into_iter().map(Entry::result).collect())
    }

    /// Stores the report that the same call will make on the index as it is now, if it is known in
    /// full.
    pub(super) fn keep(&self, results: &[Result<Added>], index: &Committed) {
        let entries: Option<Vec<_>> = results.iter().map(Entry::of).collect();
        let entry = entries.and_then(|entries| serde_json::to_vec(&entries).ok());
        if let (Some(entry), Ok(state)) = (entry, index.state()) {
            // Without it, the releases are compared again next time.
            let _ = self.cache.put(&self.key(&state), &entry);
        }
    }

    fn key(&self, state: &Key) -> Key {
        Key::of([&self.call, state])
    }
}

/// All that the reading of one input depends on.
fn input((job, pinning): &(Job, Pinning)) -> Option<Vec<u8>> {
    if job.options.read.build.is_some() || *pinning == Pinning::Bundle {
        return None;
    }
    let mut all = format!("{:?} {pinning:?}", job.options).into_bytes();
    match &job.input {
        Input::Archives(paths) => {
            for path in paths {
                let name = path.file_name()?.as_encoded_bytes();
                all.extend(Key::of([name, &digest(path)?]).as_ref());
            }
        }
        Input::Known(one) => all.extend(Key::of([&one.file_name, &one.sha256]).as_ref()),
        Input::Project(_) | Input::Manifest(_) => return None,
    }
    Some(all)
}

/// The digest of a file; `None` if it cannot be read.
fn digest(path: &Path) -> Option<[u8; 32]> {
    of_file(file::open(path).ok()?).ok()
}

impl Entry {
    /// The entry for what will be reported next time.
    fn of(result: &Result<Added>) -> Option<Self> {
        match result {
            Ok(added) => Some(Self::Unchanged {
                name: added.name.clone(),
                version: added.version.clone(),
                files: added.files.clone(),
                deps: added.deps.clone(),
                findings: added.findings.clone(),
            }),
            Err(Error::Refused { input, findings }) => {
                Some(Self::Refused { input: input.clone(), findings: findings.clone() })
            }
            Err(_) => None,
        }
    }

    fn result(self) -> Result<Added> {
        match self {
            Self::Unchanged { name, version, files, deps, findings } => Ok(Added {
                name,
                version,
                variants: Vec::new(),
                files,
                deps,
                outcome: Outcome::Unchanged,
                findings,
            }),
            Self::Refused { input, findings } => Err(Error::Refused { input, findings }),
        }
    }
}
