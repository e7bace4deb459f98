//! From the arguments of a call to the releases to add.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use crate::adapt::{Bytecode, Compiler};
use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::ops::inputs::{self, Job};
use crate::options::ConvertOptions;
use crate::settings::{self, Layer, Settings, SettingsScope, Source};
use crate::translate::Pinning;

/// An input to add, and how its dependencies are provided.
pub type AddJobs = Vec<(Job, Pinning)>;

/// The jobs for `inputs`, each by the settings that hold for it, from which `options` makes how it is
/// read. Beside them is what cannot be looked at, which does not stop the others.
///
/// # Errors
/// Those of [`inputs::by_settings`], [`inputs::jobs`] and of `options`.
pub fn jobs(
    inputs: &[PathBuf],
    whose: &SettingsScope,
    layer: &Layer,
    options: &dyn Fn(&Settings) -> Result<ConvertOptions>,
) -> Result<(AddJobs, Vec<Error>)> {
    let (mut all, mut failed) = (Vec::new(), Vec::new());
    for (settings, inputs) in inputs::by_settings(inputs, whose, layer)? {
        let options = Arc::new(options(&settings)?);
        let (jobs, errors) = inputs::jobs(&inputs, settings.out(), &options)?;
        all.extend(jobs.into_iter().map(|job| (job, settings.deps.value)));
        failed.extend(errors);
    }
    Ok((all, failed))
}

/// The compilers that `layer` or the environment names, else the one that is found for the
/// interpreter `python`.
///
/// # Errors
/// [`Error::Usage`] if there is none, or one is none.
pub fn bytecode(layer: Layer, python: &Path) -> Result<Bytecode> {
    let settings = Settings::resolve(None, layer)?;
    let compilers = Compiler::find(&settings.mpy_cross.value.0, &settings::interpreter(python))?;
    Ok(Bytecode { compilers, ..source_code() })
}

/// No compiler: the index has the variant `py` only.
#[must_use]
pub fn source_code() -> Bytecode {
    Bytecode { compilers: Vec::new(), cache: settings::cache(Bytecode::CACHE) }
}

/// Where reports are kept of additions that change nothing.
#[must_use]
pub fn reports() -> Cache {
    settings::cache("index")
}

/// The time of a change, as written into the index, in seconds since 1970: that of the build if it
/// is set, and otherwise now.
///
/// # Errors
/// [`Error::Usage`] for a variable of the environment that makes no sense.
pub fn updated() -> Result<u64> {
    let settings = Settings::resolve(None, Layer::default())?;
    if settings.mtime.source != Source::Default {
        return Ok(settings.mtime.value.0);
    }
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Ok(now.map_or(0, |time| time.as_secs()))
}
