//! Findings: everything that can be wrong, or worth knowing, about an input.

mod codes;
mod payload;

use std::fmt;

use serde::Serialize;

pub use codes::Code;
pub use payload::payload;

/// How much a [`Finding`] weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing needs to be done.
    Note,
    /// The result may differ from what its author meant.
    Warning,
    /// Nothing is written for this input.
    Refusal,
}

impl fmt::Display for Severity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Refusal => "refused",
        })
    }
}

/// One thing noticed about an input: a code, the place it is about, what was found and what was
/// expected there.
///
/// ```
/// use mpconvert::{Code, Finding};
///
/// let finding = Finding::new(Code::UnsafePath, "a path with `..` in it")
///     .at("../evil.py")
///     .expected("a path below the archive's root folder");
/// assert_eq!(finding.code.id(), "MP103");
/// assert_eq!(
///     finding.to_string(),
///     "../evil.py: found a path with `..` in it, expected a path below the archive's root folder",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing it is; decides the severity.
    pub code: Code,
    /// The file, member or metadata field it is about.
    pub path: Option<String>,
    /// What was found, as a phrase.
    pub found: String,
    /// What was expected in its place, as a phrase.
    pub expected: Option<String>,
    /// A hint for this very case, where the code's general one says too little.
    hint: Option<String>,
}

impl Finding {
    /// A finding of kind `code` that says what was found.
    #[must_use]
    pub fn new(code: Code, found: impl Into<String>) -> Self {
        Self { code, path: None, found: found.into(), expected: None, hint: None }
    }

    /// Names the file, member or field that the finding is about.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Says what would have been right.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Gives a hint that fits this case better than the code's general one.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// How much the finding weighs.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// What the user can do about it.
    #[must_use]
    pub fn help(&self) -> &str {
        self.hint.as_deref().unwrap_or_else(|| self.code.help())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            // A hostile path must not write escape sequences to somebody's terminal.
            write!(
                out,
                "{}: ",
                path.escape_debug().to_string().replace("\\'", "'").replace("\\\"", "\"")
            )?;
        }
        match &self.expected {
            Some(expected) => write!(out, "found {}, expected {expected}", self.found),
            None => out.write_str(&self.found),
        }
    }
}
