//! The table `[project]` (PEP 621, with the licences of PEP 639).

use toml_edit::{Item, Table, TableLike};

use super::builder::{DEPENDENCIES, EXTRAS, MetadataBuilder};
use super::table::{Fields, item};
use crate::name::normalized_name;
use crate::read::backend::pyproject::PYPROJECT;
use crate::read::dependencies::Declaration;
use crate::read::source_tree::SourceTree;
use crate::requirement::pyproject::{self, is_dynamic};

const PLACE: &str = "pyproject.toml [project]";

/// The keys of the table, and the fields of core metadata that each of them fills.
pub(crate) const KEYS: [(&str, &[&str]); 13] = [
    ("name", &["name"]),
    ("version", &["version"]),
    ("description", &["summary"]),
    ("readme", &["description", "description-content-type"]),
    ("requires-python", &["requires-python"]),
    ("license", &["license", "license-expression"]),
    ("authors", &["author", "author-email"]),
    ("maintainers", &["maintainer", "maintainer-email"]),
    ("keywords", &["keywords"]),
    ("classifiers", &["classifier"]),
    ("urls", &["project-url"]),
    ("dependencies", &[DEPENDENCIES]),
    ("optional-dependencies", &[EXTRAS]),
];

/// The values in the table; nothing without one.
pub(crate) fn read(tree: &SourceTree, document: &Table) -> MetadataBuilder {
    let mut draft = MetadataBuilder::of(PLACE);
    let Some(project) = Fields::of(document.get("project")) else { return draft };
    project.copy("name", "name", &mut draft);
    project.copy("version", "version", &mut draft);
    project.copy("description", "summary", &mut draft);
    project.copy("requires-python", "requires-python", &mut draft);
    project.copy_joined("keywords", "keywords", &mut draft);
    project.copy_all("classifiers", "classifier", &mut draft);
    for (label, url) in project.pairs("urls", "project-url", &mut draft) {
        draft.metadata.put("project-url", format!("{label}, {url}"));
    }
    readme(&project, tree, &mut draft);
    license(&project, tree, &mut draft);
    people(&project, "authors", ["author", "author-email"], &mut draft);
    people(&project, "maintainers", ["maintainer", "maintainer-email"], &mut draft);
    let extras = project.get("optional-dependencies").and_then(Item::as_table_like);
    let extras =
        extras.into_iter().flat_map(TableLike::iter).map(|(name, _)| normalized_name(name));
    draft.metadata.provides_extra.extend(extras);
    if let Some(requirements) = pyproject::requirements(document, PYPROJECT, &mut draft.findings) {
        draft.declarations.push(Declaration { source: PLACE.to_owned(), requirements });
    }
    draft
}

/// Notes the fields that the table leaves to the build and that are not set elsewhere.
pub(super) fn note_dynamic(draft: &mut MetadataBuilder, document: &Table) {
    let Some(project) = document.get("project").and_then(Item::as_table_like) else { return };
    let given = draft.metadata.fields();
    let is_given = |field: &str| match field {
        DEPENDENCIES => !draft.declarations.is_empty() || draft.dependencies.is_some(),
        EXTRAS => !draft.declarations.is_empty() || draft.extras.is_some(),
        field => given.contains_key(field),
    };
    let dynamic = KEYS.into_iter().filter(|(key, _)| is_dynamic(project, key));
    let missing: Vec<&str> = dynamic
        .filter(|(_, fields)| !fields.iter().any(|field| is_given(field)))
        .filter_map(|(_, fields)| fields.first().copied())
        .collect();
    draft.computed.extend(missing);
}

/// The content type of a description, by its file's name; `None` if the name does not show it.
pub(crate) fn content_type(path: &str) -> Option<&'static str> {
    let (_, extension) = path.rsplit_once('.')?;
    match extension.to_ascii_lowercase().as_str() {
        "md" | "markdown" => Some("text/markdown"),
        "rst" => Some("text/x-rst"),
        "txt" => Some("text/plain"),
        _ => None,
    }
}

fn readme(project: &Fields, tree: &SourceTree, draft: &mut MetadataBuilder) {
    let Some(readme) = project.get("readme") else { return };
    if let Some(path) = readme.as_str() {
        if let Some(text) = draft.file(tree, path, "description") {
            draft.metadata.put("description", text);
            draft.metadata.put("description-content-type", content_type(path).unwrap_or_default());
        }
        return;
    }
    let Some(table) = Fields::of(Some(readme)) else {
        return draft.fault("description", "`readme` that is neither a path nor a table");
    };
    let text = match table.text("file", "description", draft) {
        Some(path) => draft.file(tree, path, "description"),
        None => table.text("text", "description", draft).map(str::to_owned),
    };
    if let Some(text) = text {
        draft.metadata.put("description", text);
        table.copy("content-type", "description-content-type", draft);
    }
}

fn license(project: &Fields, tree: &SourceTree, draft: &mut MetadataBuilder) {
    let Some(license) = project.get("license") else { return };
    if let Some(expression) = license.as_str() {
        return draft.metadata.put("license-expression", expression);
    }
    let Some(table) = Fields::of(Some(license)) else {
        return draft.fault("license", "`license` that is neither an expression nor a table");
    };
    let text = match table.text("file", "license", draft) {
        Some(path) => draft.file(tree, path, "license"),
        None => table.text("text", "license", draft).map(str::to_owned),
    };
    draft.metadata.put("license", text.unwrap_or_default());
}

/// Those with an address go to the second of the fields, with their names, all others to the first.
fn people(project: &Fields, key: &str, fields: [&'static str; 2], draft: &mut MetadataBuilder) {
    let (mut names, mut addresses) = (Vec::new(), Vec::new());
    for (name, address) in persons(project, key) {
        match (name, address) {
            (Some(name), Some(address)) => {
                addresses.push(format!("{} <{address}>", display_name(name)));
            }
            (None, Some(address)) => addresses.push(address.to_owned()),
            (Some(name), None) => names.push(name.to_owned()),
            (None, None) => draft.fault(fields[0], format!("an entry of `{key}` without a name")),
        }
    }
    draft.metadata.put(fields[0], names.join(", "));
    draft.metadata.put(fields[1], addresses.join(", "));
}

/// Names and addresses in a list of people.
pub(crate) fn persons<'t>(
    project: &Fields<'t>,
    key: &str,
) -> Vec<(Option<&'t str>, Option<&'t str>)> {
    let tables: Vec<&dyn TableLike> = match project.get(key) {
        Some(Item::ArrayOfTables(tables)) => tables.iter().map(|table| table as _).collect(),
        Some(Item::Value(value)) => {
            let values = value.as_array().into_iter().flatten();
            values.filter_map(|value| Some(value.as_inline_table()? as &dyn TableLike)).collect()
        }
        _ => Vec::new(),
    };
    let text = |table: &'t dyn TableLike, key: &str| table.get(key).and_then(Item::as_str);
    tables.into_iter().map(|table| (text(table, "name"), text(table, "email"))).collect()
}

/// A name as it stands in front of an address (RFC 5322).
fn display_name(name: &str) -> String {
    if name.contains(['(', ')', '<', '>', '@', ',', ':', ';', '.', '\\', '"', '[', ']']) {
        format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        name.to_owned()
    }
}

/// The array of texts at `path` of the document.
pub(crate) fn lines(document: &Table, path: &[&str]) -> Option<Vec<String>> {
    let array = item(document, path)?.as_array()?;
    Some(array.iter().filter_map(|value| value.as_str()).map(str::to_owned).collect())
}
