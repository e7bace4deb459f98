//! What pip is configured for: its files in their usual places, then the variables `PIP_…`.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Source, Sourced};
use crate::error::{Error, Result};
use crate::file;
use crate::ini::{Ini, Section};
use crate::program::find_in;

/// The name of the files.
const FILE: &str = if cfg!(windows) { "pip.ini" } else { "pip.conf" };

/// Bytes of a file at most.
const MAX_SIZE: u64 = 16 << 20;

/// The sections that count, the last of which has the last word. pip takes those for the command
/// that runs; most like it is `install`.
const SECTIONS: [&str; 2] = ["global", "install"];

type Variable<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The values by their normalised keys.
#[derive(Clone, Debug, Default)]
pub(super) struct PipConf {
    values: HashMap<String, Sourced<String>>,
}

impl PipConf {
    /// What is configured for the pip of the interpreter `python`.
    pub(super) fn read(variable: Variable, python: &Path) -> Result<Self> {
        let mut files = Vec::new();
        for path in places(variable, python) {
            match file::read(&path, MAX_SIZE) {
                Ok(data) => files.push((path, String::from_utf8_lossy(&data).into_owned())),
                Err(error) if is_absent(&error) => {}
                Err(error) => return Err(Error::io(path)(error)),
            }
        }
        let mut conf = Self::of_files(&files)?;
        for (key, name) in VARIABLES {
            if let Some(value) = variable(name).and_then(|value| value.into_string().ok()) {
                conf.set(key, value, Source::Environment(name));
            }
        }
        Ok(conf)
    }

    /// What files say, of which the last has the last word.
    pub(super) fn of_files(files: &[(PathBuf, String)]) -> Result<Self> {
        let mut conf = Self::default();
        let mut sections = Vec::new();
        for (path, text) in files {
            sections.extend(sections_of(path, text)?.into_iter().map(|section| (path, section)));
        }
        for wanted in SECTIONS {
            for (path, (name, values)) in &sections {
                let values = values.iter().filter(|_| name == wanted);
                for (key, value) in values {
                    let key = key.to_ascii_lowercase().replace('_', "-");
                    let key = key.strip_prefix("--").unwrap_or(&key);
                    conf.set(key, value.clone(), Source::File((*path).clone()));
                }
            }
        }
        Ok(conf)
    }

    /// An empty value says nothing.
    fn set(&mut self, key: &str, value: String, source: Source) {
        if !value.trim().is_empty() {
            self.values.insert(key.to_owned(), Sourced { value, source });
        }
    }

    /// The value of a key.
    pub(super) fn value(&self, key: &str) -> Option<Sourced<String>> {
        self.values.get(key).cloned().map(|setting| setting.map(|value| value.trim().to_owned()))
    }

    /// The words of a value.
    pub(super) fn list(&self, key: &str) -> Vec<Sourced<String>> {
        let Some(setting) = self.values.get(key) else { return Vec::new() };
        let one = |word: &str| Sourced { value: word.to_owned(), source: setting.source.clone() };
        setting.value.split_whitespace().map(one).collect()
    }

    /// A truth value; false if it is not set.
    pub(super) fn flag(&self, key: &str) -> Result<bool> {
        let Some(Sourced { value, source }) = self.value(key) else { return Ok(false) };
        match value.to_ascii_lowercase().as_str() {
            "y" | "yes" | "t" | "true" | "on" | "1" => Ok(true),
            "n" | "no" | "f" | "false" | "off" | "0" => Ok(false),
            _ => Err(Error::Usage {
                message: format!("{source}: {key}: found `{value}`, expected true or false"),
                help: "correct the configuration of pip".to_owned(),
            }),
        }
    }

    /// Seconds by the first of these keys that has a value.
    pub(super) fn seconds(&self, keys: &[&str]) -> Result<Option<Sourced<Duration>>> {
        let Some(setting) = keys.iter().find_map(|key| self.value(key)) else { return Ok(None) };
        let seconds = setting.value.parse().ok().filter(|seconds| *seconds > 0.0);
        let Some(time) = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        else {
            return Err(Error::Usage {
                message: format!("{}: found `{}`, expected seconds", setting.source, setting.value),
                help: "correct the configuration of pip".to_owned(),
            });
        };
        Ok(Some(Sourced { value: time, source: setting.source }))
    }
}

