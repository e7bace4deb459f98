//! What became of the packages that micropython-lib had on PyPI.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::package::normalized_name;

/// A row for each name, see the head of the file.
const TABLE: &str = include_str!("micropython_lib.tsv");

/// What became of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is a package of micropython-lib's index, of this name.
    Package(&'static str),
    /// The firmware has it; by the name of the module, and what is said of it.
    BuiltIn(&'static str, &'static str),
    /// It was an empty placeholder; by the name of the module, and what is said of it.
    Placeholder(&'static str, &'static str),
    /// It is nowhere, for this reason.
    Gone(&'static str),
}

/// What became of the package whose normalised name is `name`, if it is one of micropython-lib's.
pub(super) fn fate(name: &str) -> Option<Fate> {
    static FATES: LazyLock<HashMap<String, Fate>> = LazyLock::new(|| rows().collect());
    FATES.get(name).copied()
}

/// The rows, by normalised name; those that do not follow the form are left out.
fn rows() -> impl Iterator<Item = (String, Fate)> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines.filter_map(|line| {
        let mut fields = line.split('\t');
        let mut next = || fields.next();
        let (name, word, target, note) = (next()?, next()?, next()?, next()?);
        let fate = match word {
            "package" => Fate::Package(target),
            "built-in" => Fate::BuiltIn(target, note),
            "placeholder" => Fate::Placeholder(target, note),
            "gone" => Fate::Gone(note),
            _ => return None,
        };
        Some((normalized_name(name), fate))
    })
}
