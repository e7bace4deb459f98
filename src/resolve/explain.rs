//! Why nothing fits together, in words.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use pep440_rs::Version;
use pubgrub::{
    DefaultStringReporter, DerivationTree, Derived, External, Map, NoSolutionError,
    ReportFormatter, Reporter, Term,
};
use version_ranges::Ranges;

use super::Candidate;
use super::provider::{Node, Provider};
use super::resolver_index::ResolverIndex;
use crate::version::listed;

/// How many reasons are put into a chain.
const MAX_REASONS: usize = 60;

/// The length at which an explanation is cut, in letters.
const MAX_LENGTH: usize = 8_000;

/// Why nothing fits together: the solver's chain of reasons, a sentence each.
pub(super) fn in_words(tree: &NoSolutionError<Provider>, universe: &ResolverIndex) -> String {
    let words = Words { universe };
    let (facts, is_large) = facts(tree);
    let mut lines: Vec<String> = if is_large {
        let mut facts: Vec<_> =
            facts.iter().map(|fact| (subject(fact), words.fact(fact))).collect();
        facts.sort();
        facts.dedup();
        facts.into_iter().map(|(_, fact)| format!("{fact}.")).collect()
    } else {
        let mut tree = tree.clone();
        tree.collapse_no_versions();
        let text = DefaultStringReporter::report_with_formatter(&tree, &words);
        text.split('\n').filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    let nodes: BTreeSet<&Node> = facts.iter().flat_map(|fact| nodes(fact)).collect();
    lines.extend(nodes.into_iter().flat_map(|node| not_taken(node, universe)));
    let mut text = lines.join(" ");
    if text.len() > MAX_LENGTH {
        let end = (0..=MAX_LENGTH).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

/// The facts behind the reasons, and whether there are more reasons than fit. The solver shares
/// reasons, and repeats each as often as it is used.
fn facts<'t>(tree: &'t NoSolutionError<Provider<'_>>) -> (Vec<&'t Fact>, bool) {
    let (mut facts, mut seen, mut uses) = (Vec::new(), HashSet::new(), 0);
    let mut open = vec![tree];
    while let Some(tree) = open.pop() {
        match tree {
            DerivationTree::External(fact) => facts.push(fact),
            DerivationTree::Derived(derived) => {
                for cause in [&derived.cause1, &derived.cause2] {
                    uses += 1;
                    if seen.insert(Arc::as_ptr(cause)) {
                        open.push(cause);
                    }
                }
            }
        }
    }
    (facts, uses > MAX_REASONS)
}

/// Whom a fact is about, by which it is sorted among others: versions as numbers and not as text.
fn subject(fact: &Fact) -> (&Node, Option<&Set>) {
    match fact {
        External::NotRoot(node, _) => (node, None),
        External::NoVersions(node, range)
        | External::Custom(node, range, _)
        | External::FromDependencyOf(node, range, ..) => (node, Some(range)),
    }
}

fn nodes(fact: &Fact) -> Vec<&Node> {
    match fact {
        External::NotRoot(node, _) | External::NoVersions(node, _) | External::Custom(node, ..) => {
            vec![node]
        }
        External::FromDependencyOf(node, _, on, _) => vec![node, on],
    }
}

/// Notes on releases that only a pin selects, or that cannot be selected.
fn not_taken(node: &Node, universe: &ResolverIndex) -> Vec<String> {
    let Node::Project(name) = node else { return Vec::new() };
    let Ok(Some(project)) = universe.project(name) else { return Vec::new() };
    let versions = |is_so: &dyn Fn(&Candidate) -> bool| {
        let versions = project.candidates.iter().filter(|candidate| is_so(candidate));
        let versions: Vec<String> = versions.map(|one| one.version.to_string()).collect();
        (!versions.is_empty()).then(|| listed(&versions))
    };
    let unusable = versions(&|one| one.unusable.is_some());
    let yanked = versions(&|one| one.unusable.is_none() && one.yanked.is_some());
    let unusable = unusable.map(|all| format!("(Without a file that can be read: {name} {all}.)"));
    let yanked = yanked.map(|all| format!("(Yanked, and selected only if pinned: {name} {all}.)"));
    unusable.into_iter().chain(yanked).collect()
}

struct Words<'a> {
    universe: &'a ResolverIndex<'a>,
}

type Set = Ranges<Version>;
type Fact = External<Node, Set, String>;
type Terms = Map<Node, Term<Set>>;

impl Words<'_> {
    /// The node with the constraint that holds for it.
    fn versions(&self, node: &Node, range: &Set) -> String {
        let project = node.project().and_then(|name| self.universe.project(name).ok()?);
        let constraint = project.map(|project| project.constraint(range)).unwrap_or_default();
        format!("{node}{constraint}")
    }

    /// The same at the start of a sentence about what it needs.
    fn every(&self, node: &Node, range: &Set) -> String {
        let versions = self.versions(node, range);
        let is_any = *node != Node::Root && versions == node.to_string();
        if is_any { format!("every version of {versions}") } else { versions }
    }

    fn fact(&self, fact: &Fact) -> String {
        match fact {
            External::NotRoot(..) => "the call asks for it".to_owned(),
            External::NoVersions(node, range) => {
                let project = node.project().and_then(|name| self.universe.project(name).ok()?);
                let mut all = project.iter().flat_map(|project| &project.candidates);
                if all.any(|candidate| range.contains(&candidate.version)) {
                    format!("no version of {} can be taken", self.versions(node, range))
                } else {
                    format!("there is no other version of {node}")
                }
            }
            External::Custom(node, range, reason) => {
                format!("{} {reason}", self.every(node, range))
            }
            External::FromDependencyOf(node, range, on, needed) => {
                format!("{} needs {}", self.every(node, range), self.versions(on, needed))
            }
        }
    }

    fn terms(&self, terms: &Terms) -> String {
        // The solver's own order is that of a hash.
        let mut all: Vec<_> = terms.iter().filter(|(node, _)| **node != Node::Root).collect();
        all.sort_by_key(|(node, _)| *node);
        match all[..] {
            [] => "nothing fits together".to_owned(),
            [(node, Term::Positive(range))] => {
                format!("{} cannot be taken", self.versions(node, range))
            }
            [(node, Term::Negative(range))] => {
                format!("{} must be taken", self.versions(node, range))
            }
            [(node, Term::Positive(range)), (on, Term::Negative(needed))]
            | [(on, Term::Negative(needed)), (node, Term::Positive(range))] => {
                format!("{} needs {}", self.every(node, range), self.versions(on, needed))
            }
            _ => {
                let text = |(node, term): &(&Node, &Term<Set>)| match term {
                    Term::Positive(range) => self.versions(node, range),
                    Term::Negative(range) => format!("not {}", self.versions(node, range)),
                };
                let all: Vec<String> = all.iter().map(text).collect();
                format!("{} exclude each other", all.join(" and "))
            }
        }
    }
}

