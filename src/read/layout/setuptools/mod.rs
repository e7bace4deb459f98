//! The layout that a wheel built by setuptools has, told from the project's files alone.
//!
//! setuptools joins the arguments of `setup()` with `setup.cfg` and `pyproject.toml`. Where
//! an argument is computed, the records that it left in the source distribution are the witness;
//! where nobody names a package, its automatic discovery is.

mod collect;
mod discovery;
mod egg_info;
mod find;
mod ini;
mod literal;
mod nesting;
mod patterns;
mod pyproject;
mod settings;
mod setup_cfg;
mod setup_py;

use super::Layout;
use crate::check::{Code, Finding};
use crate::read::source_tree::SourceTree;
use collect::Manifest;
use egg_info::EggInfo;
use settings::Settings;

/// The layout of the wheel that setuptools (or, before it, distutils) builds from `tree`; `None`
/// if it would find no package or module.
///
/// The layout is without files where the configuration names some that do not exist.
///
/// # Errors
/// [`Code::InvalidConfiguration`] if `pyproject.toml` or `setup.cfg` cannot be understood.
pub fn layout(tree: &SourceTree, project_name: &str) -> Result<Option<Layout>, Finding> {
    let settings = setup_py::read(tree).or_setup_cfg(setup_cfg::read(tree)?);
    let settings = pyproject::apply(tree, settings)?;
    let egg_info = EggInfo::find(tree, project_name);
    let Some((rules, chosen)) = choose(tree, &settings, egg_info.as_ref()) else {
        return Ok(native_only(&settings));
    };
    let manifest = manifest(tree, &chosen, egg_info.as_ref());
    let Some(files) = collect::files(tree, &chosen, &manifest) else { return Ok(None) };
    let mut findings = findings(&settings);
    if rules == DISCOVERY {
        findings.push(Finding::new(Code::LayoutDiscovered, "no packages are named"));
    }
    Ok(Some(Layout { rules, files, findings }))
}

const DISCOVERY: &str = "setuptools (automatic discovery)";

/// By which rules packages and modules are known, and the settings with them.
fn choose(
    tree: &SourceTree,
    settings: &Settings,
    egg_info: Option<&EggInfo>,
) -> Option<(&'static str, Settings)> {
    let recorded = || {
        let completed = egg_info?.complete(tree, settings)?;
        Some(("setuptools (egg-info)", completed))
    };
    if settings.computes_payload() {
        return recorded().or_else(|| {
            Some(("setuptools (setup.py, in part)", with_subpackages(tree, settings)?))
        });
    }
    if settings.names_payload() {
        return Some(("setuptools", settings.clone()));
    }
    let has_configuration =
        ["setup.py", "setup.cfg", "pyproject.toml"].iter().any(|file| tree.has_file(file));
    let discovered = || Some((DISCOVERY, discovery::discover(tree, settings)?));
    has_configuration.then(discovered).flatten().or_else(recorded)
}

/// Settings whose known packages stand for everything below them.
fn with_subpackages(tree: &SourceTree, settings: &Settings) -> Option<Settings> {
    let known = settings.packages.iter().flatten();
    let tops = known.map(|name| name.split('.').next().unwrap_or_default());
    let tops: std::collections::BTreeSet<&str> = tops.collect();
    let (packages, modules) = egg_info::below(tree, settings, tops.into_iter());
    let mut settings = settings.clone();
    settings.py_modules.get_or_insert_default().extend(modules);
    settings.packages = Some(packages);
    settings.names_payload().then_some(settings)
}

/// Which data files the source distribution's own list brings.
fn manifest<'a>(
    tree: &SourceTree,
    settings: &Settings,
    egg_info: Option<&'a EggInfo>,
) -> Manifest<'a> {
    let sources = egg_info.and_then(|egg_info| egg_info.sources.as_ref());
    let is_asked_for = settings.include_package_data == Some(true)
        || settings.computed.contains("include_package_data");
    let is_possible = settings.computed.contains("package_data");
    match sources {
        Some(sources) if is_asked_for => Manifest::Listed(sources),
        Some(sources) if is_possible => Manifest::ListedData(sources),
        None if is_possible || is_asked_for && tree.has_file("MANIFEST.in") => Manifest::Everything,
        _ => Manifest::Nothing,
    }
}

/// A project that gives a compiler something to do, but names no package.
fn native_only(settings: &Settings) -> Option<Layout> {
    let findings = findings(settings);
    (!settings.native.is_empty()).then(|| Layout {
        rules: "setuptools",
        files: Vec::new(),
        findings,
    })
}

fn findings(settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for argument in &settings.native {
        let file =
            if *argument == pyproject::EXTENSIONS { pyproject::PATH } else { setup_py::PATH };
        findings.push(Finding::new(Code::NativeCode, format!("`{argument}`")).at(file));
    }
    if !settings.computed.is_empty() {
        let arguments: Vec<_> = settings.computed.iter().map(|name| format!("`{name}`")).collect();
        findings.push(
            Finding::new(
                Code::LayoutUncertain,
                format!("computed arguments of setup(): {}", arguments.join(", ")),
            )
            .at(setup_py::PATH),
        );
    }
    if settings.own_commands {
        findings.push(
            Finding::new(Code::LayoutUncertain, "build commands of the project's own")
                .at(setup_py::PATH),
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    /// A tree of empty files.
    pub(super) fn tree(paths: &[&str]) -> SourceTree {
        paths.iter().map(|path| (path.parse().unwrap(), Bytes::new())).collect()
    }

    /// A tree of files with content.
    pub(super) fn tree_of(files: &[(&str, &str)]) -> SourceTree {
        let bytes = |text: &str| Bytes::copy_from_slice(text.as_bytes());
        files.iter().map(|(path, text)| (path.parse().unwrap(), bytes(text))).collect()
    }
}
