//! The arguments of `setup()`.

use std::collections::BTreeMap;

use super::copier::Copier;
use super::finder;
use super::script::Call;
use super::settings::{ARGUMENTS, Globs, Settings};
use super::value::Value;

/// The arguments that ask for a compiler, those of the plug-ins for cffi and Rust included.
const NATIVE: [&str; 3] = ["ext_modules", "cffi_modules", "rust_extensions"];

/// Copies arguments of `setup()` into settings, up to a size for all calls of a script together.
pub(super) struct Arguments {
    copier: Copier,
}

impl Arguments {
    pub fn new() -> Self {
        Self { copier: Copier::new() }
    }

    /// The settings that a call of `setup()` gives.
    pub fn settings(&mut self, call: &Call) -> Settings {
        let mut settings = Settings::default();
        if call.is_partial {
            settings.computed.extend(ARGUMENTS);
        }
        for (name, value) in &call.arguments {
            self.note(&mut settings, name, value);
        }
        settings
    }

    /// Notes one argument of `setup()`; as computed where it is not known, or too large.
    fn note(&mut self, settings: &mut Settings, name: &str, value: &Value) {
        let mut is_known = true;
        match name {
            "packages" => settings.packages = self.list(value, &mut is_known),
            "py_modules" => settings.py_modules = self.list(value, &mut is_known),
            "namespace_packages" => settings.namespace_packages = self.texts(value),
            "package_dir" => settings.package_dir = self.folders(value, &mut is_known),
            "package_data" => settings.package_data = self.globs(value, &mut is_known),
            "exclude_package_data" => {
                settings.exclude_package_data = self.globs(value, &mut is_known);
            }
            "include_package_data" => match value {
                Value::Bool(value) => settings.include_package_data = Some(*value),
                value => is_known = *value == Value::Nothing,
            },
            "license_file" | "license_files" => {
                settings.license_files.get_or_insert_default().extend(self.texts(value));
            }
            "setup_requires" => settings.file_finder = finder::required(&self.texts(value)),
            "use_scm_version" => settings.file_finder = Some(finder::SCM),
            name if NATIVE.contains(&name) && !is_empty(value) => {
                settings.native.extend(NATIVE.iter().find(|argument| **argument == name));
            }
            // pbr takes everything from setup.cfg and git.
            "pbr" => settings.computed.extend(ARGUMENTS),
            "cmdclass" => {
                settings.own_commands |= matches!(value, Value::Dict(dict)
                    if dict.entries.keys().any(|command| command.starts_with("build")));
            }
            _ => {}
        }
        if !is_known {
            settings.computed.extend(ARGUMENTS.iter().find(|argument| **argument == name));
        }
    }

    /// The value of a list argument; `None` for `None`.
    fn list(&mut self, value: &Value, is_known: &mut bool) -> Option<Vec<String>> {
        match value {
            Value::Nothing => None,
            Value::List(list) => {
                let (texts, is_whole) = self.copier.list(list);
                *is_known &= is_whole;
                Some(texts)
            }
            _ => {
                *is_known = false;
                None
            }
        }
    }

    /// The known value of a string or list of strings.
    fn texts(&mut self, value: &Value) -> Vec<String> {
        match value {
            Value::Text(text) => self.copier.text(text).into_iter().collect(),
            value => self.list(value, &mut true).unwrap_or_default(),
        }
    }

    fn folders(&mut self, value: &Value, is_known: &mut bool) -> BTreeMap<String, String> {
        let Value::Dict(dict) = value else {
            *is_known = *value == Value::Nothing;
            return BTreeMap::new();
        };
        let mut folders = BTreeMap::new();
        *is_known = !dict.is_partial;
        for (package, folder) in dict.entries.iter() {
            let folder = match folder {
                Value::Text(folder) => self.copier.text(folder),
                _ => None,
            };
            match self.copier.text(package).zip(folder) {
                Some((package, folder)) => {
                    folders.insert(package, folder);
                }
                None => *is_known = false,
            }
        }
        folders
    }

    fn globs(&mut self, value: &Value, is_known: &mut bool) -> Option<Globs> {
        let Value::Dict(dict) = value else {
            *is_known = *value == Value::Nothing;
            return None;
        };
        let mut globs = Globs::new();
        *is_known = !dict.is_partial;
        for (package, patterns) in dict.entries.iter() {
            let Some(package) = self.copier.text(package) else {
                *is_known = false;
                break;
            };
            let patterns = match patterns {
                Value::Text(pattern) => {
                    let pattern = self.copier.text(pattern);
                    *is_known &= pattern.is_some();
                    pattern.into_iter().collect()
                }
                patterns => self.list(patterns, is_known).unwrap_or_default(),
            };
            globs.insert(package, patterns);
        }
        Some(globs)
    }
}

/// Whether the value is certainly `None` or without elements.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Nothing => true,
        Value::List(list) => list.items.is_empty() && !list.is_partial,
        _ => false,
    }
}
