//! What users can set once instead of saying it in every call: one table of settings, and the four
//! places that a value can come from.
//!
//! A value given in a later place counts: the default, `[tool.mpconvert]` in a project's
//! `pyproject.toml`, the environment, the call itself.

mod cache;
mod environment;
mod fetch;
mod pip;
mod project;
mod schema;
mod scope;
mod value;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::adapt::{Pattern, ResourceMode, ResourceModeError, Resources, Selection};
use crate::error::{Error, Result};
use crate::mip::MipUrl;
use crate::net::fetch::RunBudget;
use crate::options::ConvertOptions;
use crate::read::ReadOptions;
use crate::requirement::TargetEnvironment;
use crate::translate::{Aliases, Pinning};

pub use cache::{CACHE_VARIABLE, cache, cache_folder};
pub use environment::{environment, interpreter};
pub use fetch::fetch_options;
pub use pip::{IndexOptions, IndexSettings};
pub(crate) use project::leads_out;
pub use project::{ProjectSettings, SettingsScope};
pub use scope::passed_over;
use value::Value;
pub use value::{Form, MipIndex, Programs, RunLimit, Time};

/// Where the value of a setting came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// Builtin said anything.
    #[default]
    Default,
    /// This file.
    File(PathBuf),
    /// This variable.
    Environment(&'static str),
    /// The arguments of the call.
    Call,
    /// The default of pip itself.
    Pip,
}

impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => out.write_str("default"),
            Self::File(path) => write!(out, "{}", path.display()),
            Self::Environment(variable) => out.write_str(variable),
            Self::Call => out.write_str("command line"),
            Self::Pip => out.write_str("pip's default"),
        }
    }
}

/// A value and where it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value that counts.
    pub value: T,
    /// The last place that gave one.
    pub source: Source,
}

impl<T> Sourced<T> {
    fn map<U>(self, change: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced { value: change(self.value), source: self.source }
    }

    fn set(&mut self, value: Option<T>, source: &Source) {
        if let Some(value) = value {
            *self = Self { value, source: source.clone() };
        }
    }
}

/// One setting as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its name in `[tool.mpconvert]`, or pip's name for it.
    pub key: &'static str,
    /// Its value; null where it has none.
    pub value: serde_json::Value,
    /// Where the value came from.
    pub source: Source,
}

