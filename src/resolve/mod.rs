//! From requirements to the releases that fit together, with all they depend on.
//!
//! The solver is `pubgrub`. It works on what a [`Source`] has; each version of a project that a
//! requirement allows is found by the rules of PEP 440, and markers are evaluated for the device.

mod closure;
mod explain;
mod indexes;
mod known;
pub mod lockfile;
mod prefetch;
mod project;
mod provider;
mod reason;
mod resolver_index;
mod source;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use pep440_rs::{Version, VersionSpecifier};
use pubgrub::PubGrubError;

use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::mip::Dependency;
use crate::requirement::Requirement;
use crate::resolve::resolver_index::ResolverIndex;
use crate::translate::{DependencyOptions, PackageIndex};
pub use indexes::{Closure, Releases};
use provider::{Node, Provider, Stop};
pub use source::{Candidate, Source};

/// For which client releases are resolved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Client {
    /// mip, whose index has the packages of micropython-lib under names of their own.
    #[default]
    Mip,
    /// upip, whose index has all projects by their names.
    Upip,
}

impl Client {
    /// The name of the client.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mip => "mip",
            Self::Upip => "upip",
        }
    }
}

/// How requirements are resolved.
#[derive(Clone, Debug)]
pub struct ResolveOptions {
    /// For which device, and by which names. The extras are those of the requirements, and none here.
    pub dependencies: DependencyOptions,
    /// For which client.
    pub client: Client,
    /// The normalised names of projects that are converted even if an index for mip has them, such
    /// as those that are given as files.
    pub given: BTreeSet<String>,
    /// The normalised names of projects that ask for others by the names that these have in the end, as
    /// [`Resolved::requires`] does, so that no settings and no index for mip put others in place.
    pub settled: BTreeSet<String>,
    /// How many steps the solver may take.
    pub max_steps: usize,
    /// How many projects may be looked at.
    pub max_projects: usize,
    /// How many places are asked at once to look ahead; none does not look ahead.
    pub parallel: usize,
}

impl Default for ResolveOptions {
    fn default() -> Self {
        Self {
            dependencies: DependencyOptions::default(),
            client: Client::default(),
            max_steps: 20_000,
            given: BTreeSet::new(),
            settled: BTreeSet::new(),
            max_projects: 2_000,
            parallel: 8,
        }
    }
}

/// The releases that fit together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolution {
    /// The requirements of the call on the releases, by normalised name, sorted.
    pub asked: Vec<Requirement>,
    /// The releases, sorted by name.
    pub packages: Vec<Resolved>,
    /// Dependencies without a release, sorted by name.
    pub left: Vec<Skipped>,
    /// Findings about no single release.
    pub findings: Vec<Finding>,
}

/// A release that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The project's name, normalised by PEP 503.
    pub name: String,
    /// The version.
    pub version: Version,
    /// Its extras that are asked for, normalised and sorted.
    pub extras: Vec<String>,
    /// Whether a requirement of the call names it.
    pub is_root: bool,
    /// Its requirements on other releases, by normalised name, sorted. Markers have been evaluated
    /// and names replaced.
    pub requires: Vec<Requirement>,
}

/// Something that is asked for and made of no release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The name, normalised by PEP 503.
    pub name: String,
    /// Why it is not made.
    pub why: SkipReason,
    /// Whether the call itself asks for it.
    pub is_root: bool,
    /// The names of the releases that ask for it, sorted; empty if only the call does.
    pub wanted_by: BTreeSet<String>,
    /// Findings about it.
    pub findings: Vec<Finding>,
}

/// Why nothing is made of what is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// Clients get this instead.
    Replaced(Dependency),
    /// The firmware has it.
    BuiltIn,
    /// The device does without.
    Dropped,
    /// It cannot be had.
    Refused,
}

