//! Which tool builds a project, by its `pyproject.toml`.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::pyproject::{self, BuildSystem, Pyproject};
use crate::finding::{Code, Finding};
use crate::name::normalized_name;
use crate::read::source_tree::SourceTree;

/// A tool whose rules are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::read) enum BuildTool {
    Poetry,
    Flit,
    Hatchling,
    Pdm,
    Uv,
    Setuptools,
}

impl BuildTool {
    /// Its name, as users know it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Poetry => "poetry",
            Self::Flit => "flit",
            Self::Hatchling => "hatchling",
            Self::Pdm => "pdm",
            Self::Uv => "uv_build",
            Self::Setuptools => "setuptools",
        }
    }
}

/// The tool, and what makes the choice doubtful.
#[derive(Debug)]
pub(in crate::read) struct Choice {
    pub(in crate::read) tool: BuildTool,
    pub(super) findings: Vec<Finding>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tools {
    poetry: Option<IgnoredAny>,
    flit: Option<IgnoredAny>,
    mpconvert: Wrapped,
}

/// The setting of `[tool.mpconvert]` for the backend behind `mpconvert.backend`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Wrapped {
    build_backend: Option<String>,
    backend_path: Vec<String>,
}

/// Backends by the first part of their module names, and the packages that bring them.
const BACKENDS: &[(&str, BuildTool)] = &[
    ("poetry", BuildTool::Poetry),
    ("poetry_core", BuildTool::Poetry),
    ("poetry_dynamic_versioning", BuildTool::Poetry),
    ("flit", BuildTool::Flit),
    ("flit_core", BuildTool::Flit),
    ("flit_scm", BuildTool::Flit),
    ("hatchling", BuildTool::Hatchling),
    ("pdm", BuildTool::Pdm),
    ("pdm_backend", BuildTool::Pdm),
    ("pdm_pep517", BuildTool::Pdm),
    ("uv", BuildTool::Uv),
    ("uv_build", BuildTool::Uv),
    ("setuptools", BuildTool::Setuptools),
    ("pbr", BuildTool::Setuptools),
];

/// Our own backend, which lets another one build.
const WRAPPER: &str = "mpconvert.backend";

/// Backends whose purpose is to compile, by module and by package name.
const COMPILERS: &[&str] = &[
    "maturin",
    "mesonpy",
    "meson_python",
    "scikit_build",
    "scikit_build_core",
    "skbuild",
    "setuptools_rust",
    "enscons",
    "sipbuild",
    "sip",
    "py_build_cmake",
    "pyqtbuild",
];

/// The tool that builds the project in `tree`.
///
/// Without a `build-backend` that is setuptools (PEP 517), unless the file has a table of Poetry
/// or flit and does not ask for setuptools: such archives were made by calling the tool itself.
///
/// # Errors
/// [`Code::NativeCode`] for tools that compile, [`Code::InvalidConfiguration`] if `pyproject.toml`
/// cannot be read.
pub(in crate::read) fn choose(tree: &SourceTree) -> Result<Choice, Finding> {
    let mut config: Pyproject<Tools> = pyproject::read(tree, "pyproject.toml")?.unwrap_or_default();
    let system = &mut config.build_system;
    if system.build_backend.as_deref() == Some(WRAPPER) {
        let Wrapped { build_backend, backend_path } = config.tool.mpconvert;
        system.build_backend = build_backend.or_else(|| system.build_backend.take());
        system.backend_path = backend_path;
    }
    let system = &config.build_system;
    let required: Vec<_> = system.requires.iter().map(|line| required_name(line)).collect();
    let backend = system.build_backend.as_deref().map(module_name);
    let compiler = backend.iter().chain(&required).find(|name| COMPILERS.contains(&name.as_str()));
    if let Some(name) = compiler {
        return Err(Finding::new(Code::NativeCode, format!("a project that {name} compiles"))
            .at("pyproject.toml"));
    }
    let certain = |tool| Choice { tool, findings: Vec::new() };
    let Some(backend) = backend else {
        let asks_for = |name: &str| required.iter().any(|required| required == name);
        return Ok(certain(match config.tool {
            _ if asks_for("setuptools") => BuildTool::Setuptools,
            Tools { poetry: Some(_), .. } => BuildTool::Poetry,
            Tools { flit: Some(_), .. } => BuildTool::Flit,
            _ => BuildTool::Setuptools,
        }));
    };
    if let Some(tool) = known(&backend) {
        return Ok(certain(tool));
    }
    // A backend of its own, or an unknown one, mostly wraps one that it requires.
    let tool = required.iter().find_map(|name| known(name)).unwrap_or(BuildTool::Setuptools);
    Ok(Choice { tool, findings: vec![unknown(system)] })
}

