//! Programs of this machine, run so that no file of the current folder takes part.
//!
//! mpconvert runs in folders that others filled, such as a fresh clone. Python imports from the
//! current folder first, an empty entry of `PATH` means it, and Windows looks for programs there. So
//! every program is started by its absolute path, in an empty folder, with an environment that does
//! not lead back.

mod environment;
mod search;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

pub use environment::Environment;
use environment::Passed;
pub(crate) use search::find_in;

impl Environment {
    /// Finds a program. A name without a folder is looked up on the `PATH`, without entries that are
    /// relative or the current folder; a relative path starts at the current folder. Whether there is
    /// a program at a path shows when it is run.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] for a name that is not on the `PATH`, and those of
    /// [`Environment::absolute`].
    pub(crate) fn find(&self, name: &Path) -> io::Result<Program> {
        let path = if search::is_bare(name) {
            let found = search::find(name, self.variable("PATH"), self.real_folder());
            found.ok_or_else(|| {
                let message = "not found on the PATH, of which relative entries and the current folder are skipped";
                io::Error::new(io::ErrorKind::NotFound, message)
            })?
        } else {
            self.absolute(name)?
        };
        Ok(Program { name: name.to_owned(), path, environment: self.clone() })
    }

    /// For a call of a program with the variables that programs commonly need.
    ///
    /// # Errors
    /// Those of [`Environment::scratch`].
    pub(crate) fn minimal(&self) -> io::Result<Isolation> {
        Ok(Isolation { folder: self.scratch()?, variables: self.passed(Passed::Minimal) })
    }

    /// With all variables that do not bring in code: for builds and for programs with plugins, whose
    /// needs are not known.
    ///
    /// # Errors
    /// Those of [`Environment::scratch`].
    pub(crate) fn inherited(&self) -> io::Result<Isolation> {
        Ok(Isolation { folder: self.scratch()?, variables: self.passed(Passed::Inherited) })
    }
}

/// A Python interpreter, by its path or name, and where that is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpreter {
    name: PathBuf,
    environment: Environment,
}

impl Interpreter {
    /// The interpreter `name`, which is not looked for yet.
    pub fn new(name: impl Into<PathBuf>, environment: Environment) -> Self {
        Self { name: name.into(), environment }
    }

    /// Finds it, as [`Environment::find`] does.
    pub(crate) fn find(&self) -> io::Result<Program> {
        self.environment.find(&self.name)
    }

    /// Its path or name, as it is shown in messages.
    pub(crate) fn name(&self) -> &Path {
        &self.name
    }

    /// Where it is looked for.
    pub(crate) fn environment(&self) -> &Environment {
        &self.environment
    }
}

/// An executable, by its absolute path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    name: PathBuf,
    path: PathBuf,
    environment: Environment,
}

impl Program {
    /// What it was found by.
    pub(crate) fn environment(&self) -> &Environment {
        &self.environment
    }

    /// What was looked for, as it is shown in messages.
    pub(crate) fn name(&self) -> &Path {
        &self.name
    }

    /// The absolute path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A call of the program. Keep `isolation` until it ends, and give paths as absolute ones: the
    /// current folder is another.
    #[expect(clippy::disallowed_methods, reason = "all other commands are made here")]
    pub(crate) fn command(&self, isolation: &Isolation) -> Command {
        let mut command = Command::new(&self.path);
        let variables = isolation.variables.iter().map(|(name, value)| (name, value));
        command.current_dir(isolation.folder.path()).env_clear().envs(variables);
        command
    }

    /// A call of a module, where the program is a Python interpreter. Otherwise as
    /// [`command`](Self::command).
    pub(crate) fn module(&self, module: &str, isolation: &Isolation) -> Command {
        let mut command = self.command(isolation);
        command.args(["-m", module]);
        command
    }
}

/// What keeps programs apart from the current folder: a new folder that holds nothing and that only
/// this user can write to, removed when this is dropped, and an environment.
#[derive(Debug)]
pub(crate) struct Isolation {
    folder: TempDir,
    variables: Vec<(OsString, OsString)>,
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn programs_run_in_an_empty_folder_by_their_absolute_paths() {
        let isolation = Environment::of_tests().minimal().unwrap();
        let shell = Environment::of_tests().find(Path::new("sh")).unwrap();
        assert_eq!(shell.name(), Path::new("sh"));
        assert!(shell.path().is_absolute());
        let mut command = shell.command(&isolation);
        let output = command.args(["-c", "pwd -P; ls -A | wc -l"]).output().unwrap();
        let here = isolation.folder.path().canonicalize().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<_> = printed.lines().map(str::trim).collect();
        assert_eq!(lines, [here.to_str().unwrap(), "0"]);
        assert_eq!(fs::read_dir(here).unwrap().count(), 0);
    }

    #[test]
    fn relative_paths_start_at_the_folder_of_the_user() {
        let here = std::env::current_dir().unwrap();
        let path =
            Environment::of_tests().find(Path::new("tools/mpy-cross")).unwrap().path().to_owned();
        assert_eq!(path, here.join("tools/mpy-cross"));
        let path =
            Environment::of_tests().find(Path::new("./mpy-cross")).unwrap().path().to_owned();
        assert_eq!(path, here.join("mpy-cross"));
    }

    #[test]
    fn a_name_that_is_nowhere_is_not_found() {
        for name in ["", "no-such-program"] {
            let error = Environment::of_tests().find(Path::new(name)).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::NotFound, "{name}");
        }
    }
}
