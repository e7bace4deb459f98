//! Versions that build tools take from version control: the tag on the commit that is checked out.
//!
//! Between two tags, these tools count commits or look at changes. That is left to a build.

use std::collections::BTreeSet;
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
/// pdm-backend's, of the tags that it looks at.
const PDM: &str = r"^v?(?P<version>\d.*\..*)$";
/// poetry-dynamic-versioning's, which needs the letter.
const POETRY: &str = r"^v(?P<version>\d.*)$";
/// The same of its pattern `default-unprefixed`.
const POETRY_UNPREFIXED: &str = r"^v?(?P<version>\d.*)$";
/// versioningit's.
const VERSIONINGIT: &str = r"^v?(?P<version>\d.*)$";

/// The settings of setuptools-scm that do not change the version of a tag.
const SCM_SETTINGS: [&str; 9] = [
    "fallback_version",
    "local_scheme",
    "relative_to",
    "root",
    "search_parent_directories",
    "tag_regex",
    "version_file",
    "version_file_template",
    "write_to",
];
/// Those that find a repository above the project.
const SCM_PARENTS: [&str; 2] = ["root", "search_parent_directories"];

/// A tool that takes the version from a tag.
struct TagSource<'d> {
    tool: &'static str,
    /// Finds the version in the name of a tag; `None` for rules that are not supported.
    pattern: Option<&'d str>,
    /// Whether it finds the repository if its top is above the project.
    looks_above: bool,
}

/// Adds the version of the tag on the commit that is checked out, if the project's build tool takes its
/// version from there. Tools choose among tags of several versions by rules of their own, and differ about
/// local parts; both leave the version unknown, and so do settings that may change it.
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
    let pattern = pattern.filter(|_| repository.project.is_empty() || source.looks_above);
    let tags = repository.tags_at_head();
    let versions = pattern.map(|pattern| {
        let version = |tag: &String| {
            let found = pattern.captures(tag)?;
            let found = found.name("version").or_else(|| found.get(1))?;
            Version::from_str(found.as_str()).ok()
        };
        tags.iter().filter_map(version).collect::<BTreeSet<Version>>()
    });
    let version = match versions.as_ref().and_then(|versions| Some((versions, versions.first()?))) {
        Some((versions, version)) if versions.len() == 1 => Some(version),
        _ => None,
    };
    let version = version.filter(|_| !tags.iter().any(|tag| tag.contains('+')));
    match version {
        Some(version) => {
            draft.clear("version");
            draft.metadata.put("version", version.to_string());
        }
        None => draft.uncertain(
            "version",
            format!(
                "`version`, which {} takes from git: the tags on the commit that is checked out do not \
                 say one",
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
                        let own = version.and_then(|version| text(&version, "tag-pattern"));
                        let scm = Self::setuptools_scm("hatch-vcs", raw.as_ref());
                        let pattern = scm.pattern.map(|pattern| own.unwrap_or(pattern));
                        Some(Self { pattern, ..scm })
                    }
                    "versioningit" => Some(versioningit(document)),
                    _ => None,
                }
            }
            BuildTool::Pdm => {
                let version = table(&["tool", "pdm", "version"])?;
                let is_as_usual = has_only(&version, &["source", "tag_regex", "write_to"]);
                (text(&version, "source") == Some("scm")).then(|| Self {
                    tool: "pdm-backend",
                    pattern: text(&version, "tag_regex").or(Some(PDM)).filter(|_| is_as_usual),
                    looks_above: true,
                })
            }
            BuildTool::Poetry => {
                let plug_in = table(&["tool", "poetry-dynamic-versioning"])?;
                let is_enabled = plug_in.get("enable").and_then(Item::as_bool) == Some(true);
                let is_as_usual =
                    has_only(&plug_in, &["enable", "pattern", "strict", "files", "substitution"]);
                let pattern = match text(&plug_in, "pattern") {
                    _ if !is_as_usual => None,
                    None | Some("default") => Some(POETRY),
                    Some("default-unprefixed") => Some(POETRY_UNPREFIXED),
                    // It puts the version together from several groups.
                    Some(_) => None,
                };
                is_enabled.then_some(Self {
                    tool: "poetry-dynamic-versioning",
                    pattern,
                    looks_above: true,
                })
            }
            BuildTool::Setuptools | BuildTool::Flit => {
                let settings = table(&["tool", "setuptools_scm"]);
                let source = if settings.is_some() || draft.takes_tag {
                    Self::setuptools_scm("setuptools-scm", settings.as_ref())
                } else {
                    table(&["tool", "versioningit"]).map(|_| versioningit(document))?
                };
                // `[egg_info]` may add to the version.
                let configured = tree.text("setup.cfg").ok().flatten().unwrap_or_default();
                let is_added_to = ["tag_build", "tag-build", "tag_date", "tag-date"]
                    .iter()
                    .any(|option| configured.contains(option));
                Some(Self { pattern: source.pattern.filter(|_| !is_added_to), ..source })
            }
            BuildTool::Uv => None,
        }
    }

    /// The rules of setuptools-scm with these settings.
    fn setuptools_scm(tool: &'static str, settings: Option<&Fields<'d>>) -> Self {
        let is_as_usual = settings.is_none_or(|settings| has_only(settings, &SCM_SETTINGS));
        let own = settings.and_then(|settings| settings.get("tag_regex")?.as_str());
        let looks_above = settings
            .is_some_and(|settings| SCM_PARENTS.iter().any(|key| settings.get(key).is_some()));
        let pattern = own.or(Some(SETUPTOOLS_SCM)).filter(|_| is_as_usual);
        Self { tool, pattern, looks_above }
    }
}

/// Whether the table has no other keys.
fn has_only(fields: &Fields<'_>, keys: &[&str]) -> bool {
    fields.keys().iter().all(|key| keys.contains(key))
}

fn text_of(fields: &Fields<'_>, key: &str) -> Option<String> {
    fields.get(key).and_then(Item::as_str).map(str::to_owned)
}

fn versioningit(document: &Table) -> TagSource<'static> {
    let own = Fields::of(item(document, &["tool", "versioningit"]));
    let is_as_usual = own.is_none_or(|own| has_only(&own, &["write", "onbuild"]));
    let pattern = is_as_usual.then_some(VERSIONINGIT);
    TagSource { tool: "versioningit", pattern, looks_above: true }
}
