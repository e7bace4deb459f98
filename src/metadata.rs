//! Core metadata (`PKG-INFO`, `METADATA`), in and out.

mod render;

use std::str::FromStr;

use pep440_rs::VersionSpecifiers;

use crate::check::{Code, Finding};
use crate::requirement::Requirement;

/// Core metadata of a release, by the specification's versions 1.0 to 2.5.
///
/// Texts are as they were written, without the folding of long values. Absent fields, and such as
/// say `UNKNOWN`, are `None` or empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// `Metadata-Version`.
    pub metadata_version: Option<String>,
    /// `Name`, not normalised.
    pub name: Option<String>,
    /// `Version`, not normalised and not checked.
    pub version: Option<String>,
    /// `Dynamic`: fields that a build may fill, in lower case.
    pub dynamic: Vec<String>,
    /// `Platform`.
    pub platforms: Vec<String>,
    /// `Summary`, one line.
    pub summary: Option<String>,
    /// `Description`: the body, or the field where there is no body.
    pub description: Option<String>,
    /// `Description-Content-Type`.
    pub description_content_type: Option<String>,
    /// `Keywords`, separated by commas or spaces.
    pub keywords: Option<String>,
    /// `Home-page`.
    pub home_page: Option<String>,
    /// `Download-URL`.
    pub download_url: Option<String>,
    /// `Author`.
    pub author: Option<String>,
    /// `Author-email`.
    pub author_email: Option<String>,
    /// `Maintainer`.
    pub maintainer: Option<String>,
    /// `Maintainer-email`.
    pub maintainer_email: Option<String>,
    /// `License`: a name or a whole text.
    pub license: Option<String>,
    /// `License-Expression` (PEP 639).
    pub license_expression: Option<String>,
    /// `Classifier`.
    pub classifiers: Vec<String>,
    /// `Requires-Dist`, in order.
    pub requires_dist: Vec<String>,
    /// `Requires-Python`, a valid version specifier.
    pub requires_python: Option<String>,
    /// `Project-URL`: each a label, a comma and a URL.
    pub project_urls: Vec<String>,
    /// `Provides-Extra`.
    pub provides_extra: Vec<String>,
}

/// A field that occurs once, as messages name it, with its place in [`Metadata`].
type Text<'a> = (&'static str, &'a mut Option<String>);
/// A field that may occur several times, likewise.
type List<'a> = (&'static str, &'a mut Vec<String>);

impl Metadata {
    /// Reads a `PKG-INFO` or `METADATA` file. This never fails: what cannot be understood is left
    /// out and is a finding about `path`; fields that are not known are left out silently.
    ///
    /// ```
    /// use mpconvert::metadata::Metadata;
    ///
    /// let text = b"Metadata-Version: 1.0\nName: foo\nAuthor: UNKNOWN\n\nSome words.\n";
    /// let (metadata, findings) = Metadata::parse(text, "foo-1.0/PKG-INFO");
    /// assert_eq!(metadata.name.as_deref(), Some("foo"));
    /// assert_eq!(metadata.author, None);
    /// assert_eq!(metadata.description.as_deref(), Some("Some words."));
    /// assert!(findings.is_empty());
    /// ```
    #[must_use]
    pub fn parse(data: &[u8], path: &str) -> (Self, Vec<Finding>) {
        let mut findings = Vec::new();
        let text = String::from_utf8_lossy(data);
        if matches!(text, std::borrow::Cow::Owned(_)) {
            let found = "bytes that are no UTF-8";
            findings.push(Finding::new(Code::InvalidMetadata, found).at(path));
        }
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        let mut metadata = Self::default();
        match mailparse::parse_headers(text.as_bytes()) {
            Ok((headers, body)) => {
                for header in &headers {
                    let value = String::from_utf8_lossy(header.get_value_raw());
                    metadata.set(&header.get_key_ref(), &value, path, &mut findings);
                }
                if let Some(body) = text.get(body..).and_then(known) {
                    metadata.description = Some(body);
                }
            }
            Err(fault) => {
                findings.push(Finding::new(Code::InvalidMetadata, fault.to_string()).at(path));
            }
        }
        metadata.check_requires_python(path, &mut findings);
        (metadata, findings)
    }

    fn set(&mut self, key: &str, value: &str, path: &str, findings: &mut Vec<Finding>) {
        let key = key.trim().to_ascii_lowercase();
        let value = if matches!(key.as_str(), "description" | "license") {
            unfolded(value)
        } else {
            value.split(is_line_end).map(str::trim).collect::<Vec<_>>().join(" ")
        };
        let Some(value) = known(&value) else { return };
        if let Some((_, list)) = self.lists().into_iter().find(|(name, _)| *name == key) {
            list.push(if key == "dynamic" { value.to_ascii_lowercase() } else { value });
        } else if let Some((_, text)) = self.texts().into_iter().find(|(name, _)| *name == key) {
            match text {
                None => *text = Some(value),
                Some(keywords) if key == "keywords" => {
                    keywords.push(',');
                    keywords.push_str(&value);
                }
                Some(first) if *first != value => findings
                    .push(Finding::new(Code::InvalidMetadata, format!("a second {key}")).at(path)),
                Some(_) => {}
            }
        }
    }

