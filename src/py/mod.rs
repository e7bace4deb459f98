//! The Python API: the operations of the Rust library, with Python's types.

mod error;
mod index;
mod keywords;
mod mip;
mod options;
mod sources;
mod types;

use pyo3::prelude::*;

/// The extension module behind the package `mpconvert`.
#[pymodule(name = "_native", gil_used = false)]
#[expect(clippy::doc_markdown, reason = "docstrings of Python are not Markdown")]
#[expect(clippy::needless_pass_by_value, reason = "arguments from Python arrive as values")]
mod native {
    use std::ffi::OsString;
    use std::path::{Path, PathBuf};

    use pyo3::IntoPyObjectExt;
    use pyo3::prelude::*;
    use pyo3::types::PyDict;
    use serde_json::Value;

    use super::error::{give, raise};
    #[pymodule_export]
    use super::index::index_add;
    use super::keywords::Keywords;
    #[pymodule_export]
    use super::mip::mip;
    use super::options::{CallOptions, read_options};
    use super::sources::{Source, Sources};
    #[pymodule_export]
    use super::types::{Added, Converted, File, Finding, Package, Packed};
    use crate::error::Error;
    use crate::ops as engine;
    use crate::ops::inputs;
    use crate::read as reader;
    use crate::settings::{self as setting, Form, Layer, ProjectSettings, Settings, SettingsScope};

    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");