/// Declares the settings and everything known about each, a row a setting. A setting without a
/// variable cannot be given by the environment.
macro_rules! settings {
    ($($field:ident: $type:ty = $key:literal, $variable:expr, $default:expr, $doc:literal;)*) => {
        /// What one place says: each setting, where it says something.
        #[derive(Clone, Debug, Default)]
        pub struct Layer {
            $(#[doc = $doc] pub $field: Option<$type>,)*
        }

        /// The value of each setting, and where it came from.
        #[derive(Clone, Debug)]
        pub struct Settings {
            $(#[doc = $doc] pub $field: Sourced<$type>,)*
        }

        const KEYS: &[&str] = &[$($key,)*];

        impl Layer {
            /// What the table `[tool.mpconvert]` says, whose keys are known ones.
            fn from_table(table: &toml_edit::Table) -> Result<Self, value::Fault> {
                Ok(Self { $($field: value::of_table(table, $key)?,)* })
            }

            /// What the environment says, as `variable` gives it.
            fn from_environment(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self> {
                Ok(Self { $($field: value::of_variable($variable, &variable)?,)* })
            }
        }

        impl Default for Settings {
            fn default() -> Self {
                let source = Source::Default;
                Self { $($field: Sourced { value: $default, source: source.clone() },)* }
            }
        }

        impl Settings {
            fn lay(&mut self, layer: Layer, source_of: impl Fn(Option<&'static str>) -> Source) {
                $(self.$field.set(layer.$field, &source_of($variable));)*
            }

            /// All settings, in the order of the table.
            #[must_use]
            pub fn rows(&self) -> Vec<Row> {
                vec![$(Row {
                    key: $key,
                    value: serde_json::to_value(&self.$field.value).unwrap_or_default(),
                    source: self.$field.source.clone(),
                },)*]
            }
        }

        fn properties() -> serde_json::Map<String, serde_json::Value> {
            let default = Settings::default();
            [$((
                $key.to_owned(),
                schema::property($doc, <$type as Value>::schema(), &default.$field.value),
            ),)*].into_iter().collect()
        }
    };
}

settings! {
    include: Vec<Pattern> = "include", Some("MPCONVERT_INCLUDE"), Vec::new(),
        "Globs of installed paths to keep, even if the default is to leave them out.";
    exclude: Vec<Pattern> = "exclude", Some("MPCONVERT_EXCLUDE"), Vec::new(),
        "Globs of installed paths to leave out.";
    resources: ResourceMode = "resources", Some("MPCONVERT_RESOURCES"), ResourceMode::default(),
        "The forms of data files on the device: `both`, `module` (R.py), `files` or `none`; with `,per-package`, a module in each subpackage, too.";
    max_resource_size: u64 = "max-resource-size", Some("MPCONVERT_MAX_RESOURCE_SIZE"),
        Resources::DEFAULT_MAX_SIZE,
        "The size of a resource module above which to warn, in bytes.";
    extras: Vec<String> = "extras", Some("MPCONVERT_EXTRAS"), Vec::new(),
        "Extras whose dependencies to include.";
    dependencies: Aliases = "dependencies", None, Aliases::default(),
        "The names under which devices find dependencies: `name`, for mip also `name@version` or a location such as `github:org/repo@tag`; or `false` to leave a dependency out.";
    allow_missing: Vec<String> = "allow-missing", Some("MPCONVERT_ALLOW_MISSING"), Vec::new(),
        "Dependencies that may be left out if they are not available.";
    sys_platform: String = "sys-platform", Some("MPCONVERT_SYS_PLATFORM"),
        TargetEnvironment::SYS_PLATFORM.to_owned(),
        "The value of `sys_platform` in environment markers.";
    python_version: String = "python-version", Some("MPCONVERT_PYTHON_VERSION"),
        TargetEnvironment::PYTHON_VERSION.to_owned(),
        "The value of `python_version` in environment markers.";
    forms: Vec<Form> = "forms", Some("MPCONVERT_FORMS"), vec![Form::Upip],
        "The installers that accept the archives: `upip`, and optionally `pip`.";
    out: Option<PathBuf> = "out", Some("MPCONVERT_OUT"), None,
        "The folder for the results, relative to the project; by default `{folder}-micropython`, beside the folder of the archives.";
    index: MipIndex = "index", Some("MPCONVERT_INDEX"), MipIndex::default(),
        "The index that mip installs dependencies from: `micropython-lib` (its public index), `none`, a URL, or a folder relative to the project.";
    deps: Pinning = "deps", Some("MPCONVERT_DEPS"), Pinning::default(),
        "How packages for mip provide dependencies: `pin` (the newest version allowed now), `latest` (the newest version at installation) or `bundle` (their files, in the package).";
    url_base: Option<MipUrl> = "url-base", Some("MPCONVERT_URL_BASE"), None,
        "The URL that will serve the files of a package for mip, or `github:`, `gitlab:` or `codeberg:` with organisation and repository. By default, URLs are relative.";
    mpy_cross: Programs = "mpy-cross", Some("MPCONVERT_MPY_CROSS"), Programs::default(),
        "The paths of the bytecode compilers, separated as in `PATH`. A project cannot set them.";
    mtime: Time = "mtime", Some("SOURCE_DATE_EPOCH"), Time::default(),
        "The modification time of all members, in seconds since 1970.";
    max_run_time: RunLimit = "max-run-time", Some("MPCONVERT_MAX_RUN_TIME"),
        RunLimit(RunBudget::DEFAULT_MAX_TIME),
        "The time limit for all downloads of a run, in seconds. A project cannot set it.";
    max_download: RunLimit = "max-download", Some("MPCONVERT_MAX_DOWNLOAD"),
        RunLimit(RunBudget::DEFAULT_MAX_BYTES),
        "The size limit for all downloads of a run, in bytes. A project cannot set it.";
    strict: bool = "strict", Some("MPCONVERT_STRICT"), false,
        "Whether a build fails if its archives cannot be converted.";
    build_backend: Option<String> = "build-backend", None, None,
        "The backend behind `mpconvert.backend` (PEP 517).";
    backend_path: Vec<String> = "backend-path", None, Vec::new(),
        "The folders of the project that contain this backend (PEP 517).";
}

impl Settings {
    /// The settings for a call: the defaults, then `project`, then the environment, then `call`.
    ///
    /// # Errors
    /// [`Error::Usage`] for a value that makes no sense, and for unknown keys.
    pub fn resolve(project: Option<&ProjectSettings>, call: Layer) -> Result<Self> {
        let mut settings = Self::default();
        if let Some(project) = project {
            let source = Source::File(project.path.clone());
            settings.lay(project.layer.clone(), |_| source.clone());
        }
        let environment = Layer::from_environment(|name| std::env::var_os(name))?;
        settings.lay(environment, |variable| Source::Environment(variable.unwrap_or_default()));
        settings.lay(call, |_| Source::Call);
        Ok(settings)
    }

    /// The environment that markers are evaluated for.
    ///
    /// # Errors
    /// [`Error::Usage`] if the version of Python is none.
    pub fn environment(&self) -> Result<TargetEnvironment> {
        TargetEnvironment::new(self.sys_platform.value.clone(), &self.python_version.value)
    }

    /// Which files go to the device.
    #[must_use]
    pub fn selection(&self) -> Selection {
        Selection {
            include: self.include.value.clone(),
            exclude: self.exclude.value.clone(),
            keeps_stubs: false,
        }
    }

    /// In which forms data files go to the device.
    #[must_use]
    pub fn resources(&self) -> Resources {
        Resources { mode: self.resources.value, max_size: self.max_resource_size.value }
    }

    /// The folder of the results, if one is set.
    #[must_use]
    pub fn out(&self) -> Option<&Path> {
        self.out.value.as_deref()
    }

    /// Whether `pip install` shall take the archives, too.
    ///
    /// # Errors
    /// [`Error::Usage`] if no form is left that can be written.
    fn is_pip_installable(&self) -> Result<bool> {
        let Sourced { value: forms, source } = &self.forms;
        if forms.contains(&Form::Upip) {
            return Ok(forms.contains(&Form::Pip));
        }
        Err(Error::Usage {
            message: format!("{source}: forms: found no `upip`"),
            help: "name `upip`; an archive for pip alone is what your build tool makes".to_owned(),
        })
    }

    /// How releases are converted by these settings; what is no setting has its default.
    ///
    /// # Errors
    /// [`Error::Usage`] for settings that make no sense together.
    pub fn convert_options(&self) -> Result<ConvertOptions> {
        Ok(ConvertOptions {
            read: ReadOptions { environment: self.environment()?, ..ReadOptions::default() },
            selection: self.selection(),
            resources: self.resources(),
            extras: self.extras.value.clone(),
            allow_missing: self.allow_missing.value.clone(),
            aliases: self.dependencies.value.clone(),
            missing: BTreeSet::new(),
            pip_installable: self.is_pip_installable()?,
            mtime: self.mtime.value.0,
            force: false,
            dry_run: false,
        })
    }
}

/// Whether a build of the project in `folder` fails with the conversion. Unlike [`Settings`], this is
/// known even if other settings are wrong, which may be why the conversion failed.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let text = "[tool.mpconvert]\nstrict = true\nno-such-setting = 1\n";
/// std::fs::write(folder.path().join("pyproject.toml"), text)?;
/// assert!(mpconvert::settings::is_strict(folder.path()));
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use]
pub fn is_strict(folder: &Path) -> bool {
    let variable = |name: &str| (name == "MPCONVERT_STRICT").then(|| std::env::var_os(name))?;
    let in_environment = Layer::from_environment(variable).ok().and_then(|layer| layer.strict);
    in_environment.unwrap_or_else(|| ProjectSettings::is_strict(folder))
}

/// Patterns that were given as texts.
///
/// # Errors
/// [`Error::Usage`] for the first that is no pattern.
pub fn patterns(texts: &[String]) -> Result<Vec<Pattern>> {
    let parse = |text: &String| {
        text.parse().map_err(|fault| Error::Usage {
            message: format!("`{text}` is no pattern: {fault}"),
            help: "write `*` and `?` within a folder, `**` across folders".to_owned(),
        })
    };
    texts.iter().map(parse).collect()
}

/// The forms of resources that were given as a text.
///
/// # Errors
/// [`Error::Usage`] if the text names none.
pub fn resource_mode(text: &str) -> Result<ResourceMode> {
    text.parse().map_err(|fault: ResourceModeError| Error::Usage {
        message: fault.to_string(),
        help: "name one of both, module, files, none; beside or without it per-package".to_owned(),
    })
}

/// The JSON schema of `[tool.mpconvert]`, as text with a final newline.
#[must_use]
pub fn schema() -> String {
    schema::document(&properties())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pyproject(text: &str) -> Result<ProjectSettings> {
        ProjectSettings::parse(Path::new("project/pyproject.toml"), text).map(Option::unwrap)
    }

    #[test]
    fn the_last_place_that_says_something_counts() {
        let project =
            pyproject("[tool.mpconvert]\nstrict = true\nextras = ['a']\nout = 'x'").unwrap();
        let call = Layer { extras: Some(vec!["b".to_owned()]), ..Layer::default() };
        let settings = Settings::resolve(Some(&project), call).unwrap();
        assert_eq!(settings.extras.value, ["b"]);
        assert_eq!(settings.extras.source, Source::Call);
        assert_eq!(settings.strict.source.to_string(), "project/pyproject.toml");
        assert_eq!(settings.out(), Some(Path::new("project/x")));
        assert_eq!(settings.sys_platform.source, Source::Default);
    }

    #[test]
    fn resource_modes_are_one_word_or_several() {
        for (text, mode) in
            [("'files'", "files"), ("['module', 'per-package']", "module,per-package")]
        {
            let project = pyproject(&format!("[tool.mpconvert]\nresources = {text}")).unwrap();
            assert_eq!(project.layer.resources.unwrap().to_string(), mode);
        }
    }

    #[test]
    fn the_environment_gives_lists_by_words() {
        let layer = Layer::from_environment(|name| match name {
            "MPCONVERT_EXCLUDE" => Some("a/{b,c} *.txt".into()),
            "MPCONVERT_STRICT" => Some("1".into()),
            "MPCONVERT_OUT" => Some(OsString::new()),
            _ => None,
        });
        let layer = layer.unwrap();
        let excluded: Vec<_> = layer.exclude.unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(excluded, ["a/{b,c}", "*.txt"]);
        assert_eq!(layer.strict, Some(true));
        assert_eq!(layer.out, None);
        let wrong =
            Layer::from_environment(|name| (name == "MPCONVERT_STRICT").then(|| "perhaps".into()));
        let message = "MPCONVERT_STRICT: found `perhaps`, expected true or false";
        assert_eq!(wrong.unwrap_err().to_string(), message);
    }

    #[test]
    fn unknown_keys_get_a_suggestion() {
        let Err(Error::Usage { message, help }) =
            pyproject("[tool.mpconvert]\nexlude = []\nnothing-like-it = 1\n")
        else {
            panic!("accepted")
        };
        assert_eq!(
            message,
            "project/pyproject.toml: [tool.mpconvert] has no setting `exlude`, `nothing-like-it`"
        );
        assert!(help.starts_with("did you mean `exclude`?"), "{help}");
    }

    #[test]
    fn keys_without_end_are_not_told() {
        let mut keys = vec!["k".repeat(100_000)];
        keys.extend((0..1_000).map(|number| format!("no{number}")));
        let text = format!("[tool.mpconvert]\n{} = 1\n", keys.join(" = 1\n"));
        assert!(pyproject(&text).unwrap_err().to_string().len() < 1_000);
    }

    #[test]
    fn lists_without_end_are_refused() {
        let text = format!("[tool.mpconvert]\nexclude = [{}]", "'*a*a*', ".repeat(201));
        let message = pyproject(&text).unwrap_err().to_string();
        assert!(
            message.ends_with("exclude: found 201 elements, expected at most 200"),
            "{message}"
        );
    }

    #[test]
    fn faults_of_a_document_are_reported_on_one_line() {
        let message = pyproject("[tool.mpconvert]\n\nexclude = [").unwrap_err().to_string();
        assert!(message.starts_with("project/pyproject.toml: line 3: "), "{message}");
        assert!(!message.contains('\n'), "{message}");
    }

    #[cfg(unix)]
    #[test]
    fn variables_that_are_no_text_are_refused() {
        use std::os::unix::ffi::OsStringExt;
        let layer = Layer::from_environment(|name| {
            (name == "MPCONVERT_OUT").then(|| OsString::from_vec(b"a\xff".to_vec()))
        });
        let message = "MPCONVERT_OUT: found `a\u{fffd}`, expected UTF-8";
        assert_eq!(layer.unwrap_err().to_string(), message);
    }

    #[test]
    fn wrong_values_are_reported_with_their_keys() {
        for (text, expected) in [
            ("include = ['a[b']", "include: "),
            ("strict = 'yes'", "strict: invalid type: string \"yes\", expected a boolean"),
            ("out = '../x'", "out: found `../x`, expected a folder below the project"),
            ("out = '/x'", "out: found `/x`, expected a folder below the project"),
            ("dependencies = {a = true}", "dependencies: found true, expected the name"),
            ("dependencies = {a = 'b c'}", "dependencies: found `b c`, expected the name"),
            ("forms = ['deb']", "forms: unknown variant `deb`, expected `upip` or `pip`"),
            ("mtime = -1", "mtime: "),
            ("resources = 'all'", "resources: found `all`, expected one of both, module"),
            ("resources = ['both', 'none']", "resources: `both` and `none` cannot be combined"),
        ] {
            let message = pyproject(&format!("[tool.mpconvert]\n{text}")).unwrap_err().to_string();
            let prefix = format!("project/pyproject.toml: [tool.mpconvert] {expected}");
            assert!(message.starts_with(&prefix), "{message}");
        }
    }

    #[test]
    fn forms_need_the_one_that_is_written() {
        let options = |forms: &str| {
            let project = pyproject(&format!("[tool.mpconvert]\nforms = {forms}")).unwrap();
            Settings::resolve(Some(&project), Layer::default()).unwrap().convert_options()
        };
        assert!(!options("['upip']").unwrap().pip_installable);
        assert!(options("['upip', 'pip']").unwrap().pip_installable);
        let message = "project/pyproject.toml: forms: found no `upip`";
        assert_eq!(options("['pip']").unwrap_err().to_string(), message);
    }

    #[test]
    fn every_setting_is_in_the_schema() {
        let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
        let properties = schema["properties"].as_object().unwrap();
        assert_eq!(properties.len(), KEYS.len());
        assert!(KEYS.iter().all(|key| properties[*key]["description"].is_string()));
    }
}
