//! The variables that programs are given.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use super::search;

/// What programs are found by and started with: the variables of a process, its current folder and
/// its folder for temporary files.
///
/// The entry points take it once from the process they run in; all else is given it, so that calls
/// from several threads do not depend on what the process does meanwhile. Printed for debugging, it
/// shows no variables, which may be secret.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment(Arc<Values>);

#[derive(Default, PartialEq, Eq)]
struct Values {
    variables: Vec<(OsString, OsString)>,
    folder: Option<PathBuf>,
    /// The same without links.
    real_folder: Option<PathBuf>,
    temporary: PathBuf,
}

impl Environment {
    /// With these variables, the current folder, if that is known, and the one for temporary files.
    pub fn new(
        variables: impl IntoIterator<Item = (OsString, OsString)>,
        folder: Option<PathBuf>,
        temporary: PathBuf,
    ) -> Self {
        let real_folder = folder.as_deref().and_then(|folder| fs::canonicalize(folder).ok());
        let variables = variables.into_iter().collect();
        Self(Arc::new(Values { variables, folder, real_folder, temporary }))
    }

    /// That of the process.
    #[cfg(test)]
    pub(crate) fn of_tests() -> Self {
        Self::new(std::env::vars_os(), std::env::current_dir().ok(), std::env::temp_dir())
    }

    /// The value of a variable.
    pub(super) fn variable(&self, name: &str) -> Option<&OsStr> {
        let mut all = self.0.variables.iter();
        all.find(|(known, _)| known == name).map(|(_, value)| value.as_os_str())
    }

    /// The current folder without links.
    pub(super) fn real_folder(&self) -> Option<&Path> {
        self.0.real_folder.as_deref()
    }

    /// The folder for temporary files.
    pub(crate) fn temporary(&self) -> &Path {
        &self.0.temporary
    }

    /// A new folder for temporary files, removed when it is dropped.
    ///
    /// # Errors
    /// What the system says where no folder can be made.
    pub(crate) fn scratch(&self) -> io::Result<TempDir> {
        tempfile::tempdir_in(&self.0.temporary)
    }

    /// `path` from the current folder, without `.`, as `std::path::absolute` makes it.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] for a relative path where the current folder is not known.
    pub(crate) fn absolute(&self, path: &Path) -> io::Result<PathBuf> {
        if path.is_absolute() {
            return Ok(path.components().collect());
        }
        let unknown = || io::Error::new(io::ErrorKind::NotFound, "the current folder is unknown");
        Ok(self.0.folder.as_deref().ok_or_else(unknown)?.join(path).components().collect())
    }

    /// The variables that are passed on to a program.
    pub(super) fn passed(&self, passed: Passed) -> Vec<(OsString, OsString)> {
        let variables = self.0.variables.iter().filter_map(|(name, value)| {
            let value = passed.value(name, value.clone(), self.real_folder())?;
            Some((name.clone(), value))
        });
        variables.collect()
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Environment").field("folder", &self.0.folder).finish_non_exhaustive()
    }
}

/// Which variables mpconvert passes on. In either case, `PATH` has no entries
/// that depend on the current folder, and of Python's variables only those are left that do not decide
/// which code it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passed {
    /// Those that programs commonly need: where the user's files lie, the language, proxies and
    /// certificates.
    Minimal,
    /// All others, too: for programs with plugins, or builds, whose needs are not known.
    Inherited,
}

/// Variables of [`Passed::Minimal`], on any system.
const KEPT: &[&str] = &[
    // The user, and the user's files.
    "HOME",
    "USER",
    "LOGNAME",
    "USERNAME",
    "USERPROFILE",
    "HOMEDRIVE",
    "HOMEPATH",
    "APPDATA",
    "LOCALAPPDATA",
    "TMPDIR",
    "TEMP",
    "TMP",
    // Language and terminal.
    "LANG",
    "LANGUAGE",
    "TZ",
    "TERM",
    "NO_COLOR",
    "__CF_USER_TEXT_ENCODING",
    // The network.
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    // An interpreter with shared libraries of its own, and one that is chosen by a program in front.
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "VIRTUAL_ENV",
    "PYENV_ROOT",
    "PYENV_VERSION",
    "ASDF_DATA_DIR",
    "MISE_DATA_DIR",
    // Windows starts hardly any program without.
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "PROGRAMFILES(X86)",
    "NUMBER_OF_PROCESSORS",
    "PROCESSOR_ARCHITECTURE",
];

/// The same, for all variables that start with one of these.
const KEPT_PREFIXES: &[&str] = &["LC_", "XDG_", "PIP_"];

