//! The table `[tool.poetry]`, by poetry-core's `factory.py` and `masonry/metadata.py`.

use toml_edit::{Item, Table, Value};

use crate::name::normalized_name;
use crate::read::backend::metadata::builder::MetadataBuilder;
use crate::read::backend::metadata::standard::{content_type, persons};
use crate::read::backend::metadata::table::{Fields, item};
use crate::read::backend::metadata::tag::{self, TagSource};
use crate::read::backend::pyproject::PYPROJECT;
use crate::read::dependencies::Declaration;
use crate::read::source_tree::SourceTree;
use crate::requirement::poetry;

const PLACE: &str = "pyproject.toml [tool.poetry]";

/// The table of the plug-in that takes versions from version control.
const PLUG_IN: [&str; 2] = ["tool", "poetry-dynamic-versioning"];
/// Its tags, which need the letter.
const TAGS: &str = r"^v(?P<version>\d.*)$";
/// Those of its pattern `default-unprefixed`.
const UNPREFIXED_TAGS: &str = r"^v?(?P<version>\d.*)$";

/// Fills what `[project]` leaves out from Poetry's own table.
pub(crate) fn complete(draft: &mut MetadataBuilder, tree: &SourceTree, document: &Table) {
    let mut own = own(tree, document);
    if draft.declarations.is_empty()
        && let Some(requirements) = poetry::requirements(document, PYPROJECT, &mut own.findings)
    {
        own.declarations.push(Declaration { source: PLACE.to_owned(), requirements });
    }
    *draft = std::mem::take(draft).or(own);
    first_of(document, "authors", ["author", "author-email"], draft);
    first_of(document, "maintainers", ["maintainer", "maintainer-email"], draft);
}

/// Takes the version from a tag, if a plug-in does.
pub(crate) fn take_tag(draft: &mut MetadataBuilder, tree: &SourceTree, document: &Table) {
    let Some(plug_in) = Fields::of(item(document, &PLUG_IN)).filter(|_| has_plug_in(document))
    else {
        return;
    };
    let pattern = match plug_in.get("pattern").and_then(Item::as_str) {
        None | Some("default") => Some(TAGS),
        Some("default-unprefixed") => Some(UNPREFIXED_TAGS),
        // The plug-in puts the version together from several groups.
        Some(_) => None,
    };
    let is_as_usual = plug_in.has_only(&["enable", "pattern", "strict", "files", "substitution"]);
    let source = TagSource::new("poetry-dynamic-versioning", pattern).only_if(is_as_usual);
    tag::find(draft, tree, &source);
}

/// The values in the table; nothing without one.
fn own(tree: &SourceTree, document: &Table) -> MetadataBuilder {
    let mut draft = MetadataBuilder::of(PLACE);
    let Some(table) = Fields::of(item(document, &["tool", "poetry"])) else { return draft };
    table.copy("name", "name", &mut draft);
    table.copy("version", "version", &mut draft);
    let is_final = tree.has_records() && draft.metadata.version.as_deref() != Some("0.0.0");
    if has_plug_in(document) && !is_final {
        draft.computed.insert("version");
    }
    table.copy("description", "summary", &mut draft);
    table.copy("license", "license", &mut draft);
    table.copy_joined("keywords", "keywords", &mut draft);
    table.copy_all("classifiers", "classifier", &mut draft);
    let labels = [
        ("homepage", "Homepage"),
        ("repository", "Repository"),
        ("documentation", "Documentation"),
    ];
    for (key, label) in labels {
        if let Some(url) = table.text(key, "project-url", &mut draft) {
            draft.metadata.put("project-url", format!("{label}, {url}"));
        }
    }
    for (label, url) in table.pairs("urls", "project-url", &mut draft) {
        draft.metadata.put("project-url", format!("{label}, {url}"));
    }
    readme(&table, tree, &mut draft);
    if let Some(specifiers) = poetry::python_specifiers(document) {
        draft.metadata.put("requires-python", specifiers);
    }
    let extras = table.get("extras").and_then(Item::as_table_like);
    let extras = extras.into_iter().flat_map(|extras| extras.iter());
    draft.metadata.provides_extra.extend(extras.map(|(name, _)| normalized_name(name)));
    draft
}

/// One file or several, whose texts follow each other.
fn readme(table: &Fields, tree: &SourceTree, draft: &mut MetadataBuilder) {
    let paths: Vec<&str> = match table.get("readme") {
        Some(Item::Value(Value::String(path))) => vec![path.value()],
        Some(_) => table.texts("readme", "description", draft),
        None => return,
    };
    let texts: Vec<String> =
        paths.iter().filter_map(|path| draft.file(tree, path, "description")).collect();
    if let (Some(first), false) = (paths.first(), texts.is_empty()) {
        draft.metadata.put("description", texts.join("\n"));
        let kind = content_type(first).unwrap_or("text/plain");
        draft.metadata.put("description-content-type", kind);
    }
}

/// Poetry names the first of the people only, and keeps name and address apart.
fn first_of(document: &Table, key: &str, fields: [&'static str; 2], draft: &mut MetadataBuilder) {
    let standard = Fields::of(document.get("project"));
    let mut first = standard.and_then(|table| persons(&table, key).into_iter().next());
    if first.is_none()
        && let Some(table) = Fields::of(item(document, &["tool", "poetry"]))
    {
        first = table.texts(key, fields[0], draft).first().map(|person| {
            match person.split_once(" <") {
                Some((name, address)) => (Some(name), Some(address.trim_end_matches('>'))),
                None => (Some(*person), None),
            }
        });
    }
    let values = match first.unwrap_or_default() {
        (None, address) => [address, None],
        (name, address) => [name, address],
    };
    for (field, value) in fields.into_iter().zip(values) {
        draft.metadata.clear(field);
        draft.metadata.put(field, value.unwrap_or_default());
    }
}

/// Whether a plug-in puts the version from version control in the place of the one in the table. In
/// a source distribution, it has done so.
fn has_plug_in(document: &Table) -> bool {
    let is_enabled = item(document, &PLUG_IN).and_then(|plug_in| plug_in.get("enable")?.as_bool());
    is_enabled == Some(true)
}
