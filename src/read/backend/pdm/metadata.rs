//! The version that pdm takes from a file or a tag (pdm-backend's `hooks/version/__init__.py`).

use toml_edit::{Item, Table};

use crate::read::backend::metadata::builder::MetadataBuilder;
use crate::read::backend::metadata::search::{Pattern, find};
use crate::read::backend::metadata::table::{Fields, item};
use crate::read::backend::metadata::tag::{self, TagSource};
use crate::read::source_tree::SourceTree;

/// The tags that pdm-backend looks at, and the version in them.
const TAGS: &str = r"^v?(?P<version>\d.*\..*)$";

/// Adds the version from the file that `[tool.pdm.version]` names, or from a tag. Other sources are
/// unknown.
pub(crate) fn complete(draft: &mut MetadataBuilder, tree: &SourceTree, document: &Table) {
    if draft.metadata.version.is_some() {
        return;
    }
    let Some(settings) = Fields::of(item(document, &["tool", "pdm", "version"])) else { return };
    let source = settings.get("source").and_then(Item::as_str).unwrap_or("file");
    if source == "scm" {
        let own = settings.get("tag_regex").and_then(Item::as_str);
        let is_as_usual = settings.has_only(&["source", "tag_regex", "write_to"]);
        let source = TagSource::new("pdm-backend", own.or(Some(TAGS))).only_if(is_as_usual);
        return tag::find(draft, tree, &source);
    }
    // The first releases of the backend had `from`.
    let path = settings.get("path").or_else(|| settings.get("from")).and_then(Item::as_str);
    let Some(path) = path.filter(|_| source == "file") else { return };
    let pattern = settings.get("pattern").and_then(Item::as_str);
    find(draft, tree, path, pattern.map_or(Pattern::Pdm, Pattern::First));
}