/// What is asked of the environment.
const VARIABLES: [(&str, &str); 10] = [
    ("index-url", "PIP_INDEX_URL"),
    ("extra-index-url", "PIP_EXTRA_INDEX_URL"),
    ("no-index", "PIP_NO_INDEX"),
    ("find-links", "PIP_FIND_LINKS"),
    ("cert", "PIP_CERT"),
    ("trusted-host", "PIP_TRUSTED_HOST"),
    ("timeout", "PIP_TIMEOUT"),
    ("default-timeout", "PIP_DEFAULT_TIMEOUT"),
    ("proxy", "PIP_PROXY"),
    ("keyring-provider", "PIP_KEYRING_PROVIDER"),
];

/// The sections of a file, in which each line must say something.
fn sections_of(path: &Path, text: &str) -> Result<Vec<Section>> {
    let ini = Ini::parse(text);
    match ini.before_sections.into_iter().chain(ini.neither).min() {
        None => Ok(ini.sections),
        // The line itself may hold a password.
        Some(number) => Err(Error::Usage {
            message: format!("{}: line {number}: found no `key = value`", path.display()),
            help: "correct the file; pip does not read it either".to_owned(),
        }),
    }
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Where pip looks for its files, the last of which has the last word.
fn places(variable: Variable, python: &Path) -> Vec<PathBuf> {
    let own = variable("PIP_CONFIG_FILE").map(PathBuf::from);
    if own.as_deref().is_some_and(|own| own == Path::new(DEV_NULL)) {
        return Vec::new();
    }
    let mut places = of_system(variable);
    if !own.as_deref().is_some_and(Path::exists) {
        places.extend(of_user(variable));
    }
    places.extend(prefix(variable, python).map(|prefix| prefix.join(FILE)));
    places.extend(own);
    places
}

/// Python's `os.devnull`.
const DEV_NULL: &str = if cfg!(windows) { "nul" } else { "/dev/null" };

fn of_system(variable: Variable) -> Vec<PathBuf> {
    if cfg!(windows) {
        let folder = variable("ProgramData").map(PathBuf::from);
        return folder.map(|folder| folder.join("pip").join(FILE)).into_iter().collect();
    }
    if cfg!(target_os = "macos") {
        return vec![Path::new("/Library/Application Support/pip").join(FILE)];
    }
    let folders = given(variable, "XDG_CONFIG_DIRS").unwrap_or_else(|| "/etc/xdg".into());
    let mut places: Vec<_> =
        std::env::split_paths(&folders).map(|folder| folder.join("pip").join(FILE)).collect();
    places.push(Path::new("/etc").join(FILE));
    places
}

fn of_user(variable: Variable) -> Vec<PathBuf> {
    if cfg!(windows) {
        let home = given(variable, "USERPROFILE").map(|home| home.join("pip").join(FILE));
        let folder = given(variable, "APPDATA").map(|folder| folder.join("pip").join(FILE));
        return home.into_iter().chain(folder).collect();
    }
    let Some(home) = given(variable, "HOME") else { return Vec::new() };
    let of_system = home.join("Library/Application Support/pip");
    let folder = if cfg!(target_os = "macos") && of_system.is_dir() {
        of_system
    } else {
        given(variable, "XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config")).join("pip")
    };
    vec![home.join(".pip").join(FILE), folder.join(FILE)]
}

