//! The interface of the solver: versions and their dependencies.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use pep440_rs::Version;
use pubgrub::{Dependencies, DependencyProvider, PackageResolutionStatistics};
use version_ranges::Ranges;

use super::ResolveOptions;
use super::resolver_index::{Edge, ResolverIndex};
use crate::error::{Error, Result};
use crate::name::normalized_name;
use crate::version::{listed, names_pre_release, pinned};

/// Why the solver stops without an answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Stop {
    /// The source could not be asked.
    #[error("{0}")]
    Failed(Error),
    /// A limit is reached.
    #[error("{0}")]
    TooMuch(String),
}

/// The packages of the solver.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Node {
    /// The call, which has the requirements.
    Root,
    /// A project, by its normalised name.
    Project(String),
    /// An extra of a project, which depends on this version of the project and on what it brings.
    Extra(String, String),
}

impl Node {
    /// The project that this is, or is of.
    pub(super) fn project(&self) -> Option<&str> {
        match self {
            Self::Root => None,
            Self::Project(name) | Self::Extra(name, _) => Some(name),
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => out.write_str("the call"),
            Self::Project(name) => out.write_str(name),
            Self::Extra(name, extra) => write!(out, "{name}[{extra}]"),
        }
    }
}

/// Answers the solver.
pub(super) struct Provider<'a> {
    pub universe: &'a ResolverIndex<'a>,
    /// Projects of which the call itself takes pre-releases.
    pre_releases: BTreeSet<String>,
    /// Versions that some requirement pins.
    pins: RefCell<BTreeSet<(String, Version)>>,
    /// When each node was first named, which decides who is asked first.
    seen: RefCell<BTreeMap<Node, usize>>,
    steps: Cell<usize>,
}

impl<'a> Provider<'a> {
    pub(super) fn new(universe: &'a ResolverIndex<'a>) -> Self {
        let edges = universe.root_edges().edges;
        let takes = edges.iter().filter(|edge| names_pre_release(&edge.specifiers()));
        let provider = Self {
            universe,
            pre_releases: takes.filter_map(Edge::project).collect(),
            pins: RefCell::default(),
            seen: RefCell::default(),
            steps: Cell::new(0),
        };
        for edge in &edges {
            provider.note_pin(edge);
        }
        provider
    }

    fn is_pinned(&self, name: &str, version: &Version) -> bool {
        self.pins.borrow().contains(&(name.to_owned(), version.clone()))
    }

    fn note_pin(&self, edge: &Edge) {
        if let (Some(name), Some(version)) = (edge.project(), pinned(&edge.specifiers())) {
            self.pins.borrow_mut().insert((name, version.clone()));
        }
    }

    /// The nodes and ranges that the edges require, or why a node has no version.
    fn constraints(&self, edges: &[Edge]) -> Result<Result<Constraints, String>> {
        let mut constraints = Vec::new();
        for edge in edges {
            let Some(name) = edge.project() else { continue };
            // A missing project does not stop the others.
            let Some(project) = self.universe.project(&name)?.filter(|one| !one.is_unusable())
            else {
                continue;
            };
            self.note_pin(edge);
            let specifiers = edge.specifiers();
            let range = project.allowed(&specifiers);
            if range.is_empty() {
                let all = project.candidates.iter().map(|one| one.version.to_string());
                let all: Vec<String> = all.collect();
                let wanted: Vec<String> = specifiers.iter().map(ToString::to_string).collect();
                let wanted = wanted.join(",");
                return Ok(Err(format!("needs {name}{wanted}, and {name} has {}", listed(&all))));
            }
            let extras = edge.requirement.extras.iter();
            let extras = extras.map(|extra| Node::Extra(name.clone(), normalized_name(extra)));
            constraints.extend(extras.map(|node| (node, range.clone())));
            constraints.push((Node::Project(name), range));
        }
        Ok(Ok(constraints))
    }

    fn look_up(&self, node: &Node, version: &Version) -> Result<Answer> {
        let (edges, own) = match node {
            Node::Root => (self.universe.root_edges().edges, None),
            Node::Project(name) => (self.universe.release_edges(name, version, &[])?.edges, None),
            Node::Extra(name, extra) => {
                let extras = std::slice::from_ref(extra);
                let edges = self.universe.release_edges(name, version, extras)?.edges;
                let only = self.universe.project(name)?.map(|project| project.only(version));
                (edges, only.map(|only| (Node::Project(name.clone()), only)))
            }
        };
        Ok(match self.constraints(&edges)? {
            Err(reason) => Dependencies::Unavailable(reason),
            Ok(constraints) => {
                self.universe.charge(constraints.iter().map(cost).sum())?;
                let mut seen = self.seen.borrow_mut();
                for (node, _) in constraints.iter().chain(&own) {
                    let count = seen.len();
                    seen.entry(node.clone()).or_insert(count);
                }
                Dependencies::Available(own.into_iter().chain(constraints).collect())
            }
        })
    }
}

/// About how many bytes the solver takes for a constraint, which it keeps.
fn cost((_, range): &(Node, Ranges<Version>)) -> usize {
    const OF_CONSTRAINT: usize = 512;
    OF_CONSTRAINT + range.iter().count() * size_of::<(Version, Version)>()
}

type Constraints = Vec<(Node, Ranges<Version>)>;
type Answer = Dependencies<Node, Ranges<Version>, String>;

impl DependencyProvider for Provider<'_> {
    type P = Node;
    type V = Version;
    type VS = Ranges<Version>;
    type Priority = (u32, Reverse<usize>);
    type M = String;
    type Err = Stop;

    /// Who was in many conflicts first, else in the order of naming, so that the call comes before
    /// what it brings.
    fn prioritize(
        &self,
        node: &Node,
        _: &Ranges<Version>,
        statistics: &PackageResolutionStatistics,
    ) -> Self::Priority {
        let place = self.seen.borrow().get(node).copied().unwrap_or(usize::MAX);
        (statistics.conflict_count(), Reverse(place))
    }

    fn choose_version(
        &self,
        node: &Node,
        range: &Ranges<Version>,
    ) -> Result<Option<Version>, Stop> {
        let Some(name) = node.project() else { return Ok(Some(Version::new([0]))) };
        let Some(project) = self.universe.project(name).map_err(Stop::Failed)? else {
            return Ok(None);
        };
        let is_pinned = |version: &Version| self.is_pinned(name, version);
        let chosen = project.choose(range, self.pre_releases.contains(name), is_pinned);
        Ok(chosen.map(|candidate| candidate.version.clone()))
    }

    fn get_dependencies(&self, node: &Node, version: &Version) -> Result<Answer, Stop> {
        self.look_up(node, version).map_err(Stop::Failed)
    }

    fn should_cancel(&self) -> Result<(), Stop> {
        let ResolveOptions { max_steps, max_projects, .. } = self.universe.options();
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > *max_steps {
            return Err(Stop::TooMuch(format!("more than {max_steps} steps")));
        }
        if self.universe.size() > *max_projects {
            return Err(Stop::TooMuch(format!("more than {max_projects} projects")));
        }
        Ok(())
    }
}