/// Finds the newest releases that meet `roots` and the dependencies of all that they bring. `catalog`
/// is what an index for mip has, where there is one.
///
/// A project that cannot be found does not stop the others: it is in [`Resolution::left`], with the
/// reason. Pre-releases are selected if a requirement in `roots` names one, or if nothing else is
/// allowed; yanked releases only if a requirement pins them.
///
/// ```
/// use mpconvert::requirement::Requirement;
/// use mpconvert::resolve::{Candidate, ResolveOptions, Source, resolve};
///
/// struct One;
///
/// impl Source for One {
///     fn versions(&self, name: &str) -> mpconvert::Result<Option<Vec<Candidate>>> {
///         let version = "1.0".parse().expect("a version");
///         Ok((name == "foo").then(|| vec![Candidate::new(version)]))
///     }
///
///     fn requirements(&self, _: &str, _: &pep440_rs::Version) -> mpconvert::Result<Vec<Requirement>> {
///         Ok(vec!["micropython-logging".parse().expect("a requirement")])
///     }
/// }
///
/// let roots = ["Foo<2".parse().expect("a requirement")];
/// let resolution = resolve(&roots, &One, None, &ResolveOptions::default())?;
/// assert_eq!(resolution.packages[0].name, "foo");
/// assert_eq!(resolution.left[0].name, "micropython-logging");
/// # Ok::<(), mpconvert::Error>(())
/// ```
///
/// # Errors
/// [`Error::Refused`] with [`Code::VersionsConflict`] where nothing fits together, which it explains,
/// or [`Code::TooManyReleases`]; those of the `source`, but for what it refuses.
pub fn resolve(
    roots: &[Requirement],
    source: &dyn Source,
    catalog: Option<&(dyn PackageIndex + Sync)>,
    options: &ResolveOptions,
) -> Result<Resolution> {
    let universe = ResolverIndex::new(roots, source, catalog, options);
    prefetch::look_ahead(&universe);
    let provider = Provider::new(&universe);
    match pubgrub::resolve(&provider, Node::Root, Version::new([0])) {
        Ok(chosen) => Ok(closure::of(&chosen, &universe)),
        Err(PubGrubError::NoSolution(tree)) => {
            let text = explain::in_words(&tree, &universe);
            Err(refused(Finding::new(Code::VersionsConflict, text)))
        }
        Err(
            PubGrubError::ErrorChoosingVersion { source, .. }
            | PubGrubError::ErrorRetrievingDependencies { source, .. }
            | PubGrubError::ErrorInShouldCancel(source),
        ) => Err(match source {
            Stop::Failed(error) => error,
            Stop::TooMuch(found) => refused(Finding::new(Code::TooManyReleases, found)),
        }),
    }
}

impl Resolution {
    /// The normalised names of the releases, and of what is made of none.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let left = self.left.iter().map(|left| left.name.as_str());
        self.packages.iter().map(|package| package.name.as_str()).chain(left)
    }

    /// All that the call and the releases ask of the version of the release of this normalised name.
    #[must_use]
    pub fn specifiers_of(&self, name: &str) -> Vec<VersionSpecifier> {
        let all = self.packages.iter().flat_map(|package| &package.requires).chain(&self.asked);
        all.filter(|one| one.name == name).flat_map(|one| one.specifiers.iter().cloned()).collect()
    }
}

impl Resolved {
    /// The names of the releases that it depends on, sorted.
    #[must_use]
    pub fn dependencies(&self) -> BTreeSet<&str> {
        self.requires.iter().map(|one| one.name.as_str()).collect()
    }
}

impl SkipReason {
    /// The word for it in reports: `replaced-by`, `built-in`, `dropped`, `refused`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Replaced(_) => "replaced-by",
            Self::BuiltIn => "built-in",
            Self::Dropped => "dropped",
            Self::Refused => "refused",
        }
    }
}

fn refused(finding: Finding) -> Error {
    Error::Refused { input: "requirements".to_owned(), findings: vec![finding] }
}
