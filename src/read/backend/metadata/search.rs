//! Versions that build tools look for in the text of a file.

use ::regex::Regex;

use super::builder::MetadataBuilder;
use crate::python::regex::{self, Flags};
use crate::read::source_tree::SourceTree;

/// Longer files are not searched: they name more than a version.
const MAX_FILE_LENGTH: usize = 64 << 10;
/// How to find a version in a file.
#[derive(Clone, Copy)]
pub(crate) enum Pattern<'a> {
    /// hatchling's own: `__version__` or `VERSION`, set to a text.
    Hatchling,
    /// pdm's own, which is stricter.
    Pdm,
    /// A pattern of the project's with a group `version`.
    Named(&'a str),
    /// A pattern of the project's whose first group it is.
    First(&'a str),
}

/// Adds the version in the file at `path`. A pattern that is not supported, or that does not match,
/// leaves it unknown.
pub(crate) fn find(draft: &mut MetadataBuilder, tree: &SourceTree, path: &str, pattern: Pattern) {
    let Some(text) = draft.file(tree, path, "version") else { return };
    let regex = match pattern.compiled() {
        Ok(regex) => regex,
        Err(reason) => return draft.uncertain("version", reason),
    };
    let text = &text[..text.floor_char_boundary(MAX_FILE_LENGTH)];
    let captures = regex.captures(text);
    let version = captures.as_ref().and_then(|captures| match pattern {
        Pattern::Named(_) => captures.name("version"),
        _ => captures.iter().skip(1).flatten().next(),
    });
    match version {
        Some(version) => draft.metadata.put("version", version.as_str()),
        None => draft.fault("version", format!("no version in {path}")),
    }
}

impl Pattern<'_> {
    /// The pattern, in which `^` and `$` match at every line.
    fn compiled(self) -> Result<Regex, String> {
        let pattern = match self {
            // Python's refers to the first quote at the end.
            Self::Hatchling => r#"(?i)^(?:__version__|VERSION) *= *(?:'v?(.+?)'|"v?(.+?)")"#,
            Self::Pdm => r#"^(?:__version__|VERSION)\s*=\s*["'](.+?)["']\s*(?:#.*)?$"#,
            Self::Named(pattern) | Self::First(pattern) => pattern,
        };
        let flags = Flags { multi_line: true, ..Flags::default() };
        regex::compile(pattern, flags)
            .ok_or_else(|| format!("`version`, because the pattern `{pattern}` is not supported"))
    }
}
