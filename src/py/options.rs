//! What is said to calls that make something, in Python's words and in those of the core.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::net::fetch::FetchOptions;
use crate::options::ConvertOptions;
use crate::read::Limits;
use crate::settings as setting;
use crate::settings::{Layer, Settings, SettingsScope};

/// Settings that say what a package is on the device, whatever form it takes.
pub(super) struct PackageSettings<'a> {
    pub(super) include: Option<Vec<String>>,
    pub(super) exclude: Option<Vec<String>>,
    pub(super) extras: Option<Vec<String>>,
    pub(super) resources: Option<&'a str>,
    pub(super) sys_platform: Option<String>,
    pub(super) python_version: Option<String>,
}

impl PackageSettings<'_> {
    pub(super) fn layer(self) -> Result<Layer> {
        Ok(Layer {
            include: self.include.map(|texts| setting::patterns(&texts)).transpose()?,
            exclude: self.exclude.map(|texts| setting::patterns(&texts)).transpose()?,
            extras: self.extras,
            resources: self.resources.map(setting::resource_mode).transpose()?,
            sys_platform: self.sys_platform,
            python_version: self.python_version,
            ..Layer::default()
        })
    }
}

/// How a call reads and writes, which is no setting.
pub(super) struct WriteOptions {
    pub(super) limits: Limits,
    /// The Python that runs the project's own build tool.
    pub(super) build: Option<PathBuf>,
    pub(super) force: bool,
    pub(super) dry_run: bool,
}

impl WriteOptions {
    pub(super) fn options(&self, settings: &Settings) -> Result<ConvertOptions> {
        let mut options = settings.convert_options()?;
        (options.read.limits, options.read.build) = (self.limits, self.build.clone());
        (options.force, options.dry_run) = (self.force, self.dry_run);
        Ok(options)
    }
}

/// How files are fetched: within the limits that the environment gives.
pub(super) fn fetch_options(offline: bool) -> Result<FetchOptions> {
    Ok(FetchOptions { offline, ..setting::fetch_options(&Layer::default())? })
}

pub(super) fn limits(
    max_size: Option<u64>,
    max_ratio: Option<u64>,
    max_members: Option<usize>,
) -> Limits {
    let default = Limits::default();
    Limits {
        max_size: max_size.unwrap_or(default.max_size),
        max_ratio: max_ratio.unwrap_or(default.max_ratio),
        max_members: max_members.unwrap_or(default.max_members),
    }
}

/// Whose settings hold.
pub(super) fn whose(project: Option<PathBuf>) -> SettingsScope {
    project.map_or(SettingsScope::Nearest, SettingsScope::Project)
}

/// The value that an argument stands for.
pub(super) fn parsed<T>(argument: &str, text: &str) -> Result<T>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    text.parse().map_err(|fault| Error::Usage {
        message: format!("{argument}=`{text}`: {fault}"),
        help: format!("give another `{argument}`, or leave it out"),
    })
}
