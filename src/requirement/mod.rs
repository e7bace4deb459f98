//! Dependencies: PEP 508 and Poetry constraints in; bare names for upip, or exact ones for mip, out.

mod collect;
pub mod egg_info;
mod environment;
mod marker;
mod parse;
pub mod poetry;
pub mod pyproject;
pub mod requirements_txt;

use std::collections::BTreeSet;
use std::fmt;

use pep440_rs::VersionSpecifiers;

use crate::finding::{Code, Finding};
pub use crate::redact::SafeUrl;
use crate::redact::redacted;
pub(crate) use collect::Collector;
pub use environment::TargetEnvironment;
pub use marker::{Invalid, Marker};

/// One declared dependency (PEP 508).
///
/// Parsing by [`FromStr`](std::str::FromStr) is as strict as `packaging`; [`Requirement::read`]
/// also takes what older tools wrote. Displayed, it is a dependency specifier again, whose URL is
/// without what may be secret; [`Requirement::specifier`] has all of it.
///
/// ```
/// use mpconvert::requirement::Requirement;
///
/// let requirement: Requirement = "Foo.Bar[ssl] >=1.2, <2; python_version > '3'".parse()?;
/// assert_eq!(requirement.name, "Foo.Bar");
/// assert_eq!(requirement.constraint(), ">=1.2,<2");
/// assert_eq!(requirement.to_string(), "Foo.Bar[ssl]>=1.2,<2; python_version > '3'");
/// # Ok::<(), mpconvert::requirement::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The dependency as it was written.
    pub text: String,
    /// The dependency's name as it was written, not normalised.
    pub name: String,
    /// The dependency's extras as they were written.
    pub extras: Vec<String>,
    /// The versions that are allowed; all, if empty.
    pub specifiers: VersionSpecifiers,
    /// Where the dependency is to be found, for one that is given by URL.
    pub url: Option<SafeUrl>,
    /// When the dependency applies.
    pub marker: Marker,
}

impl Requirement {
    /// A dependency on any version of `name`, whose spelling is not checked.
    pub(crate) fn bare(name: &str) -> Self {
        Self {
            text: name.to_owned(),
            name: name.to_owned(),
            extras: Vec::new(),
            specifiers: VersionSpecifiers::empty(),
            url: None,
            marker: Marker::default(),
        }
    }

    /// Reads a dependency as real archives spell them: with comments, wildcards behind `>=` and
    /// other things that no current tool writes.
    ///
    /// An invalid dependency is a finding about `at`, the file or field that `text` is from;
    /// the name at its start is kept where there is one. Blank texts and comments are nothing.
    pub fn read(text: &str, at: &str, findings: &mut Vec<Finding>) -> Option<Self> {
        let specifier = parse::without_comment(text).trim();
        if specifier.is_empty() {
            return None;
        }
        let fault = match specifier.parse() {
            Ok(requirement) => return Some(requirement),
            Err(fault) => fault,
        };
        if let Ok(requirement) = parse::specifier(specifier, parse::Strictness::Legacy) {
            return Some(requirement);
        }
        findings.push(
            Finding::new(Code::InvalidRequirement, format!("`{}`: {fault}", redacted(specifier)))
                .at(at)
                .expected("a dependency specifier"),
        );
        let name = parse::leading_name(specifier)?;
        Some(Self { text: specifier.to_owned(), ..Self::bare(name) })
    }

    /// The dependency specifier with the whole URL, to be written and not to be shown.
    #[must_use]
    pub fn specifier(&self) -> String {
        Specifier(self, self.url.as_ref().map(SafeUrl::reveal)).to_string()
    }

    /// This dependency, where it applies under `condition` only.
    fn under(self, condition: &Marker) -> Result<Self, Invalid> {
        if condition.is_empty() {
            return Ok(self);
        }
        let requirement = Self { marker: self.marker.and(condition)?, ..self };
        Ok(Self { text: requirement.specifier(), ..requirement })
    }

    /// The versions that are allowed, as one text without spaces; empty if all are.
    #[must_use]
    pub fn constraint(&self) -> String {
        let specifiers: Vec<String> = self.specifiers.iter().map(ToString::to_string).collect();
        specifiers.join(",")
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        Specifier(self, self.url.as_ref()).fmt(out)
    }
}

impl fmt::Debug for Requirement {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Requirement").field(&self.to_string()).finish()
    }
}

/// A requirement as a dependency specifier, with its URL in this form.
struct Specifier<'a, U>(&'a Requirement, Option<U>);

impl<U: fmt::Display> fmt::Display for Specifier<'_, U> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(requirement, url) = self;
        out.write_str(&requirement.name)?;
        if !requirement.extras.is_empty() {
            write!(out, "[{}]", requirement.extras.join(","))?;
        }
        match url {
            Some(url) => write!(out, " @ {url}")?,
            None => out.write_str(&requirement.constraint())?,
        }
        if !requirement.marker.is_empty() {
            // A URL ends at white space only.
            let space = if url.is_some() { " " } else { "" };
            write!(out, "{space}; {}", requirement.marker)?;
        }
        Ok(())
    }
}

/// The extras that the project's dependencies name, normalised.
#[must_use]
pub fn declared_extras(requirements: &[Requirement]) -> BTreeSet<String> {
    requirements.iter().flat_map(|requirement| requirement.marker.extras()).collect()
}
