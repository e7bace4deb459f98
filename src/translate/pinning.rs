//! What becomes of the versions of dependencies.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

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
pub struct PinningError(String);

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
    type Err = PinningError;

    fn from_str(text: &str) -> Result<Self, PinningError> {
        match text {
            "latest" => Ok(Self::Latest),
            "pin" => Ok(Self::Pin),
            "bundle" => Ok(Self::Bundle),
            _ => Err(PinningError(text.to_owned())),
        }
    }
}
