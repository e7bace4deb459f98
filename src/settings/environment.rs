//! What the process was started with.

use std::path::Path;

use crate::program::{Environment, Interpreter};

/// The variables and folders of this process as they are now, by which programs are found and run.
#[must_use]
pub fn environment() -> Environment {
    Environment::new(std::env::vars_os(), std::env::current_dir().ok(), std::env::temp_dir())
}

/// The Python interpreter of this path or name in the [`environment`].
#[must_use]
pub fn interpreter(python: &Path) -> Interpreter {
    Interpreter::new(python, environment())
}
