//! Options that projects and the environment can set, too.

use std::path::PathBuf;

use clap::Args;

use crate::adapt::{Pattern, ResourceMode};
use crate::settings::{Form, Layer, SettingsScope};

/// Options that `pyproject.toml` and the environment can set, too.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(in crate::cli) struct SettingArgs {
    #[command(flatten)]
    package: PackageArgs,
    /// Folder for the results [default: FOLDER-micropython, beside the FOLDER of the input]
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Make archives that `pip install` accepts, too [default: false]
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[arg(value_name = "BOOL", hide_possible_values = true)]
    pip_installable: Option<bool>,
}

/// The settings of a package on the device, for all outputs.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(in crate::cli) struct PackageArgs {
    #[command(flatten)]
    payload: PayloadArgs,
    #[command(flatten)]
    target: TargetArgs,
}

/// The settings that select files and their form.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(in crate::cli) struct PayloadArgs {
    /// Glob of installed paths to keep, even if the default is to leave them out
    /// (may be repeated)
    #[arg(long, value_name = "PATTERN")]
    include: Vec<Pattern>,
    /// Glob of installed paths to leave out (may be repeated)
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<Pattern>,
    /// Forms of data files: both, module (R.py), files or none; with `,per-package`, a module in
    /// each subpackage, too [default: both]
    #[arg(long, value_name = "MODE")]
    resources: Option<ResourceMode>,
    /// Size of a resource module above which to warn, in bytes [default: 16384]
    #[arg(long, value_name = "BYTES")]
    max_resource_size: Option<u64>,
}

/// The settings that select dependencies.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(in crate::cli) struct TargetArgs {
    /// Extra whose dependencies to include (may be repeated)
    #[arg(long = "extra", value_name = "NAME")]
    extras: Vec<String>,
    /// Dependency that may be left out if it is not available (may be repeated)
    #[arg(long, value_name = "NAME")]
    allow_missing: Vec<String>,
    /// Value of `sys_platform` in environment markers [default: esp32]
    #[arg(long, value_name = "NAME")]
    sys_platform: Option<String>,
    /// Value of `python_version` in environment markers [default: 3.14]
    #[arg(long, value_name = "X.Y")]
    python_version: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Project")]
pub(in crate::cli) struct ProjectArgs {
    /// Folder of the project whose settings to use [default: the project that contains the input]
    #[arg(long, value_name = "DIR", conflicts_with = "no_project")]
    project: Option<PathBuf>,
    /// Ignore the settings of projects
    #[arg(long)]
    no_project: bool,
}

impl SettingArgs {
    /// The settings that the command line gives.
    pub(in crate::cli) fn layer(&self) -> Layer {
        Layer {
            out: self.out.clone().map(Some),
            forms: self.pip_installable.map(Form::for_upip),
            ..self.package.layer()
        }
    }
}

impl PackageArgs {
    /// The settings that the command line gives.
    pub(in crate::cli) fn layer(&self) -> Layer {
        self.payload.over(self.target.layer())
    }
}

impl PayloadArgs {
    /// The settings that the command line gives, and those in `layer`.
    pub(in crate::cli) fn over(&self, layer: Layer) -> Layer {
        Layer {
            include: given(&self.include),
            exclude: given(&self.exclude),
            resources: self.resources,
            max_resource_size: self.max_resource_size,
            ..layer
        }
    }
}

impl TargetArgs {
    /// The settings that the command line gives.
    pub(in crate::cli) fn layer(&self) -> Layer {
        Layer {
            extras: given(&self.extras),
            allow_missing: given(&self.allow_missing),
            sys_platform: self.sys_platform.clone(),
            python_version: self.python_version.clone(),
            ..Layer::default()
        }
    }
}

fn given<T: Clone>(values: &[T]) -> Option<Vec<T>> {
    (!values.is_empty()).then(|| values.to_vec())
}

impl ProjectArgs {
    /// The project whose settings apply.
    pub(in crate::cli) fn whose(&self) -> SettingsScope {
        match &self.project {
            Some(folder) => SettingsScope::Project(folder.clone()),
            None if self.no_project => SettingsScope::Builtin,
            None => SettingsScope::Nearest,
        }
    }
}
