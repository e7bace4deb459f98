//! The forms in which resources go to the device, and the words for them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// In which forms the resources of a package go to the device.
///
/// ```
/// use mpconvert::adapt::ResourceMode;
///
/// let mode: ResourceMode = "module,per-package".parse()?;
/// assert!(mode.module && mode.per_package && !mode.files);
/// assert_eq!("per-package".parse::<ResourceMode>()?.to_string(), "both,per-package");
/// assert!("both,none".parse::<ResourceMode>().is_err());
/// # Ok::<(), mpconvert::adapt::ResourceModeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Words", into = "String")]
pub struct ResourceMode {
    /// As the files that they are.
    pub files: bool,
    /// In modules `R.py`.
    pub module: bool,
    /// In a module of each subpackage, too; says nothing without `module`.
    pub per_package: bool,
}

/// Why words name no [`ResourceMode`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResourceModeError {
    /// A word that means nothing here.
    #[error("found `{0}`, expected one of both, module, files, none, per-package")]
    UnknownIndex(String),
    /// The text is empty.
    #[error("expected at least one mode")]
    NoWord,
    /// Two words that cannot hold at once, or one twice.
    #[error("`{0}` and `{1}` cannot be combined")]
    Conflict(String, String),
}

impl Default for ResourceMode {
    /// Files and modules, as the tool of old did it.
    fn default() -> Self {
        Self { files: true, module: true, per_package: false }
    }
}

impl ResourceMode {
    const PER_PACKAGE: &str = "per-package";

    /// The mode by its words: one of `both`, `module`, `files`, `none`; and `per-package` beside one
    /// of the first two, or alone, which means both.
    ///
    /// # Errors
    /// [`ResourceModeError`] for a word that is unknown, and for words that exclude each other.
    pub fn from_words<'a>(
        words: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, ResourceModeError> {
        let (mut form, mut per_package) = (None, None);
        for word in words {
            let place = match word {
                Self::PER_PACKAGE => &mut per_package,
                "both" | "module" | "files" | "none" => &mut form,
                _ => return Err(ResourceModeError::UnknownIndex(word.to_owned())),
            };
            if let Some(earlier) = place.replace(word) {
                return Err(ResourceModeError::Conflict(earlier.to_owned(), word.to_owned()));
            }
        }
        let form = form.or(per_package.map(|_| "both")).ok_or(ResourceModeError::NoWord)?;
        let mode = Self {
            files: matches!(form, "both" | "files"),
            module: matches!(form, "both" | "module"),
            per_package: per_package.is_some(),
        };
        match per_package {
            Some(word) if !mode.module => {
                Err(ResourceModeError::Conflict(form.to_owned(), word.to_owned()))
            }
            _ => Ok(mode),
        }
    }
}

impl FromStr for ResourceMode {
    type Err = ResourceModeError;

    /// Reads the words with commas between them.
    fn from_str(text: &str) -> Result<Self, ResourceModeError> {
        Self::from_words(text.split(',').map(str::trim))
    }
}

/// How settings spell a mode: as one text, or a list of words.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a string or a list of strings")]
enum Words {
    Text(String),
    List(Vec<String>),
}

impl TryFrom<Words> for ResourceMode {
    type Error = ResourceModeError;

    fn try_from(words: Words) -> Result<Self, ResourceModeError> {
        match words {
            Words::Text(text) => text.parse(),
            Words::List(words) => Self::from_words(words.iter().map(String::as_str)),
        }
    }
}

impl From<ResourceMode> for String {
    fn from(mode: ResourceMode) -> Self {
        mode.to_string()
    }
}

impl fmt::Display for ResourceMode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match (self.files, self.module) {
            (true, true) => "both",
            (false, true) => "module",
            (true, false) => "files",
            (false, false) => "none",
        })?;
        if self.per_package { write!(out, ",{}", Self::PER_PACKAGE) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_what_its_text_says() {
        for text in ["both", "module", "files", "none", "both,per-package", "module,per-package"] {
            assert_eq!(text.parse::<ResourceMode>().unwrap().to_string(), text);
        }
        assert_eq!(
            "per-package , module".parse::<ResourceMode>().unwrap().to_string(),
            "module,per-package"
        );
        assert_eq!(ResourceMode::default().to_string(), "both");
    }

    #[test]
    fn words_that_make_no_sense_are_named() {
        for (text, fault) in [
            ("", "found ``, expected one of both, module, files, none, per-package"),
            ("Both", "found `Both`, expected one of both, module, files, none, per-package"),
            ("both,none", "`both` and `none` cannot be combined"),
            ("module,module", "`module` and `module` cannot be combined"),
            ("per-package,files", "`files` and `per-package` cannot be combined"),
        ] {
            assert_eq!(text.parse::<ResourceMode>().unwrap_err().to_string(), fault);
        }
        assert_eq!(ResourceMode::from_words([]), Err(ResourceModeError::NoWord));
    }
}
