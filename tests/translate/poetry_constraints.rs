//! Poetry's constraints mean what poetry-core says they mean: a table of its answers, and ours.

use mpconvert::requirement::{Requirement, poetry};
use pep440_rs::Version;
use toml_edit::{DocumentMut, Value};
use version_ranges::Ranges;

const TABLE: &str = include_str!("../data/poetry_constraints.tsv");

#[test]
fn the_same_versions_are_allowed() {
    // What becomes of the constraint, or `None` if it is refused.
    let translated = |constraint: &str| -> Option<Requirement> {
        let text = format!("[tool.poetry.dependencies]\nfoo = {}", Value::from(constraint));
        let root: DocumentMut = text.parse().unwrap();
        let mut findings = Vec::new();
        let requirements = poetry::requirements(&root, "pyproject.toml", &mut findings).unwrap();
        findings.is_empty().then(|| requirements[0].clone())
    };
    let mut rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    let (_, versions) = rows.next().unwrap().split_once('\t').unwrap();
    let versions: Vec<Version> = versions.split(' ').map(|v| v.parse().unwrap()).collect();
    let mut exact = 0;
    for row in rows {
        let (constraint, answer) = row.split_once('\t').unwrap();
        let requirement = translated(constraint);
        if answer == "refused" {
            assert_eq!(requirement, None, "{constraint}");
            continue;
        }
        let requirement = requirement.unwrap_or_else(|| panic!("{constraint} is refused"));
        // Not `VersionSpecifiers::contains`, to which `==1.2.3.*` holds for 1.2.
        let allowed = Ranges::from(requirement.specifiers.clone());
        let ours: String =
            versions.iter().map(|v| if allowed.contains(v) { '1' } else { '0' }).collect();
        if constraint.contains('|') {
            // PEP 440 has no »or«: more may be allowed, never less.
            let lost = answer.chars().zip(ours.chars()).any(|pair| pair == ('1', '0'));
            assert!(!lost, "{constraint} became {}", requirement.constraint());
        } else {
            assert_eq!(ours, answer, "{constraint} became {}", requirement.constraint());
        }
        exact += usize::from(ours == answer);
    }
    assert!(exact > 400, "{exact}");
}
