//! Core metadata (`PKG-INFO`, `METADATA`), in and out.

mod parse;
mod render;

use std::collections::{BTreeMap, BTreeSet};

use crate::name::normalized_name;
use crate::requirement::{Requirement, declared_extras};

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
    /// Fills the fields that are missing here from `other`, which is about another archive of the
    /// same release, and returns the names of the fields in which the two differ.
    ///
    /// White space and the order of repeated fields make no difference. Each archive's own
    /// matters are left alone: the metadata's version, the release's name and version, which the
    /// two may spell differently, dynamic fields, and the dependencies with their extras, for which
    /// see [`sources`](crate::read::dependencies).
    pub fn merge(&mut self, other: &Self) -> Vec<&'static str> {
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
                if is_current { requirement.text.clone() } else { requirement.specifier() }
            })
            .collect();
        self.provide(declared_extras(requirements));
    }

    /// Names extras, whose names are normalised, that are not named yet.
    pub(crate) fn provide(&mut self, extras: impl IntoIterator<Item = String>) {
        let mut provided: BTreeSet<String> =
            self.provides_extra.iter().map(|name| normalized_name(name)).collect();
        let missing = extras.into_iter().filter(|extra| provided.insert(extra.clone()));
        self.provides_extra.extend(missing);
    }

    /// The values of the fields that have one, by the names of the fields in lower case.
    #[must_use]
    pub fn fields(&self) -> BTreeMap<&'static str, Vec<String>> {
        let mut copy = self.clone();
        let texts = copy.texts().map(|(name, text)| (name, text.take().into_iter().collect()));
        let lists = copy.lists().map(|(name, list)| (name, std::mem::take(list)));
        texts
            .into_iter()
            .chain(lists)
            .filter(|(_, values): &(_, Vec<String>)| !values.is_empty())
            .collect()
    }

    /// Gives the field of this name, in lower case, a value, or one more where it may have several.
    /// Blank strings are not values.
    pub(crate) fn put(&mut self, field: &str, value: impl Into<String>) {
        let value = value.into();
        if value.trim().is_empty() {
            return;
        }
        if let Some((_, text)) = self.texts().into_iter().find(|(name, _)| *name == field) {
            *text = Some(value);
        } else if let Some((_, list)) = self.lists().into_iter().find(|(name, _)| *name == field) {
            list.push(value);
        }
    }

    /// Takes the values of the field of this name away.
    pub(crate) fn clear(&mut self, field: &str) {
        for (name, text) in self.texts() {
            text.take_if(|_| name == field);
        }
        for (_, list) in self.lists().into_iter().filter(|(name, _)| *name == field) {
            list.clear();
        }
    }

    /// Fills the fields that are missing here from `other`, each as it is, but those that `except`
    /// names.
    pub(crate) fn fill(&mut self, mut other: Self, except: &BTreeSet<&str>) {
        for ((name, mine), (_, theirs)) in self.texts().into_iter().zip(other.texts()) {
            if mine.is_none() && !except.contains(name) {
                *mine = theirs.take();
            }
        }
        for ((name, mine), (_, theirs)) in self.lists().into_iter().zip(other.lists()) {
            if mine.is_empty() && !except.contains(name) {
                mine.append(theirs);
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
    use super::*;

    fn parsed(text: &str) -> Metadata {
        let (metadata, findings) = Metadata::parse(text.as_bytes(), "PKG-INFO");
        assert_eq!(findings, [], "{text}");
        metadata
    }

    #[test]
    fn union_fills_gaps_and_names_differences() {
        let mut wheel = parsed(
            "Metadata-Version: 2.1\nName: a\nSummary: x\nClassifier: A\nClassifier: B\nAuthor: me\n\n\
             long  text",
        );
        let sdist = parsed(
            "Metadata-Version: 2.4\nName: a\nSummary: y\nClassifier: B\nClassifier: A\nKeywords: k\n\
             Requires-Dist: z\nDescription-Content-Type: text/markdown\n\nlong text\n",
        );
        assert_eq!(wheel.merge(&sdist), ["summary"]);
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
}
