//! What the values of the arguments of `setup()` mean.

use std::collections::BTreeMap;

use super::literal::Value;
use super::settings::{ARGUMENTS, Globs, Settings};

/// The arguments that ask for a compiler, those of the plug-ins for cffi and Rust included.
const NATIVE: [&str; 3] = ["ext_modules", "cffi_modules", "rust_extensions"];

/// Notes one argument of `setup()`.
pub(super) fn note(settings: &mut Settings, name: &str, value: &Value) {
    let mut is_known = true;
    match name {
        "packages" => settings.packages = list(value, &mut is_known),
        "py_modules" => settings.py_modules = list(value, &mut is_known),
        "package_dir" => settings.package_dir = folders(value, &mut is_known),
        "package_data" => settings.package_data = globs(value, &mut is_known),
        "exclude_package_data" => settings.exclude_package_data = globs(value, &mut is_known),
        "include_package_data" => match value {
            Value::Bool(value) => settings.include_package_data = Some(*value),
            value => is_known = *value == Value::Nothing,
        },
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

/// Whether the value is certainly `None` or without elements.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Nothing => true,
        Value::List(list) => list.items.is_empty() && !list.is_partial,
        _ => false,
    }
}

/// The value of a list argument; `None` for `None`.
fn list(value: &Value, is_known: &mut bool) -> Option<Vec<String>> {
    match value {
        Value::Nothing => None,
        Value::List(list) => {
            *is_known &= !list.is_partial;
            Some(list.items.iter().map(ToString::to_string).collect())
        }
        _ => {
            *is_known = false;
            None
        }
    }
}

fn folders(value: &Value, is_known: &mut bool) -> BTreeMap<String, String> {
    let Value::Dict(dict) = value else {
        *is_known = *value == Value::Nothing;
        return BTreeMap::new();
    };
    let mut folders = BTreeMap::new();
    *is_known = !dict.is_partial;
    for (package, folder) in &dict.entries {
        match folder {
            Value::Text(folder) => {
                folders.insert(package.to_string(), folder.to_string());
            }
            _ => *is_known = false,
        }
    }
    folders
}

fn globs(value: &Value, is_known: &mut bool) -> Option<Globs> {
    let Value::Dict(dict) = value else {
        *is_known = *value == Value::Nothing;
        return None;
    };
    let mut globs = Globs::new();
    *is_known = !dict.is_partial;
    for (package, patterns) in &dict.entries {
        let patterns = match patterns {
            Value::Text(pattern) => vec![pattern.to_string()],
            patterns => list(patterns, is_known).unwrap_or_default(),
        };
        globs.insert(package.to_string(), patterns);
    }
    Some(globs)
}