impl ReportFormatter<Node, Set, String> for Words<'_> {
    type Output = String;

    fn format_external(&self, external: &Fact) -> String {
        self.fact(external)
    }

    fn format_terms(&self, terms: &Terms) -> String {
        self.terms(terms)
    }

    fn explain_both_external(&self, one: &Fact, other: &Fact, now: &Terms) -> String {
        format!("Because {} and {}, {}.", self.fact(one), self.fact(other), self.terms(now))
    }

    fn explain_both_ref(
        &self,
        one_id: usize,
        one: &Derived<Node, Set, String>,
        other_id: usize,
        other: &Derived<Node, Set, String>,
        now: &Terms,
    ) -> String {
        format!(
            "Because {} ({one_id}) and {} ({other_id}), {}.",
            self.terms(&one.terms),
            self.terms(&other.terms),
            self.terms(now)
        )
    }

    fn explain_ref_and_external(
        &self,
        id: usize,
        derived: &Derived<Node, Set, String>,
        external: &Fact,
        now: &Terms,
    ) -> String {
        let derived = self.terms(&derived.terms);
        format!("Because {derived} ({id}) and {}, {}.", self.fact(external), self.terms(now))
    }

    fn and_explain_external(&self, external: &Fact, now: &Terms) -> String {
        format!("And because {}, {}.", self.fact(external), self.terms(now))
    }

    fn and_explain_ref(
        &self,
        id: usize,
        derived: &Derived<Node, Set, String>,
        now: &Terms,
    ) -> String {
        format!("And because {} ({id}), {}.", self.terms(&derived.terms), self.terms(now))
    }

    fn and_explain_prior_and_external(&self, prior: &Fact, external: &Fact, now: &Terms) -> String {
        let (prior, external) = (self.fact(prior), self.fact(external));
        format!("And because {prior} and {external}, {}.", self.terms(now))
    }
}
