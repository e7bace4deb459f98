//! `package.json`: the files and the dependencies of a package.

use std::fmt::{self, Write as _};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

use super::url::is_mip_url;
use crate::finding::{Code, Finding};
use crate::path::MemberPath;

/// What mip is to install beside a package: a name of its index or a URL, and a version.
///
/// mip knows no ranges: the version is one that the index has, `latest`, or for a URL a branch or
/// tag.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "(String, Option<String>)", into = "(String, String)")]
pub struct Dependency {
    /// The name as the index spells it, or a URL.
    pub name: String,
    /// The version, or the branch or tag of a URL; never empty.
    pub version: String,
}

impl Dependency {
    /// Whether clients look it up in their index, and not at a place of its own.
    #[must_use]
    pub fn is_of_index(&self) -> bool {
        !self.name.contains(':')
    }
}

/// The content of a `package.json`, or of a `{version}.json` in an index.
///
/// Each list is sorted by the target, so that equal packages have equal texts. The version and all
/// that says something of the project are ignored by the clients.
///
/// ```
/// use mpconvert::mip::PackageJson;
///
/// let text = br#"{"urls": [["foo/__init__.py", "src/foo/__init__.py"]], "deps": [["bar", ""]]}"#;
/// let package = PackageJson::parse(text, "package.json").unwrap();
/// assert_eq!(package.urls[0].0.as_str(), "foo/__init__.py");
/// assert_eq!(package.deps[0].version, "latest");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageJson {
    /// The project's name as it was published.
    pub name: Option<String>,
    /// The release's version.
    pub version: Option<String>,
    /// A summary in one line.
    pub description: Option<String>,
    /// Its licence, as an SPDX expression or a name.
    pub license: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// Where it is described.
    pub homepage: Option<String>,
    /// The target of each file and its SHA-256, for people and tools; clients pass over it.
    pub sha256: Vec<(MemberPath, String)>,
    /// Files of an index: the target and the first digits, eight or more, of the SHA-256.
    pub hashes: Vec<(MemberPath, String)>,
    /// Files elsewhere: the target and a URL, absolute or relative to the folder of the
    /// `package.json`.
    pub urls: Vec<(MemberPath, String)>,
    /// What else is to be installed, in this order.
    pub deps: Vec<Dependency>,
    /// Keys that mean nothing to mip, with their values, which somebody wrote by hand. They are not
    /// read, since files for devices have none.
    pub others: Vec<(String, serde_json::Value)>,
}

/// The lists of a file as clients take them; all else may be anything.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Lists {
    #[serde(deserialize_with = "list")]
    hashes: Vec<(String, String)>,
    #[serde(deserialize_with = "list")]
    urls: Vec<(String, String)>,
    #[serde(deserialize_with = "list")]
    deps: Vec<Dependency>,
}

/// A list. Clients go through what they find, and take anything empty for an empty list.
fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(reader: D) -> Result<Vec<T>, D::Error> {
    let value = serde_json::Value::deserialize(reader)?;
    let is_empty = value.as_object().is_some_and(serde_json::Map::is_empty) || value == "";
    let list = if is_empty { serde_json::Value::Array(Vec::new()) } else { value };
    serde_json::from_value(list).map_err(serde::de::Error::custom)
}

impl PackageJson {
    /// Reads a file that `at` stands for in findings.
    ///
    /// # Errors
    /// All that clients would crash at, and targets that leave the folder of the installation, which
    /// no client checks.
    pub fn parse(text: &[u8], at: &str) -> Result<Self, Vec<Finding>> {
        let fault = |found: String| Finding::new(Code::InvalidPackageJson, found).at(at);
        let value: serde_json::Value =
            serde_json::from_slice(text).map_err(|error| vec![fault(error.to_string())])?;
        // A structure could be read from a list, too.
        if !value.is_object() {
            return Err(vec![fault("a value that is not an object".to_owned())]);
        }
        let about = |key: &str| Some(value.get(key)?.as_str()?.to_owned());
        let mut package = Self {
            name: about("name"),
            version: about("version"),
            description: about("description"),
            license: about("license"),
            author: about("author"),
            homepage: about("homepage"),
            ..Self::default()
        };
        let lists = Lists::deserialize(&value).map_err(|error| vec![fault(error.to_string())])?;
        let mut findings = Vec::new();
        package.hashes = targets(lists.hashes, |found| findings.push(fault(found)));
        for (_, hash) in &package.hashes {
            if !(2..=64).contains(&hash.len()) || !hash.bytes().all(|byte| byte.is_ascii_hexdigit())
            {
                findings.push(fault(format!("`{hash}`")).expected("a hash in hexadecimal digits"));
            }
        }
        package.urls = targets(lists.urls, |found| findings.push(fault(found)));
        package.deps = lists.deps;
        if findings.is_empty() { Ok(package) } else { Err(findings) }
    }

