//! The version that hatchling takes from a file or a tag (hatchling's `version/source/regex.py` and
//! `version/core.py`, hatch-vcs' `version_source.py`).

use toml_edit::{Item, Table};

use crate::read::backend::metadata::builder::MetadataBuilder;
use crate::read::backend::metadata::search::{Pattern, find};
use crate::read::backend::metadata::table::{Fields, item};
use crate::read::backend::metadata::tag::{self, TagSource};
use crate::read::backend::pyproject;
use crate::read::source_tree::SourceTree;

const OWN_FILE: &str = "hatch.toml";

/// Adds the version from the file that `[tool.hatch.version]` names, or from a tag. Other sources are
/// unknown.
pub(crate) fn complete(draft: &mut MetadataBuilder, tree: &SourceTree, document: &Table) {
    if draft.metadata.version.is_some() {
        return;
    }
    let own = pyproject::document(tree, OWN_FILE).ok().flatten().unwrap_or_default();
    let settings = own.get("version").or_else(|| item(document, &["tool", "hatch", "version"]));
    let Some(settings) = Fields::of(settings) else { return };
    let source = settings.get("source").and_then(Item::as_str).unwrap_or("regex");
    match source {
        "regex" => {
            let Some(path) = settings.text("path", "version", draft) else { return };
            let pattern = match settings.get("pattern").and_then(Item::as_str) {
                Some(pattern) if !pattern.is_empty() => Pattern::Named(pattern),
                _ => Pattern::Hatchling,
            };
            find(draft, tree, path, pattern);
        }
        "vcs" => {
            let raw = Fields::of(settings.get("raw-options"));
            let pattern = settings.get("tag-pattern").and_then(Item::as_str);
            let source = TagSource::setuptools_scm("hatch-vcs", raw.as_ref());
            tag::find(draft, tree, &source.with_pattern(pattern));
        }
        "versioningit" => tag::find(draft, tree, &TagSource::versioningit(document)),
        _ => {}
    }
}