    /// Read one sdist, wheel or project.
    ///
    /// No code of the package is run unless `build` is true: then its own build tool builds a wheel
    /// from an sdist or project, isolated by the package `build`.
    ///
    /// Args:
    ///     source: The path of an archive or of a project's folder, or the bytes of an archive.
    ///     name: The file name of an archive given as bytes.
    ///     sys_platform: The value of `sys_platform` in environment markers.
    ///     python_version: The value of `python_version` in environment markers, as `X.Y`.
    ///     max_size: The limit for the unpacked size of the archive, in bytes.
    ///     max_ratio: The limit for its unpacked size, as a multiple of its packed size.
    ///     max_members: The limit for the number of its members.
    ///     version: The version of a project's folder whose configuration does not say it.
    ///     build: Whether to build a wheel if there is none, which runs the project's own code.
    ///
    /// Returns:
    ///     The release. If its findings include refusals, for example because of native code, you
    ///     can inspect it, but `convert` refuses it.
    ///
    /// Raises:
    ///     Refused: The archive cannot be read as a package.
    ///     FileError: The file cannot be read.
    ///     UsageError: An option is invalid.
    #[pyfunction]
    #[pyo3(signature = (source, **options), text_signature = "(source, *, name=None, \
        sys_platform=None, python_version=None, max_size=None, max_ratio=None, max_members=None, \
        version=None, build=False)")]
    fn read<'py>(
        py: Python<'py>,
        source: Source,
        options: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Package> {
        let keywords = Keywords::new(py, "read", options);
        let name = archive_name(&keywords)?;
        let options = read_options(&keywords)?;
        keywords.finish()?;
        let read = || match source {
            Source::Bytes(bytes) => reader::read_bytes(&name, bytes.to_vec(), &options),
            Source::Path(path) => reader::read_with(&path, &options),
        };
        py.detach(read).map(Package).map_err(|error| raise(py, &error))
    }

    /// Convert archives and projects into archives for upip.
    ///
    /// The archives of one release, such as its sdist and its wheel, become one archive.
    ///
    /// Args:
    ///     source: The path of an archive, a folder of archives or a project, a list of paths, or the
    ///         bytes of one archive.
    ///     out: The folder for the results; by default `{folder}-micropython`, beside the folder of the
    ///         archive. Bytes are converted to bytes, in `Converted.data`, which is `None` otherwise.
    ///     project: The folder of the project whose settings to use, from `[tool.mpconvert]` in its
    ///         pyproject.toml; by default the project that contains the source. Arguments override
    ///         settings.
    ///     name: The file name of an archive given as bytes.
    ///     extras: Extras whose dependencies to include.
    ///     allow_missing: Dependencies that may be left out if they are not available.
    ///     include: Globs of installed paths to keep, even if the default is to leave them out.
    ///     exclude: Globs of installed paths to leave out.
    ///     resources: The forms of data files: `both`, `module`, `files` or `none`; with
    ///         `,per-package`, a module in each subpackage, too.
    ///     pip_installable: Whether to make results that `pip install` accepts, too.
    ///     force: Whether to overwrite existing results that differ.
    ///     dry_run: Whether to do everything except writing.
    ///     sys_platform: As for `read`.
    ///     python_version: As for `read`.
    ///     max_size: As for `read`.
    ///     max_ratio: As for `read`.
    ///     max_members: As for `read`.
    ///     version: As for `read`.
    ///     build: As for `read`.
    ///
    /// Returns:
    ///     The results, in the order of the inputs.
    ///
    /// Raises:
    ///     Refused: An input cannot be converted. The others are converted nevertheless: see
    ///         `Error.converted` and `Error.others`.
    ///     FileError: A file cannot be read or written.
    ///     UsageError: An option or a setting is invalid.
    #[pyfunction]
    #[pyo3(signature = (source, out=None, **options), text_signature = "(source, out=None, *, \
        project=None, name=None, extras=None, allow_missing=None, include=None, exclude=None, resources=None, \
        pip_installable=None, force=False, dry_run=False, sys_platform=None, python_version=None, \
        max_size=None, max_ratio=None, max_members=None, version=None, build=False)")]
    fn convert<'py>(
        py: Python<'py>,
        source: Sources,
        out: Option<PathBuf>,
        options: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Vec<Converted>> {
        let keywords = Keywords::new(py, "convert", options);
        let name = archive_name(&keywords)?;
        let mut options = CallOptions::take_with_writing(&keywords)?;
        options.layer = Layer {
            forms: keywords.take::<Option<_>>("pip_installable")?.map(Form::for_upip),
            out: out.map(Some),
            ..options.layer
        };
        keywords.finish()?;
        let results = py.detach(|| run_convert(source, &name, &options));
        give(py, results.map_err(|error| raise(py, &error))?)
    }

    /// The name of an archive that is given as bytes.
    fn archive_name(keywords: &Keywords) -> PyResult<String> {
        Ok(keywords.take::<Option<_>>("name")?.unwrap_or_else(|| "archive".to_owned()))
    }

    fn run_convert(
        sources: Sources,
        name: &str,
        call: &CallOptions,
    ) -> Result<Vec<Result<Converted, Error>>, Error> {
        let paths = match sources {
            Sources::One(Source::Bytes(_)) if call.layer.out.is_some() => {
                return Err(Error::Usage {
                    message: "bytes are converted to bytes, not to a folder".to_owned(),
                    help: "leave out `out`, or give a path".to_owned(),
                });
            }
            Sources::One(Source::Bytes(bytes)) => {
                let converted = convert_bytes(name, bytes.to_vec(), call)?;
                return Ok(vec![Ok(converted.into())]);
            }
            Sources::One(Source::Path(path)) => vec![path],
            Sources::Many(paths) => paths,
        };
        let options = |settings: &Settings| call.convert_options(settings);
        let (jobs, failed) = inputs::jobs_by_settings(&paths, &call.scope, &call.layer, &options)?;
        let converted = engine::convert(&jobs, &|| ());
        let converted = converted.into_iter().map(|result| result.map(Converted::from));
        Ok(failed.into_iter().map(Err).chain(converted).collect())
    }

    fn convert_bytes(
        name: &str,
        bytes: Vec<u8>,
        call: &CallOptions,
    ) -> Result<engine::Converted, Error> {
        // Bytes are in no project.
        let scope = match &call.scope {
            SettingsScope::Nearest => &SettingsScope::Builtin,
            scope => scope,
        };
        let project = scope.settings(Path::new(""))?;
        let settings = Settings::resolve(project.as_ref(), call.layer.clone())?;
        engine::convert_bytes(name, bytes, &call.convert_options(&settings)?)
    }

    /// Return the settings of a project, by their names in `[tool.mpconvert]`.
    ///
    /// Args:
    ///     project: The project's folder.
    ///
    /// Raises:
    ///     UsageError: A setting is unknown or invalid.
    #[pyfunction]
    fn settings(py: Python<'_>, project: PathBuf) -> PyResult<Bound<'_, PyDict>> {
        let resolve = || {
            let project = ProjectSettings::read(&project)?;
            Settings::resolve(project.as_ref(), Layer::default())
        };
        let settings = resolve().map_err(|error| raise(py, &error))?;
        let values = PyDict::new(py);
        for row in settings.rows() {
            values.set_item(row.key, object(py, &row.value)?)?;
        }
        Ok(values)
    }

    /// Return whether a build of the project fails if its archives cannot be converted. Errors in other
    /// settings are ignored.
    ///
    /// Args:
    ///     project: The project's folder.
    #[pyfunction]
    fn is_strict(project: PathBuf) -> bool {
        setting::is_strict(&project)
    }

    /// Converts a JSON value to Python. The module `json` is not used, because a build tool could import
    /// it from the current folder.
    fn object<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
        match value {
            Value::Null => Ok(py.None().into_bound(py)),
            Value::Bool(value) => value.into_bound_py_any(py),
            Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(integer), _) => integer.into_bound_py_any(py),
                (_, Some(integer)) => integer.into_bound_py_any(py),
                _ => number.as_f64().into_bound_py_any(py),
            },
            Value::String(text) => text.into_bound_py_any(py),
            Value::Array(items) => {
                let items = items.iter().map(|item| object(py, item));
                items.collect::<PyResult<Vec<_>>>()?.into_bound_py_any(py)
            }
            Value::Object(members) => {
                let dict = PyDict::new(py);
                for (key, member) in members {
                    dict.set_item(key, object(py, member)?)?;
                }
                Ok(dict.into_any())
            }
        }
    }

    /// Make a text safe to print: on one line, without secrets, and with control characters and
    /// invisible characters escaped.
    ///
    /// Args:
    ///     text: A text or path, which may come from an archive.
    #[pyfunction]
    fn printable(text: PathBuf) -> String {
        crate::redact::Printable(&text.to_string_lossy()).to_string()
    }

    /// Run the command line and return the exit status.
    #[pyfunction]
    fn main(py: Python<'_>, args: Vec<OsString>, python: PathBuf) -> u8 {
        py.detach(|| crate::cli::run(args, Path::new(&python)) as u8)
    }
}