fn known(name: &str) -> Option<BuildTool> {
    BACKENDS.iter().find(|(known, _)| *known == name).map(|(_, tool)| *tool)
}

fn unknown(system: &BuildSystem) -> Finding {
    let backend = system.build_backend.as_deref().unwrap_or_default();
    let whose = if system.backend_path.is_empty() { "" } else { " of the project itself" };
    Finding::new(Code::LayoutUncertain, format!("the build backend {backend}{whose}"))
        .at("pyproject.toml")
        .expected("a build backend that mpconvert knows")
}

/// The top-level module of a backend: `a` of `a.b:c`.
fn module_name(backend: &str) -> String {
    backend.split(['.', ':']).next().unwrap_or(backend).trim().to_owned()
}

/// The name in a requirement, in the spelling of modules.
pub(super) fn required_name(requirement: &str) -> String {
    let requirement = requirement.trim_start();
    let end = requirement
        .find(|character: char| !(character.is_alphanumeric() || "-_.".contains(character)))
        .unwrap_or(requirement.len());
    normalized_name(&requirement[..end]).replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(text: &'static str) -> Result<(BuildTool, bool), Code> {
        let tree = SourceTree::from_iter([("pyproject.toml".parse().unwrap(), text.into())]);
        choose(&tree)
            .map(|choice| (choice.tool, choice.findings.is_empty()))
            .map_err(|finding| finding.code)
    }

    fn backend(name: &'static str) -> Result<(BuildTool, bool), Code> {
        choice(Box::leak(format!("[build-system]\nbuild-backend = '{name}'\n").into_boxed_str()))
    }

    #[test]
    fn backends_by_their_modules() {
        for (name, tool) in [
            ("poetry.masonry.api", BuildTool::Poetry),
            ("poetry.core.masonry.api", BuildTool::Poetry),
            ("poetry_dynamic_versioning.backend", BuildTool::Poetry),
            ("flit.buildapi", BuildTool::Flit),
            ("flit_core.buildapi", BuildTool::Flit),
            ("hatchling.ouroboros", BuildTool::Hatchling),
            ("pdm.pep517.api", BuildTool::Pdm),
            ("pdm.backend.intree", BuildTool::Pdm),
            ("uv_build", BuildTool::Uv),
            ("setuptools.build_meta:__legacy__", BuildTool::Setuptools),
        ] {
            assert_eq!(backend(name), Ok((tool, true)), "{name}");
        }
        assert_eq!(backend("mesonpy"), Err(Code::NativeCode));
        assert_eq!(backend("maturin"), Err(Code::NativeCode));
        assert_eq!(backend("mystery"), Ok((BuildTool::Setuptools, false)));
    }

    #[test]
    fn behind_our_own_backend_the_wrapped_one_counts() {
        const SYSTEM: &str = "[build-system]\nrequires = ['mpconvert', 'pdm-backend']\n\
                              build-backend = 'mpconvert.backend'\n";
        let wrapping = |table: &str| choice(Box::leak(format!("{SYSTEM}{table}").into_boxed_str()));
        let named = |name| wrapping(&format!("[tool.mpconvert]\nbuild-backend = '{name}'\n"));
        assert_eq!(named("hatchling.build"), Ok((BuildTool::Hatchling, true)));
        assert_eq!(named("maturin"), Err(Code::NativeCode));
        assert_eq!(named("mystery"), Ok((BuildTool::Pdm, false)));
        assert_eq!(wrapping(""), Ok((BuildTool::Pdm, false)));
    }

    #[test]
    fn what_is_required_counts_too() {
        let native = "[build-system]\nrequires = ['setuptools', 'setuptools-rust>=1']\n";
        assert_eq!(choice(native), Err(Code::NativeCode));
        let wrapped = "[build-system]\nbuild-backend = 'own'\nbackend-path = ['.']\n\
                       requires = ['Hatchling >= 1']\n";
        assert_eq!(choice(wrapped), Ok((BuildTool::Hatchling, false)));
    }

    #[test]
    fn without_a_backend_tables_may_tell() {
        assert_eq!(choice(""), Ok((BuildTool::Setuptools, true)));
        assert_eq!(choice("[tool.poetry]\nname = 'a'\n"), Ok((BuildTool::Poetry, true)));
        assert_eq!(choice("[tool.flit.metadata]\nmodule = 'a'\n"), Ok((BuildTool::Flit, true)));
        let both = "[build-system]\nrequires = ['setuptools']\n[tool.poetry]\nname = 'a'\n";
        assert_eq!(choice(both), Ok((BuildTool::Setuptools, true)));
    }
}
