//! The version that pdm takes from a file (pdm-backend's `hooks/version/__init__.py`).

use toml_edit::{Item, Table};

use crate::read::backend::metadata::builder::MetadataBuilder;
use crate::read::backend::metadata::search::{Pattern, find};
use crate::read::backend::metadata::table::{Fields, item};
use crate::read::source_tree::SourceTree;

/// Adds the version from the file that `[tool.pdm.version]` names. Other sources than files are
/// unknown.
pub(crate) fn complete(draft: &mut MetadataBuilder, tree: &SourceTree, document: &Table) {
    if draft.metadata.version.is_some() {
        return;
    }
    let Some(settings) = Fields::of(item(document, &["tool", "pdm", "version"])) else { return };
    let source = settings.get("source").and_then(Item::as_str).unwrap_or("file");
    // The first releases of the backend had `from`.
    let path = settings.get("path").or_else(|| settings.get("from")).and_then(Item::as_str);
    let Some(path) = path.filter(|_| source == "file") else { return };
    let pattern = settings.get("pattern").and_then(Item::as_str);
    find(draft, tree, path, pattern.map_or(Pattern::Pdm, Pattern::First));
}
