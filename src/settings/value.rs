//! The types of settings: how values are read from files and variables, and their JSON schema.

use std::ffi::OsString;
use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;

use serde::de::{DeserializeOwned, IntoDeserializer};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::json;
use toml_edit::Table;

use crate::adapt::{ResourceMode, ResourceModeError};
use crate::error::{Error, Result};
use crate::mip::{MipUrl, MipUrlError};
use crate::net::fetch::{Location, SafeUrl};
use crate::options::ConvertOptions;
use crate::translate::{Aliases, Pinning, PinningError};

/// How many elements a list of a project has at most. Each can be a pattern that every path is
/// compared with.
const MAX_ELEMENTS: usize = 200;

/// Why a value cannot be taken: the key, and what was found and expected.
pub(super) type Fault = String;

/// A type of settings.
pub(super) trait Value: Serialize + DeserializeOwned {
    /// Parses the text of a variable.
    fn from_text(text: &str) -> Result<Self, String>;

    /// The JSON schema of the type.
    fn schema() -> serde_json::Value;

    /// Why a file of a project cannot give this value, although a user could.
    fn fault_in_project(&self) -> Option<String> {
        None
    }
}

/// The value of `key` in a table, if it is there.
pub(super) fn of_table<T: Value>(table: &Table, key: &str) -> Result<Option<T>, Fault> {
    let Some(item) = table.get(key) else { return Ok(None) };
    let fault = |text: &str| format!("{key}: {}", text.trim_end().replace('\n', ", "));
    let value = item.clone().into_value().map_err(|_| fault("found tables, expected a value"))?;
    let value = T::deserialize(value.into_deserializer())
        .map_err(|error: toml_edit::de::Error| fault(error.message()))?;
    match value.fault_in_project() {
        Some(text) => Err(fault(&text)),
        None => Ok(Some(value)),
    }
}

/// The value of a variable, if it is set and not empty.
pub(super) fn of_variable<T: Value>(
    name: Option<&'static str>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<Option<T>> {
    let Some(name) = name else { return Ok(None) };
    let Some(text) = variable(name).filter(|text| !text.is_empty()) else { return Ok(None) };
    let text = text.to_str().ok_or_else(|| format!("found `{}`, expected UTF-8", text.display()));
    text.and_then(T::from_text).map(Some).map_err(|fault| Error::Usage {
        message: format!("{name}: {fault}"),
        help: format!("set the variable {name} to another value, or unset it"),
    })
}

impl Value for bool {
    fn from_text(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => Ok(true),
            "0" | "false" | "no" | "off" => Ok(false),
            _ => Err(format!("found `{text}`, expected true or false")),
        }
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "boolean" })
    }
}

impl Value for String {
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "string" })
    }
}

impl Value for Option<String> {
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(Some(text.to_owned()))
    }

    fn schema() -> serde_json::Value {
        String::schema()
    }
}

impl Value for Option<PathBuf> {
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(Some(text.into()))
    }

    fn schema() -> serde_json::Value {
        String::schema()
    }

    /// A downloaded project must not choose paths outside of itself.
    fn fault_in_project(&self) -> Option<String> {
        let path = self.as_deref()?;
        let is_below = |path: &Path| {
            path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
        };
        let found = || format!("found `{}`, expected a folder below the project", path.display());
        (!is_below(path)).then(found)
    }
}

impl<T> Value for Vec<T>
where
    T: FromStr + Serialize + DeserializeOwned,
    T::Err: fmt::Display,
{
    /// The elements are separated by white space, since commas are part of patterns.
    fn from_text(text: &str) -> Result<Self, String> {
        let parse = |word: &str| word.parse().map_err(|fault| format!("`{word}`: {fault}"));
        text.split_whitespace().map(parse).collect()
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "array", "items": { "type": "string" }, "maxItems": MAX_ELEMENTS })
    }

    fn fault_in_project(&self) -> Option<String> {
        let found = || format!("found {} elements, expected at most {MAX_ELEMENTS}", self.len());
        (self.len() > MAX_ELEMENTS).then(found)
    }
}

impl Value for u64 {
    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| format!("found `{text}`, expected a number"))
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "integer", "minimum": 0 })
    }
}

impl Value for ResourceMode {
    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|fault: ResourceModeError| fault.to_string())
    }

    fn schema() -> serde_json::Value {
        let words = ["both", "module", "files", "none", "per-package"];
        json!({ "anyOf": [
            { "type": "string" },
            { "type": "array", "items": { "enum": words }, "minItems": 1, "maxItems": 2 },
        ] })
    }
}

impl Value for Aliases {
    fn from_text(_: &str) -> Result<Self, String> {
        Err("set the names of dependencies in pyproject.toml".to_owned())
    }

    fn schema() -> serde_json::Value {
        json!({
            "type": "object",
            "additionalProperties": { "anyOf": [{ "type": "string" }, { "const": false }] },
        })
    }
}

impl Value for Pinning {
    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|fault: PinningError| fault.to_string())
    }

    fn schema() -> serde_json::Value {
        json!({ "enum": ["latest", "pin", "bundle"] })
    }
}

impl Value for Option<MipUrl> {
    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map(Some).map_err(|fault: MipUrlError| format!("found `{text}`: {fault}"))
    }

    fn schema() -> serde_json::Value {
        String::schema()
    }
}

