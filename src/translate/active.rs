//! Which of a release's dependencies are wanted: by markers, extras and the project's own extras.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::Aliases;
use crate::finding::{Code, Finding};
use crate::name::normalized_name;
use crate::requirement::{Marker, Requirement, TargetEnvironment, declared_extras};

/// Which dependencies are wanted, and by which names.
#[derive(Clone, Debug, Default)]
pub struct DependencyOptions {
    /// For which markers are evaluated.
    pub environment: TargetEnvironment,
    /// Extras whose dependencies are wanted too.
    pub extras: Vec<String>,
    /// Normalised names of extras that there are, beside those that dependencies name: nothing may
    /// depend on one.
    pub provided: BTreeSet<String>,
    /// Other names for dependencies.
    pub aliases: Aliases,
    /// Normalised names of what cannot be had, whatever is known of it.
    pub missing: BTreeSet<String>,
    /// Normalised names of dependencies that may be left out if they cannot be had.
    pub allow_missing: BTreeSet<String>,
}

impl DependencyOptions {
    /// The same for a release that says it has these extras.
    #[must_use]
    pub fn providing(mut self, extras: &[String]) -> Self {
        self.provided.extend(extras.iter().map(|extra| normalized_name(extra)));
        self
    }
}

/// The dependencies that are wanted, and what is to be said of the others.
pub(super) struct ActiveDependencies<'a> {
    /// In the order of declaration, repeated ones included.
    pub items: Vec<Item<'a>>,
    /// What was noticed about no single item: extras that do not exist.
    pub unknown_extras: Vec<Finding>,
    /// Those that the target environment excludes.
    pub excluded: Vec<Excluded<'a>>,
}

/// A dependency that the target environment excludes.
pub(super) struct Excluded<'a> {
    requirement: &'a Requirement,
    /// Whether a newer Python would have it.
    for_newer_python: bool,
}

/// A dependency that is wanted.
pub(super) struct Item<'a> {
    pub requirement: &'a Requirement,
    /// Its name by PEP 503.
    pub name: String,
    pub role: Role,
}

/// What a dependency is beside the others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The first of its name.
    First,
    /// Another of a name that was there, under another marker.
    Variant,
    /// The same once more.
    Repeated,
    /// The project itself, without extras.
    Own,
}

impl<'a> ActiveDependencies<'a> {
    /// The dependencies of the project `own_name` that are wanted.
    ///
    /// A dependency of the project on itself with extras stands for what these extras bring. Those
    /// that only an extra brings that was not asked for are left out without a word.
    pub(super) fn of(
        requirements: &'a [Requirement],
        own_name: &str,
        options: &DependencyOptions,
    ) -> Self {
        let DependencyOptions { environment, extras, .. } = options;
        let own_name = normalized_name(own_name);
        let active = active_extras(requirements, &own_name, environment, extras);
        let mut items = Vec::new();
        let mut others = Vec::new();
        let mut markers: HashMap<String, &Marker> = HashMap::new();
        for requirement in requirements {
            let name = normalized_name(&requirement.name);
            if name == "python" {
                continue;
            }
            let role = if !requirement.marker.applies(environment, &active) {
                if name != own_name {
                    others.push((name, requirement));
                }
                continue;
            } else if name == own_name {
                if !requirement.extras.is_empty() {
                    continue;
                }
                Role::Own
            } else if let Some(first) = markers.get(&name) {
                if **first == requirement.marker { Role::Repeated } else { Role::Variant }
            } else {
                markers.insert(name.clone(), &requirement.marker);
                Role::First
            };
            items.push(Item { requirement, name, role });
        }
        // What only waits for an extra that was not asked for is not excluded by the environment.
        let is_excluded = |requirement: &Requirement| {
            let extras = requirement.marker.extras();
            extras.is_empty() || extras.iter().any(|extra| active.contains(extra))
        };
        let excluded = others
            .into_iter()
            .filter(|(name, requirement)| !markers.contains_key(name) && is_excluded(requirement))
            .map(|(_, requirement)| Excluded {
                requirement,
                for_newer_python: environment
                    .newer()
                    .any(|newer| requirement.marker.applies(&newer, &active)),
            })
            .collect();
        Self { items, unknown_extras: unknown_extras(requirements, options), excluded }
    }
}

/// The dependencies of a project that are wanted, for callers that look for releases.
pub(crate) struct WantedDependencies<'a> {
    /// In the order of declaration, without the project itself.
    pub requirements: Vec<&'a Requirement>,
    /// A finding for each extra that does not exist.
    pub unknown_extras: Vec<Finding>,
    /// A finding for each dependency that the target environment excludes.
    pub excluded: Vec<Finding>,
}

impl<'a> WantedDependencies<'a> {
    /// The dependencies of the project `own_name` that are wanted.
    pub(crate) fn of(
        requirements: &'a [Requirement],
        own_name: &str,
        options: &DependencyOptions,
    ) -> Self {
        let wanted = ActiveDependencies::of(requirements, own_name, options);
        let excluded = Report::default().finish(&wanted);
        let others = wanted.items.iter().filter(|item| item.role != Role::Own);
        let requirements = others.map(|item| item.requirement).collect();
        Self { requirements, unknown_extras: wanted.unknown_extras, excluded }
    }
}