    /// The text of a `package.json` that people read, a line for each file and dependency.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut entries: Vec<String> = self
            .about()
            .into_iter()
            .filter_map(|(key, value)| Some(format!("{}: {}", json(key), json(value?))))
            .collect();
        let pairs = |pairs: &[(MemberPath, String)]| {
            lines(pairs.iter().map(|(target, value)| (target.as_str(), value.as_str())))
        };
        entries.extend(
            self.others.iter().map(|(key, value)| format!("{}: {}", json(key), json(value))),
        );
        if !self.sha256.is_empty() {
            entries.push(format!("\"sha256\": {}", pairs(&self.sha256)));
        }
        if !self.hashes.is_empty() {
            entries.push(format!("\"hashes\": {}", pairs(&self.hashes)));
        }
        entries.push(format!("\"urls\": {}", pairs(&self.urls)));
        let deps = self.deps.iter().map(|dep| (dep.name.as_str(), dep.version.as_str()));
        entries.push(format!("\"deps\": {}", lines(deps)));
        format!("{{\n  {}\n}}\n", entries.join(",\n  "))
    }

    /// The text of a `{version}.json` in an index, as short as it can be: devices hold it whole.
    #[must_use]
    pub fn to_indexed(&self) -> String {
        #[derive(Serialize)]
        struct Indexed<'a> {
            v: u32,
            hashes: &'a [(MemberPath, String)],
            #[serde(skip_serializing_if = "<[_]>::is_empty")]
            deps: &'a [Dependency],
            version: &'a str,
        }
        let indexed = Indexed {
            v: 1,
            hashes: &self.hashes,
            deps: &self.deps,
            version: self.version.as_deref().unwrap_or_default(),
        };
        format!("{}\n", json(&indexed))
    }

    fn about(&self) -> [(&'static str, Option<&str>); 6] {
        [
            ("name", self.name.as_deref()),
            ("version", self.version.as_deref()),
            ("description", self.description.as_deref()),
            ("license", self.license.as_deref()),
            ("author", self.author.as_deref()),
            ("homepage", self.homepage.as_deref()),
        ]
    }
}

fn targets(
    pairs: Vec<(String, String)>,
    mut fault: impl FnMut(String),
) -> Vec<(MemberPath, String)> {
    let mut checked = Vec::with_capacity(pairs.len());
    for (target, value) in pairs {
        match without_empty_parts(&target).parse() {
            Ok(path) => checked.push((path, value)),
            Err(error) => fault(format!("the target `{target}`: {error}")),
        }
    }
    checked
}

/// The path as a device understands it below the folder of the installation: clients put a slash before
/// it, and several slashes in a row are one.
fn without_empty_parts(target: &str) -> String {
    let mut path = target.trim_start_matches('/').to_owned();
    while path.contains("//") {
        path = path.replace("//", "/");
    }
    path
}

/// A list of pairs, a line each.
fn lines<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::from("[");
    for (place, (first, second)) in pairs.enumerate() {
        let comma = if place == 0 { "" } else { "," };
        let _ = write!(text, "{comma}\n    [{}, {}]", json(first), json(second));
    }
    if text.len() > 1 {
        text.push_str("\n  ");
    }
    text + "]"
}

/// JSON of texts, and of structures of texts and numbers, none of which can fail.
fn json(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl fmt::Display for Dependency {
    /// As mpremote takes it: `name@version`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}@{}", self.name, self.version)
    }
}

impl From<(String, Option<String>)> for Dependency {
    /// Clients take an empty version, or none, for the newest one of an index, and for the head of
    /// a repository, where `latest` would be a branch.
    fn from((name, version): (String, Option<String>)) -> Self {
        let newest = if is_mip_url(&name) { super::HEAD } else { super::LATEST };
        let version = version.filter(|text| !text.is_empty());
        Self { name, version: version.unwrap_or_else(|| newest.to_owned()) }
    }
}

