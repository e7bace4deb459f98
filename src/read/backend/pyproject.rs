//! Reads the part of a `pyproject.toml` that one build tool looks at.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml_edit::DocumentMut;

use crate::finding::{Code, Finding};
use crate::limits::{MAX_TOML_PARTS, check_toml};
use crate::read::source_tree::SourceTree;

/// The configuration file of a project (PEP 518).
pub(super) const PYPROJECT: &str = "pyproject.toml";

/// The tables that every build tool needs, and `T` for its own ones below `[tool]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", bound = "T: Default + Deserialize<'de>")]
pub(super) struct Pyproject<T> {
    pub(super) build_system: BuildSystem,
    pub(super) project: Project,
    pub(super) tool: T,
}

/// `[build-system]` (PEP 518, PEP 517).
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(super) struct BuildSystem {
    pub(super) requires: Vec<String>,
    pub(super) build_backend: Option<String>,
    pub(super) backend_path: Vec<String>,
}

/// What layouts depend on in `[project]` (PEP 621).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Project {
    pub(super) name: Option<String>,
}

/// A setting that is a single value or a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "expected one value or a list")]
pub(super) enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    pub(super) fn as_slice(&self) -> &[T] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

/// The text of the TOML file at `path` of the tree; `None` if there is none.
///
/// # Errors
/// Those of [`SourceTree::text`], and [`Code::TooMuchWork`] for a document with too many keys, values and tables.
pub(in crate::read) fn text<'t>(
    tree: &'t SourceTree,
    path: &str,
) -> Result<Option<&'t str>, Finding> {
    let text = tree.text(path)?;
    match text.map(check_toml) {
        None | Some(Ok(())) => Ok(text),
        Some(Err(_)) => {
            Err(Finding::new(Code::TooMuchWork, "a document with too many keys, values and tables")
                .at(path)
                .expected(format!("at most about {MAX_TOML_PARTS} keys, values and tables")))
        }
    }
}

/// The TOML document at `path` of the tree; `None` if there is none.
///
/// # Errors
/// As [`text`], and [`Code::InvalidConfiguration`] if it is not TOML.
pub(super) fn document(tree: &SourceTree, path: &str) -> Result<Option<DocumentMut>, Finding> {
    let Some(text) = text(tree, path)? else { return Ok(None) };
    text.parse().map(Some).map_err(|fault: toml_edit::TomlError| {
        Finding::new(Code::InvalidConfiguration, fault.message())
            .at(path)
            .expected("a TOML document")
    })
}

/// Reads the TOML file at `path` of the tree; `None` if there is none.
///
/// # Errors
/// As [`text`], and [`Code::InvalidConfiguration`] if it is not TOML, or its values do not have the types of `T`.
pub(super) fn read<T: DeserializeOwned>(
    tree: &SourceTree,
    path: &str,
) -> Result<Option<T>, Finding> {
    let Some(text) = text(tree, path)? else { return Ok(None) };
    toml_edit::de::from_str(text).map(Some).map_err(|error| {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map_or(1, |before| before.split('\n').count());
        let message = error.message().replace('\n', ", ");
        Finding::new(Code::InvalidConfiguration, format!("line {line}: {message}")).at(path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &'static str) -> Result<Option<Pyproject<()>>, Finding> {
        let tree = SourceTree::from_iter([("pyproject.toml".parse().unwrap(), text.into())]);
        read(&tree, "pyproject.toml")
    }

    #[test]
    fn faults_name_their_line() {
        let finding = parse("[project]\nname = 3\n").unwrap_err();
        assert_eq!(finding.code, Code::InvalidConfiguration);
        assert!(finding.found.starts_with("line 2: "), "{}", finding.found);
        assert!(parse("[project\n").is_err());
    }

    #[test]
    fn everything_may_be_missing() {
        assert!(parse("").unwrap().unwrap().project.name.is_none());
    }
}
