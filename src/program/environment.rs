//! The variables that programs are given.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::search;

/// Which variables of its own environment mpconvert passes on. In either case, `PATH` has no entries
/// that depend on the current folder, and of Python's variables only those are left that do not decide
/// which code it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Environment {
    /// Those that programs commonly need: where the user's files lie, the language, proxies and
    /// certificates.
    Minimal,
    /// All others, too: for programs with plugins, or builds, whose needs are not known.
    Inherited,
}

/// Variables of [`Environment::Minimal`], on any system.
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

impl Environment {
    /// The variables, as a program is given them.
    pub(super) fn variables(self) -> impl Iterator<Item = (OsString, OsString)> {
        env::vars_os().filter_map(move |(name, value)| {
            let value = self.passed_on(&name, value)?;
            Some((name, value))
        })
    }

    /// The value that a variable has for a program, if it has one.
    fn passed_on(self, name: &OsStr, value: OsString) -> Option<OsString> {
        // Windows tells names apart without regard to case.
        let name = name.to_string_lossy().to_ascii_uppercase();
        let name = name.as_str();
        if name == "PATH" {
            // An empty one would mean the current folder.
            return Some(search::trusted(&value)).filter(|path| !path.is_empty());
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

    fn passed_on(environment: Environment, name: &str, value: &str) -> Option<String> {
        let value = environment.passed_on(name.as_ref(), value.into())?;
        Some(value.into_string().unwrap())
    }

    #[test]
    fn variables_that_bring_code_into_python_are_left_out() {
        for environment in [Environment::Minimal, Environment::Inherited] {
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
            let kept = passed_on(Environment::Minimal, name, "x").is_some();
            assert_eq!(kept, minimal, "{name}");
            assert_eq!(passed_on(Environment::Inherited, name, "x").as_deref(), Some("x"));
        }
    }

    #[cfg(unix)]
    #[test]
    fn no_entry_of_path_leads_into_the_current_folder() {
        for environment in [Environment::Minimal, Environment::Inherited] {
            let path = passed_on(environment, "PATH", ":.:/bin:bin");
            assert_eq!(path.as_deref(), Some("/bin"));
            assert_eq!(passed_on(environment, "PATH", ".:"), None);
        }
    }
}
