//! Which of the places that name a release's dependencies counts, and whether they agree.

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::{Version, VersionSpecifier, VersionSpecifiers, release_specifiers_to_ranges};
use version_ranges::Ranges;

use crate::finding::{Code, Finding};
use crate::metadata::Metadata;
use crate::name::normalized_name;
use crate::requirement::{Collector, Marker, Requirement, TargetEnvironment};

/// For how many version specifiers of one name the releases that they allow are worked out; the
/// work is quadratic in them.
const MAX_SPECIFIERS: usize = 64;

/// The dependencies that one place declares. A place without a declaration, such as an
/// egg-info folder without `requires.txt`, makes no declaration; one that says there are none
/// makes an empty one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The place: the path of a file, with its table where it has several.
    pub source: String,
    /// The dependencies it names.
    pub requirements: Vec<Requirement>,
}

impl Declaration {
    /// The `METADATA` of a wheel, which is always complete.
    pub fn of_wheel(metadata: &Metadata, source: &str, findings: &mut Vec<Finding>) -> Self {
        let mut collector = Collector::new(source);
        let always = Marker::default();
        metadata.requires_dist.iter().for_each(|text| collector.read(text, &always));
        Self { source: source.to_owned(), requirements: collector.finish(findings) }
    }

    /// The `PKG-INFO` of a source distribution.
    ///
    /// Before metadata 2.2 (PEP 643) most tools left `Requires-Dist` out there, and since then it
    /// can be dynamic: in both cases its absence says nothing.
    pub fn of_source(
        metadata: &Metadata,
        source: &str,
        findings: &mut Vec<Finding>,
    ) -> Option<Self> {
        let complete = metadata.metadata_version.as_deref().is_some_and(at_least_2_2)
            && !metadata.dynamic.iter().any(|field| field == "requires-dist");
        (complete || !metadata.requires_dist.is_empty())
            .then(|| Self::of_wheel(metadata, source, findings))
    }
}

/// The dependencies of the first declaration, and a finding for each other declaration that
/// disagrees with it about what applies to `environment`.
///
/// Declarations come in the order of their weight: a wheel's `METADATA`, `PKG-INFO`,
/// `requires.txt`, the project's configuration. Two disagree if one has a name that the other
/// does not declare, or if both constrain a name and allow different releases; a bare name agrees
/// with every constraint, and a name with its declaration for an extra, since an archive converted
/// before has both.
#[must_use]
pub fn reconcile(
    declarations: Vec<Declaration>,
    own_name: &str,
    environment: &TargetEnvironment,
) -> (Vec<Requirement>, Vec<Finding>) {
    let mut declarations = declarations.into_iter();
    let Some(first) = declarations.next() else { return (Vec::new(), Vec::new()) };
    if declarations.len() == 0 {
        return (first.requirements, Vec::new());
    }
    let applicable = Applicable::of(&first, own_name, environment);
    let mut findings = Vec::new();
    for other in declarations {
        let differences = applicable.differences(&Applicable::of(&other, own_name, environment));
        if !differences.is_empty() {
            findings.push(
                Finding::new(
                    Code::RequirementsDiffer,
                    format!("in {}, {}", other.source, differences.join(", ")),
                )
                .at(&first.source),
            );
        }
    }
    (first.requirements, findings)
}

/// A declaration, evaluated for one environment.
struct Applicable {
    /// By normalised name, which releases are allowed; `None` where that is not limited or not
    /// known.
    names: BTreeMap<String, Option<Ranges<Version>>>,
    /// The names that are declared for some extra.
    optional: BTreeSet<String>,
}

impl Applicable {
    fn of(declaration: &Declaration, own_name: &str, environment: &TargetEnvironment) -> Self {
        let own_name = normalized_name(own_name);
        let none = BTreeSet::new();
        let mut specifiers: BTreeMap<String, Vec<VersionSpecifier>> = BTreeMap::new();
        let mut optional = BTreeSet::new();
        for requirement in &declaration.requirements {
            let name = normalized_name(&requirement.name);
            if name == own_name || name == "python" {
                continue;
            }
            if requirement.marker.applies(environment, &none) {
                specifiers.entry(name).or_default().extend_from_slice(&requirement.specifiers);
            } else if !requirement.marker.extras().is_empty() {
                optional.insert(name);
            }
        }
        let names = specifiers.into_iter().map(|(name, all)| (name, releases(all))).collect();
        Self { names, optional }
    }

