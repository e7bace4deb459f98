//! Other names for dependencies: `micropython-logging` may be `logging` where a device looks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::package::normalized_name;

/// By which names dependencies are known to the device's index, where these differ from the
/// declared ones.
///
/// ```
/// use mpconvert::requirement::{Alias, Aliases};
///
/// let aliases: Aliases = [
///     ("Old_Name".to_owned(), Alias::Name("new".to_owned())),
///     ("builtin".to_owned(), Alias::Dropped),
/// ].into_iter().collect();
/// assert_eq!(aliases.get("old-name"), Some(&Alias::Name("new".to_owned())));
/// assert_eq!(aliases.get("other"), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, Alias>", into = "BTreeMap<String, Alias>")]
pub struct Aliases(BTreeMap<String, Alias>);

/// What a dependency becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alias {
    /// A dependency of this name.
    Name(String),
    /// Nothing: the device has it already, or does without.
    Dropped,
}

impl Aliases {
    /// What becomes of the dependency whose normalised name is `name`; `None` if it stays.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Alias> {
        self.0.get(name)
    }
}

impl FromIterator<(String, Alias)> for Aliases {
    fn from_iter<T: IntoIterator<Item = (String, Alias)>>(aliases: T) -> Self {
        Self(aliases.into_iter().map(|(name, alias)| (normalized_name(&name), alias)).collect())
    }
}

impl From<BTreeMap<String, Alias>> for Aliases {
    fn from(aliases: BTreeMap<String, Alias>) -> Self {
        aliases.into_iter().collect()
    }
}

impl From<Aliases> for BTreeMap<String, Alias> {
    fn from(aliases: Aliases) -> Self {
        aliases.0
    }
}

/// A name, or `false`: how settings spell an [`Alias`].
#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "expected the name of a project, or false")]
enum Spelling {
    Name(String),
    Flag(bool),
}

impl Serialize for Alias {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Name(name) => Spelling::Name(name.clone()),
            Self::Dropped => Spelling::Flag(false),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Alias {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let refused = |found: &str| {
            let message = format!("found {found}, expected the name of a project, or false");
            Err(serde::de::Error::custom(message))
        };
        match Spelling::deserialize(deserializer)? {
            Spelling::Name(name) if super::is_valid_name(&name) => Ok(Self::Name(name)),
            Spelling::Name(name) => refused(&format!("`{name}`")),
            Spelling::Flag(false) => Ok(Self::Dropped),
            Spelling::Flag(true) => refused("true"),
        }
    }
}
