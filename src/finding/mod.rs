//! Findings: everything that can be wrong, or worth knowing, about an input.

mod codes;
mod text;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits::{MAX_MESSAGE, shortened};
use crate::redact::{Printable, redacted, without_private};

pub use codes::Code;
pub use text::MAX_TEXT_LENGTH;
pub(crate) use text::{Faults, first_lines, too_long};

/// How much a [`Finding`] weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing needs to be done.
    Note,
    /// The result may differ from what its author meant.
    Warning,
    /// Nothing is written for this input.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
        Self { code, path: None, found: told(&found.into()), expected: None, hint: None }
    }

    /// Names the file, member or field that the finding is about.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        let path = path.into();
        // Members are looked up by their paths, which stay as they are.
        self.path = Some(if path.contains("://") { told(&path) } else { path });
        self
    }

    /// Says what would have been right.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(told(&expected.into()));
        self
    }

    /// Gives a hint that fits this case better than the code's general one.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(told(&hint.into()));
        self
    }

    /// How much the finding weighs.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// Whether nothing is written for the input because of this finding.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity() == Severity::Error
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
            write!(out, "{}: ", Printable(path))?;
        }
        match &self.expected {
            Some(expected) => {
                write!(out, "found {}, expected {}", Printable(&self.found), Printable(expected))
            }
            None => Printable(&self.found).fmt(out),
        }
    }
}

/// A text as it may be told, to whomever, and not longer than anybody would read.
fn told(text: &str) -> String {
    // Secrets go first: what is left of a cut one may not look like one.
    let text = redacted(text);
    let text = without_private(&text);
    shortened(&text, MAX_MESSAGE).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_cannot_command_the_terminal() {
        let finding = Finding::new(Code::UnsafePath, "a\u{1b}[2Jb").at("é\u{7}\n'");
        assert_eq!(finding.to_string(), "é\\u{7}\\n': a\\u{1b}[2Jb");
    }
}
