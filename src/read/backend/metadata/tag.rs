//! Versions that build tools take from version control: the tag on the commit that is checked out.
//!
//! Between two tags, these tools count commits or look at changes. That is left to a build.

use std::collections::BTreeSet;
use std::str::FromStr;

use pep440_rs::Version;
use toml_edit::Table;

use super::builder::MetadataBuilder;
use super::table::{Fields, item};
use crate::python::regex::{self, Flags};
use crate::read::repository::RepositoryContext;
use crate::read::source_tree::SourceTree;

/// The default of setuptools-scm, which hatch-vcs uses as well.
const SETUPTOOLS_SCM: &str = r"^(?:[\w-]+-)?(?P<version>[vV]?\d+(?:\.\d+){0,2}[^\+]*)(?:\+.*)?$";
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
pub(crate) struct TagSource<'d> {
    tool: &'static str,
    /// Finds the version in the name of a tag; `None` for rules that are not supported.
    pattern: Option<&'d str>,
    /// Whether it finds the repository if its top is above the project.
    looks_above: bool,
}

impl<'d> TagSource<'d> {
    /// A tool that finds the version by `pattern`, in a group `version` or the first one; `None` for rules
    /// that are not supported.
    pub fn new(tool: &'static str, pattern: Option<&'d str>) -> Self {
        Self { tool, pattern, looks_above: true }
    }

    /// setuptools-scm with these settings, or a tool that uses it.
    pub fn setuptools_scm(tool: &'static str, settings: Option<&Fields<'d>>) -> Self {
        let is_as_usual = settings.is_none_or(|settings| settings.has_only(&SCM_SETTINGS));
        let own = settings.and_then(|settings| settings.get("tag_regex")?.as_str());
        let looks_above = settings
            .is_some_and(|settings| SCM_PARENTS.iter().any(|key| settings.get(key).is_some()));
        let pattern = own.or(Some(SETUPTOOLS_SCM)).filter(|_| is_as_usual);
        Self { tool, pattern, looks_above }
    }

    /// versioningit with the settings in the document.
    pub fn versioningit(document: &'d Table) -> Self {
        let own = Fields::of(item(document, &["tool", "versioningit"]));
        let is_as_usual = own.is_none_or(|own| own.has_only(&["write", "onbuild"]));
        Self::new("versioningit", is_as_usual.then_some(VERSIONINGIT))
    }

    /// The same with a pattern of the project's, if there is one.
    pub fn with_pattern(self, pattern: Option<&'d str>) -> Self {
        Self { pattern: self.pattern.map(|usual| pattern.unwrap_or(usual)), ..self }
    }

    /// The same, which is not followed unless `is_supported`.
    pub fn only_if(self, is_supported: bool) -> Self {
        Self { pattern: self.pattern.filter(|_| is_supported), ..self }
    }

    /// The versions in the names of `tags`; none if the rules are not supported.
    fn versions(&self, tags: &[String]) -> BTreeSet<Version> {
        let pattern = self.pattern.and_then(|pattern| regex::compile(pattern, Flags::default()));
        let Some(pattern) = pattern else { return BTreeSet::new() };
        let version = |tag: &String| {
            let found = pattern.captures(tag)?;
            let found = found.name("version").or_else(|| found.get(1))?;
            Version::from_str(found.as_str()).ok()
        };
        tags.iter().filter_map(version).collect()
    }
}

/// Adds the version of the tag on the commit that is checked out, unless the version is known. Tools choose
/// among tags of several versions by rules of their own, and differ about local parts; both leave the version
/// unknown, and so do settings that may change it.
pub(crate) fn find(draft: &mut MetadataBuilder, tree: &SourceTree, source: &TagSource) {
    if draft.metadata.version.is_some() && !draft.computed.contains("version") {
        return;
    }
    // In a source distribution, the build has written the version down.
    let Some(repository) = tree.surroundings().and_then(RepositoryContext::repository) else {
        return;
    };
    let tags = repository.tags_at_head();
    let is_plain = !tags.iter().any(|tag| tag.contains('+'));
    let is_found = repository.project.is_empty() || source.looks_above;
    let mut versions = if is_found { source.versions(&tags) } else { BTreeSet::new() };
    match versions.pop_first() {
        Some(version) if versions.is_empty() && is_plain => {
            draft.clear("version");
            draft.metadata.put("version", version.to_string());
        }
        _ => draft.uncertain(
            "version",
            format!(
                "`version`, which {} takes from git: the tags on the commit that is checked out do not \
                 say one",
                source.tool
            ),
        ),
    }
}

/// The table of setuptools-scm's settings.
pub(crate) fn scm_settings(document: &Table) -> Option<Fields<'_>> {
    Fields::of(item(document, &["tool", "setuptools_scm"]))
}
