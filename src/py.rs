//! The Python door: the same calls as the Rust ones, with Python's types.

use pyo3::prelude::*;

/// The extension module behind the package `mpconvert`.
#[pymodule(name = "_native", gil_used = false)]
#[expect(clippy::doc_markdown, reason = "docstrings of Python are no Markdown")]
#[expect(clippy::needless_pass_by_value, reason = "arguments from Python arrive as values")]
mod native {
    use std::ffi::OsString;
    use std::path::{Path, PathBuf};

    use bytes::Bytes;
    use pyo3::exceptions::PyTypeError;
    use pyo3::prelude::*;
    use pyo3::pybacked::PyBackedBytes;
    use pyo3::sync::PyOnceLock;
    use pyo3::types::{PyBytes, PyType};

    use crate::adapt::Selection;
    use crate::convert as engine;
    use crate::convert::{ConvertOptions, Stored, Summary};
    use crate::error::Error;
    use crate::read as reader;
    use crate::read::{Limits, ReadOptions};
    use crate::requirement::TargetEnvironment;
    use crate::{inputs, settings};

    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");

    /// One thing noticed about an input.
    #[pyclass(frozen, get_all, module = "mpconvert")]
    struct Finding {
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
                path: finding.path.clone(),
                found: finding.found.clone(),
                expected: finding.expected.clone(),
                help: finding.help().to_owned(),
                text: finding.to_string(),
            }
        }
    }

    /// One file of a payload.
    #[pyclass(frozen, module = "mpconvert")]
    struct File(crate::File);

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
            format!("<File {}>", self.0.path)
        }
    }

    /// One release of a project, as it would lie in site-packages.
    #[pyclass(frozen, module = "mpconvert")]
    struct Package(crate::Package);

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
            self.0.requirements.iter().map(ToString::to_string).collect()
        }

        #[getter]
        fn files(&self) -> Vec<File> {
            self.0.files.iter().cloned().map(File).collect()
        }

        #[getter]
        fn findings(&self) -> Vec<Finding> {
            let mut selected = self.0.clone();
            Selection::default().apply(&mut selected);
            let payload = crate::check::payload(&selected);
            self.0.findings.iter().chain(&payload).map(Finding::from).collect()
        }

        fn __repr__(&self) -> String {
            format!("<Package {} {}>", self.0.name, self.0.version)
        }
    }

    /// A release that was converted.
    #[pyclass(frozen, module = "mpconvert")]
    struct Converted {
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

    /// An archive in memory, or the path of one.
    enum Source {
        Bytes(PyBackedBytes),
        Path(PathBuf),
    }

    impl<'py> FromPyObject<'_, 'py> for Source {
        type Error = PyErr;

        fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
            if let Ok(bytes) = object.extract() {
                return Ok(Self::Bytes(bytes));
            }
            object.extract().map(Self::Path).map_err(|_| {
                PyTypeError::new_err("an archive is given as bytes, str or os.PathLike")
            })
        }
    }

    /// What stands for an archive in memory in messages, where it has no name.
    const IN_MEMORY: &str = "archive";

    /// Read one sdist or wheel.
    ///
    /// No code of the package is run, unless `build` is true: then a wheel is built of an sdist by
    /// its own build tool, isolated by the package `build`.
    ///
    /// Args:
    ///     source: The path of the archive, or its bytes.
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
    #[pyo3(signature = (
        source, *, name=None, sys_platform=None, python_version=None,
        max_size=None, max_ratio=None, max_members=None, build=false,
    ))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn read(
        py: Python<'_>,
        source: Source,
        name: Option<String>,
        sys_platform: Option<&str>,
        python_version: Option<&str>,
        max_size: Option<u64>,
        max_ratio: Option<u64>,
        max_members: Option<usize>,
        build: bool,
    ) -> PyResult<Package> {
        let limits = limits(max_size, max_ratio, max_members);
        let options = read_options(py, sys_platform, python_version, limits, build)?;
        let read = || match source {
            Source::Bytes(bytes) => {
                reader::read_bytes(name.as_deref().unwrap_or(IN_MEMORY), bytes.to_vec(), &options)
            }
            Source::Path(path) => reader::read_with(&path, &options),
        };
        py.detach(read).map(Package).map_err(|error| raise(py, &error))
    }

    /// Convert archives into archives that upip installs.
    ///
    /// The archives of one release in a folder, such as its sdist and its wheel, become one.
    ///
    /// Args:
    ///     source: The path of an archive, of a folder of archives, or the bytes of one archive.
    ///     out: The folder of the results; by default a sibling of the folder that the archive
    ///         lies in, named `{folder}-micropython`. Bytes give bytes, in `Converted.data`, which is
    ///         `None` otherwise.
    ///     name: The file name of an archive given as bytes.
    ///     extras: Extras whose dependencies are wanted too.
    ///     include: Globs of installed paths that are kept although they would be left out.
    ///     exclude: Globs of installed paths that are left out.
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
    ///     UsageError: An option makes no sense.
    #[pyfunction]
    #[pyo3(signature = (
        source, out=None, *, name=None, extras=Vec::new(), include=Vec::new(), exclude=Vec::new(),
        force=false, dry_run=false, sys_platform=None, python_version=None,
        max_size=None, max_ratio=None, max_members=None, build=false,
    ), text_signature = "(source, out=None, *, name=None, extras=(), include=(), exclude=(), \
        force=False, dry_run=False, sys_platform=None, python_version=None, max_size=None, \
        max_ratio=None, max_members=None, build=False)")]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn convert(
        py: Python<'_>,
        source: Source,
        out: Option<PathBuf>,
        name: Option<String>,
        extras: Vec<String>,
        include: Vec<String>,
        exclude: Vec<String>,
        force: bool,
        dry_run: bool,
        sys_platform: Option<&str>,
        python_version: Option<&str>,
        max_size: Option<u64>,
        max_ratio: Option<u64>,
        max_members: Option<usize>,
        build: bool,
    ) -> PyResult<Vec<Converted>> {
        let limits = limits(max_size, max_ratio, max_members);
        let read = read_options(py, sys_platform, python_version, limits, build)?;
        let run = || {
            let selection = Selection {
                include: settings::patterns(&include)?,
                exclude: settings::patterns(&exclude)?,
            };
            let mtime = settings::mtime()?;
            let options = ConvertOptions { read, selection, extras, mtime, force, dry_run };
            run_convert(source, out.as_deref(), name.as_deref().unwrap_or(IN_MEMORY), &options)
        };
        let results = py.detach(run).map_err(|error| raise(py, &error))?;
        let mut converted = Vec::new();
        let mut failed = Vec::new();
        for result in results {
            match result {
                Ok(one) => converted.push(one),
                Err(error) => failed.push(raise(py, &error)),
            }
        }
        if failed.is_empty() {
            return Ok(converted);
        }
        let first = failed.remove(0);
        first.value(py).setattr("converted", converted)?;
        first.value(py).setattr("others", failed)?;
        Err(first)
    }

    fn run_convert(
        source: Source,
        out: Option<&Path>,
        name: &str,
        options: &ConvertOptions,
    ) -> Result<Vec<Result<Converted, Error>>, Error> {
        match source {
            Source::Bytes(_) if out.is_some() => Err(Error::Usage {
                message: "bytes are converted to bytes, not to a folder".to_owned(),
                help: "leave out `out`, or give a path".to_owned(),
            }),
            Source::Bytes(bytes) => {
                let converted = engine::convert_bytes(name, bytes.to_vec(), options)?;
                Ok(vec![Ok(converted.into())])
            }
            Source::Path(path) => {
                let (jobs, failed) = inputs::jobs(&[path], out)?;
                let results = engine::convert(&jobs, options, &|| ());
                let results = results.into_iter().map(|result| result.map(Converted::from));
                Ok(failed.into_iter().map(Err).chain(results).collect())
            }
        }
    }

    fn limits(max_size: Option<u64>, max_ratio: Option<u64>, max_members: Option<usize>) -> Limits {
        let default = Limits::default();
        Limits {
            max_size: max_size.unwrap_or(default.max_size),
            max_ratio: max_ratio.unwrap_or(default.max_ratio),
            max_members: max_members.unwrap_or(default.max_members),
        }
    }

    fn read_options(
        py: Python<'_>,
        sys_platform: Option<&str>,
        python_version: Option<&str>,
        limits: Limits,
        build: bool,
    ) -> PyResult<ReadOptions> {
        let environment = TargetEnvironment::new(
            sys_platform.unwrap_or(TargetEnvironment::SYS_PLATFORM),
            python_version.unwrap_or(TargetEnvironment::PYTHON_VERSION),
        )
        .map_err(|error| raise(py, &error))?;
        let executable = || py.import("sys")?.getattr("executable")?.extract();
        let build = build.then(executable).transpose()?;
        Ok(ReadOptions { limits, environment, build })
    }

    /// Runs the command line and gives the exit status.
    #[pyfunction]
    fn main(py: Python<'_>, args: Vec<OsString>, python: PathBuf) -> u8 {
        py.detach(|| crate::cli::run(args, Path::new(&python)) as u8)
    }

    /// The exception of the package `mpconvert` that says what `error` says.
    fn raise(py: Python<'_>, error: &Error) -> PyErr {
        static REFUSED: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        static USAGE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        static FILE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let made = match error {
            Error::Refused { input, findings } => {
                let findings: Vec<_> = findings.iter().map(Finding::from).collect();
                REFUSED
                    .import(py, "mpconvert._errors", "Refused")
                    .and_then(|class| class.call1((error.to_string(), input, findings)))
            }
            Error::Usage { message, help } => USAGE
                .import(py, "mpconvert._errors", "UsageError")
                .and_then(|class| class.call1((message, help))),
            Error::Io { path, source } => FILE
                .import(py, "mpconvert._errors", "FileError")
                .and_then(|class| class.call1((source.raw_os_error(), source.to_string(), path))),
        };
        made.map_or_else(|error| error, PyErr::from_value)
    }
}
