//! From a tree to a board, by mpremote.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Changed, InstalledFile};
use crate::dir::Dir;
use crate::error::{Error, Result};

/// The folder of a board that modules are imported from.
const LIBRARY: &str = "lib";

/// Bytes of a file at most; no board has as many.
const LARGEST_FILE: u64 = 512 << 20;

/// Makes it where it is not there: mpremote copies into a folder that is there, and else renames what
/// it copies.
const MAKE_LIBRARY: &str = "import os\ntry:\n os.mkdir('lib')\nexcept OSError:\n pass";

/// A board, and the mpremote that talks to it.
#[derive(Clone, Debug)]
pub struct Device {
    python: PathBuf,
    port: String,
}

impl Device {
    /// The board at this port, which mpremote knows by it; `auto` for the first that it finds. It is
    /// the mpremote of the interpreter `python`.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no mpremote.
    pub fn new(python: &Path, port: &str) -> Result<Self> {
        let device = Self { python: python.to_owned(), port: port.to_owned() };
        let output = device.mpremote().arg("version").stdin(Stdio::null()).output();
        if output.map_err(Error::io(python))?.status.success() {
            return Ok(device);
        }
        Err(Error::Usage {
            message: format!("{} has no mpremote", python.display()),
            help: "install it with `pip install mpconvert[device]`".to_owned(),
        })
    }

    /// Copies the files of all packages that are in the tree in the folder `dir` to the board's folder
    /// `lib`; those that it has already are not sent again. What mpremote says goes to standard error.
    ///
    /// # Errors
    /// [`Error::Usage`] if mpremote fails, [`Error::Io`].
    pub fn copy(&self, dir: &Path, changed: &Changed) -> Result<()> {
        let copy = tempfile::tempdir().map_err(Error::io(std::env::temp_dir()))?;
        let (tree, copied) = (Dir::at(dir)?, Dir::at(copy.path())?);
        for InstalledFile { path, size, .. } in changed.kept().flat_map(|package| &package.files) {
            let data = tree.read(path.as_str(), (*size).min(LARGEST_FILE))?;
            let missing = || Error::io(tree.shown(path.as_str()))(io::ErrorKind::NotFound.into());
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
        let mut command = self.mpremote();
        // A reset would stop what else the board is asked to do.
        command.args(["connect", &self.port, "resume", "exec", MAKE_LIBRARY, "+"]);
        command.args(["fs", "cp", "-r"]).args(paths).arg(format!(":{LIBRARY}"));
        let status = command.stdin(Stdio::null()).stdout(Stdio::from(io::stderr())).status();
        let status = status.map_err(Error::io(&self.python))?;
        if status.success() {
            return Ok(());
        }
        Err(Error::Usage {
            message: format!("mpremote: {status}"),
            help: "see what it says above; the folder itself is complete".to_owned(),
        })
    }

    fn mpremote(&self) -> Command {
        let mut command = Command::new(&self.python);
        command.args(["-m", "mpremote"]);
        command
    }
}