/// Variables of Python that do not name code which it runs unasked.
const KEPT_OF_PYTHON: &[&str] = &[
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONHASHSEED",
    "PYTHONIOENCODING",
    "PYTHONNOUSERSITE",
    "PYTHONSAFEPATH",
    "PYTHONUNBUFFERED",
    "PYTHONUSERBASE",
    "PYTHONUTF8",
];

/// Set by Python on macOS, by pyenv and by shells: the interpreter, or the folder, that mpconvert was
/// started with.
const OF_THE_CALLER: &[&str] = &["__PYVENV_LAUNCHER__", "PYENV_DIR", "PWD", "OLDPWD"];

/// Variables with a folder that Python takes code from, or writes it to.
const FOLDERS: &[&str] = &["HOME", "PYTHONUSERBASE", "TMPDIR", "TEMP", "TMP"];

impl Passed {
    /// The value that a variable has for a program, if it has one. `here` is the current folder.
    fn value(self, name: &OsStr, value: OsString, here: Option<&Path>) -> Option<OsString> {
        // Names are case-insensitive on Windows.
        let name = name.to_string_lossy().to_ascii_uppercase();
        let name = name.as_str();
        if name == "PATH" {
            // An empty one would mean the current folder.
            return Some(search::trusted(&value, here)).filter(|path| !path.is_empty());
        }
        // With an underscore they mostly belong to others, such as `PYTHON_KEYRING_BACKEND`.
        let is_of_python = name.starts_with("PYTHON") && !name.starts_with("PYTHON_");
        let is_kept = if is_of_python {
            KEPT_OF_PYTHON.contains(&name)
        } else {
            match self {
                Self::Minimal => {
                    KEPT.contains(&name)
                        || KEPT_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
                }
                Self::Inherited => !OF_THE_CALLER.contains(&name),
            }
        };
        // The program's current folder is another.
        let is_relative = FOLDERS.contains(&name) && Path::new(&value).is_relative();
        (is_kept && !is_relative).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed_on(environment: Passed, name: &str, value: &str) -> Option<String> {
        let value = environment.value(name.as_ref(), value.into(), None)?;
        Some(value.into_string().unwrap())
    }

    #[test]
    fn variables_that_bring_code_into_python_are_left_out() {
        for environment in [Passed::Minimal, Passed::Inherited] {
            for name in [
                "PYTHONPATH",
                "PYTHONHOME",
                "PYTHONSTARTUP",
                "PYTHONINSPECT",
                "PYTHONPYCACHEPREFIX",
                "PYTHONBREAKPOINT",
                "PythonPath",
                "PYENV_DIR",
                "PWD",
            ] {
                assert_eq!(passed_on(environment, name, "/somewhere"), None, "{name}");
            }
            assert_eq!(passed_on(environment, "PYTHONUTF8", "1").as_deref(), Some("1"));
            let home = std::env::temp_dir();
            let home = home.to_str().unwrap();
            assert_eq!(passed_on(environment, "PYTHONUSERBASE", home).as_deref(), Some(home));
            assert_eq!(passed_on(environment, "PYTHONUSERBASE", "local"), None);
        }
    }

    #[test]
    fn a_build_is_given_more_than_others() {
        for (name, minimal) in [
            ("CFLAGS", false),
            ("PYTHON_KEYRING_BACKEND", false),
            ("LC_ALL", true),
            ("https_proxy", true),
        ] {
            let kept = passed_on(Passed::Minimal, name, "x").is_some();
            assert_eq!(kept, minimal, "{name}");
            assert_eq!(passed_on(Passed::Inherited, name, "x").as_deref(), Some("x"));
        }
    }

    #[cfg(unix)]
    #[test]
    fn no_entry_of_path_leads_into_the_current_folder() {
        for environment in [Passed::Minimal, Passed::Inherited] {
            let path = passed_on(environment, "PATH", ":.:/bin:bin");
            assert_eq!(path.as_deref(), Some("/bin"));
            assert_eq!(passed_on(environment, "PATH", ".:"), None);
        }
    }

    #[test]
    fn relative_paths_start_at_the_folder_that_is_given() {
        let here = Path::new(if cfg!(windows) { "C:\\a" } else { "/a" });
        let environment = Environment::new([], Some(here.to_owned()), PathBuf::new());
        for path in ["b/c", "./b/./c", "b/c/"] {
            assert_eq!(environment.absolute(Path::new(path)).unwrap(), here.join("b/c"), "{path}");
        }
        assert_eq!(environment.absolute(here).unwrap(), here);
        let nowhere = Environment::default();
        assert!(nowhere.absolute(Path::new("b")).is_err());
        assert_eq!(nowhere.absolute(here).unwrap(), here);
    }

    #[test]
    fn variables_are_not_printed() {
        let variables = [("TOKEN".into(), "s3cret".into())];
        let environment = Environment::new(variables, None, PathBuf::new());
        assert!(!format!("{environment:?}").contains("s3cret"));
    }
}
