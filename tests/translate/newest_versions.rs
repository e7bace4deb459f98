//! Dependencies for mip are pinned to the versions that packaging would choose: a table of its
//! answers, and ours.

use mpconvert::requirement::Requirement;
use mpconvert::translate::{AvailableVersions, DependencyOptions, Pinning, to_mip_dependencies};

const TABLE: &str = include_str!("../data/newest_versions.tsv");

#[test]
fn the_newest_version_that_is_allowed_is_the_same() {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#')).skip(1);
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in rows {
        let [constraint, versions, expected] =
            row.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let index: AvailableVersions =
            versions.split(' ').map(|version| ("foo", version)).collect();
        let requirements = [format!("foo{constraint}").parse::<Requirement>().unwrap()];
        let options = DependencyOptions::default();
        let exact = to_mip_dependencies(&requirements, "own", &options, Some(&index), Pinning::Pin);
        let found = exact.deps.first().map_or("none", |dep| dep.version.as_str());
        if found != expected {
            wrong.push(format!("{row}\tbut {found}"));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 600);
}
