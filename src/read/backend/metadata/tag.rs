//! Versions that build tools take from version control: the tag on the commit that is checked out.
//!
//! Between two tags, these tools count commits or look at changes. That is left to a build.

use std::str::FromStr;

use pep440_rs::Version;
use toml_edit::{Item, Table};

use super::builder::MetadataBuilder;
use super::table::{Fields, item};
use crate::python::regex::{self, Flags};
use crate::read::backend::build_tool::BuildTool;
use crate::read::backend::pyproject;
use crate::read::repository::RepositoryContext;
use crate::read::source_tree::SourceTree;

/// The default of setuptools-scm, which hatch-vcs uses as well.
const SETUPTOOLS_SCM: &str = r"^(?:[\w-]+-)?(?P<version>[vV]?\d+(?:\.\d+){0,2}[^\+]*)(?:\+.*)?$";
/// pdm-backend's, without what makes the rest a version.
const PDM: &str = r"^\D*(?P<version>\d.*)$";
/// poetry-dynamic-versioning's, which needs the letter.
const POETRY: &str = r"^v(?P<version>\d.*)$";
/// The same of its pattern `default-unprefixed`.
const POETRY_UNPREFIXED: &str = r"^v?(?P<version>\d.*)$";
/// versioningit's.
const VERSIONINGIT: &str = r"^v?(?P<version>.+)$";

/// A tool that takes the version from a tag.
struct TagSource<'d> {
    tool: &'static str,
    /// Finds the version in the name of a tag; `None` for rules that are not supported.
    pattern: Option<&'d str>,
}

/// Adds the version of the tag on the commit that is checked out, if the project's build tool takes its
/// version from there. Of several tags the highest version counts.
pub(super) fn complete(
    draft: &mut MetadataBuilder,
    tool: BuildTool,
    tree: &SourceTree,
    document: &Table,
) {
    if draft.metadata.version.is_some() && !draft.computed.contains("version") {
        return;
    }
    let Some(source) = TagSource::of(draft, tool, tree, document) else { return };
    // In a source distribution, the build has written the version down.
    let Some(repository) = tree.surroundings().and_then(RepositoryContext::repository) else {
        return;
    };
    let pattern = source.pattern.and_then(|pattern| regex::compile(pattern, Flags::default()));
    let tags = repository.tags_at_head();
    let version = pattern.and_then(|pattern| {
        let version = |tag: &String| {
            let found = pattern.captures(tag)?;
            let found = found.name("version").or_else(|| found.get(1))?;
            Version::from_str(found.as_str()).ok()
        };
        tags.iter().filter_map(version).max()
    });
    match version {
        Some(version) => {
            draft.clear("version");
            draft.metadata.put("version", version.to_string());
        }
        None => draft.uncertain(
            "version",
            format!(
                "`version`, which {} takes from git: no tag on the commit that is checked out has a \
                 version",
                source.tool
            ),
        ),
    }
}

impl<'d> TagSource<'d> {
    fn of(
        draft: &MetadataBuilder,
        tool: BuildTool,
        tree: &SourceTree,
        document: &'d Table,
    ) -> Option<Self> {
        let table = |path: &[&str]| Fields::of(item(document, path));
        let text = |fields: &Fields<'d>, key: &str| fields.get(key).and_then(Item::as_str);
        let custom = |fields: &Fields<'d>, keys: &[&str], default| {
            keys.iter().find_map(|key| text(fields, key)).or(Some(default))
        };
        match tool {
            BuildTool::Hatchling => {
                // `hatch.toml` is not a part of the document.
                let own =
                    pyproject::document(tree, "hatch.toml").ok().flatten().unwrap_or_default();
                let own = Fields::of(own.get("version")).and_then(|own| text_of(&own, "source"));
                let version = table(&["tool", "hatch", "version"]);
                let source = own.or_else(|| text_of(version.as_ref()?, "source"))?;
                match source.as_str() {
                    "vcs" => {
                        let raw = table(&["tool", "hatch", "version", "raw-options"]);
                        let raw = raw.and_then(|raw| text(&raw, "tag_regex"));
                        let own = version.and_then(|version| text(&version, "tag-pattern"));
                        let pattern = own.or(raw).or(Some(SETUPTOOLS_SCM));
                        Some(Self { tool: "hatch-vcs", pattern })
                    }
                    "versioningit" => Some(versioningit(document)),
                    _ => None,
                }
            }
            BuildTool::Pdm => {
                let version = table(&["tool", "pdm", "version"])?;
                (text(&version, "source") == Some("scm")).then(|| Self {
                    tool: "pdm-backend",
                    pattern: custom(&version, &["tag_regex"], PDM),
                })
            }
            BuildTool::Poetry => {
                let plug_in = table(&["tool", "poetry-dynamic-versioning"])?;
                let is_enabled = plug_in.get("enable").and_then(Item::as_bool) == Some(true);
                let is_as_usual = ["format", "format-jinja", "from-file"]
                    .iter()
                    .all(|key| plug_in.get(key).is_none());
                let pattern = match text(&plug_in, "pattern") {
                    _ if !is_as_usual => None,
                    None | Some("default") => Some(POETRY),
                    Some("default-unprefixed") => Some(POETRY_UNPREFIXED),
                    // It puts the version together from several groups.
                    Some(_) => None,
                };
                is_enabled.then_some(Self { tool: "poetry-dynamic-versioning", pattern })
            }
            BuildTool::Setuptools | BuildTool::Flit => {
                if let Some(table) = table(&["tool", "setuptools_scm"]) {
                    let pattern = custom(&table, &["tag_regex"], SETUPTOOLS_SCM);
                    return Some(Self { tool: "setuptools-scm", pattern });
                }
                if draft.takes_tag {
                    return Some(Self { tool: "setuptools-scm", pattern: Some(SETUPTOOLS_SCM) });
                }
                table(&["tool", "versioningit"]).map(|_| versioningit(document))
            }
            BuildTool::Uv => None,
        }
    }
}

fn text_of(fields: &Fields<'_>, key: &str) -> Option<String> {
    fields.get(key).and_then(Item::as_str).map(str::to_owned)
}

fn versioningit(document: &Table) -> TagSource<'static> {
    let own = item(document, &["tool", "versioningit"]).and_then(Item::as_table_like);
    let is_as_usual =
        own.is_none_or(|own| own.get("vcs").is_none() && own.get("tag2version").is_none());
    TagSource { tool: "versioningit", pattern: is_as_usual.then_some(VERSIONINGIT) }
}
