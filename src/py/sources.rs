//! Inputs of Python functions: paths, and archives as bytes.

use std::path::PathBuf;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

/// An archive in memory, or the path of one.
pub(super) enum Source {
    Bytes(PyBackedBytes),
    Path(PathBuf),
}

impl<'py> FromPyObject<'_, 'py> for Source {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = object.extract() {
            return Ok(Self::Bytes(bytes));
        }
        object
            .extract()
            .map(Self::Path)
            .map_err(|_| PyTypeError::new_err("an archive must be bytes, str or os.PathLike"))
    }
}

/// The inputs of a call.
pub(super) enum Sources {
    One(Source),
    Many(Vec<PathBuf>),
}

impl<'py> FromPyObject<'_, 'py> for Sources {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match object.extract() {
            Ok(source) => Ok(Self::One(source)),
            // A `str` is a sequence of `str`, but was handled as a path above.
            Err(error) => object.extract().map(Self::Many).map_err(|_| error),
        }
    }
}

/// The inputs of a call that takes no bytes.
pub(super) struct Paths(pub(super) Vec<PathBuf>);

impl<'py> FromPyObject<'_, 'py> for Paths {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(path) = object.extract() {
            return Ok(Self(vec![path]));
        }
        // A `str` is a sequence of `str`, but was handled as a path above.
        object
            .extract()
            .map(Self)
            .map_err(|_| PyTypeError::new_err("a path must be str or os.PathLike"))
    }
}
