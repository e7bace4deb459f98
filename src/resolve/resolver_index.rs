//! Projects and releases that were read so far, and the source of the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pep440_rs::{Version, VersionSpecifier};

use super::project::Project;
use super::{Client, ResolveOptions, Source};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::limits::{MAX_RESOLUTION_BYTES, WorkBudget};
use crate::name::normalized_name;
use crate::requirement::Requirement;
use crate::translate::{PackageIndex, Translation, WantedDependencies};

/// A project; `None` if it does not exist.
pub(super) type Known = Option<Arc<Project>>;

/// The dependencies that a release declares, or why it cannot be converted.
pub(super) type Declared = Arc<Result<Vec<Requirement>, Vec<Finding>>>;

/// The projects and releases that were read, and the source of the others. Threads share it.
pub(super) struct ResolverIndex<'a> {
    roots: &'a [Requirement],
    source: &'a dyn Source,
    catalog: Option<&'a (dyn PackageIndex + Sync)>,
    options: &'a ResolveOptions,
    projects: Mutex<HashMap<String, Known>>,
    declared: Mutex<HashMap<(String, Version), Declared>>,
    /// The bytes that further dependencies may take.
    bytes: WorkBudget,
}

/// The edges of the call or a release to its dependencies.
pub(super) struct Outgoing {
    pub edges: Vec<Edge>,
    /// A finding for each extra that the release does not have.
    pub unknown_extras: Vec<Finding>,
    /// A finding for each dependency that the target environment excludes.
    pub excluded: Vec<Finding>,
}

/// What a dependency comes to.
pub(super) struct Edge {
    pub requirement: Requirement,
    pub fate: Translation,
    pub findings: Vec<Finding>,
}

impl Edge {
    /// The normalised name of the project that it asks for.
    pub(super) fn project(&self) -> Option<String> {
        match &self.fate {
            Translation::Project { name, .. } => Some(normalized_name(name)),
            _ => None,
        }
    }

    /// The same without the dependency, which may be missing, for the reason `why`.
    pub(super) fn left_out(self, why: &str) -> Self {
        let finding = Finding::new(Code::MissingAllowed, why).at(&self.requirement.name);
        Self { fate: Translation::Dropped, findings: vec![finding], ..self }
    }

    /// The constraints that the project must meet.
    pub(super) fn specifiers(&self) -> Vec<VersionSpecifier> {
        match &self.fate {
            Translation::Project { version: Some(version), .. } => {
                let exact = version.parse().ok().map(VersionSpecifier::equals_version);
                exact.into_iter().collect()
            }
            Translation::Project { renamed: false, .. } => self.requirement.specifiers.to_vec(),
            _ => Vec::new(),
        }
    }

    /// The resulting requirement on the project.
    pub(super) fn target(&self) -> Option<Requirement> {
        let name = self.project()?;
        let specifiers = self.specifiers().into_iter().collect();
        let target = Requirement { specifiers, ..Requirement::bare(&name) };
        Some(Requirement { text: target.to_string(), ..target })
    }
}

impl<'a> ResolverIndex<'a> {
    pub(super) fn new(
        roots: &'a [Requirement],
        source: &'a dyn Source,
        catalog: Option<&'a (dyn PackageIndex + Sync)>,
        options: &'a ResolveOptions,
    ) -> Self {
        let (projects, declared) = (Mutex::default(), Mutex::default());
        let bytes = WorkBudget::new(MAX_RESOLUTION_BYTES);
        Self { roots, source, catalog, options, projects, declared, bytes }
    }

    pub(super) fn options(&self) -> &ResolveOptions {
        self.options
    }

    /// How many projects were looked at.
    pub(super) fn size(&self) -> usize {
        locked(&self.projects).len()
    }

    /// The project of this normalised name, which the source is asked for once.
    pub(super) fn project(&self, name: &str) -> Result<Known> {
        if let Some(known) = locked(&self.projects).get(name) {
            return Ok(known.clone());
        }
        let found = self.source.versions(name)?.map(|all| Arc::new(Project::new(all)));
        Ok(locked(&self.projects).entry(name.to_owned()).or_insert(found).clone())
    }

