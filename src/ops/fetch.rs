//! Files of an index in a folder, as they were published.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use pep440_rs::Version;

use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::name::normalized_name;
use crate::net::fetch::in_parallel;
use crate::net::pypi::{Choice, ProjectFile, Pypi};
use crate::requirement::{Requirement, TargetEnvironment};
use crate::write::store::{self, Outcome};

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

/// The file that was chosen for a requirement.
struct Chosen {
    name: String,
    choice: Choice,
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
    in_parallel(&chosen, |chosen| match chosen {
        Ok(chosen) => save(chosen, job, pypi),
        Err(_) => Ok(None),
    })
    .into_iter()
    .zip(chosen)
    .filter_map(|(saved, chosen)| match chosen {
        Ok(_) => saved.transpose(),
        Err(error) => Some(Err(error)),
    })
    .collect()
}

fn choose(requirement: &Requirement, pypi: &Pypi) -> Result<Chosen> {
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
            Ok(Chosen { name: project.name.clone(), choice })
        }
        Err(finding) => Err(refused([vec![finding], project.findings.clone()].concat())),
    }
}

fn save(chosen: &Chosen, job: &FetchJob, pypi: &Pypi) -> Result<Option<FetchedFile>> {
    let Choice { version, file, findings } = &chosen.choice;
    let path = job.out.join(&file.file_name);
    let (outcome, size) =
        if job.dry_run { (Outcome::DryRun, file.size) } else { write(file, &path, job, pypi)? };
    Ok(Some(FetchedFile {
        name: chosen.name.clone(),
        version: version.clone(),
        file_stem: format!("{}-{version}", chosen.name.replace('-', "_")),
        file: file.clone(),
        path,
        size,
        outcome,
        findings: findings.clone(),
    }))
}

fn write(
    file: &ProjectFile,
    path: &Path,
    job: &FetchJob,
    pypi: &Pypi,
) -> Result<(Outcome, Option<u64>)> {
    let data = pypi.download(file)?;
    let size = Some(data.len() as u64);
    match store::holds(path, &data)? {
        Some(true) => return Ok((Outcome::Unchanged, size)),
        Some(false) if !job.force => {
            let findings = vec![store::output_differs(path, true)];
            return Err(Error::Refused { input: file.file_name.clone(), findings });
        }
        _ => {}
    }
    fs::create_dir_all(&job.out).map_err(Error::io(&job.out))?;
    store::persist(path, &data, job.force)?;
    Ok((Outcome::Written, size))
}
