//! The exceptions of the Python package for the errors of the core.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use super::types::Finding;
use crate::error::Error;
use crate::redact::Printable;

/// The exception of the package `mpconvert` for `error`.
pub(super) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    static REFUSED: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static USAGE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static FETCH: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static FILE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let made = match error {
        Error::Refused { input, findings } => {
            let findings: Vec<_> = findings.iter().map(Finding::from).collect();
            REFUSED.import(py, "mpconvert._errors", "Refused").and_then(|class| {
                class.call1((error.to_string(), Printable(input).to_string(), findings))
            })
        }
        Error::Usage { help, .. } => USAGE
            .import(py, "mpconvert._errors", "UsageError")
            .and_then(|class| class.call1((error.to_string(), Printable(help).to_string()))),
        Error::Fetch { place, fault } => {
            FETCH.import(py, "mpconvert._errors", "FetchError").and_then(|class| {
                class.call1((error.to_string(), Printable(place).to_string(), fault.help()))
            })
        }
        Error::Io { path, source } => {
            FILE.import(py, "mpconvert._errors", "FileError").and_then(|class| {
                class.call1((
                    source.raw_os_error(),
                    Printable(&source.to_string()).to_string(),
                    path,
                ))
            })
        }
    };
    made.map_or_else(|error| error, PyErr::from_value)
}

/// Returns the results, or raises the first error, with the other errors and the results.
pub(super) fn give<T>(py: Python<'_>, results: Vec<Result<T, Error>>) -> PyResult<Vec<T>>
where
    Vec<T>: for<'py> IntoPyObject<'py>,
{
    let mut made = Vec::new();
    let mut failed = Vec::new();
    for result in results {
        match result {
            Ok(one) => made.push(one),
            Err(error) => failed.push(raise(py, &error)),
        }
    }
    if failed.is_empty() {
        return Ok(made);
    }
    let first = failed.remove(0);
    first.value(py).setattr("converted", made)?;
    first.value(py).setattr("others", failed)?;
    Err(first)
}