    fn check_requires_python(&mut self, path: &str, findings: &mut Vec<Finding>) {
        let Some(text) = &self.requires_python else { return };
        // Wildcards behind `>=` were once common, and are read the same way by everybody.
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let current: Vec<&str> = parts
            .map(|part| match part.strip_suffix(".*") {
                Some(stem) if part.starts_with(['<', '>']) => stem,
                _ => part,
            })
            .collect();
        let current = current.join(",");
        if VersionSpecifiers::from_str(&current).is_err() {
            let found = format!("requires-python `{text}`");
            findings.push(
                Finding::new(Code::InvalidMetadata, found).at(path).expected("version specifiers"),
            );
            self.requires_python = None;
        } else if current != *text {
            self.requires_python = Some(current);
        }
    }

    /// Fills the fields that are missing here from `other`, which is about another archive of the
    /// same release, and returns the names of the fields in which the two differ.
    ///
    /// White space and the order of repeated fields make no difference. Each archive's own
    /// matters are left alone: the metadata's version, the release's name and version, which the two
    /// may spell differently, dynamic fields, and the dependencies with their extras, for which see [`sources`](crate::requirement::sources).
    pub fn unite(&mut self, other: &Self) -> Vec<&'static str> {
        const OWN: [&str; 6] =
            ["metadata-version", "name", "version", "dynamic", "requires-dist", "provides-extra"];
        let mut other = other.clone();
        let mut differing = Vec::new();
        // A content type belongs to its description.
        if self.description.is_some() && self.description_content_type.is_none() {
            other.description_content_type = None;
        }
        for ((name, mine), (_, theirs)) in self.texts().into_iter().zip(other.texts()) {
            match (&mine, theirs) {
                _ if OWN.contains(&name) => {}
                (Some(mine), Some(theirs)) if !words(mine).eq(words(theirs)) => {
                    differing.push(name);
                }
                (None, theirs) => *mine = theirs.take(),
                _ => {}
            }
        }
        for ((name, mine), (_, theirs)) in self.lists().into_iter().zip(other.lists()) {
            if OWN.contains(&name) || theirs.is_empty() {
                continue;
            }
            if mine.is_empty() {
                mine.append(theirs);
            } else if sorted(mine) != sorted(theirs) {
                differing.push(name);
            }
        }
        differing
    }

    /// Replaces the dependencies by `requirements`, and names the extras that their markers need.
    pub fn set_requirements(&mut self, requirements: &[Requirement]) {
        self.requires_dist = requirements
            .iter()
            .map(|requirement| {
                let is_current = requirement.text.parse::<Requirement>().is_ok();
                if is_current { requirement.text.clone() } else { requirement.to_string() }
            })
            .collect();
        for extra in crate::requirement::bare::declared_extras(requirements) {
            let same = |name: &String| crate::package::normalized_name(name) == extra;
            if !self.provides_extra.iter().any(same) {
                self.provides_extra.push(extra);
            }
        }
    }

    fn texts(&mut self) -> [Text<'_>; 16] {
        [
            ("metadata-version", &mut self.metadata_version),
            ("name", &mut self.name),
            ("version", &mut self.version),
            ("summary", &mut self.summary),
            ("description", &mut self.description),
            ("description-content-type", &mut self.description_content_type),
            ("keywords", &mut self.keywords),
            ("home-page", &mut self.home_page),
            ("download-url", &mut self.download_url),
            ("author", &mut self.author),
            ("author-email", &mut self.author_email),
            ("maintainer", &mut self.maintainer),
            ("maintainer-email", &mut self.maintainer_email),
            ("license", &mut self.license),
            ("license-expression", &mut self.license_expression),
            ("requires-python", &mut self.requires_python),
        ]
    }

    fn lists(&mut self) -> [List<'_>; 6] {
        [
            ("dynamic", &mut self.dynamic),
            ("platform", &mut self.platforms),
            ("classifier", &mut self.classifiers),
            ("requires-dist", &mut self.requires_dist),
            ("project-url", &mut self.project_urls),
            ("provides-extra", &mut self.provides_extra),
        ]
    }
}

/// `value` without white space around it, unless it stands for nothing. Distutils wrote `UNKNOWN`.
fn known(value: &str) -> Option<String> {
    let value = value.trim_end().trim_matches('\n');
    let value = if value.contains('\n') { value } else { value.trim_start() };
    (!value.is_empty() && value != "UNKNOWN").then(|| value.to_owned())
}

