//! `index.json`: the packages of an index, for tools; the clients never read it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::finding::{Code, Finding};

/// The list of an index's packages, version 2 of its format.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexJson {
    /// Sorted by name.
    pub packages: Vec<IndexedPackage>,
    /// The version of the format.
    pub v: u32,
    /// When the index was last changed, in seconds since 1970.
    #[serde(default)]
    pub updated: u64,
    /// What other tools wrote beside it.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// The entry of one package in an index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexedPackage {
    /// The name under which clients ask for it.
    pub name: String,
    /// The version that `latest` is; may be empty.
    #[serde(default)]
    pub version: String,
    /// Who wrote it; may be empty.
    #[serde(default)]
    pub author: String,
    /// A summary in one line; may be empty.
    #[serde(default)]
    pub description: String,
    /// Its licence, as an SPDX expression or a name; may be empty.
    #[serde(default)]
    pub license: String,
    /// The versions by their variants: `py`, and the major versions of bytecode.
    #[serde(default)]
    pub versions: BTreeMap<String, Vec<String>>,
    /// Where the official index has its sources; may be empty.
    #[serde(default)]
    pub path: String,
    /// What other tools wrote beside it.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl IndexJson {
    /// The version of the format that is written.
    pub const VERSION: u32 = 2;

    /// Reads a file that `at` stands for in findings.
    ///
    /// # Errors
    /// A finding if the text is not such a list.
    pub fn parse(text: &[u8], at: &str) -> Result<Self, Finding> {
        let fault = |found: String| Finding::new(Code::InvalidIndex, found).at(at);
        let mut index: Self =
            serde_json::from_slice(text).map_err(|error| fault(error.to_string()))?;
        if index.v > Self::VERSION {
            let expected = format!("a version up to {}", Self::VERSION);
            return Err(fault(format!("format version {}", index.v)).expected(expected));
        }
        index.packages.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(index)
    }

    /// The text of the file, as tools and people read it.
    #[must_use]
    pub fn to_text(&self) -> String {
        // Texts, numbers and lists of them cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// The package of this very name.
    #[must_use]
    pub fn package(&self, name: &str) -> Option<&IndexedPackage> {
        let place = self.packages.binary_search_by(|package| package.name.as_str().cmp(name));
        place.ok().map(|place| &self.packages[place])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_found_by_name() {
        let text =
            br#"{"v": 2, "packages": [{"name": "b"}, {"name": "a", "versions": {"py": ["1"]}}]}"#;
        let index = IndexJson::parse(text, "index.json").unwrap();
        assert_eq!(index.package("a").unwrap().versions["py"], ["1"]);
        assert_eq!(index.package("c"), None);
        assert!(IndexJson::parse(br#"{"v": 3, "packages": []}"#, "index.json").is_err());
    }

    #[test]
    fn what_other_tools_wrote_is_kept() {
        let text = br#"{"v": 2, "x": [1], "packages": [{"name": "a", "y": {"z": null}}]}"#;
        let index = IndexJson::parse(text, "index.json").unwrap();
        assert_eq!(IndexJson::parse(index.to_text().as_bytes(), "index.json"), Ok(index.clone()));
        assert_eq!(index.packages[0].other["y"]["z"], Value::Null);
        assert!(index.to_text().ends_with("\n}\n"));
    }
}
