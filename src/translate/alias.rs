//! Other names for dependencies: `micropython-logging` may be `logging` where a device looks.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::mip::{MipUrl, MipUrlError};
use crate::name::normalized_name;

/// By which names dependencies are known to the device's index, where these differ from the
/// declared ones.
///
/// ```
/// use mpconvert::translate::{Alias, Aliases};
///
/// let aliases: Aliases = [
///     ("Old_Name".to_owned(), "new".parse::<Alias>()?),
///     ("builtin".to_owned(), Alias::Dropped),
/// ].into_iter().collect();
/// assert_eq!(aliases.get("old-name").unwrap().to_string(), "new");
/// assert_eq!(aliases.get("other"), None);
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, Alias>", into = "BTreeMap<String, Alias>")]
pub struct Aliases {
    by_name: BTreeMap<String, Alias>,
    owner: Option<Owner>,
}

/// The project whose settings the aliases are, and whose dependencies they complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// Its name, if `pyproject.toml` says it.
    pub(crate) name: Option<String>,
}

/// Where a name is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// The index for mip: `mip:NAME`.
    Mip,
    /// The package index that pip uses: `pypi:NAME`.
    Pypi,
}

impl Provider {
    /// Splits a prefix off `text`.
    ///
    /// ```
    /// use mpconvert::translate::Provider;
    ///
    /// assert_eq!(Provider::split("pypi:logging>=1"), (Some(Provider::Pypi), "logging>=1"));
    /// assert_eq!(Provider::split("logging"), (None, "logging"));
    /// ```
    #[must_use]
    pub fn split(text: &str) -> (Option<Self>, &str) {
        let all = [Self::Mip, Self::Pypi];
        let prefixed = all.into_iter().find_map(|provider| {
            Some((Some(provider), text.strip_prefix(provider.prefix())?.trim_start()))
        });
        prefixed.unwrap_or((None, text))
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Mip => "mip:",
            Self::Pypi => "pypi:",
        }
    }
}

/// What a dependency becomes.
///
/// Settings spell it as a text, as `mpremote mip install` does, or as `false`: `name`,
/// `name@version`, `pypi:name`, `mip:name`, `github:org/repo`, `github:org/repo@branch`,
/// `https://example.org/package.json`.
///
/// ```
/// use mpconvert::translate::Alias;
///
/// let alias: Alias = "github:org/repo/lib@v1".parse().unwrap();
/// let Alias::MipUrl { place, version } = alias else { unreachable!() };
/// assert_eq!((place.as_str(), version.as_deref()), ("github:org/repo/lib", Some("v1")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alias {
    /// A dependency of this name.
    Name {
        /// Where the name is looked up; without it, wherever it is found first.
        provider: Option<Provider>,
        /// The name.
        name: String,
        /// The version, whatever the constraints say; upip ignores it.
        version: Option<String>,
    },
    /// A `package.json` at this place; upip knows only names.
    MipUrl {
        /// The URL of the file, or of its folder.
        place: MipUrl,
        /// The branch or tag.
        version: Option<String>,
    },
    /// Nothing: the device has it already, or does without.
    Dropped,
}

impl Aliases {
    /// What becomes of the dependency whose normalised name is `name`; `None` if it stays.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Alias> {
        self.by_name.get(name)
    }

    /// All of them, by normalised names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Alias)> {
        self.by_name.iter().map(|(name, alias)| (name.as_str(), alias))
    }

    /// The same as settings of this project.
    #[must_use]
    pub(crate) fn owned(self, folder: &Path, name: Option<&str>) -> Self {
        let (folder, name) = (folder.to_owned(), name.map(str::to_owned));
        Self { owner: Some(Owner { folder, name }), ..self }
    }

    /// The same, and what the prefixes of `requests` say, which overrides the settings: texts such as
    /// `pypi:logging>=1`.
    ///
    /// ```
    /// use mpconvert::translate::Aliases;
    ///
    /// let aliases = Aliases::default().with_prefixes(["pypi:Foo[x]>=1", "bar"]);
    /// assert_eq!(aliases.get("foo").unwrap().to_string(), "pypi:Foo");
    /// assert_eq!(aliases.get("bar"), None);
    /// ```
    #[must_use]
    pub fn with_prefixes<'a>(mut self, requests: impl IntoIterator<Item = &'a str>) -> Self {
        for request in requests {
            let (Some(provider), text) = Provider::split(request) else { continue };
            let is_of_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            let name = text.split(|c| !is_of_name(c)).next().unwrap_or_default().to_owned();
            let alias = Alias::Name { provider: Some(provider), name: name.clone(), version: None };
            self.by_name.insert(normalized_name(&name), alias);
        }
        self
    }

    /// The project whose settings they are.
    pub(crate) fn owner(&self) -> Option<&Owner> {
        self.owner.as_ref()
    }
}

