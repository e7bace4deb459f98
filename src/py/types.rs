//! Results of Python functions.

use std::path::PathBuf;

use bytes::Bytes;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::adapt::Selection;
use crate::finding::swept_path;
use crate::mip::Dependency;
use crate::ops as engine;
use crate::ops::{Stored, Summary};
use crate::redact::{Printable, swept};

/// A fact about an input that was noticed while it was read or converted.
#[pyclass(frozen, get_all, module = "mpconvert")]
pub(super) struct Finding {
    code: &'static str,
    severity: String,
    path: Option<String>,
    found: String,
    expected: Option<String>,
    help: String,
    text: String,
}

#[pymethods]
impl Finding {
    fn __str__(&self) -> String {
        format!("{} {}: {}", self.severity, self.code, self.text)
    }

    fn __repr__(&self) -> String {
        format!("<Finding {}: {}>", self.code, self.text)
    }
}

impl From<&crate::Finding> for Finding {
    fn from(finding: &crate::Finding) -> Self {
        Self {
            code: finding.code.id(),
            severity: finding.severity().to_string(),
            path: finding.path.as_deref().map(|path| swept_path(path).into_owned()),
            found: swept(&finding.found).into_owned(),
            expected: finding.expected.as_deref().map(|text| swept(text).into_owned()),
            help: Printable(finding.help()).to_string(),
            text: finding.to_string(),
        }
    }
}

/// A file of a package.
#[pyclass(frozen, module = "mpconvert")]
pub(super) struct File(crate::File);

#[pymethods]
impl File {
    #[getter]
    fn path(&self) -> &str {
        self.0.path.as_str()
    }

    #[getter]
    fn size(&self) -> usize {
        self.0.data.len()
    }

    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.data)
    }

    fn __repr__(&self) -> String {
        format!("<File {}>", Printable(self.0.path.as_str()))
    }
}

/// A release of a project, with its files as they would be in site-packages.
#[pyclass(frozen, module = "mpconvert")]
pub(super) struct Package(pub(super) crate::Package);

#[pymethods]
impl Package {
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    #[getter]
    fn version(&self) -> String {
        self.0.version.to_string()
    }

    #[getter]
    fn summary(&self) -> Option<&str> {
        self.0.metadata.summary.as_deref()
    }

    #[getter]
    fn requires(&self) -> Vec<String> {
        self.0.requirements.iter().map(crate::requirement::Requirement::specifier).collect()
    }

    #[getter]
    fn files(&self) -> Vec<File> {
        self.0.files.iter().cloned().map(File).collect()
    }

    #[getter]
    fn findings(&self) -> Vec<Finding> {
        let mut selected = self.0.clone();
        Selection::default().apply(&mut selected);
        let payload = crate::package::payload(&selected);
        self.0.findings.iter().chain(&payload).map(Finding::from).collect()
    }

    fn __repr__(&self) -> String {
        format!("<Package {} {}>", self.0.name, self.0.version)
    }
}

/// A release that `convert` has converted for upip.
#[pyclass(frozen, module = "mpconvert")]
pub(super) struct Converted {
    summary: Summary,
    in_memory: Option<Bytes>,
    #[pyo3(get)]
    path: Option<PathBuf>,
    #[pyo3(get)]
    outcome: &'static str,
}

#[pymethods]
impl Converted {
    #[getter]
    fn name(&self) -> &str {
        &self.summary.name
    }

    #[getter]
    fn version(&self) -> String {
        self.summary.version.to_string()
    }

    #[getter]
    fn requires(&self) -> Vec<String> {
        self.summary.requires.clone()
    }

    #[getter]
    fn files(&self) -> Vec<String> {
        self.summary.files.iter().map(|(path, _)| path.to_string()).collect()
    }

    #[getter]
    fn findings(&self) -> Vec<Finding> {
        self.summary.findings.iter().map(Finding::from).collect()
    }

    #[getter]
    fn members(&self) -> Vec<String> {
        self.summary.members.iter().map(ToString::to_string).collect()
    }

    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.in_memory.as_ref().map(|data| PyBytes::new(py, data))
    }

    fn __repr__(&self) -> String {
        format!("<Converted {} {}>", self.name(), self.version())
    }
}

impl From<Stored> for Converted {
    fn from(stored: Stored) -> Self {
        let Stored { summary, path, outcome } = stored;
        Self { summary, in_memory: None, path: Some(path), outcome: outcome.as_str() }
    }
}

impl From<engine::Converted> for Converted {
    fn from(converted: engine::Converted) -> Self {
        let engine::Converted { summary, data } = converted;
        Self { summary, in_memory: Some(data), path: None, outcome: "in-memory" }
    }
}

/// A package for mip that `mip` has made.
#[pyclass(frozen, module = "mpconvert")]
pub(super) struct Packed(pub(super) engine::mip::Packed);

#[pymethods]
impl Packed {
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    #[getter]
    fn version(&self) -> String {
        self.0.package_json.version.clone().unwrap_or_default()
    }

    #[getter]
    fn deps(&self) -> Vec<(String, String)> {
        self.0.package_json.deps.iter().map(pair).collect()
    }

    #[getter]
    fn files(&self) -> Vec<String> {
        self.0.files.iter().map(|(path, _)| path.to_string()).collect()
    }

    #[getter]
    fn findings(&self) -> Vec<Finding> {
        self.0.findings.iter().map(Finding::from).collect()
    }

    #[getter]
    fn path(&self) -> PathBuf {
        self.0.path.clone()
    }

    #[getter]
    fn outcome(&self) -> &'static str {
        self.0.outcome.as_str()
    }

    fn __repr__(&self) -> String {
        format!("<Packed {} {}>", self.name(), self.version())
    }
}

/// A release that `index_add` has added to an index, or copied into it.
#[pyclass(frozen, module = "mpconvert")]
pub(super) struct Added(pub(super) engine::index::Added);

#[pymethods]
impl Added {
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    #[getter]
    fn version(&self) -> &str {
        &self.0.version
    }

    #[getter]
    fn forms(&self) -> Vec<String> {
        self.0.variants.clone()
    }

    #[getter]
    fn deps(&self) -> Vec<(String, String)> {
        self.0.deps.iter().map(pair).collect()
    }

    #[getter]
    fn files(&self) -> Vec<String> {
        self.0.files.iter().map(|(path, _)| path.to_string()).collect()
    }

    #[getter]
    fn findings(&self) -> Vec<Finding> {
        self.0.findings.iter().map(Finding::from).collect()
    }

    #[getter]
    fn outcome(&self) -> &'static str {
        self.0.outcome.as_str()
    }

    fn __repr__(&self) -> String {
        format!("<Added {} {}>", self.name(), self.version())
    }
}

fn pair(dependency: &Dependency) -> (String, String) {
    (dependency.name.clone(), dependency.version.clone())
}
