//! From dependencies to the exact, fetchable ones that mip takes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::mip::{IndexJson, SOURCE_FORM};
use crate::package::normalized_name;

/// What becomes of dependencies for mip, which knows no ranges of versions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pinning {
    /// Whatever version is the newest when the package is installed.
    Latest,
    /// The newest version that the constraints allow now.
    #[default]
    Pin,
    /// Their files become part of the package.
    Bundle,
}

/// Text that names no [`Pinning`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("found `{0}`, expected one of latest, pin, bundle")]
pub struct PinningFault(String);

impl fmt::Display for Pinning {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Latest => "latest",
            Self::Pin => "pin",
            Self::Bundle => "bundle",
        })
    }
}

impl FromStr for Pinning {
    type Err = PinningFault;

    fn from_str(text: &str) -> Result<Self, PinningFault> {
        match text {
            "latest" => Ok(Self::Latest),
            "pin" => Ok(Self::Pin),
            "bundle" => Ok(Self::Bundle),
            _ => Err(PinningFault(text.to_owned())),
        }
    }
}

/// A package that dependencies can be met by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The name as the index spells it.
    pub name: String,
    /// The versions that it has as source code, as it spells them, in any order.
    pub versions: Vec<String>,
}

/// What there is to meet dependencies by.
pub trait Catalog {
    /// The package of this name; where there is none, one whose name is the same by PEP 503.
    fn find(&self, name: &str) -> Option<Offer>;
}

impl Catalog for IndexJson {
    fn find(&self, name: &str) -> Option<Offer> {
        let package = self.package(name).or_else(|| {
            let normal = normalized_name(name);
            self.packages.iter().find(|package| normalized_name(&package.name) == normal)
        })?;
        let mut versions = package.versions.get(SOURCE_FORM).cloned().unwrap_or_default();
        if versions.is_empty() && !package.version.is_empty() {
            versions.push(package.version.clone());
        }
        Some(Offer { name: package.name.clone(), versions })
    }
}