/// A value of several lines without the marks by which they were folded into a field: eight
/// spaces, or seven and a bar.
fn unfolded(value: &str) -> String {
    let mut lines = value.split('\n');
    let mut text = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        text.push('\n');
        let stripped = line
            .strip_prefix("       |")
            .or_else(|| line.strip_prefix("        "))
            .unwrap_or_else(|| line.trim_start());
        text.push_str(stripped);
    }
    text
}

/// Whether Python's `str.splitlines` ends a line at `letter`, which mail readers built on it do.
fn is_line_end(letter: char) -> bool {
    matches!(
        letter,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| letter.is_whitespace() || letter == ',').filter(|w| !w.is_empty())
}

fn sorted(list: &[String]) -> Vec<&String> {
    let mut list: Vec<&String> = list.iter().collect();
    list.sort();
    list
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Metadata {
        let (metadata, findings) = Metadata::parse(text.as_bytes(), "PKG-INFO");
        assert_eq!(findings, [], "{text}");
        metadata
    }

    #[test]
    fn old_metadata() {
        let metadata = parsed(concat!(
            "Metadata-Version: 1.1\r\nName: Foo_Bar\r\nVersion: 3.3.3-1\r\n",
            "Summary: one\r\n  two\r\nHome-page: UNKNOWN\r\nAuthor: Jörg\r\n",
            "Description: A title\r\n        =======\r\n        \r\n          indented\r\n",
            "Platform: UNKNOWN\r\nClassifier: A :: B\r\nclassifier: C\r\nX-Odd: y\r\njunk\r\n",
            "Requires-Python: >=3.4.*, <4\r\n",
        ));
        assert_eq!(metadata.name.as_deref(), Some("Foo_Bar"));
        assert_eq!(metadata.summary.as_deref(), Some("one two"));
        assert_eq!(metadata.home_page, None);
        assert_eq!(metadata.author.as_deref(), Some("Jörg"));
        assert_eq!(metadata.description.as_deref(), Some("A title\n=======\n\n  indented"));
        assert_eq!(metadata.classifiers, ["A :: B", "C"]);
        assert_eq!(metadata.platforms, [""; 0]);
        assert_eq!(metadata.requires_python.as_deref(), Some(">=3.4,<4"));
    }

    #[test]
    fn faults_are_reported_and_left_out() {
        let text = b"Name: f\xff\nName: other\nRequires-Python: three\n\nUNKNOWN\n";
        let (metadata, findings) = Metadata::parse(text, "PKG-INFO");
        assert_eq!(metadata.name.as_deref(), Some("f\u{fffd}"));
        assert_eq!((metadata.requires_python, metadata.description), (None, None));
        let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert_eq!(
            findings,
            [
                "PKG-INFO: bytes that are no UTF-8",
                "PKG-INFO: a second name",
                "PKG-INFO: found requires-python `three`, expected version specifiers"
            ]
        );
    }

    #[test]
    fn union_fills_gaps_and_names_differences() {
        let mut wheel = parsed(
            "Metadata-Version: 2.1\nName: a\nSummary: x\nClassifier: A\nClassifier: B\nAuthor: me\n\nlong  text",
        );
        let sdist = parsed(
            "Metadata-Version: 2.4\nName: a\nSummary: y\nClassifier: B\nClassifier: A\nKeywords: k\nRequires-Dist: z\nDescription-Content-Type: text/markdown\n\nlong text\n",
        );
        assert_eq!(wheel.unite(&sdist), ["summary"]);
        assert_eq!(wheel.keywords.as_deref(), Some("k"));
        assert_eq!(wheel.summary.as_deref(), Some("x"));
        assert_eq!(wheel.requires_dist, [""; 0]);
        assert_eq!(wheel.description_content_type, None);
    }

    #[test]
    fn dependencies_from_elsewhere_are_valid_and_bring_their_extras() {
        let mut metadata = parsed("Name: a\nProvides-Extra: Te_st\nRequires-Dist: old\n");
        let mut findings = Vec::new();
        let read = ["b>=1.*; extra == 'te-st'", "c [x] ; extra == 'Net_work'"];
        let requirements: Vec<Requirement> = read
            .iter()
            .filter_map(|text| Requirement::read(text, "requires.txt", &mut findings))
            .collect();
        metadata.set_requirements(&requirements);
        assert_eq!(metadata.requires_dist, ["b>=1; extra == 'te-st'", read[1]]);
        assert_eq!(metadata.provides_extra, ["Te_st", "net-work"]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_parsed(data in proptest::collection::vec(any::<u8>(), 0..300)) {
            let (metadata, _) = Metadata::parse(&data, "PKG-INFO");
            let (again, _) = Metadata::parse(metadata.to_pkg_info("a", "1").as_bytes(), "");
            prop_assert_eq!(again.classifiers, metadata.classifiers);
        }
    }
}
