//! Collects a project's metadata while its configuration is read.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Code, Faults, Finding, MAX_TEXT_LENGTH, too_long};
use crate::metadata::Metadata;
use crate::read::backend::pattern::normal_path;
use crate::read::dependencies::Declaration;
use crate::read::distribution::ProjectMetadata;
use crate::read::source_tree::SourceTree;
use crate::requirement::egg_info::{extra_of, under_headings};

/// The field of the dependencies that are always needed.
pub(crate) const DEPENDENCIES: &str = "requires-dist";
/// The field of the extras, and of the dependencies that they bring.
pub(crate) const EXTRAS: &str = "provides-extra";

/// Fields of which a project has one or the other: a build writes authors with an address into the
/// second (PEP 621).
const TWINS: [[&str; 2]; 3] = [
    ["author", "author-email"],
    ["maintainer", "maintainer-email"],
    ["license", "license-expression"],
];

/// How many bytes of files go into one draft; a file can be named over and over.
const MAX_BYTES: usize = 4 * MAX_TEXT_LENGTH;

/// Metadata in the making. Fields bear the names of core metadata, in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MetadataBuilder {
    /// The file or table that it is from, mostly.
    pub place: &'static str,
    /// All fields but those of dependencies.
    pub metadata: Metadata,
    /// The dependencies that are always needed, as lines; `None` if they are unknown.
    pub dependencies: Option<Vec<String>>,
    /// The dependencies of extras, as lines by headings like those in `requires.txt`.
    pub extras: Option<BTreeMap<String, Vec<String>>>,
    /// Dependencies that are read already.
    pub declarations: Vec<Declaration>,
    /// The fields whose complete value is only known to a build.
    pub computed: BTreeSet<&'static str>,
    /// Whether the version is that of a tag, by an argument of `setup()`.
    pub takes_tag: bool,
    /// The findings about dependencies.
    pub findings: Vec<Finding>,
    /// The findings about the other fields.
    faults: Vec<(&'static str, Finding)>,
    /// The findings about fields that are left out because only a build knows them.
    uncertain: Vec<(&'static str, Finding)>,
    /// How many bytes of files were taken so far.
    bytes: usize,
}

impl MetadataBuilder {
    /// A draft from the file or table `place`.
    pub fn of(place: &'static str) -> Self {
        Self { place, ..Self::default() }
    }

    /// Reports an invalid `field`, which is left out.
    pub fn fault(&mut self, field: &'static str, found: impl Into<String>) {
        self.faults.push((field, Finding::new(Code::InvalidMetadata, found).at(self.place)));
    }

    /// The text of the file that `field` is to be taken from.
    pub fn file(&mut self, tree: &SourceTree, path: &str, field: &'static str) -> Option<String> {
        let normal = normal_path(path).unwrap_or_default();
        // Asking for such a file would refuse the whole project.
        if let Some(barrier) = tree.barrier(&normal) {
            self.fault(field, format!("`{path}` for the {field}: {}", barrier.found));
            return None;
        }
        let Some(bytes) = tree.get(&normal) else {
            self.fault(field, format!("`{path}` for the {field}, which does not exist"));
            return None;
        };
        if let Some(finding) = too_long(bytes.len(), Code::InvalidMetadata, path) {
            self.faults.push((field, finding));
            return None;
        }
        self.bytes = self.bytes.saturating_add(bytes.len());
        if self.bytes > MAX_BYTES {
            self.fault(
                field,
                format!("`{path}`, which exceeds the limit of {MAX_BYTES} bytes for all files"),
            );
            return None;
        }
        let text = String::from_utf8_lossy(bytes);
        Some(text.trim_start_matches('\u{feff}').replace("\r\n", "\n"))
    }

    /// Reports that `field` is left out because its value is only known to a build.
    pub fn uncertain(&mut self, field: &'static str, found: impl Into<String>) {
        self.uncertain.push((field, Finding::new(Code::MetadataUncertain, found).at(self.place)));
    }

    /// The fields that have a value, and are not empty.
    fn given(&self) -> BTreeSet<&'static str> {
        let mut given: BTreeSet<_> = self.metadata.fields().into_keys().collect();
        if self.dependencies.as_ref().is_some_and(|lines| !lines.is_empty()) {
            given.insert(DEPENDENCIES);
        }
        if self.extras.as_ref().is_some_and(|extras| !extras.is_empty()) {
            given.insert(EXTRAS);
        }
        given
    }

    /// Fills the fields that this draft lacks from `other`.
    pub fn or(mut self, other: Self) -> Self {
        let given = self.given();
        if given.is_empty() && self.computed.is_empty() {
            self.place = other.place;
        }
        self.metadata.fill(other.metadata, &self.computed);
        let (mine, theirs) = (&mut self.dependencies, other.dependencies);
        if mine.as_ref().is_none_or(Vec::is_empty) && !self.computed.contains(DEPENDENCIES) {
            *mine = theirs.or(mine.take());
        }
        let (mine, theirs) = (&mut self.extras, other.extras);
        if mine.as_ref().is_none_or(BTreeMap::is_empty) && !self.computed.contains(EXTRAS) {
            *mine = theirs.or(mine.take());
        }
        self.computed.extend(other.computed.difference(&given));
        self.takes_tag |= other.takes_tag;
        self.declarations.extend(other.declarations);
        self.findings.extend(other.findings);
        self.faults.extend(other.faults);
        self.uncertain.extend(other.uncertain);
        self
    }

    /// Takes the values of `field` away.
    pub fn clear(&mut self, field: &str) {
        self.metadata.clear(field);
        self.computed.remove(field);
        match field {
            DEPENDENCIES => self.dependencies = None,
            EXTRAS => self.extras = None,
            _ => {}
        }
    }

    /// Of two calls of one script, only what they agree on is certain.
    pub fn agree(&mut self, other: &Self) {
        if self.metadata != other.metadata {
            let (mine, theirs) = (self.metadata.fields(), other.metadata.fields());
            let names = mine.keys().chain(theirs.keys()).copied();
            self.computed.extend(names.filter(|name| mine.get(name) != theirs.get(name)));
        }
        let differ = [
            (DEPENDENCIES, self.dependencies != other.dependencies),
            (EXTRAS, self.extras != other.extras),
        ];
        self.computed
            .extend(differ.into_iter().filter(|(_, differ)| *differ).map(|(name, _)| name));
        self.computed.extend(&other.computed);
    }

    /// Completes `known` by this draft, and notes what stays unknown.
    pub fn complete(mut self, known: &mut ProjectMetadata) {
        for field in ["name", "version"] {
            if self.computed.contains(field) {
                self.metadata.clear(field);
            }
        }
        let mut faults = Faults::default();
        self.metadata.check_requires_python(self.place, &mut faults);
        let found = faults.into_findings().into_iter();
        self.faults.extend(found.map(|finding| ("requires-python", finding)));
        let mut given: BTreeSet<&str> = known.metadata.fields().into_keys().collect();
        given.remove(DEPENDENCIES);
        if !known.declarations.is_empty() {
            given.extend([DEPENDENCIES, EXTRAS]);
        }
        self.declare(&given);
        if !given.contains(EXTRAS) {
            known.metadata.provides_extra.append(&mut self.metadata.provides_extra);
        }
        identify(&mut known.metadata, &self.metadata);
        known.metadata.merge(&self.metadata);
        known.declarations.append(&mut self.declarations);
        known.findings.append(&mut self.findings);
        let there = known.metadata.fields();
        let is_known = |field: &str| {
            let twins = TWINS.iter().filter(|twins| twins.contains(&field)).flatten();
            let mut values = twins.filter_map(|twin| there.get(twin).filter(|_| *twin != field));
            // An address alone has no name.
            values
                .any(|values| values.iter().any(|value| field == "license" || value.contains('<')))
        };
        let mut faults = Faults::default();
        for (field, finding) in self.faults {
            // A fault says more than that the field is unknown.
            self.computed.remove(field);
            if !given.contains(field) {
                faults.push(finding);
            }
        }
        known.findings.extend(faults.into_findings());
        for (field, finding) in self.uncertain {
            self.computed.remove(field);
            if !given.contains(field) && !is_known(field) {
                known.uncertain.push(finding);
            }
        }
        let unknown = self.computed.difference(&given).filter(|field| !is_known(field));
        let unknown: Vec<String> = unknown.map(|field| format!("`{field}`")).collect();
        if !unknown.is_empty() {
            let found = format!("{}, which the build computes", unknown.join(", "));
            known.uncertain.push(Finding::new(Code::MetadataUncertain, found).at(self.place));
        }
    }

    /// Makes a declaration of the lines. One of which a part is computed is better than none, but
    /// nothing to compare others with.
    fn declare(&mut self, given: &BTreeSet<&str>) {
        let is_partial = self.computed.contains(DEPENDENCIES) || self.computed.contains(EXTRAS);
        let extras = self.extras.iter().flatten().filter_map(|(heading, _)| extra_of(heading));
        self.metadata.provide(extras);
        let says_something = self.dependencies.is_some() || self.extras.is_some();
        if !says_something || is_partial && given.contains(DEPENDENCIES) {
            return;
        }
        let always = self.dependencies.iter().map(|lines| ("", lines.as_slice()));
        let extras = self.extras.iter().flatten().map(|(name, lines)| (&**name, lines.as_slice()));
        let requirements = under_headings(always.chain(extras), self.place, &mut self.findings);
        let source = self.place.to_owned();
        self.declarations.insert(0, Declaration { source, requirements });
    }
}

/// Gives `known` the name and version of `said` together, unless it has both.
fn identify(known: &mut Metadata, said: &Metadata) {
    if known.name.is_some() && known.version.is_some() {
        return;
    }
    if said.name.is_some() && said.version.is_some() {
        known.name.clone_from(&said.name);
        known.version.clone_from(&said.version);
    } else {
        known.name = known.name.take().or_else(|| said.name.clone());
        known.version = known.version.take().or_else(|| said.version.clone());
    }
}