impl From<Dependency> for (String, String) {
    fn from(dependency: Dependency) -> Self {
        (dependency.name, dependency.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package() -> PackageJson {
        PackageJson {
            name: Some("foo-bar".to_owned()),
            version: Some("1.0".to_owned()),
            urls: vec![
                ("foo/__init__.py".parse().unwrap(), "src/foo/__init__.py".to_owned()),
                ("foo/ü.txt".parse().unwrap(), "src/foo/%C3%BC.txt".to_owned()),
            ],
            deps: vec![Dependency { name: "logging".to_owned(), version: "0.6.2".to_owned() }],
            ..PackageJson::default()
        }
    }

    #[test]
    fn people_read_a_line_for_each_file() {
        let text = package().to_text();
        let expected = r#"{
  "name": "foo-bar",
  "version": "1.0",
  "urls": [
    ["foo/__init__.py", "src/foo/__init__.py"],
    ["foo/ü.txt", "src/foo/%C3%BC.txt"]
  ],
  "deps": [
    ["logging", "0.6.2"]
  ]
}
"#;
        assert_eq!(text, expected);
        assert_eq!(PackageJson::parse(text.as_bytes(), "it"), Ok(package()));
    }

    #[test]
    fn no_version_is_the_newest_of_its_kind() {
        let text = br#"{"deps": [["foo", ""], ["bar", null], ["github:o/r", ""]]}"#;
        let package = PackageJson::parse(text, "package.json").unwrap();
        let versions: Vec<_> = package.deps.iter().map(|dep| dep.version.as_str()).collect();
        assert_eq!(versions, ["latest", "latest", "HEAD"]);
    }

    #[test]
    fn targets_with_more_slashes_are_what_clients_make_of_them() {
        let text = br#"{"urls": [["/Examples/x.py", "m.py"], ["a///b//x.py", "m.py"],
            ["./c.py", "m.py"]], "deps": {}, "hashes": ""}"#;
        let package = PackageJson::parse(text, "package.json").unwrap();
        let targets: Vec<_> = package.urls.iter().map(|(target, _)| target.as_str()).collect();
        assert_eq!(targets, ["Examples/x.py", "a/b/x.py", "c.py"]);
        assert!(package.deps.is_empty() && package.hashes.is_empty());
    }

    #[test]
    fn devices_read_one_line() {
        let indexed = PackageJson {
            hashes: vec![("foo.mpy".parse().unwrap(), "0123abcd".to_owned())],
            urls: Vec::new(),
            ..package()
        };
        let expected = "{\"v\":1,\"hashes\":[[\"foo.mpy\",\"0123abcd\"]],\
                        \"deps\":[[\"logging\",\"0.6.2\"]],\"version\":\"1.0\"}\n";
        assert_eq!(indexed.to_indexed(), expected);
    }

    #[test]
    fn what_crashes_clients_is_refused() {
        for (text, found) in [
            ("[]", "a value that is not an object"),
            ("{", "EOF"),
            (r#"{"deps": ["logging"]}"#, "invalid type: string \"logging\""),
            (r#"{"urls": [["a.py"]]}"#, "invalid length 1"),
            (r#"{"urls": [["../a.py", "a.py"]]}"#, "the target `../a.py`"),
            (r#"{"urls": [["/../a.py", "a.py"]]}"#, "the target `/../a.py`"),
            (r#"{"urls": [["a/..//../b.py", "a.py"]]}"#, "the target `a/..//../b.py`"),
            (r#"{"urls": [["a\\..\\b.py", "a.py"]]}"#, "a path with a backslash"),
            (r#"{"urls": [["/", "a.py"]]}"#, "the target `/`"),
            (r#"{"urls": [["C:/a.py", "a.py"]]}"#, "the target `C:/a.py`"),
            (r#"{"urls": null}"#, "invalid type: null"),
            (r#"{"deps": {"logging": "latest"}}"#, "invalid type: map"),
            (r#"{"hashes": [["a.py", "../x"]]}"#, "`../x`"),
            ("\u{feff}{}", "expected value"),
        ] {
            let findings = PackageJson::parse(text.as_bytes(), "package.json").unwrap_err();
            assert!(findings[0].found.contains(found), "{text}: {findings:?}");
        }
    }
}
