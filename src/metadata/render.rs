//! Writing of core metadata: only what `twine check --strict` and indexes accept.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::Metadata;
use super::parse::is_line_end;
use crate::name::{is_valid_name, normalized_name};
use crate::requirement::Requirement;

/// The types of a description (PEP 566) that indexes render.
const CONTENT_TYPES: [&str; 3] = ["text/plain", "text/x-rst", "text/markdown"];

impl Metadata {
    /// The text of `PKG-INFO` for the release `version` of the project `name`.
    ///
    /// Fields come in the order of the specification, under the lowest metadata version that has
    /// them. Left out is what current tools reject, and what is not true of an archive without
    /// build configuration and licence files: `Dynamic`, `License-File`. There is always a
    /// description, if need be the summary or the name, because `twine` asks for one; without a
    /// declared type it is plain text, because `twine` would take it for reStructuredText and
    /// reject it if it is not.
    ///
    /// ```
    /// # use mpconvert::metadata::Metadata;
    /// let metadata = Metadata { summary: Some("Blinks.".to_owned()), ..Metadata::default() };
    /// assert_eq!(
    ///     metadata.to_pkg_info("foo", "1.0"),
    ///     "Metadata-Version: 2.1\nName: foo\nVersion: 1.0\nSummary: Blinks.\n\
    ///      Description-Content-Type: text/plain\n\nBlinks.\n"
    /// );
    /// ```
    #[must_use]
    pub fn to_pkg_info(&self, name: &str, version: &str) -> String {
        let mut fields = Fields::start(self, name, version);
        let content_type = match self.description {
            Some(_) => self.content_type(),
            None => "text/plain".to_owned(),
        };
        fields.put("Description-Content-Type", Some(&content_type));
        fields.put_rest(self);
        if self.license_expression.is_none() {
            fields.put_folded("License", self.license.as_deref());
        }
        fields.put_requirements(self);
        let description = self.description.as_deref().or(self.summary.as_deref()).unwrap_or(name);
        let mut text = fields.text;
        text.push('\n');
        text.push_str(description.trim_end());
        text.push('\n');
        text
    }

    /// The text of `PKG-INFO` in the egg-info folder: the same fields without description and
    /// long licence, since devices unpack and skip it.
    #[must_use]
    pub fn to_egg_info(&self, name: &str, version: &str) -> String {
        let mut fields = Fields::start(self, name, version);
        fields.put_rest(self);
        if self.license_expression.is_none() {
            fields.put("License", self.license.as_deref().and_then(|text| text.lines().next()));
        }
        fields.put_requirements(self);
        fields.text
    }

    /// The declared content type with the parameters that have a meaning.
    fn content_type(&self) -> String {
        let declared = self.description_content_type.as_deref().unwrap_or_default();
        let mut parts = declared.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let Some(kind) = CONTENT_TYPES.iter().find(|known| **known == kind) else {
            return "text/plain".to_owned();
        };
        let mut parameters = BTreeMap::new();
        for (key, value) in parts.filter_map(|part| part.split_once('=')) {
            let value = value.trim().trim_matches('"');
            match key.trim().to_ascii_lowercase().as_str() {
                "charset" if value.eq_ignore_ascii_case("utf-8") => {
                    parameters.insert("charset", "UTF-8");
                }
                "variant" if *kind == "text/markdown" && matches!(value, "GFM" | "CommonMark") => {
                    parameters.insert("variant", value);
                }
                _ => {}
            }
        }
        let mut content_type = (*kind).to_owned();
        for (key, value) in parameters {
            let _ = write!(content_type, "; {key}={value}");
        }
        content_type
    }
}

/// The header fields so far, one a line.
struct Fields {
    text: String,
}

impl Fields {
    fn start(metadata: &Metadata, name: &str, version: &str) -> Self {
        let lowest = if metadata.license_expression.is_some() { "2.4" } else { "2.1" };
        let mut fields = Self { text: String::new() };
        fields.put("Metadata-Version", Some(lowest));
        fields.put("Name", Some(name));
        fields.put("Version", Some(version));
        fields.put_all("Platform", &metadata.platforms);
        let first_line = |summary: &str| {
            summary.split(is_line_end).find(|line| !line.trim().is_empty()).map(str::to_owned)
        };
        fields.put("Summary", metadata.summary.as_deref().and_then(first_line).as_deref());
        fields
    }