    /// The dependencies that the release declares. Each is requested only once.
    pub(super) fn declared(&self, name: &str, version: &Version) -> Result<Declared> {
        let key = (name.to_owned(), version.clone());
        if let Some(known) = locked(&self.declared).get(&key) {
            return Ok(Arc::clone(known));
        }
        let found = match self.source.requirements(name, version) {
            Ok(requirements) => {
                self.charge(requirements.iter().map(cost).sum())?;
                Ok(requirements)
            }
            Err(Error::Refused { findings, .. }) => Err(findings),
            Err(error) => return Err(error),
        };
        Ok(Arc::clone(locked(&self.declared).entry(key).or_insert(Arc::new(found))))
    }

    /// Charges what is held for the resolution.
    ///
    /// # Errors
    /// [`Error::Refused`] with [`Code::TooManyReleases`] where that is too much.
    pub(super) fn charge(&self, bytes: usize) -> Result<()> {
        self.bytes.charge(bytes).map_err(|_| {
            let found =
                format!("dependencies that take more than {} MiB", MAX_RESOLUTION_BYTES >> 20);
            super::refused(Finding::new(Code::TooManyReleases, found))
        })
    }

    /// What the call asks for.
    pub(super) fn root_edges(&self) -> Outgoing {
        self.edges(self.roots, "", &[], &[])
    }

    /// The dependencies of the release with these extras; none if it is refused.
    pub(super) fn release_edges(
        &self,
        name: &str,
        version: &Version,
        extras: &[String],
    ) -> Result<Outgoing> {
        let declared = self.declared(name, version)?;
        let requirements = declared.as_ref().as_ref().map_or(&[][..], Vec::as_slice);
        let edges = self.edges(requirements, name, extras, &[]);
        if edges.unknown_extras.is_empty() {
            return Ok(edges);
        }
        // Nothing depends on it, and yet it may be there.
        match self.source.extras(name, version) {
            Ok(provided) => Ok(self.edges(requirements, name, extras, &provided)),
            Err(Error::Refused { .. }) => Ok(edges),
            Err(error) => Err(error),
        }
    }

    fn edges(
        &self,
        requirements: &[Requirement],
        own_name: &str,
        extras: &[String],
        provided: &[String],
    ) -> Outgoing {
        let mut options = self.options.dependencies.clone().providing(provided);
        options.extras = extras.to_vec();
        let WantedDependencies { requirements, unknown_extras, excluded } =
            WantedDependencies::of(requirements, own_name, &options);
        let own_name = normalized_name(own_name);
        let is_settled = self.options.settled.contains(&own_name);
        let edge = |requirement: &&Requirement| {
            let name = normalized_name(&requirement.name);
            let is_given = is_settled || self.options.given.contains(&name);
            let (fate, findings) = match self.options.client {
                _ if is_given => (Translation::of_project(requirement), Vec::new()),
                Client::Mip => {
                    let catalog = self.catalog.map(|catalog| catalog as &dyn PackageIndex);
                    Translation::for_mip(requirement, &options.aliases, catalog)
                }
                Client::Upip => Translation::for_upip(requirement, &options.aliases),
            };
            let edge = Edge { requirement: (*requirement).clone(), fate, findings };
            if edge.fate == Translation::Refused && options.allow_missing.contains(&name) {
                return edge.left_out("no package for mip");
            }
            edge
        };
        let edges = requirements.iter().map(edge);
        let others = edges.filter(|edge| edge.project().is_none_or(|name| name != own_name));
        Outgoing { edges: others.collect(), unknown_extras, excluded }
    }

    /// Whether the dependency may be left out if it cannot be had.
    pub(super) fn may_miss(&self, requirement: &Requirement) -> bool {
        self.options.dependencies.allow_missing.contains(&normalized_name(&requirement.name))
    }
}

/// About how many bytes a requirement takes in memory.
fn cost(requirement: &Requirement) -> usize {
    const OF_SPECIFIER: usize = 160;
    let specifiers = requirement.specifiers.len() * OF_SPECIFIER;
    // The parts of a marker are larger than its text.
    let texts = 2 * requirement.text.len() + 16 * requirement.marker.as_str().len();
    size_of::<Requirement>() + specifiers + texts
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
