//! What became of the packages that micropython-lib had on PyPI.

use std::collections::HashMap;
use std::sync::LazyLock;

use pep440_rs::{Operator, Version, VersionSpecifier};

use super::PackageIndex;
use crate::mip::IndexJson;
use crate::name::normalized_name;
use crate::requirement::Requirement;
use crate::version::newest;

/// The facts and their sources; see the head of the file.
const TABLE: &str = include_str!("micropython_lib.tsv");

/// The names and versions in micropython-lib's index, as of [`IndexSnapshot::DATE`].
const INDEX: &[u8] = include_bytes!("micropython_lib_index.json");

/// What micropython-lib's index had when this program was made, for when it cannot be reached.
#[derive(Clone, Debug)]
pub struct IndexSnapshot(IndexJson);

impl IndexSnapshot {
    /// When the index was looked at, as year and month.
    pub const DATE: &str = "2026-11";

    /// The names and versions of the packages.
    ///
    /// ```
    /// use mpconvert::translate::IndexSnapshot;
    ///
    /// let snapshot = IndexSnapshot::micropython_lib();
    /// assert!(snapshot.packages().package("logging").is_some());
    /// ```
    #[must_use]
    pub fn packages(&self) -> &IndexJson {
        &self.0
    }

    /// The snapshot of micropython-lib's index.
    #[must_use]
    pub fn micropython_lib() -> Self {
        // A test parses the same bytes.
        Self(IndexJson::parse(INDEX, "micropython_lib_index.json").unwrap_or_default())
    }
}

/// What is known of one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub became: Successor,
    /// The name in the index, or the module; empty for what is gone.
    pub target: &'static str,
    /// What is said about it beside that; may be empty.
    pub note: &'static str,
    /// Whether PyPI and the index have the same versions.
    pub keeps_versions: bool,
    /// Whether PyPI has a project of the same name, which is by others.
    pub has_namesake: bool,
}

/// What a package became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Successor {
    /// A package of micropython-lib's index.
    Package,
    /// A part of the firmware.
    BuiltIn,
    /// Nothing: its module was empty.
    Placeholder,
    /// Nothing that a device could get.
    Gone,
}

/// What is known of the package whose normalised name is `name`.
pub(super) fn row(name: &str) -> Option<&'static Row> {
    static ROWS: LazyLock<HashMap<String, Row>> = LazyLock::new(|| rows(TABLE).collect());
    ROWS.get(name)
}

/// Whether micropython-lib's index has a package of this very name.
pub(super) fn is_in_index(name: &str) -> bool {
    row(&normalized_name(name))
        .is_some_and(|row| row.became == Successor::Package && row.target == name)
}

/// Whether `requirement` is for versions such as the package in the index has: one of its lower bounds
/// is not above them.
pub(super) fn is_for_own_versions(row: &Row, requirement: &Requirement) -> bool {
    static SNAPSHOT: LazyLock<IndexSnapshot> = LazyLock::new(IndexSnapshot::micropython_lib);
    let versions = SNAPSHOT.packages().find(row.target).map(|package| package.versions);
    let newest = versions.as_deref().and_then(|versions| newest(versions, &[]));
    let Some(newest) = newest.and_then(|version| version.parse::<Version>().ok()) else {
        return false;
    };
    let is_lower_bound = |specifier: &&VersionSpecifier| {
        use Operator::{Equal, EqualStar, ExactEqual, GreaterThan, GreaterThanEqual, TildeEqual};
        matches!(
            specifier.operator(),
            Equal | EqualStar | ExactEqual | GreaterThan | GreaterThanEqual | TildeEqual
        )
    };
    requirement.specifiers.iter().filter(is_lower_bound).any(|bound| *bound.version() <= newest)
}

/// The rows by normalised name. What is no row is left out.
fn rows(table: &'static str) -> impl Iterator<Item = (String, Row)> {
    let lines = table.lines().skip_while(|line| line.starts_with('#')).skip(1);
    lines.filter_map(|line| {
        let mut fields = line.split('\t');
        let (name, became) = (fields.next()?, fields.next()?);
        let (keeps_versions, has_namesake) = (became == "published", became == "namesake");
        let became = match became {
            "package" | "namesake" | "published" => Successor::Package,
            "built-in" => Successor::BuiltIn,
            "placeholder" => Successor::Placeholder,
            "gone" => Successor::Gone,
            _ => return None,
        };
        let (target, note) = (fields.next()?, fields.next()?);
        let row = Row { became, target, note, keeps_versions, has_namesake };
        fields.next().is_none().then(|| (normalized_name(name), row))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const PUBLISHED: &str = include_str!("../../tests/data/micropython-lib-2020.txt");

    #[test]
    fn every_line_is_a_row_of_its_own() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count() - 1;
        let names: HashSet<String> = rows(TABLE).map(|(name, _)| name).collect();
        assert_eq!(names.len(), lines);
    }

    #[test]
    fn rows_say_what_their_words_mean() {
        for (name, row) in rows(TABLE) {
            let is_named = !row.target.is_empty();
            assert_eq!(is_named, row.became != Successor::Gone, "{name}");
            assert!(row.became != Successor::Gone || !row.note.is_empty(), "{name}");
        }
    }

    #[test]
    fn every_target_is_in_the_index() {
        let index = IndexJson::parse(INDEX, "index.json").unwrap();
        let targets: HashSet<&str> = rows(TABLE)
            .filter(|(_, row)| row.became == Successor::Package)
            .map(|(_, row)| row.target)
            .collect();
        let packages: HashSet<&str> = index.names().collect();
        assert_eq!(targets, packages);
    }

    #[test]
    fn every_name_of_upips_time_has_a_row() {
        let names: Vec<&str> = PUBLISHED.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(names.len(), 100);
        for name in names {
            assert!(row(&normalized_name(name)).is_some(), "{name}");
        }
    }

    #[test]
    fn what_is_in_the_index_goes_by_its_own_name() {
        let index = IndexJson::parse(INDEX, "index.json").unwrap();
        for name in index.names() {
            assert!(is_in_index(name), "{name}");
        }
        assert!(!is_in_index("machine") && !is_in_index("micropython-logging"));
    }
}
