//! Keyword arguments of a call.

use pyo3::conversion::FromPyObjectOwned;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// The keyword arguments of one call, which are taken out one by one.
pub(super) struct Keywords<'py> {
    pub(super) py: Python<'py>,
    function: &'static str,
    /// Python makes a new dict for each call.
    left: Bound<'py, PyDict>,
}

impl<'py> Keywords<'py> {
    pub(super) fn new(
        py: Python<'py>,
        function: &'static str,
        given: Option<Bound<'py, PyDict>>,
    ) -> Self {
        Self { py, function, left: given.unwrap_or_else(|| PyDict::new(py)) }
    }

    /// Takes an argument whose default is `None` or `False`.
    ///
    /// # Errors
    /// `TypeError`, if the argument has another type.
    pub(super) fn take<T: Default + FromPyObjectOwned<'py>>(&self, name: &str) -> PyResult<T> {
        self.take_or(name, T::default())
    }

    /// Takes an argument with this default.
    ///
    /// # Errors
    /// `TypeError`, if the argument has another type.
    pub(super) fn take_or<T: FromPyObjectOwned<'py>>(&self, name: &str, default: T) -> PyResult<T> {
        let Some(value) = self.left.get_item(name)? else { return Ok(default) };
        self.left.del_item(name)?;
        value.extract().map_err(|error: T::Error| self.named(name, error.into()))
    }

    /// Adds the name of the argument to a `TypeError`, as Python does.
    fn named(&self, name: &str, error: PyErr) -> PyErr {
        if !error.is_instance_of::<PyTypeError>(self.py) {
            return error;
        }
        let text = format!("argument '{name}': {}", error.value(self.py));
        let named = PyTypeError::new_err(text);
        named.set_cause(self.py, error.cause(self.py));
        named
    }

    /// Ends the call's own arguments.
    ///
    /// # Errors
    /// `TypeError`, if an argument is left that the function does not have.
    pub(super) fn finish(self) -> PyResult<()> {
        let Some(name) = self.left.keys().iter().next() else { return Ok(()) };
        let (function, name) = (self.function, name.cast_into::<PyString>()?);
        let text = format!("{function}() got an unexpected keyword argument '{name}'");
        Err(PyTypeError::new_err(text))
    }
}