fn given(variable: Variable, name: &str) -> Option<PathBuf> {
    variable(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The folder that the interpreter is installed in: that of the environment which is active, else of
/// the one that it belongs to by its path.
fn prefix(variable: Variable, python: &Path) -> Option<PathBuf> {
    let is_name = python.components().count() < 2;
    if !is_name {
        return python.parent()?.parent().map(Path::to_owned);
    }
    if let Some(active) = given(variable, "VIRTUAL_ENV") {
        return Some(active);
    }
    let here = std::env::current_dir().and_then(std::fs::canonicalize).ok();
    let found = find_in(python, &variable("PATH")?, here.as_deref())?;
    found.parent()?.parent().map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read(variables: &[(&str, &str)]) -> PipConf {
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
        };
        PipConf::read(&variable, Path::new("python3")).unwrap()
    }

    fn write(path: &Path, index: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("[global]\nindex-url = {index}\n")).unwrap();
    }

    #[test]
    fn the_last_place_counts() {
        let folder = tempfile::tempdir().unwrap();
        let (home, system, environment) =
            (folder.path().join("home"), folder.path().join("xdg"), folder.path().join("venv"));
        let [home_text, system_text, environment_text] =
            [&home, &system, &environment].map(|path| path.to_str().unwrap().to_owned());
        let own = folder.path().join("own");
        let own_text = own.to_str().unwrap().to_owned();
        let mut variables = vec![
            ("HOME", home_text.as_str()),
            ("XDG_CONFIG_DIRS", &system_text),
            ("VIRTUAL_ENV", &environment_text),
        ];
        let index = |variables: &[(&str, &str)]| {
            read(variables).value("index-url").map(|setting| (setting.value, setting.source))
        };
        let path = system.join("pip").join(FILE);
        write(&path, "system");
        assert_eq!(index(&variables), Some(("system".to_owned(), Source::File(path))));
        for (path, name) in [
            (home.join(".pip").join(FILE), "legacy"),
            (home.join(".config/pip").join(FILE), "user"),
            (environment.join(FILE), "site"),
        ] {
            write(&path, name);
            assert_eq!(index(&variables), Some((name.to_owned(), Source::File(path))));
        }
        variables.push(("PIP_CONFIG_FILE", &own_text));
        write(&own, "own");
        assert_eq!(index(&variables), Some(("own".to_owned(), Source::File(own.clone()))));
        fs::remove_file(environment.join(FILE)).unwrap();
        fs::write(&own, "").unwrap();
        assert_eq!(index(&variables).unwrap().0, "system", "a user's file is left out");
        variables.push(("PIP_INDEX_URL", "variable"));
        let source = Source::Environment("PIP_INDEX_URL");
        assert_eq!(index(&variables), Some(("variable".to_owned(), source)));
        variables.retain(|(name, _)| name.starts_with("PIP_CONFIG") || *name == "HOME");
        variables[1].1 = DEV_NULL;
        write(&home.join(".pip").join(FILE), "legacy");
        assert_eq!(index(&variables), None);
    }

    #[test]
    fn mistakes_are_reported_without_their_values() {
        for text in ["x = http://me:secret@host", "[global]\nhttp secret"] {
            let files = [(PathBuf::from("pip.conf"), text.to_owned())];
            let error = PipConf::of_files(&files).unwrap_err().to_string();
            assert!(error.starts_with("pip.conf: line "), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn sections_and_spellings_are_as_for_pip() {
        let text = "[install]\nindex_url = b\n[global]\nINDEX-URL = a\ntimeout = 1.5\n\
                    [download]\nindex-url = c\nno-index = on\n";
        let conf = PipConf::of_files(&[(PathBuf::from("x"), text.to_owned())]).unwrap();
        assert_eq!(conf.value("index-url").unwrap().value, "b");
        assert!(!conf.flag("no-index").unwrap());
        let seconds = conf.seconds(&["timeout", "default-timeout"]).unwrap().unwrap();
        assert_eq!(seconds.value, Duration::from_millis(1500));
    }

    #[test]
    fn variables_that_are_empty_say_nothing() {
        let conf = read(&[("PIP_INDEX_URL", ""), ("PIP_NO_INDEX", "1"), ("PIP_TIMEOUT", "x")]);
        assert_eq!(conf.value("index-url"), None);
        assert!(conf.flag("no-index").unwrap());
        assert!(conf.seconds(&["timeout"]).is_err());
    }
}
