//! Files of an index in a folder, as they were published.

use std::collections::HashSet;
use std::path::PathBuf;

use bytes::Bytes;
use pep440_rs::Version;

use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::name::normalized_name;
use crate::net::fetch::in_parallel;
use crate::net::pypi::{Choice, ProjectFile, Pypi};
use crate::requirement::{Requirement, TargetEnvironment};
use crate::write::{Artifact, Outcome, StoreOptions};

/// The arguments of a download.
#[derive(Clone, Debug, Default)]
pub struct FetchJob {
    /// The requirements.
    pub requirements: Vec<Requirement>,
    /// The folder for the files; it need not exist yet.
    pub out: PathBuf,
    /// Whether an existing file with other content is overwritten.
    pub force: bool,
    /// Whether everything is done but fetching and writing.
    pub dry_run: bool,
}

/// A file that was fetched.
#[derive(Clone, Debug)]
pub struct FetchedFile {
    /// The project's name, normalised.
    pub name: String,
    /// The release's version.
    pub version: Version,
    /// `{name}-{version}`.
    pub file_stem: String,
    /// The file as its index names it.
    pub file: ProjectFile,
    /// Its path.
    pub path: PathBuf,
    /// Its bytes, if known.
    pub size: Option<u64>,
    /// The outcome at that path.
    pub outcome: Outcome,
    /// All findings.
    pub findings: Vec<Finding>,
}

/// The file that a requirement is met by, not fetched yet.
#[derive(Clone, Debug)]
pub struct ChosenFile {
    /// The project's name, normalised.
    pub name: String,
    /// The release and its file.
    pub choice: Choice,
}

/// Downloads a file for each requirement, several at a time; requirements that do not apply to the
/// device are left out. `known` is called with the total size in bytes, if the indexes give it.
///
/// One requirement that is refused does not stop the others.
pub fn fetch(job: &FetchJob, pypi: &Pypi, known: &dyn Fn(u64)) -> Vec<Result<FetchedFile>> {
    let environment = TargetEnvironment::default();
    let applies = |requirement: &&Requirement| {
        requirement.marker.applies(&environment, &std::collections::BTreeSet::new())
    };
    let wanted: Vec<_> = job.requirements.iter().filter(applies).collect();
    let mut chosen = in_parallel(&wanted, |requirement| choose(requirement, pypi));
    let mut seen = HashSet::new();
    chosen.retain(|chosen| {
        !matches!(chosen, Ok(chosen) if !seen.insert(chosen.choice.file.file_name.clone()))
    });
    let sizes = chosen.iter().flatten().map(|chosen| chosen.choice.file.size);
    if let Some(bytes) = sizes.sum() {
        known(bytes);
    }
    let save = |chosen: &Result<ChosenFile>| chosen.as_ref().ok().map(|one| save(one, job, pypi));
    let saved = in_parallel(&chosen, save).into_iter().zip(chosen);
    saved.filter_map(|(saved, chosen)| saved.or_else(|| chosen.err().map(Err))).collect()
}

/// Chooses a file for the requirement.
///
/// # Errors
/// [`Error::Refused`] if there is none, [`Error::Usage`] for a URL, and those of [`Pypi::project`].
pub fn choose(requirement: &Requirement, pypi: &Pypi) -> Result<ChosenFile> {
    let refused = |findings| Error::Refused { input: requirement.text.clone(), findings };
    if requirement.url.is_some() {
        return Err(Error::Usage {
            message: format!("{}: a requirement with a URL", requirement.name),
            help: "give only the name of the project, to download it from an index".to_owned(),
        });
    }
    let Some(project) = pypi.project(&requirement.name)? else {
        let name = normalized_name(&requirement.name);
        let finding = Finding::new(Code::NoSuchProject, pypi.asked());
        return Err(refused(vec![finding.at(&name)]));
    };
    match project.choose(requirement) {
        Ok(mut choice) => {
            choice.findings.extend(project.findings.iter().cloned());
            Ok(ChosenFile { name: project.name.clone(), choice })
        }
        Err(finding) => Err(refused([vec![finding], project.findings.clone()].concat())),
    }
}

impl ChosenFile {
    /// Fetches the file into memory.
    ///
    /// # Errors
    /// Those of [`Pypi::download`].
    pub fn download(&self, pypi: &Pypi) -> Result<Bytes> {
        pypi.download(&self.choice.file)
    }
}

fn save(chosen: &ChosenFile, job: &FetchJob, pypi: &Pypi) -> Result<FetchedFile> {
    let ChosenFile { name, choice: Choice { version, file, findings } } = chosen;
    let path = job.out.join(&file.file_name);
    let (outcome, size) = if job.dry_run {
        (Outcome::DryRun, file.size)
    } else {
        let (stored, size) = pypi.with_download(file, |data| {
            let artifact = Artifact { path: path.clone(), data };
            let stored = artifact.store(StoreOptions { force: job.force, dry_run: job.dry_run });
            (stored, artifact.data.len() as u64)
        })?;
        let outcome = stored.map_err(|error| error.of_input(&file.file_name, Vec::new()))?;
        (outcome, Some(size))
    };
    Ok(FetchedFile {
        name: name.clone(),
        version: version.clone(),
        file_stem: format!("{}-{version}", name.replace('-', "_")),
        file: file.clone(),
        path,
        size,
        outcome,
        findings: findings.clone(),
    })
}
