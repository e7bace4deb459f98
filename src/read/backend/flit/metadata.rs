//! What flit takes from the module, and its old table `[tool.flit.metadata]` (flit-core's
//! `common.py` and `config.py`).

use toml_edit::{Item, Table};

use super::layout::{find_module, module_name};
use crate::python::{Literal, Outline};
use crate::read::backend::metadata::builder::MetadataBuilder;
use crate::read::backend::metadata::standard::{content_type, lines};
use crate::read::backend::metadata::table::{Fields, item};
use crate::read::backend::metadata::tag::{self, TagSource};
use crate::read::source_tree::SourceTree;
use crate::requirement::pyproject::is_dynamic;

const PLACE: &str = "pyproject.toml [tool.flit.metadata]";

/// The files of a package that may name its version, the one that counts first.
const VERSION_FILES: [&str; 4] = ["__init__.py", "version.py", "_version.py", "__version__.py"];

/// The keys of the old table that are a field each.
const KEYS: [(&str, &str); 8] = [
    ("author", "author"),
    ("author-email", "author-email"),
    ("maintainer", "maintainer"),
    ("maintainer-email", "maintainer-email"),
    ("home-page", "home-page"),
    ("license", "license"),
    ("keywords", "keywords"),
    ("requires-python", "requires-python"),
];

/// Adds version and summary from the module, where the configuration leaves them to it.
pub(crate) fn complete(draft: &mut MetadataBuilder, tree: &SourceTree, document: &Table) {
    let project = document.get("project").and_then(Item::as_table_like);
    let mut module = item(document, &["tool", "flit", "module", "name"]).and_then(Item::as_str);
    if let Some(project) = project {
        // The licence in a table is one that flit ships and does not name.
        draft.metadata.clear("license");
        let name = draft.metadata.name.clone().unwrap_or_default();
        let module = module.map_or_else(|| module_name(&name), str::to_owned);
        let wanted = ["version", "description"].map(|key| is_dynamic(project, key));
        from_module(draft, tree, &module, wanted);
    } else if let Some(table) = Fields::of(item(document, &["tool", "flit", "metadata"])) {
        *draft = old(&table, tree, document);
        module = module.or_else(|| table.text("module", "name", draft));
        if let Some(module) = module {
            if draft.metadata.name.is_none() {
                draft.metadata.put("name", module);
            }
            from_module(draft, tree, module, [true, true]);
        }
    }
    // flit_scm
    if let Some(settings) = tag::scm_settings(document) {
        tag::find(draft, tree, &TagSource::setuptools_scm("setuptools-scm", Some(&settings)));
    }
}

/// The values in the old table.
fn old(table: &Fields, tree: &SourceTree, document: &Table) -> MetadataBuilder {
    let mut draft = MetadataBuilder::of(PLACE);
    table.copy("dist-name", "name", &mut draft);
    for (key, field) in KEYS {
        table.copy(key, field, &mut draft);
    }
    table.copy_all("classifiers", "classifier", &mut draft);
    for (label, url) in table.pairs("urls", "project-url", &mut draft) {
        draft.metadata.put("project-url", format!("{label}, {url}"));
    }
    if let Some(path) = table.text("description-file", "description", &mut draft)
        && let Some(text) = draft.file(tree, path, "description")
    {
        draft.metadata.put("description", text);
        draft.metadata.put("description-content-type", content_type(path).unwrap_or_default());
    }
    let place = ["tool", "flit", "metadata"];
    draft.dependencies = lines(document, &[&place[..], &["requires"]].concat()).or(Some(vec![]));
    let extras = Fields::of(table.get("requires-extra")).map(|extras| extras.keys());
    for extra in extras.into_iter().flatten() {
        let path = [&place[..], &["requires-extra", extra]].concat();
        let lines = lines(document, &path).unwrap_or_default();
        draft.metadata.put("provides-extra", extra);
        draft.extras.get_or_insert_default().insert(extra.to_owned(), lines);
    }
    draft
}

/// Adds version and summary as far as they are wanted; flit imports a module that does not have
/// them written out.
fn from_module(
    draft: &mut MetadataBuilder,
    tree: &SourceTree,
    name: &str,
    [version, summary]: [bool; 2],
) {
    if !version && !summary {
        return;
    }
    let files = match find_module(tree, name).map(|(_, place)| place) {
        Some(file) if tree.has_file(&file) => vec![file],
        Some(folder) => VERSION_FILES.map(|file| format!("{folder}/{file}")).into(),
        None => Vec::new(),
    };
    let outlines: Vec<Outline> = files
        .iter()
        .filter_map(|file| tree.get(file))
        .map(|source| Outline::of(source, "__version__"))
        .collect();
    let mut found = Vec::new();
    if version {
        let mut assigned =
            outlines.iter().filter_map(|outline| outline.assigned.iter().flatten().next());
        let text = assigned.find_map(Literal::as_text);
        found.push(("version", text.map(str::to_owned)));
    }
    if summary {
        let docstring = outlines.first().and_then(|outline| outline.docstring.as_deref());
        let line = docstring.and_then(|text| text.trim_start().lines().next());
        found.push(("summary", line.map(str::to_owned)));
    }
    for (field, value) in found {
        match value {
            Some(value) => draft.metadata.put(field, value),
            None => _ = draft.computed.insert(field),
        }
    }
}