    fn put_rest(&mut self, metadata: &Metadata) {
        self.put("Keywords", metadata.keywords.as_deref());
        self.put("Home-page", metadata.home_page.as_deref());
        self.put("Download-URL", metadata.download_url.as_deref());
        self.put("Author", metadata.author.as_deref());
        self.put("Author-email", metadata.author_email.as_deref());
        self.put("Maintainer", metadata.maintainer.as_deref());
        self.put("Maintainer-email", metadata.maintainer_email.as_deref());
        self.put("License-Expression", metadata.license_expression.as_deref());
        self.put_all("Classifier", &metadata.classifiers);
        let mut labels = BTreeSet::new();
        for url in &metadata.project_urls {
            // A label that is there twice makes readers reject them all.
            if url.split_once(',').is_some_and(|(label, _)| labels.insert(label.trim().to_owned()))
            {
                self.put("Project-URL", Some(url));
            }
        }
    }

    fn put_requirements(&mut self, metadata: &Metadata) {
        for text in &metadata.requires_dist {
            if text.parse::<Requirement>().is_ok() {
                self.put("Requires-Dist", Some(text));
            }
        }
        self.put("Requires-Python", metadata.requires_python.as_deref());
        let mut extras = BTreeSet::new();
        for extra in &metadata.provides_extra {
            if is_valid_name(extra) && extras.insert(normalized_name(extra)) {
                self.put("Provides-Extra", Some(extra));
            }
        }
    }

    fn put_all(&mut self, field: &str, values: &[String]) {
        for value in values {
            self.put(field, Some(value));
        }
    }

    /// Adds a field of one line, if it has a value.
    fn put(&mut self, field: &str, value: Option<&str>) {
        let Some(value) = value else { return };
        let lines: Vec<&str> =
            value.split(is_line_end).map(str::trim).filter(|line| !line.is_empty()).collect();
        if !lines.is_empty() {
            let _ = writeln!(self.text, "{field}: {}", lines.join(" "));
        }
    }

    /// Adds a field that may have several lines, if it has a value.
    fn put_folded(&mut self, field: &str, value: Option<&str>) {
        let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) else { return };
        let lines: Vec<&str> = value.split(is_line_end).map(str::trim_end).collect();
        let _ = writeln!(self.text, "{field}: {}", lines.join("\n        "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(text: &str) -> String {
        Metadata::parse(text.as_bytes(), "PKG-INFO").0.to_pkg_info("foo", "1.0")
    }

    #[test]
    fn what_tools_reject_is_left_out() {
        let text = rendered(concat!(
            "Metadata-Version: 2.4\nName: Foo\nVersion: 1\nDynamic: license-file\n",
            "License-File: LICENSE\nLicense: MIT\nLicense-Expression: MIT\n",
            "Requires-Dist: a>=1 ; extra == 'x'\nRequires-Dist: b 1.0\n",
            "Provides-Extra: x\nProvides-Extra: X\nProvides-Extra: -\n",
            "Project-URL: Home, https://example.org\nProject-URL: Home, https://example.com\n",
            "Project-URL: nothing\n",
            "Description-Content-Type: Text/Markdown; charset=latin1; variant=\"GFM\"; variant=CommonMark; x=y; charset=utf-8\n",
            "\n# Foo\n",
        ));
        assert_eq!(
            text,
            concat!(
                "Metadata-Version: 2.4\nName: foo\nVersion: 1.0\n",
                "Description-Content-Type: text/markdown; charset=UTF-8; variant=CommonMark\n",
                "License-Expression: MIT\nProject-URL: Home, https://example.org\n",
                "Requires-Dist: a>=1 ; extra == 'x'\nProvides-Extra: x\n\n# Foo\n",
            )
        );
    }

    #[test]
    fn long_licences_are_folded_and_kept_from_devices() {
        let license = "MIT\n\nPermission is granted";
        let metadata = Metadata { license: Some(license.to_owned()), ..Metadata::default() };
        let text = metadata.to_pkg_info("foo", "1");
        assert!(text.contains("License: MIT\n        \n        Permission is granted\n"), "{text}");
        assert_eq!(Metadata::parse(text.as_bytes(), "").0.license.as_deref(), Some(license));
        assert!(text.ends_with("\n\nfoo\n"));
        assert_eq!(
            metadata.to_egg_info("foo", "1"),
            "Metadata-Version: 2.1\nName: foo\nVersion: 1\nLicense: MIT\n"
        );
    }

    #[test]
    fn undeclared_descriptions_are_plain() {
        for (declared, expected) in [
            ("", "text/plain"),
            ("Description-Content-Type: text/x-rst\n", "text/x-rst"),
            ("Description-Content-Type: text/html\n", "text/plain"),
            ("Description-Content-Type: text/plain; charset=utf-8\n", "text/plain; charset=UTF-8"),
        ] {
            let text = rendered(&format!("{declared}\n*not rst\n"));
            assert!(text.contains(&format!("Description-Content-Type: {expected}\n")), "{text}");
        }
    }
}
