//! From archives of releases and projects to an index for mip.

mod base;
mod build_cache;
mod bundle;
mod candidate;
mod cycle;
mod dependencies;
mod job;
mod variant;

use std::path::Path;

use super::index::build_cache::BuildCache;
use super::inputs::Job;
use crate::adapt::Bytecode;
use crate::cache::Cache;
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::mip::Dependency;
use crate::net::fetch::{FetchOptions, Fetcher, Location};
use crate::net::mip::Client;
use crate::options::ConvertOptions;
use crate::path::MemberPath;
use crate::translate::Pinning;
use crate::write;
use crate::write::index::{About, Committed, Index, LockTimeout, Release, state};
use base::Copied;
use candidate::{Candidate, Files, State};
pub use job::{AddJobs, bytecode, jobs, reports, source_code, updated};

/// How releases are added to an index.
pub struct AddOptions<'a> {
    /// The compilers of the forms other than `py`.
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
    /// The forms that were added.
    pub forms: Vec<String>,
    /// Paths and sizes in bytes of the files in the form `py`.
    pub files: Vec<(MemberPath, u64)>,
    /// Its dependencies.
    pub deps: Vec<Dependency>,
    /// The outcome.
    pub outcome: Outcome,
    /// All findings, in the order of noticing.
    pub findings: Vec<Finding>,
}

/// The outcome for a release in an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is new, in one form or in all.
    Added,
    /// It took the place of other content.
    Replaced,
    /// It was there already.
    Unchanged,
    /// It was copied from another index.
    Copied,
}

impl Outcome {
    /// The word for it in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Replaced => "replaced",
            Self::Unchanged => "unchanged",
            Self::Copied => "copied",
        }
    }
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
    let (results, index) = put_all(slots, dir, options)?;
    // Releases that depend on one that is refused here may be treated differently next time.
    if let Some(memo) = memo.filter(|_| count_refused(&results) == refused) {
        memo.keep(&results, &index);
    }
    Ok(results)
}

fn count_refused<T>(results: &[Result<T>]) -> usize {
    results.iter().filter(|result| result.is_err()).count()
}

/// Adds what was read to the index in the folder `dir`.
fn put_all(
    mut slots: Vec<Result<Candidate>>,
    dir: &Path,
    options: &AddOptions,
) -> Result<(Vec<Result<Added>>, Committed)> {
    let mut index = Index::open(dir, &options.patience)?;
    let client = |index| Client::new(Fetcher::new(options.fetch.clone()), Some(index));
    let base = options.base.clone().map(client);
    let base = base.as_ref();
    candidate::name(&mut slots, &index);
    bundle::make(&mut slots, &index, &client(Location::Path(dir.to_owned())), base)?;
    candidate::compare(&mut slots, &index, options.replace)?;
    variant::make(&mut slots, &index, &options.bytecode)?;
    dependencies::resolve(&mut slots, &index, base)?;
    let mut copies = match base {
        Some(base) => base::fetch(&slots, &options.wanted, &index, base, &options.bytecode)?,
        None => Vec::new(),
    };
    dependencies::cut(&mut slots, &mut copies, &index);
    dependencies::compare(&mut slots, &index, options.replace);
    base::keep_needed(&mut copies, &slots, &options.wanted);
    variant::report_missing(&mut slots, &copies, &index, &options.bytecode);
    for candidate in slots.iter_mut().flatten() {
        put(&mut index, candidate);
    }
    for copy in &copies {
        copy.put(&mut index);
    }
    let index = index.commit(options.updated)?;
    let added = slots.into_iter().map(|slot| slot.map(Added::of));
    let results = added.chain(copies.into_iter().map(|copy| Ok(Added::copied(copy)))).collect();
    Ok((results, index))
}

fn put(index: &mut Index, candidate: &mut Candidate) {
    if candidate.state == State::Other {
        let release = format!("{}=={}", candidate.name, candidate.version);
        let finding = Finding::new(Code::VersionReplaced, "other files or dependencies before");
        candidate.package.findings.push(finding.at(release));
        index.remove(&candidate.name, Some(&candidate.version));
    }
    let Candidate { name, version, deps, .. } = &*candidate;
    for (form, files) in &candidate.forms {
        index.put(Release {
            name: name.clone(),
            version: version.clone(),
            form: form.clone(),
            files: files.clone(),
            deps: deps.clone(),
        });
    }
    index.mend(name);
    if !candidate.forms.is_empty() || !index.lists(name) {
        index.describe(name, version, about(candidate));
    }
}

/// The description of the project in the index, with the fields of a `package.json`.
fn about(candidate: &Candidate) -> About {
    let about = write::about(&candidate.package);
    About {
        author: about.author.unwrap_or_default(),
        description: about.description.unwrap_or_default(),
        license: about.license.unwrap_or_default(),
        path: String::new(),
    }
}

impl Added {
    fn copied(copy: Copied) -> Self {
        Self {
            files: sizes(copy.files),
            name: copy.name,
            version: copy.version,
            forms: copy.forms.into_keys().collect(),
            deps: copy.deps,
            outcome: Outcome::Copied,
            findings: copy.findings,
        }
    }

    fn of(candidate: Candidate) -> Self {
        Self {
            outcome: match candidate.state {
                State::Other => Outcome::Replaced,
                State::Same if candidate.forms.is_empty() => Outcome::Unchanged,
                State::New | State::Same => Outcome::Added,
            },
            files: sizes(candidate.files),
            name: candidate.name,
            version: candidate.version,
            forms: candidate.forms.into_keys().collect(),
            deps: candidate.deps,
            findings: candidate.package.findings,
        }
    }
}

fn sizes(files: Files) -> Vec<(MemberPath, u64)> {
    files.into_iter().map(|(path, data)| (path, data.len() as u64)).collect()
}