/// The index for mip, as it was given: `micropython-lib`, `none`, a URL or the path of a folder. A URL
/// is shown without a user's name, a password and a query.
///
/// ```
/// use mpconvert::settings::MipIndex;
///
/// let index = MipIndex::from("https://me:hunter2@host/index".to_owned());
/// assert_eq!(index.to_string(), "https://host/index");
/// assert_eq!(MipIndex::from("dist@1/index".to_owned()).to_string(), "dist@1/index");
/// assert_eq!(MipIndex::from("none".to_owned()), MipIndex::None);
/// assert_eq!(MipIndex::default().to_string(), "micropython-lib");
/// ```
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum MipIndex {
    /// micropython-lib's own, which mip and mpremote use unless told otherwise.
    #[default]
    MicropythonLib,
    /// No index.
    None,
    /// An index at a URL.
    Url(SafeUrl),
    /// An index in a folder.
    Path(PathBuf),
}

impl MipIndex {
    const MICROPYTHON_LIB: &str = "micropython-lib";
    const NONE: &str = "none";
    /// The address that is built into mip (`mip/__init__.py`) and mpremote (`mpremote/mip.py`).
    const MICROPYTHON_LIB_URL: &str = "https://micropython.org/pi/v2";

    /// Where to read it from, if there is an index.
    ///
    /// # Errors
    /// Those of [`Location::parse`].
    pub fn location(&self) -> Result<Option<Location>> {
        Ok(Some(match self {
            Self::MicropythonLib => Location::parse(Self::MICROPYTHON_LIB_URL)?,
            Self::None => return Ok(None),
            Self::Url(url) => Location::parse(url.reveal())?,
            Self::Path(path) => Location::Path(path.clone()),
        }))
    }

    /// The same where a path is one below `folder`.
    pub(super) fn in_folder(self, folder: &Path) -> Self {
        match self {
            Self::Path(path) => Self::Path(folder.join(path)),
            other => other,
        }
    }
}

impl From<String> for MipIndex {
    /// A folder with the name of one of the words is given as `./none`.
    fn from(text: String) -> Self {
        match text.as_str() {
            Self::MICROPYTHON_LIB => Self::MicropythonLib,
            Self::NONE => Self::None,
            _ if text.contains("://") => Self::Url(text.into()),
            _ => Self::Path(text.into()),
        }
    }
}

impl fmt::Display for MipIndex {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MicropythonLib => out.write_str(Self::MICROPYTHON_LIB),
            Self::None => out.write_str(Self::NONE),
            Self::Url(url) => url.fmt(out),
            Self::Path(path) => path.display().fmt(out),
        }
    }
}

impl fmt::Debug for MipIndex {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?}", self.to_string())
    }
}

impl Serialize for MipIndex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Value for MipIndex {
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(text.to_owned().into())
    }

    fn schema() -> serde_json::Value {
        String::schema()
    }
}

/// Programs that are run, in order of preference.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Programs(pub Vec<PathBuf>);

impl Value for Programs {
    /// The paths are separated as those of `PATH` are.
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(Self(std::env::split_paths(text).collect()))
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "array", "items": { "type": "string" }, "maxItems": 0 })
    }

    /// A downloaded project must not choose the programs that run.
    fn fault_in_project(&self) -> Option<String> {
        let message = "found programs, expected them on the command line or in the environment";
        (!self.0.is_empty()).then(|| message.to_owned())
    }
}

/// A limit of what a run may use of the machine and the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunLimit(pub u64);

impl Value for RunLimit {
    fn from_text(text: &str) -> Result<Self, String> {
        u64::from_text(text).map(Self)
    }

    fn schema() -> serde_json::Value {
        json!({ "not": {} })
    }

    /// A limit that an input could raise would be none.
    fn fault_in_project(&self) -> Option<String> {
        let found = "found a number, expected it on the command line or in the environment";
        Some(found.to_owned())
    }
}

/// A client that takes what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// upip takes the archive.
    Upip,
    /// So does pip.
    Pip,
}

impl Form {
    /// The forms of archives for upip, and for pip too where that is wanted.
    #[must_use]
    pub fn for_upip(pip_installable: bool) -> Vec<Self> {
        if pip_installable { vec![Self::Upip, Self::Pip] } else { vec![Self::Upip] }
    }
}

impl FromStr for Form {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "upip" => Ok(Self::Upip),
            "pip" => Ok(Self::Pip),
            _ => Err("expected `upip` or `pip`".to_owned()),
        }
    }
}

/// A time that the header of a tar member can hold, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u64")]
pub struct Time(pub u64);

impl Default for Time {
    fn default() -> Self {
        Self(ConvertOptions::DEFAULT_MTIME)
    }
}

impl TryFrom<u64> for Time {
    type Error = String;

    fn try_from(seconds: u64) -> Result<Self, String> {
        /// The largest number in the eleven octal digits of a tar header.
        const MAX_SIZE: u64 = 0o777_7777_7777;
        if seconds <= MAX_SIZE {
            Ok(Self(seconds))
        } else {
            Err(format!("found {seconds}, expected at most {MAX_SIZE} seconds"))
        }
    }
}

impl Value for Time {
    fn from_text(text: &str) -> Result<Self, String> {
        text.parse::<u64>()
            .ok()
            .and_then(|seconds| seconds.try_into().ok())
            .ok_or_else(|| format!("found `{text}`, expected whole seconds since 1970"))
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "integer", "minimum": 0 })
    }
}
