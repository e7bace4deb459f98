//! Reading of core metadata.

use std::str::FromStr;

use pep440_rs::VersionSpecifiers;

use super::Metadata;
use crate::finding::{Code, Faults, Finding, first_lines};
use crate::limits::MAX_FIELD;

impl Metadata {
    /// Reads a `PKG-INFO` or `METADATA` file. This never fails: an invalid field is left
    /// out and is a finding about `path`; fields that are not known are left out silently. What is
    /// behind [`MAX_TEXT_LENGTH`](crate::finding::MAX_TEXT_LENGTH) is left out too, which mostly is the end
    /// of a description.
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
        let mut faults = Faults::default();
        let data = first_lines(data, Code::InvalidMetadata, path, &mut faults);
        let text = String::from_utf8_lossy(data);
        if matches!(text, std::borrow::Cow::Owned(_)) {
            let found = "bytes that are not UTF-8";
            faults.push(Finding::new(Code::InvalidMetadata, found).at(path));
        }
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        let mut metadata = Self::default();
        match mailparse::parse_headers(text.as_bytes()) {
            Ok((headers, body)) => {
                for header in &headers {
                    let value = String::from_utf8_lossy(header.get_value_raw());
                    metadata.set(&header.get_key_ref(), &value, path, &mut faults);
                }
                if let Some(body) = text.get(body..).and_then(known) {
                    metadata.description = Some(body);
                }
            }
            Err(fault) => {
                faults.push(Finding::new(Code::InvalidMetadata, fault.to_string()).at(path));
            }
        }
        metadata.check_requires_python(path, &mut faults);
        (metadata, faults.into_findings())
    }

    fn set(&mut self, key: &str, value: &str, path: &str, faults: &mut Faults) {
        let key = key.trim().to_ascii_lowercase();
        let value = if matches!(key.as_str(), "description" | "license") {
            unfolded(value)
        } else {
            value.split(is_line_end).map(str::trim).collect::<Vec<_>>().join(" ")
        };
        let Some(value) = known(&value) else { return };
        let is_text = matches!(key.as_str(), "description" | "license" | "keywords");
        if value.len() > MAX_FIELD && !is_text {
            let found = format!("a {key} of {} bytes", value.len());
            let expected = format!("at most {MAX_FIELD}");
            faults.push(Finding::new(Code::InvalidMetadata, found).at(path).expected(expected));
            return;
        }
        if let Some((_, list)) = self.lists().into_iter().find(|(name, _)| *name == key) {
            list.push(if key == "dynamic" { value.to_ascii_lowercase() } else { value });
        } else if let Some((_, text)) = self.texts().into_iter().find(|(name, _)| *name == key) {
            match text {
                None => *text = Some(value),
                Some(keywords) if key == "keywords" => {
                    keywords.push(',');
                    keywords.push_str(&value);
                }
                Some(first) if *first != value => faults
                    .push(Finding::new(Code::InvalidMetadata, format!("a second {key}")).at(path)),
                Some(_) => {}
            }
        }
    }

    /// Brings `Requires-Python` into the form that current tools take; an invalid one
    /// is a finding about `path`, and left out.
    pub(crate) fn check_requires_python(&mut self, path: &str, faults: &mut Faults) {
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
            faults.push(
                Finding::new(Code::InvalidMetadata, found).at(path).expected("version specifiers"),
            );
            self.requires_python = None;
        } else if current != *text {
            self.requires_python = Some(current);
        }
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
pub(super) fn is_line_end(letter: char) -> bool {
    matches!(
        letter,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn old_metadata() {
        let (metadata, findings) = Metadata::parse(
            concat!(
                "Metadata-Version: 1.1\r\nName: Foo_Bar\r\nVersion: 3.3.3-1\r\n",
                "Summary: one\r\n  two\r\nHome-page: UNKNOWN\r\nAuthor: Jörg\r\n",
                "Description: A title\r\n        =======\r\n        \r\n          indented\r\n",
                "Platform: UNKNOWN\r\nClassifier: A :: B\r\nclassifier: C\r\nX-Odd: y\r\njunk\r\n",
                "Requires-Python: >=3.4.*, <4\r\n",
            )
            .as_bytes(),
            "PKG-INFO",
        );
        assert_eq!(findings, []);
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
        let findings: Vec<String> = findings.iter().map(Finding::facts).collect();
        assert_eq!(
            findings,
            [
                "PKG-INFO: bytes that are not UTF-8",
                "PKG-INFO: a second name",
                "PKG-INFO: found requires-python `three`, expected version specifiers"
            ]
        );
    }

    #[test]
    fn a_hostile_text_is_read_in_part_only() {
        let text = format!("Name: a\n{}\n{}", "Name: b\n".repeat(100), "text\n".repeat(1 << 19));
        let (metadata, findings) = Metadata::parse(text.as_bytes(), "METADATA");
        assert_eq!(metadata.name.as_deref(), Some("a"));
        assert!(metadata.description.is_some_and(|text| text.len() < 2 << 20));
        assert_eq!(findings.len(), 51);
        assert_eq!(
            findings[0].facts(),
            "METADATA: found 2622249 bytes, expected at most 2097152 bytes"
        );
        assert_eq!(findings[50].facts(), "METADATA: 51 more problems like these");
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
