//! What can be said in the call that projects and the environment can say, too.

use std::path::PathBuf;

use clap::Args;

use crate::adapt::{Pattern, ResourceMode};
use crate::settings::{Form, Layer, SettingsScope};

/// What can be said in pyproject.toml and the environment, too.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(in crate::cli) struct SettingArgs {
    #[command(flatten)]
    package: PackageArgs,
    /// Folder for the results [default: a sibling of the input's folder, FOLDER-micropython]
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Make archives that `pip install` takes, too [default: false]
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[arg(value_name = "BOOL", hide_possible_values = true)]
    pip_installable: Option<bool>,
}

/// The settings that say what a package is on the device, whatever form it takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(in crate::cli) struct PackageArgs {
    #[command(flatten)]
    payload: PayloadArgs,
    #[command(flatten)]
    target: TargetArgs,
}

/// The settings that say which files a package has, and in which form.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(in crate::cli) struct PayloadArgs {
    /// Keep files that would be left out (a glob of installed paths; may be repeated)
    #[arg(long, value_name = "PATTERN")]
    include: Vec<Pattern>,
    /// Leave out files (a glob of installed paths; may be repeated)
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<Pattern>,
    /// The forms of data files: both, module (R.py), files or none; with `,per-package` a module in
    /// each subpackage, too [default: both]
    #[arg(long, value_name = "MODE")]
    resources: Option<ResourceMode>,
    /// Bytes of a resource module above which a warning is given [default: 16384]
    #[arg(long, value_name = "BYTES")]
    max_resource_size: Option<u64>,
}

/// The settings that say which dependencies are wanted.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(in crate::cli) struct TargetArgs {
    /// Take the dependencies of this extra too (may be repeated)
    #[arg(long = "extra", value_name = "NAME")]
    extras: Vec<String>,
    /// The `sys_platform` for which markers are evaluated [default: esp32]
    #[arg(long, value_name = "NAME")]
    sys_platform: Option<String>,
    /// The `python_version` for which markers are evaluated [default: 3.4]
    #[arg(long, value_name = "X.Y")]
    python_version: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Project")]
pub(in crate::cli) struct ProjectArgs {
    /// Take the settings of this project's folder [default: the one that the input lies in]
    #[arg(long, value_name = "DIR", conflicts_with = "no_project")]
    project: Option<PathBuf>,
    /// Take no project's settings
    #[arg(long)]
    no_project: bool,
}

impl SettingArgs {
    /// What the command line says of the settings.
    pub(in crate::cli) fn layer(&self) -> Layer {
        Layer {
            out: self.out.clone().map(Some),
            forms: self.pip_installable.map(Form::for_upip),
            ..self.package.layer()
        }
    }
}

impl PackageArgs {
    /// What the command line says of these settings.
    pub(in crate::cli) fn layer(&self) -> Layer {
        self.payload.over(self.target.layer())
    }
}

impl PayloadArgs {
    /// What the command line says of these settings, and of others in `layer`.
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
    /// What the command line says of these settings.
    pub(in crate::cli) fn layer(&self) -> Layer {
        Layer {
            extras: given(&self.extras),
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
    /// Whose settings hold.
    pub(in crate::cli) fn whose(&self) -> SettingsScope {
        match &self.project {
            Some(folder) => SettingsScope::Project(folder.clone()),
            None if self.no_project => SettingsScope::Nobody,
            None => SettingsScope::Nearest,
        }
    }
}
