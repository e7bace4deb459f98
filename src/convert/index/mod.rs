//! From archives of releases and projects to an index for mip.

mod candidate;
mod circle;
mod dependencies;
mod form;
mod job;

use std::path::Path;

use super::ConvertOptions;
use crate::adapt::Bytecode;
use crate::check::{Code, Finding};
use crate::error::{Error, Result};
use crate::inputs::Job;
use crate::mip::Dependency;
use crate::path::MemberPath;
use crate::requirement::Pinning;
use crate::write;
use crate::write::index::{About, Index, Patience, Release};
use candidate::{Candidate, State};
pub use job::{AddJobs, bytecode, jobs, source_code, updated};

/// How releases are added to an index.
pub struct AddOptions<'a> {
    /// What makes the forms beside `py`.
    pub bytecode: Bytecode,
    /// Whether a published version may be replaced by other content.
    pub replace: bool,
    /// The time that the index says of itself when it changes, in seconds since 1970.
    pub updated: u64,
    /// How long to wait for others who change the index.
    pub patience: Patience<'a>,
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
    /// What clients install with it.
    pub deps: Vec<Dependency>,
    /// What was done.
    pub outcome: Outcome,
    /// All findings, in the order of noticing.
    pub findings: Vec<Finding>,
}

/// What was done with a release in an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is new, in one form or in all.
    Added,
    /// It took the place of other content.
    Replaced,
    /// It was there already.
    Unchanged,
}

impl Outcome {
    /// The word for it in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Replaced => "replaced",
            Self::Unchanged => "unchanged",
        }
    }
}

/// Adds the releases of `jobs` to the index in the folder `dir`, all at once: whoever reads the index
/// meanwhile finds it as it was before, or as it is afterwards. `progress` is called after each job.
///
/// One release that is refused does not stop the others; they come without it where they depend on
/// it. Results are in the order of the jobs.
///
/// # Errors
/// Those of [`Index::open`] and [`Index::commit`]; nothing is added then.
pub fn add(
    jobs: &[(Job, Pinning)],
    dir: &Path,
    options: &AddOptions,
    progress: &(dyn Fn() + Sync),
) -> Result<Vec<Result<Added>>> {
    let mut slots = candidate::read(jobs, progress);
    if slots.iter().all(Result::is_err) {
        return Ok(slots.into_iter().map(|slot| slot.map(Added::of)).collect());
    }
    let mut index = Index::open(dir, &options.patience)?;
    candidate::name(&mut slots, &index);
    candidate::compare(&mut slots, &index, options.replace)?;
    form::make(&mut slots, &index, &options.bytecode)?;
    dependencies::resolve(&mut slots, &index);
    dependencies::compare(&mut slots, &index, options.replace);
    form::tell_missing(&mut slots, &index);
    for candidate in slots.iter_mut().flatten() {
        put(&mut index, candidate);
    }
    index.commit(options.updated)?;
    Ok(slots.into_iter().map(|slot| slot.map(Added::of)).collect())
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
    if !candidate.forms.is_empty() {
        index.describe(name, version, about(candidate));
    }
}

/// What the index says of the project, as its `package.json` would.
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
    fn of(candidate: Candidate) -> Self {
        Self {
            outcome: match candidate.state {
                State::Other => Outcome::Replaced,
                State::Same if candidate.forms.is_empty() => Outcome::Unchanged,
                State::New | State::Same => Outcome::Added,
            },
            files: candidate
                .files
                .into_iter()
                .map(|(path, data)| (path, data.len() as u64))
                .collect(),
            name: candidate.name,
            version: candidate.version,
            forms: candidate.forms.into_keys().collect(),
            deps: candidate.deps,
            findings: candidate.package.findings,
        }
    }
}

/// Why a release is refused: the findings until now, and the last one.
fn refused(candidate: &Candidate, finding: Finding) -> Error {
    let mut findings = candidate.package.findings.clone();
    findings.push(finding);
    Error::Refused { input: candidate.package.file_stem(), findings }
}
