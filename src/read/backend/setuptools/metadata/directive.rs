//! Values that are to be found elsewhere: `file` and `attr` (setuptools' `config/expand.py`).

use toml_edit::{Item, Value};

use crate::python::{Literal, Outline};
use crate::read::backend::metadata::builder::MetadataBuilder;
use crate::read::backend::setuptools::layout::module_file;
use crate::read::source_tree::SourceTree;

/// The text that a table `{file = …}` or `{attr = …}` stands for; `None`, and noted, if only a
/// build knows.
pub(super) fn text(
    draft: &mut MetadataBuilder,
    tree: &SourceTree,
    directive: &Item,
    field: &'static str,
) -> Option<String> {
    let found = match (directive.get("file"), directive.get("attr").and_then(Item::as_str)) {
        (Some(Item::Value(Value::Array(paths))), _) => {
            files(draft, tree, paths.iter().filter_map(Value::as_str), field)
        }
        (Some(path), _) => files(draft, tree, path.as_str().into_iter(), field),
        (None, Some(name)) if field == "version" => attribute(tree, name),
        _ => None,
    };
    if found.is_none() {
        draft.computed.insert(field);
    }
    found
}

/// The texts of files, one after the other; those that are missing are left out.
pub(super) fn files<'a>(
    draft: &mut MetadataBuilder,
    tree: &SourceTree,
    paths: impl Iterator<Item = &'a str>,
    field: &'static str,
) -> Option<String> {
    let texts: Vec<String> = paths.filter_map(|path| draft.file(tree, path, field)).collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// The value of an attribute of a module, given by its dotted name, as a version.
pub(super) fn attribute(tree: &SourceTree, name: &str) -> Option<String> {
    let (module, name) = name.trim().rsplit_once('.').unwrap_or(("__init__", name.trim()));
    let source = tree.get(&module_file(tree, module)?)?;
    // setuptools imports a module whose first assignment is not a literal.
    Outline::of(source, name).assigned.into_iter().next().flatten().map(version)
}

fn version(value: Literal) -> String {
    match value {
        Literal::Text(text) => text,
        Literal::Number(number) => number.to_string(),
        Literal::Sequence(parts) => parts.into_iter().map(version).collect::<Vec<_>>().join("."),
    }
}