    fn differences(&self, other: &Self) -> Vec<String> {
        let mut differences = Vec::new();
        for (name, releases) in &self.names {
            match (releases, other.names.get(name)) {
                (_, None) if !other.optional.contains(name) => {
                    differences.push(format!("`{name}` is added"));
                }
                (Some(here), Some(Some(there))) if here != there => {
                    differences.push(format!("`{name}` allows other versions"));
                }
                _ => {}
            }
        }
        for name in other.names.keys() {
            if !self.names.contains_key(name) && !self.optional.contains(name) {
                differences.push(format!("`{name}` is missing"));
            }
        }
        differences
    }
}

/// The final releases that all of `specifiers` allow, or `None` where that is not limited or not
/// known.
fn releases(specifiers: Vec<VersionSpecifier>) -> Option<Ranges<Version>> {
    // The upper end of a range is found by adding one.
    let fits = specifiers
        .iter()
        .all(|specifier| specifier.version().release().iter().all(|number| *number < u64::MAX));
    let is_known = fits && (1..=MAX_SPECIFIERS).contains(&specifiers.len());
    is_known.then(|| release_specifiers_to_ranges(VersionSpecifiers::from_iter(specifiers)))
}

fn at_least_2_2(metadata_version: &str) -> bool {
    let number = |text: &str| text.trim().parse::<u32>().ok();
    metadata_version
        .split_once('.')
        .and_then(|(major, minor)| Some((number(major)?, number(minor)?)))
        .is_some_and(|version| version >= (2, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declaration(source: &str, lines: &[&str]) -> Declaration {
        let requirements = lines.iter().map(|line| line.parse().unwrap()).collect();
        Declaration { source: source.to_owned(), requirements }
    }

    fn difference(one: &[&str], other: &[&str]) -> Option<String> {
        let declarations = vec![declaration("METADATA", one), declaration("requires.txt", other)];
        let (requirements, findings) =
            reconcile(declarations, "own", &TargetEnvironment::default());
        assert_eq!(requirements.len(), one.len());
        assert!(findings.len() < 2);
        findings.first().map(Finding::facts)
    }

    #[test]
    fn the_same_in_other_words_is_agreement() {
        assert_eq!(difference(&["a>=1,<2", "B_c"], &["b.C", "a==1.*"]), None);
        assert_eq!(difference(&["a>=1.2,<2", "b~=1.4"], &["b<2.0,>=1.4", "a <2, >=1.2"]), None);
        assert_eq!(difference(&["a>=1.dev0"], &["a>=1"]), None);
        assert_eq!(difference(&["w; sys_platform == 'win32'", "own[x]"], &[]), None);
        // What this program writes: everything in PKG-INFO, bare names in requires.txt.
        assert_eq!(difference(&["a>=1", "b[s]", "c; extra == 'x'"], &["a", "b", "c"]), None);
    }

    #[test]
    fn disagreement_names_both_places() {
        assert_eq!(
            difference(&["a>=1", "b"], &["a>=2", "c"]).unwrap(),
            "METADATA: in requires.txt, `a` allows other versions, `b` is added, \
             `c` is missing"
        );
        assert!(difference(&["w; sys_platform == 'win32'"], &["w"]).is_some());
    }

    #[test]
    fn absence_says_something_only_in_current_metadata() {
        let declared = |version: &str, dynamic: &[&str], requires: &[&str]| {
            let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
            let metadata = Metadata {
                metadata_version: Some(version.to_owned()),
                dynamic: owned(dynamic),
                requires_dist: owned(requires),
                ..Metadata::default()
            };
            Declaration::of_source(&metadata, "PKG-INFO", &mut Vec::new())
                .map(|declaration| declaration.requirements.len())
        };
        assert_eq!(declared("2.1", &[], &[]), None);
        assert_eq!(declared("2.1", &[], &["a"]), Some(1));
        assert_eq!(declared("2.2", &[], &[]), Some(0));
        assert_eq!(declared("2.10", &["requires-dist"], &[]), None);
    }

    #[test]
    fn the_largest_numbers_do_no_harm() {
        let text = "a>1.18446744073709551615,<18446744073709551615";
        assert_eq!(
            difference(&["a~=1.18446744073709551615"], &["a==18446744073709551615.*"]),
            None
        );
        assert_eq!(difference(&[text], &["a"]), None);
    }

    #[test]
    fn thousands_of_version_specifiers_are_compared() {
        let clauses: Vec<String> = (0..3000).map(|number| format!("!={number}")).collect();
        let one_line = format!("a{}", clauses.join(","));
        let lines: Vec<String> = clauses.iter().map(|clause| format!("a{clause}")).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_eq!(difference(&[&one_line], &["a>=1"]), None);
        assert_eq!(difference(&lines, &["a>=1"]), None);
    }
}