impl FromIterator<(String, Alias)> for Aliases {
    fn from_iter<T: IntoIterator<Item = (String, Alias)>>(aliases: T) -> Self {
        let named = |(name, alias): (String, Alias)| (normalized_name(&name), alias);
        Self { by_name: aliases.into_iter().map(named).collect(), owner: None }
    }
}

impl From<BTreeMap<String, Alias>> for Aliases {
    fn from(aliases: BTreeMap<String, Alias>) -> Self {
        aliases.into_iter().collect()
    }
}

impl From<Aliases> for BTreeMap<String, Alias> {
    fn from(aliases: Aliases) -> Self {
        aliases.by_name
    }
}

/// What an alias may be, for messages.
const EXPECTED: &str = "expected the name of a project, a place in the notation of mip, or false";

impl FromStr for Alias {
    type Err = String;

    /// Reads a name or a place. An error is a part of a sentence.
    fn from_str(text: &str) -> Result<Self, String> {
        let refused = |why: &str| Err(format!("found `{text}`{why}, {EXPECTED}"));
        let (provider, text) = Provider::split(text);
        // The name of a branch may hold a slash, and a URL an `@` in its host or path.
        let split = if text.contains("://") {
            text.rsplit_once('@').filter(|(_, behind)| !behind.contains('/'))
        } else {
            text.split_once('@')
        };
        let (target, version) =
            split.map_or((text, None), |(target, version)| (target, Some(version)));
        let is_version = |version: &str| {
            !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if version.is_some_and(|version| !is_version(version)) {
            return refused(" without a version after `@`");
        }
        let version = version.map(str::to_owned);
        if crate::name::is_valid_name(target) {
            return Ok(Self::Name { provider, name: target.to_owned(), version });
        }
        if provider.is_some() {
            return refused("");
        }
        match target.parse() {
            Ok(place) => Ok(Self::MipUrl { place, version }),
            Err(MipUrlError::Scheme) => refused(""),
            Err(fault) => refused(&format!(": {fault}")),
        }
    }
}

impl fmt::Display for Alias {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Name { provider: Some(provider), .. } = self {
            out.write_str(provider.prefix())?;
        }
        let (target, version) = match self {
            Self::Name { name, version, .. } => (name.as_str(), version),
            Self::MipUrl { place, version } => (place.as_str(), version),
            Self::Dropped => ("false", &None),
        };
        out.write_str(target)?;
        version.iter().try_for_each(|version| write!(out, "@{version}"))
    }
}

/// A text, or `false`: how settings spell an [`Alias`].
#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected the name of a project, a place in the notation of mip, or false"
)]
enum Spelling {
    Text(String),
    Flag(bool),
}

impl Serialize for Alias {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Dropped => Spelling::Flag(false),
            named => Spelling::Text(named.to_string()),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Alias {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Spelling::deserialize(deserializer)? {
            Spelling::Text(text) => text.parse().map_err(serde::de::Error::custom),
            Spelling::Flag(false) => Ok(Self::Dropped),
            Spelling::Flag(true) => {
                Err(serde::de::Error::custom(format!("found true, {EXPECTED}")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_behind_the_last_at_is_the_version() {
        for (text, target, version) in [
            ("logging", "logging", None),
            ("logging@0.6.2", "logging", Some("0.6.2")),
            ("pypi:logging@0.6.2", "logging", Some("0.6.2")),
            ("mip:logging", "logging", None),
            ("github:org/repo", "github:org/repo", None),
            ("gitlab:org/repo/a/b@feature/x", "gitlab:org/repo/a/b", Some("feature/x")),
            ("https://host/package.json", "https://host/package.json", None),
            ("https://host/package.json@v1", "https://host/package.json", Some("v1")),
            ("https://host/@scope/package.json", "https://host/@scope/package.json", None),
        ] {
            let alias: Alias = text.parse().unwrap();
            assert_eq!(alias.to_string(), text);
            let (found, at) = match alias {
                Alias::Name { name, version, .. } => (name, version),
                Alias::MipUrl { place, version } => (place.to_string(), version),
                Alias::Dropped => unreachable!(),
            };
            assert_eq!((found.as_str(), at.as_deref()), (target, version), "{text}");
        }
    }

    #[test]
    fn what_mip_would_not_find_is_refused() {
        for text in [
            "",
            "b c",
            "a@",
            "a@ 1",
            "../x",
            "github:org",
            "ftp://host/x",
            "https://host/x?y",
            "file:x",
            "@1",
            "pypi:github:o/r",
            "mip:",
        ] {
            assert!(text.parse::<Alias>().is_err(), "{text}");
        }
        let fault = "github:org".parse::<Alias>().unwrap_err();
        assert!(fault.starts_with("found `github:org`: the organization"), "{fault}");
    }
}
