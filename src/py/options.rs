//! Keyword arguments that several functions share, as the options of the core.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use pep440_rs::Version;
use pyo3::prelude::*;

use super::error::raise;
use super::keywords::Keywords;
use crate::error::{Error, Result};
use crate::net::fetch::FetchOptions;
use crate::options::ConvertOptions;
use crate::program::Interpreter;
use crate::read::{Limits, ReadOptions};
use crate::requirement::TargetEnvironment;
use crate::settings as setting;
use crate::settings::{Layer, Settings, SettingsScope};

/// The options of all functions that convert.
pub(super) struct CallOptions {
    /// Whose settings apply.
    pub(super) scope: SettingsScope,
    /// The settings that the call itself gives.
    pub(super) layer: Layer,
    pub(super) force: bool,
    pub(super) dry_run: bool,
    limits: Limits,
    /// The Python that runs the project's own build tool.
    build: Option<Interpreter>,
    version: Option<Version>,
}

impl CallOptions {
    pub(super) fn take(keywords: &Keywords) -> PyResult<Self> {
        let project: Option<PathBuf> = keywords.take("project")?;
        Ok(Self {
            scope: project.map_or(SettingsScope::Nearest, SettingsScope::Project),
            layer: package_layer(keywords)?,
            force: false,
            dry_run: false,
            limits: limits(keywords)?,
            build: build(keywords)?,
            version: project_version(keywords)?,
        })
    }

    /// Takes `force` and `dry_run`, too.
    pub(super) fn take_with_writing(keywords: &Keywords) -> PyResult<Self> {
        let (force, dry_run) = (keywords.take("force")?, keywords.take("dry_run")?);
        Ok(Self { force, dry_run, ..Self::take(keywords)? })
    }

    /// The options for a release to which these settings apply.
    pub(super) fn convert_options(&self, settings: &Settings) -> Result<ConvertOptions> {
        let mut options = settings.convert_options()?;
        (options.read.limits, options.read.build) = (self.limits, self.build.clone());
        options.read.version.clone_from(&self.version);
        (options.force, options.dry_run) = (self.force, self.dry_run);
        Ok(options)
    }
}

/// The options of `read`.
pub(super) fn read_options(keywords: &Keywords) -> PyResult<ReadOptions> {
    let platform: Option<String> = keywords.take("sys_platform")?;
    let version: Option<String> = keywords.take("python_version")?;
    let environment = TargetEnvironment::new(
        platform.as_deref().unwrap_or(TargetEnvironment::SYS_PLATFORM),
        version.as_deref().unwrap_or(TargetEnvironment::PYTHON_VERSION),
    );
    let environment = environment.map_err(|error| raise(keywords.py, &error))?;
    Ok(ReadOptions {
        limits: limits(keywords)?,
        environment,
        build: build(keywords)?,
        unversioned: false,
        version: project_version(keywords)?,
    })
}

/// The version of a project folder that does not say it.
fn project_version(keywords: &Keywords) -> PyResult<Option<Version>> {
    let Some(text) = keywords.take::<Option<String>>("version")? else { return Ok(None) };
    let version = text.parse().map_err(|_| Error::Usage {
        message: format!("version: found `{text}`, expected a version that follows PEP 440"),
        help: "give a version such as 1.2.0".to_owned(),
    });
    version.map(Some).map_err(|error| raise(keywords.py, &error))
}

/// The settings that decide which files and dependencies a package has, in every output.
fn package_layer(keywords: &Keywords) -> PyResult<Layer> {
    let patterns = |name| {
        let texts: Option<Vec<String>> = keywords.take(name)?;
        let patterns = texts.map(|texts| setting::patterns(&texts)).transpose();
        patterns.map_err(|error| raise(keywords.py, &error))
    };
    let resources: Option<String> = keywords.take("resources")?;
    let resources = resources.as_deref().map(setting::resource_mode).transpose();
    Ok(Layer {
        include: patterns("include")?,
        exclude: patterns("exclude")?,
        extras: keywords.take("extras")?,
        allow_missing: keywords.take("allow_missing")?,
        resources: resources.map_err(|error| raise(keywords.py, &error))?,
        sys_platform: keywords.take("sys_platform")?,
        python_version: keywords.take("python_version")?,
        ..Layer::default()
    })
}

fn limits(keywords: &Keywords) -> PyResult<Limits> {
    let default = Limits::default();
    Ok(Limits {
        max_size: keywords.take::<Option<_>>("max_size")?.unwrap_or(default.max_size),
        max_ratio: keywords.take::<Option<_>>("max_ratio")?.unwrap_or(default.max_ratio),
        max_members: keywords.take::<Option<_>>("max_members")?.unwrap_or(default.max_members),
    })
}

fn build(keywords: &Keywords) -> PyResult<Option<Interpreter>> {
    let python =
        keywords.take::<bool>("build")?.then(|| running_python(keywords.py)).transpose()?;
    Ok(python.map(|python| setting::interpreter(&python)))
}

/// The path of the running Python.
pub(super) fn running_python(py: Python<'_>) -> PyResult<PathBuf> {
    py.import("sys")?.getattr("executable")?.extract()
}

/// How files are fetched, within the limits that the environment sets.
pub(super) fn fetch_options(offline: bool) -> Result<FetchOptions> {
    Ok(FetchOptions { offline, ..setting::fetch_options(&Layer::default())? })
}

/// Takes an argument that is given as text.
pub(super) fn take_parsed<T>(keywords: &Keywords, name: &str) -> PyResult<Option<T>>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    let Some(text) = keywords.take::<Option<String>>(name)? else { return Ok(None) };
    text.parse().map(Some).map_err(|fault| {
        let message = format!("{name}=`{text}`: {fault}");
        let help = format!("give another `{name}`, or leave it out");
        raise(keywords.py, &Error::Usage { message, help })
    })
}