fn unknown_extras(requirements: &[Requirement], options: &DependencyOptions) -> Vec<Finding> {
    let mut declared = declared_extras(requirements);
    declared.extend(options.provided.iter().cloned());
    let expected = if declared.is_empty() {
        "no extra, since it has none".to_owned()
    } else {
        let list: Vec<&str> = declared.iter().map(String::as_str).collect();
        format!("one of {}", list.join(", "))
    };
    let unknown = options.extras.iter().filter(|extra| !declared.contains(&normalized_name(extra)));
    unknown
        .map(|extra| {
            Finding::new(Code::UnknownExtra, format!("the extra `{extra}`"))
                .expected(expected.clone())
        })
        .collect()
}

/// The extras that were asked for, and those that they ask for by a dependency `own[extra]`.
fn active_extras(
    requirements: &[Requirement],
    own_name: &str,
    environment: &TargetEnvironment,
    extras: &[String],
) -> BTreeSet<String> {
    let own = requirements
        .iter()
        .filter(|r| !r.extras.is_empty() && normalized_name(&r.name) == own_name);
    let mut brought: Vec<&[String]> = Vec::new();
    // Other extras than those that a marker names cannot change what it says. The empty name stands
    // for the project without extras.
    let mut by_extra: HashMap<String, Vec<(&Requirement, usize)>> = HashMap::new();
    for (place, requirement) in own.enumerate() {
        brought.push(&requirement.extras);
        for extra in std::iter::once(String::new()).chain(requirement.marker.extras()) {
            by_extra.entry(extra).or_default().push((requirement, place));
        }
    }
    let mut active: BTreeSet<String> = extras.iter().map(|e| normalized_name(e)).collect();
    let mut waiting: Vec<String> =
        std::iter::once(String::new()).chain(active.iter().cloned()).collect();
    while let Some(extra) = waiting.pop() {
        for (requirement, place) in by_extra.remove(&extra).into_iter().flatten() {
            if !requirement.marker.holds(environment, &extra) {
                continue;
            }
            // What was brought once need not be brought again.
            for name in std::mem::take(&mut brought[place]) {
                let name = normalized_name(name);
                if active.insert(name.clone()) {
                    waiting.push(name);
                }
            }
        }
    }
    active
}

/// Findings about dependencies, each once.
#[derive(Default)]
pub(super) struct Report {
    pub findings: Vec<Finding>,
    seen: HashSet<(Code, String, String)>,
    /// As [`DependencyOptions::allow_missing`].
    allow_missing: BTreeSet<String>,
}

impl Report {
    /// For what was `wanted`, with what is to be said before all else.
    pub(super) fn new(wanted: &ActiveDependencies<'_>, options: &DependencyOptions) -> Self {
        Self {
            findings: wanted.unknown_extras.clone(),
            seen: HashSet::new(),
            allow_missing: options.allow_missing.clone(),
        }
    }

    pub(super) fn add(&mut self, code: Code, requirement: &Requirement, found: impl Into<String>) {
        let found = found.into();
        if self.seen.insert((code, requirement.name.clone(), found.clone())) {
            self.findings.push(Finding::new(code, found).at(&requirement.name));
        }
    }

    /// Adds that the dependency is lost for the reason `code`, or that this is allowed.
    pub(super) fn lost(&mut self, code: Code, requirement: &Requirement, found: impl Into<String>) {
        let is_allowed = self.allow_missing.contains(&normalized_name(&requirement.name));
        self.add(if is_allowed { Code::MissingAllowed } else { code }, requirement, found);
    }

    /// Adds that the dependency cannot be had, with the advice that `hint` gives instead of the usual.
    pub(super) fn unresolved(
        &mut self,
        requirement: &Requirement,
        found: impl Into<String>,
        hint: Option<&str>,
    ) {
        let known = self.findings.len();
        self.lost(Code::Unresolved, requirement, found);
        if let Some(hint) = hint
            && self.findings.len() > known
            && let Some(finding) = self.findings.pop()
        {
            self.findings.push(finding.hint(hint));
        }
    }

    /// Reports an item that an installer does not need.
    pub(super) fn role(&mut self, item: &Item<'_>) {
        match item.role {
            Role::First | Role::Variant => {}
            Role::Repeated => {
                self.add(Code::RepeatedRequirement, item.requirement, "listed more than once");
            }
            Role::Own => self.add(Code::OwnRequirement, item.requirement, "the project itself"),
        }
    }

    /// Says which extras of the dependency are lost.
    pub(super) fn extras(&mut self, requirement: &Requirement) {
        if !requirement.extras.is_empty() {
            let extras = format!("[{}]", requirement.extras.join(","));
            self.add(Code::ExtrasRemoved, requirement, extras);
        }
    }

    /// All findings, with what the environment excludes at the end.
    pub(super) fn finish(mut self, wanted: &ActiveDependencies<'_>) -> Vec<Finding> {
        for Excluded { requirement, for_newer_python } in &wanted.excluded {
            let (code, why) = if *for_newer_python {
                (Code::NewerPython, "for a newer Python")
            } else {
                (Code::MarkerFalse, "not for this target")
            };
            self.add(code, requirement, format!("{why}: {}", requirement.marker));
        }
        self.findings
    }
}
