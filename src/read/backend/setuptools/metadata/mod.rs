//! What setuptools joins of `setup.py`, `setup.cfg` and `pyproject.toml` (its `dist.py` and
//! `config/`).

mod directive;
mod setup_cfg;
mod setup_py;

use std::collections::BTreeMap;

use toml_edit::{Item, Table, TableLike};

use crate::read::backend::metadata::builder::{DEPENDENCIES, EXTRAS, MetadataBuilder};
use crate::read::backend::metadata::standard;
use crate::read::backend::metadata::table::{Fields, item};
use crate::read::backend::metadata::tag::{self, TagSource};
use crate::read::source_tree::SourceTree;
use crate::requirement::pyproject::is_dynamic;

/// The fields that are one text each, by the names of the arguments of `setup()`, which are those of
/// the options of `[metadata]`, too.
const TEXTS: [(&str, &str); 12] = [
    ("name", "name"),
    ("version", "version"),
    ("description", "summary"),
    ("long_description", "description"),
    ("long_description_content_type", "description-content-type"),
    ("author", "author"),
    ("author_email", "author-email"),
    ("maintainer", "maintainer"),
    ("maintainer_email", "maintainer-email"),
    ("license", "license"),
    ("url", "home-page"),
    ("download_url", "download-url"),
];

/// The field of the text `name`, which is one of [`TEXTS`] or of the `others`.
fn text_field(name: &str, others: &[(&str, &'static str)]) -> Option<&'static str> {
    TEXTS.iter().chain(others).find(|(known, _)| *known == name).map(|(_, field)| *field)
}

/// The values in the three files together.
///
/// An argument of `setup()` counts before `setup.cfg`. Where there is a table `[project]`, it
/// counts alone, but for the fields that it calls dynamic and those that it does not know.
pub(crate) fn read(tree: &SourceTree, document: &Table) -> MetadataBuilder {
    let (script, is_partial) = setup_py::read(tree);
    let mut classic = script.or(setup_cfg::read(tree));
    if is_partial {
        note_missing(&mut classic);
    }
    if let Some(project) = document.get("project").and_then(Item::as_table_like) {
        let mut draft = standard::read(tree, document);
        for (key, fields) in standard::KEYS {
            let is_dynamic = is_dynamic(project, key) && !project.contains_key(key);
            // It warns that people are ignored, too, and keeps them.
            let is_kept = is_dynamic || matches!(key, "authors" | "maintainers");
            if !is_kept {
                for field in fields {
                    classic.clear(field);
                }
            }
        }
        for_dynamic(&mut draft, tree, project, document);
        draft = draft.or(classic);
        if !draft.declarations.is_empty() {
            (draft.dependencies, draft.extras) = (None, None);
        }
        return draft;
    }
    // Without one, setuptools leaves it to plug-ins.
    let names_project = classic.metadata.name.is_some() || classic.computed.contains("name");
    if names_project && classic.metadata.version.is_none() {
        classic.computed.insert("version");
    }
    classic
}

/// Takes the version from a tag, if setuptools-scm or versioningit do.
pub(crate) fn take_tag(draft: &mut MetadataBuilder, tree: &SourceTree, document: &Table) {
    let settings = tag::scm_settings(document);
    let source = if settings.is_some() || draft.takes_tag {
        TagSource::setuptools_scm("setuptools-scm", settings.as_ref())
    } else if item(document, &["tool", "versioningit"]).is_some_and(Item::is_table_like) {
        TagSource::versioningit(document)
    } else {
        return;
    };
    // `[egg_info]` may add to the version.
    let configured = tree.text("setup.cfg").ok().flatten().unwrap_or_default();
    let is_added_to = ["tag_build", "tag-build", "tag_date", "tag-date"]
        .iter()
        .any(|option| configured.contains(option));
    tag::find(draft, tree, &source.only_if(!is_added_to));
}

/// Notes as computed what every project has and a script that may give anything does not show.
fn note_missing(draft: &mut MetadataBuilder) {
    let is_given = |field: &str| match field {
        DEPENDENCIES => draft.dependencies.as_ref().is_some_and(|lines| !lines.is_empty()),
        "name" => draft.metadata.name.is_some(),
        _ => draft.metadata.version.is_some(),
    };
    let missing: Vec<_> =
        ["name", "version", DEPENDENCIES].into_iter().filter(|field| !is_given(field)).collect();
    draft.computed.extend(missing);
}

/// Fills the fields of `[tool.setuptools.dynamic]`.
fn for_dynamic(
    draft: &mut MetadataBuilder,
    tree: &SourceTree,
    project: &dyn TableLike,
    document: &Table,
) {
    let dependencies = ["dependencies", "optional-dependencies"];
    if dependencies.iter().any(|key| is_dynamic(project, key)) {
        // The one of the two that is not dynamic is a part of the whole.
        draft.dependencies = standard::lines(document, &["project", "dependencies"]);
        let extras = Fields::of(project.get("optional-dependencies"));
        for extra in extras.iter().flat_map(Fields::keys) {
            let path = ["project", "optional-dependencies", extra];
            let lines = standard::lines(document, &path).unwrap_or_default();
            draft.extras.get_or_insert_default().insert(extra.to_owned(), lines);
        }
    }
    if is_dynamic(project, "optional-dependencies") {
        // Unlike other dynamic fields, extras need not be given anywhere.
        draft.extras.get_or_insert_default();
    }
    let dynamic = item(document, &["tool", "setuptools", "dynamic"]);
    let Some(dynamic) = dynamic.and_then(Item::as_table_like) else { return };
    for (key, fields) in standard::KEYS.into_iter().filter(|(key, _)| is_dynamic(project, key)) {
        let (Some(directive), Some(field)) = (dynamic.get(key), fields.first()) else { continue };
        match *field {
            EXTRAS => draft.extras = optional(draft, tree, directive),
            DEPENDENCIES => {
                draft.dependencies =
                    directive::text(draft, tree, directive, field).map(|text| lines(&text));
            }
            field => put(draft, tree, directive, field),
        }
    }
}

fn put(draft: &mut MetadataBuilder, tree: &SourceTree, directive: &Item, field: &'static str) {
    let Some(text) = directive::text(draft, tree, directive, field) else { return };
    match field {
        "classifier" => lines(&text).into_iter().for_each(|line| draft.metadata.put(field, line)),
        "description" => {
            let kind = directive.get("content-type").and_then(Item::as_str);
            draft.metadata.put("description-content-type", kind.unwrap_or("text/x-rst"));
            draft.metadata.put(field, text);
        }
        field => draft.metadata.put(field, text.trim()),
    }
}

fn optional(
    draft: &mut MetadataBuilder,
    tree: &SourceTree,
    directives: &Item,
) -> Option<BTreeMap<String, Vec<String>>> {
    let mut extras = BTreeMap::new();
    for (extra, directive) in directives.as_table_like()?.iter() {
        let text = directive::text(draft, tree, directive, EXTRAS)?;
        draft.metadata.put(EXTRAS, extra);
        extras.insert(extra.to_owned(), lines(&text));
    }
    Some(extras)
}

/// The lines that are neither blank nor comments.
fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}
