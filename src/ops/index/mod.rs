//! From archives of releases and projects to an index for mip.

mod base;
mod build_cache;
mod bundle;
mod candidate;
mod cycle;
mod dependencies;
mod job;
mod plan;
mod variant;

use std::path::Path;

use super::index::build_cache::BuildCache;
use super::inputs::Job;
use crate::adapt::Bytecode;
use crate::cache::Cache;
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::mip::Dependency;
use crate::net::fetch::{FetchOptions, Location};
use crate::options::ConvertOptions;
use crate::path::MemberPath;
use crate::translate::Pinning;
use crate::write::Outcome;
use crate::write::index::{Index, LockTimeout, state};
use crate::write::store::Existing;
use base::Copied;
use candidate::{Candidate, Files};
pub use job::{AddJobs, bytecode, jobs, reports, source_code, updated};
use plan::{Sources, Target};

/// How releases are added to an index.
pub struct AddOptions<'a> {
    /// The compilers of the variants other than `py`.
    pub bytecode: Bytecode,
    /// The index that dependencies are copied from which this one lacks.
    pub base: Option<Location>,
    /// Packages to copy from there even if no release depends on them.
    pub wanted: Vec<Dependency>,
    /// How dependencies are fetched.
    pub fetch: FetchOptions,
    /// Whether a published version may be replaced by other content.
    pub replace: bool,
    /// The cached reports of calls that would change nothing.
    pub reports: Cache,
    /// The time of the change, as written into the index, in seconds since 1970.
    pub updated: u64,
    /// How long to wait for others who change the index.
    pub patience: LockTimeout<'a>,
}

/// A release, and what became of it in an index.
#[derive(Clone, Debug)]
pub struct Added {
    /// The name under which clients ask for it.
    pub name: String,
    /// The version, as the index spells it.
    pub version: String,
    /// The variants that were added.
    pub variants: Vec<String>,
    /// Paths and sizes in bytes of the files in the variant `py`.
    pub files: Vec<(MemberPath, u64)>,
    /// Its dependencies.
    pub deps: Vec<Dependency>,
    /// The outcome.
    pub outcome: Outcome,
    /// All findings, in the order of noticing.
    pub findings: Vec<Finding>,
}

/// Adds the releases of `jobs` to the index in the folder `dir`, all at once: whoever reads the index
/// meanwhile finds it as it was before, or as it is afterwards. `progress` is called after each job.
///
/// One release that is refused does not stop the others; they come without it where they depend on
/// it. Results are in the order of the jobs, followed by what was copied from another index.
///
/// # Errors
/// Those of [`Index::open`] and [`Index::commit`], [`Error::Io`](crate::Error::Io) where a compiler does
/// not start, and [`Error::Fetch`](crate::Error::Fetch) if the other index cannot be reached; nothing is
/// added then.
pub fn add(
    jobs: &[(Job, Pinning)],
    dir: &Path,
    options: &AddOptions,
    progress: &(dyn Fn() + Sync),
) -> Result<Vec<Result<Added>>> {
    let memo = BuildCache::new(jobs, options);
    if let Some(memo) = &memo
        && let Some(state) = state(dir, &options.patience)?
        && let Some(results) = memo.recall(&state)
    {
        for _ in jobs {
            progress();
        }
        return Ok(results);
    }
    let slots = candidate::read(jobs, progress);
    let refused = count_refused(&slots);
    if refused == slots.len() && options.wanted.is_empty() {
        return Ok(slots.into_iter().map(|slot| slot.map(Added::of)).collect());
    }
    let index = Index::open(dir, &options.patience)?;
    let sources = Sources::new(&index, Location::Path(dir.to_owned()), options);
    let plan = Target::of(slots, &sources)?.plan(&sources)?;
    let edit = plan.edit(&index);
    let index = index.commit(&edit, options.updated)?;
    let mut results = plan.into_results();
    // What depends on a release that is refused only now may come out otherwise next time.
    if let Some(memo) = memo.filter(|_| count_refused(&results) == refused) {
        memo.keep(&results, &index);
    }
    results.iter_mut().flatten().for_each(Added::report_replaced);
    Ok(results)
}

fn count_refused<T>(results: &[Result<T>]) -> usize {
    results.iter().filter(|result| result.is_err()).count()
}

impl Added {
    fn copied(copy: Copied) -> Self {
        Self {
            files: sizes(copy.files),
            name: copy.name,
            version: copy.version,
            variants: copy.variants.into_keys().collect(),
            deps: copy.deps,
            outcome: Outcome::Copied,
            findings: copy.findings,
        }
    }

    fn of(candidate: Candidate) -> Self {
        Self {
            outcome: match candidate.existing {
                Existing::Different | Existing::Foreign => Outcome::Replaced,
                Existing::Same if candidate.variants.is_empty() => Outcome::Unchanged,
                Existing::Nothing | Existing::Same => Outcome::Added,
            },
            files: sizes(candidate.files),
            name: candidate.name,
            version: candidate.version,
            variants: candidate.variants.into_keys().collect(),
            deps: candidate.deps,
            findings: candidate.package.findings,
        }
    }

    /// Reports what is only so in this run: the same call would change nothing.
    fn report_replaced(&mut self) {
        if self.outcome == Outcome::Replaced {
            let release = format!("{}=={}", self.name, self.version);
            let finding = Finding::new(Code::VersionReplaced, "other files or dependencies before");
            self.findings.push(finding.at(release));
        }
    }
}

fn sizes(files: Files) -> Vec<(MemberPath, u64)> {
    files.into_iter().map(|(path, data)| (path, data.len() as u64)).collect()
}
