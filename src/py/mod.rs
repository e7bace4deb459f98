//! The Python door: the same calls as the Rust ones, with Python's types.

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
#[expect(clippy::doc_markdown, reason = "docstrings of Python are no Markdown")]
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
    /// No code of the package is run, unless `build` is true: then a wheel is built of an sdist or
    /// project by its own build tool, isolated by the package `build`.
    ///
    /// Args:
    ///     source: The path of the archive or of the project's folder, or the archive's bytes.
    ///     name: The file name of an archive given as bytes.
    ///     sys_platform: For which markers are evaluated.
    ///     python_version: For which markers are evaluated, as `X.Y`.
    ///     max_size: Bytes that the archive may unpack to.
    ///     max_ratio: How many times its own size it may unpack to.
    ///     max_members: Members that it may have.
    ///     build: Whether the project's own build tool decides on the layout of an sdist.
    ///
    /// Returns:
    ///     The release. Its findings may hold refusals, such as native code: then it can be looked
    ///     at, but `convert` refuses it.
    ///
    /// Raises:
    ///     Refused: No package can be made of the archive.
    ///     FileError: The file cannot be read.
    ///     UsageError: An option makes no sense.
    #[pyfunction]
    #[pyo3(signature = (source, **options), text_signature = "(source, *, name=None, \
        sys_platform=None, python_version=None, max_size=None, max_ratio=None, max_members=None, \
        build=False)")]
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

    /// Convert archives into archives that upip installs.
    ///
    /// The archives of one release, such as its sdist and its wheel, become one.
    ///
    /// Args:
    ///     source: The path of an archive, of a folder of archives, or of a project; several of
    ///         them; or the bytes of one archive.
    ///     out: The folder of the results; by default a sibling of the folder that the archive
    ///         lies in, named `{folder}-micropython`. Bytes give bytes, in `Converted.data`, which is
    ///         `None` otherwise.
    ///     project: The folder of the project whose settings hold, those of `[tool.mpconvert]` in
    ///         its pyproject.toml; by default the one that the source lies in. Arguments that are
    ///         given count more.
    ///     name: The file name of an archive given as bytes.
    ///     extras: Extras whose dependencies are wanted too.
    ///     include: Globs of installed paths that are kept although they would be left out.
    ///     exclude: Globs of installed paths that are left out.
    ///     resources: The forms of data files: `both`, `module`, `files` or `none`; with
    ///         `,per-package` a module in each subpackage, too.
    ///     pip_installable: Whether `pip install` shall take the results, too.
    ///     force: Whether existing results with other content are overwritten.
    ///     dry_run: Whether everything is done but the writing.
    ///     sys_platform: As for `read`.
    ///     python_version: As for `read`.
    ///     max_size: As for `read`.
    ///     max_ratio: As for `read`.
    ///     max_members: As for `read`.
    ///     build: As for `read`.
    ///
    /// Returns:
    ///     What was converted, in the order of the inputs.
    ///
    /// Raises:
    ///     Refused: An input cannot be converted. The others are converted all the same: see
    ///         `Error.converted` and `Error.others`.
    ///     FileError: A file cannot be read or written.
    ///     UsageError: An option or a setting makes no sense.
    #[pyfunction]
    #[pyo3(signature = (source, out=None, **options), text_signature = "(source, out=None, *, \
        project=None, name=None, extras=None, include=None, exclude=None, resources=None, \
        pip_installable=None, force=False, dry_run=False, sys_platform=None, python_version=None, \
        max_size=None, max_ratio=None, max_members=None, build=False)")]
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

    /// What messages call an archive that is given as bytes.
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
            SettingsScope::Nearest => &SettingsScope::Nobody,
            scope => scope,
        };
        let project = scope.settings(Path::new(""))?;
        let settings = Settings::resolve(project.as_ref(), call.layer.clone())?;
        engine::convert_bytes(name, bytes, &call.convert_options(&settings)?)
    }

    /// The settings that hold for a project, by their names in `[tool.mpconvert]`.
    ///
    /// Args:
    ///     project: The project's folder.
    ///
    /// Raises:
    ///     UsageError: A setting is unknown or makes no sense.
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

    /// Tell whether a build of the project fails if its archives cannot be converted, even where
    /// other settings are wrong.
    ///
    /// Args:
    ///     project: The project's folder.
    #[pyfunction]
    fn is_strict(project: PathBuf) -> bool {
        setting::is_strict(&project)
    }

    /// The Python value of a JSON value. Made here: a module `json` could be one of the folder that a
    /// build tool runs in.
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

    /// The text as it can be printed: on one line, without secrets, and with every character escaped
    /// that a terminal would obey or not show.
    ///
    /// Args:
    ///     text: A text or path, which may come from an archive.
    #[pyfunction]
    fn printable(text: PathBuf) -> String {
        crate::redact::Printable(&text.to_string_lossy()).to_string()
    }

    /// Runs the command line and gives the exit status.
    #[pyfunction]
    fn main(py: Python<'_>, args: Vec<OsString>, python: PathBuf) -> u8 {
        py.detach(|| crate::cli::run(args, Path::new(&python)) as u8)
    }
}
