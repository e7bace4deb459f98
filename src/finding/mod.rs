//! Findings: errors, warnings and notes about an input.

mod codes;
mod text;

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use crate::limits::{MAX_MESSAGE, shortened};
use crate::redact::{Printable, swept};

pub use codes::Code;
pub use text::MAX_TEXT_LENGTH;
pub(crate) use text::{Faults, first_lines, too_long};

/// How many packages a finding names as those that need what it is about.
const MAX_LINKS: usize = 10;

/// How serious a [`Finding`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// For information only.
    Note,
    /// The result may not be what the author intended.
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

/// A fact about an input: a code, the place, what was found there and what was expected.
///
/// Displayed, it is a sentence.
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
///     "../evil.py is a path with `..` in it, expected a path below the archive's root folder",
/// );
/// ```
///
/// Displayed and serialized, it has no password or token that a URL holds, even one with a mistake.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The kind of finding, which decides the severity.
    pub code: Code,
    /// The file, member or metadata field it is about.
    #[serde(serialize_with = "path_without_secrets")]
    pub path: Option<String>,
    /// What was found, as a phrase.
    #[serde(serialize_with = "without_secrets")]
    pub found: String,
    /// What was expected instead, as a phrase.
    #[serde(serialize_with = "some_without_secrets")]
    pub expected: Option<String>,
    /// A help line for this case, if that of the code does not fit.
    #[serde(serialize_with = "some_without_secrets")]
    hint: Option<String>,
}

impl Finding {
    /// A finding of kind `code`, with what was found.
    #[must_use]
    pub fn new(code: Code, found: impl Into<String>) -> Self {
        Self {
            code,
            path: None,
            found: bounded(found.into(), MAX_MESSAGE),
            expected: None,
            hint: None,
        }
    }

    /// Names the file, member or field that the finding is about.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Sets what would have been right.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(bounded(expected.into(), MAX_MESSAGE));
        self
    }

    /// Sets a help line that fits this case better than that of the code.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(bounded(hint.into(), MAX_MESSAGE));
        self
    }

    /// Adds who needs what the finding is about: `chain` leads from the package that needs it to the one
    /// that is asked for. It is empty for what is asked for itself, which says nothing new.
    #[must_use]
    pub(crate) fn needed_by<'n>(mut self, chain: impl IntoIterator<Item = &'n str>) -> Self {
        let mut links: Vec<String> =
            chain.into_iter().map(|name| format!("needed by {name}")).collect();
        if links.is_empty() {
            return self;
        }
        if links.len() > MAX_LINKS {
            links.drain(..links.len() - MAX_LINKS);
            links.insert(0, "…".to_owned());
        }
        self.found =
            bounded(format!("{}; {}, asked for", self.found, links.join(", ")), MAX_MESSAGE);
        self
    }

    /// How serious the finding is.
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

#[cfg(test)]
impl Finding {
    /// What tests compare: the facts, whatever the sentence is.
    pub(crate) fn facts(&self) -> String {
        let path = self.path.iter().map(|path| format!("{path}: "));
        let facts = self.expected.as_ref().map_or_else(
            || self.found.clone(),
            |expected| format!("found {}, expected {expected}", self.found),
        );
        path.chain([facts]).collect()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.code.message();
        if let Some(path) = self.path.as_deref().filter(|_| !message.contains("{path}")) {
            write!(out, "{}: ", Printable(path))?;
        }
        for part in message.split(['[', ']']) {
            let words = part.split(['{', '}']).map(|word| match word {
                "path" => Some(Printable(self.path.as_deref().unwrap_or("the input"))),
                "found" => Some(Printable(&self.found)),
                "expected" => self.expected.as_deref().map(Printable),
                text => Some(Printable(text)),
            });
            // A part with an unknown value is left out.
            let words: Option<Vec<_>> = words.collect();
            words.into_iter().flatten().try_for_each(|word| word.fmt(out))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Finding").field(&self.code).field(&self.to_string()).finish()
    }
}

/// A text of at most `max` characters. Secrets leave a longer one first: what is left of a cut one may
/// not look like one.
fn bounded(text: String, max: usize) -> String {
    if text.len() <= max { text } else { shortened(&swept(&text), max).into_owned() }
}

fn without_secrets<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&swept(text))
}

#[expect(clippy::ref_option, reason = "serde gives it so")]
fn some_without_secrets<S: Serializer>(
    text: &Option<String>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    text.as_deref().map(swept).serialize(serializer)
}

/// The same of a path. Those of members, by which they are looked up, stay as they are.
#[expect(clippy::ref_option, reason = "serde gives it so")]
fn path_without_secrets<S: Serializer>(
    path: &Option<String>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    path.as_deref().map(swept_path).serialize(serializer)
}

/// The path of a finding without secrets.
pub(crate) fn swept_path(path: &str) -> Cow<'_, str> {
    if path.contains("://") { swept(path) } else { path.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_cannot_command_the_terminal() {
        let finding = Finding::new(Code::UnsafePath, "a\u{1b}[2Jb").at("é\u{7}\n'");
        assert_eq!(finding.to_string(), "é\\u{7}\\n' is a\\u{1b}[2Jb");
    }
}
