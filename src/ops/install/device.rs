//! From a tree to a board, by mpremote.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::{Changed, InstalledFile};
use crate::dir::Dir;
use crate::error::{Error, Result};
use crate::program::{Environment, Interpreter, Isolation, Program};

/// The folder of a board that modules are imported from.
const LIBRARY: &str = "lib";

/// Bytes of a file at most; no board has as many.
const MAX_FILE_SIZE: u64 = 512 << 20;

/// Makes it where it is not there: mpremote copies into a folder that is there, and else renames what
/// it copies.
const MAKE_LIBRARY: &str = "import os\ntry:\n os.mkdir('lib')\nexcept OSError:\n pass";

/// The module that copies.
const MPREMOTE: &str = "mpremote";

/// A board, and the mpremote that talks to it.
#[derive(Clone, Debug)]
pub struct Device {
    python: Program,
    port: String,
}

impl Device {
    /// The board at this port, which mpremote knows by it; `auto` for the first that it finds. It is
    /// the mpremote of the interpreter `python`.
    ///
    /// # Errors
    /// [`Error::Usage`] if mpremote is not installed.
    pub fn new(python: &Interpreter, port: &str) -> Result<Self> {
        let environment = python.environment();
        let found = python.find().map_err(Error::io(python.name()))?;
        let isolation = isolation(environment)?;
        let mut command = found.module(MPREMOTE, &isolation);
        let output = command.arg("version").stdin(Stdio::null()).output();
        if output.map_err(Error::io(python.name()))?.status.success() {
            return Ok(Self { python: found, port: absolute(port, environment) });
        }
        Err(Error::Usage {
            message: format!("{} has no mpremote", python.name().display()),
            help: "install it with `pip install mpconvert[device]`".to_owned(),
        })
    }

    /// Copies the files of all packages in the tree `dir` to the board's folder `lib`; files that
    /// it has already are not sent again. The output of mpremote goes to standard error.
    ///
    /// # Errors
    /// [`Error::Usage`] if mpremote fails, [`Error::Io`].
    pub fn copy(&self, dir: &Path, changed: &Changed) -> Result<()> {
        let environment = self.python.environment();
        let copy = environment.scratch().map_err(Error::io(environment.temporary()))?;
        let (tree, copied) = (Dir::at(dir)?, Dir::at(copy.path())?);
        for InstalledFile { path, size, .. } in changed.kept().flat_map(|package| &package.files) {
            let data = tree.read(path.as_str(), (*size).min(MAX_FILE_SIZE))?;
            let missing =
                || Error::io(tree.display_path(path.as_str()))(io::ErrorKind::NotFound.into());
            copied.make_parent(path.as_str())?;
            copied.write_new(path.as_str(), &data.ok_or_else(missing)?)?;
        }
        let entries = fs::read_dir(copy.path()).map_err(Error::io(copy.path()))?;
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        let mut paths: Vec<PathBuf> =
            paths.collect::<io::Result<_>>().map_err(Error::io(copy.path()))?;
        if paths.is_empty() {
            return Ok(());
        }
        paths.sort();
        let isolation = isolation(environment)?;
        let mut command = self.python.module(MPREMOTE, &isolation);
        // A reset would stop what else the board is asked to do.
        command.args(["connect", &self.port, "resume", "exec", MAKE_LIBRARY, "+"]);
        command.args(["fs", "cp", "-r"]).args(paths).arg(format!(":{LIBRARY}"));
        let status = command.stdin(Stdio::null()).stdout(Stdio::from(io::stderr())).status();
        let status = status.map_err(Error::io(self.python.name()))?;
        if status.success() {
            return Ok(());
        }
        Err(Error::Usage {
            message: format!("mpremote: {status}"),
            help: "see its message above; the folder itself is complete".to_owned(),
        })
    }
}

fn isolation(environment: &Environment) -> Result<Isolation> {
    environment.minimal().map_err(Error::io(environment.temporary()))
}

/// A port that is the path of a file, from wherever mpremote runs; others as they are.
fn absolute(port: &str, environment: &Environment) -> String {
    let path = Path::new(port);
    // mpremote has names of its own, which a file of the current folder must not take the place of.
    let is_path = path.components().count() > 1 && path.exists();
    let absolute =
        is_path.then(|| environment.absolute(path).ok()?.into_os_string().into_string().ok());
    absolute.flatten().unwrap_or_else(|| port.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn absolute(port: &str) -> String {
        super::absolute(port, &Environment::of_tests())
    }

    #[test]
    fn only_paths_of_files_become_absolute() {
        let here = std::env::current_dir().unwrap();
        let file = here.join("src/lib.rs").display().to_string();
        assert_eq!(absolute("src/lib.rs"), file);
        // A file of this name does not hide a name of mpremote.
        for port in ["Cargo.toml", "auto", "a0", "/dev/ttyUSB0", "rfc2217://host:4000", "no/such"] {
            assert_eq!(absolute(port), port);
        }
    }
}
