//! Resource modules, by which `pkg_resources` of MicroPython finds a package's data without opening
//! a file.
//!
//! `resource_stream(package, name)` imports `<package>.R` and takes `R[name]`. Only where there is
//! no such module, it opens the file `name` below the *top* package of that name. So a module hides
//! all files of its package that are not in it, and what a subpackage asks for under its own name
//! is found by a module of its own only.

mod mode;
mod module;
mod packages;
mod plan;
mod repr;

pub use mode::{ResourceMode, ResourceModeError};
pub use module::{MAX_RESOURCES_SIZE, resource_module};

use crate::package::{self, File, Origin, Package};
use plan::Plan;

/// How the resources of a package go to the device.
///
/// A resource is any file that is neither code (`.py`, `.mpy`) nor for type checkers (`.pyi`,
/// `py.typed`; no program reads these, and they stay as they are in each mode).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resources {
    /// In which forms.
    pub mode: ResourceMode,
    /// Bytes of a module's text above which a finding warns that a device may not be able to import it.
    pub max_size: u64,
}

impl Resources {
    /// Measured: to import a text of 16 KiB, MicroPython needs 16 to 37 KiB of heap, depending on
    /// how much of it is escapes. The esp8266 has 38 KiB.
    pub const DEFAULT_MAX_SIZE: u64 = 16 << 10;
}

impl Default for Resources {
    fn default() -> Self {
        Self { mode: ResourceMode::default(), max_size: Self::DEFAULT_MAX_SIZE }
    }
}

impl Resources {
    /// Brings the resources of `package` into the forms of the mode, and notes what cannot be done.
    /// What was adapted once is left as it is.
    ///
    /// There is one module `R.py` for each top-level package that has resources, and one more for
    /// each subpackage that has some, if the mode says so. In a namespace, a folder without
    /// `__init__.py` around packages, the outermost of these count as top-level packages. Each
    /// module holds all resources below its folder, so that it hides none, under their paths from
    /// there.
    ///
    /// Files stay as they are at the root and in folders that cannot be imported, where no module
    /// could be found, and in top-level packages with a module `R` of their own, which is kept.
    pub fn apply(&self, package: &mut Package) {
        let plan = if self.mode.module { Plan::new(&package.files, self) } else { Plan::default() };
        package.files.retain(|file| match self.mode {
            ResourceMode { files: true, .. } => true,
            ResourceMode { module: true, .. } => !plan.replaced.contains(&file.path),
            _ => !is_resource(file),
        });
        package.files.extend(plan.made);
        package.files.sort_by(|one, other| one.path.cmp(&other.path));
        package.findings.extend(plan.findings);
    }
}

/// By which part of the program modules of data are made.
const RESOURCES: &str = "resources";

/// Whether the file was made of a package's data.
pub(crate) fn is_resource_module(file: &File) -> bool {
    matches!(file.origin, Origin::Generated { by: RESOURCES })
}

/// Whether the file is data that a program may ask for. Native code is none: it is refused, and
/// must not be hidden in a module before.
fn is_resource(file: &File) -> bool {
    /// Code, and files that only matter to developers.
    const OTHERS: [&str; 3] = [".py", ".mpy", ".pyi"];
    let name = file.path.file_name();
    name != "py.typed"
        && !OTHERS.iter().any(|ending| name.ends_with(ending))
        && package::native_code(file).is_none()
}

#[cfg(test)]
mod tests;
