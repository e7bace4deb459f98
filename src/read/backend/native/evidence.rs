//! What says that a project compiles something when it is built.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt};
use toml_edit::{DocumentMut, Item, Table};

use crate::finding::Finding;
use crate::python;
use crate::read::backend::build_tool::required_name;
use crate::read::backend::metadata::table::item;
use crate::read::backend::pattern::normal_path;
use crate::read::backend::pyproject::{self, PYPROJECT};
use crate::read::source_tree::SourceTree;

/// Packages that compile, and that a project may ask for without need: by the names of modules.
const TOOLS: &[&str] = &[
    "cffi",
    "cmake",
    "cppy",
    "cython",
    "hatch_cython",
    "hatch_mypyc",
    "mypy",
    "nanobind",
    "ninja",
    "numpy",
    "pybind11",
    "setuptools_dso",
    "setuptools_golang",
    "setuptools_zig",
    "swig",
    "ziglang",
];

/// Hooks of hatchling that compile.
const HOOKS: &[&str] = &["cmake", "cython", "gcc", "meson", "mypyc", "nanobind", "rust", "zig"];

/// Functions of build scripts that compile, beside those whose names end with `Extension`.
const FUNCTIONS: &[&str] = &["add_extension", "build_ext", "cythonize", "mypycify"];

/// What a build hook or script says where it puts a binary into the wheel.
const BINARIES: &[&str] =
    &["infer_tag", "\"pure_python\"] = False", "'pure_python'] = False", ".so", ".dll", ".dylib"];

/// What says that something is compiled.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// What it is, and the file that has it; the first of all.
    pub(super) source: Option<(String, String)>,
    /// The dotted names of compiled modules, as far as they are known.
    pub(super) modules: BTreeSet<String>,
    /// The build hook that puts a binary into the wheel.
    pub(super) binary: Option<String>,
}

impl Evidence {
    /// What the configuration and the build scripts of the project say.
    ///
    /// # Errors
    /// Those of reading `pyproject.toml`.
    pub(super) fn of(tree: &SourceTree) -> Result<Self, Finding> {
        let mut evidence = Self::default();
        let document = pyproject::document(tree, PYPROJECT)?.unwrap_or_default();
        let required = item(&document, &["build-system", "requires"]).and_then(Item::as_array);
        for line in required.into_iter().flatten().filter_map(toml_edit::Value::as_str) {
            let name = required_name(line);
            if TOOLS.contains(&name.as_str()) {
                evidence.note(format!("`{name}` in build-system.requires"), PYPROJECT);
            }
        }
        for hooks in hooks(&document) {
            let compile = hooks.iter().map(|(name, _)| name).filter(|name| HOOKS.contains(name));
            compile.for_each(|name| evidence.note(format!("the build hook {name}"), PYPROJECT));
        }
        evidence.read(tree, "setup.py");
        for path in scripts(tree, &document) {
            evidence.read(tree, &path);
            let text = tree.text(&path).ok().flatten().unwrap_or_default();
            if evidence.binary.is_none() && BINARIES.iter().any(|word| text.contains(word)) {
                evidence.binary = Some(path);
            }
        }
        Ok(evidence)
    }

    fn note(&mut self, what: String, path: &str) {
        self.source.get_or_insert_with(|| (what, path.to_owned()));
    }

    /// Looks for calls that compile in the script at `path`.
    fn read(&mut self, tree: &SourceTree, path: &str) {
        let Some(bytes) = tree.get(path) else { return };
        let source = String::from_utf8_lossy(bytes);
        let calls = python::with_module(&source, |module: &[Stmt]| {
            let mut calls = Calls::default();
            calls.visit_body(module);
            calls
        });
        let Some(Calls { function: Some(function), modules }) = calls else { return };
        self.note(format!("`{function}`"), path);
        self.modules.extend(modules);
    }
}

/// The calls of a script that compile.
#[derive(Default)]
struct Calls {
    function: Option<String>,
    modules: BTreeSet<String>,
}

impl<'a> Visitor<'a> for Calls {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression {
            let name = match &*call.func {
                Expr::Name(name) => name.id.as_str(),
                Expr::Attribute(attribute) => attribute.attr.as_str(),
                _ => "",
            };
            let is_extension = name.ends_with("Extension");
            if is_extension || FUNCTIONS.contains(&name) {
                self.function.get_or_insert_with(|| name.to_owned());
            }
            if is_extension
                && let Some(Expr::StringLiteral(module)) =
                    call.arguments.find_argument_value("name", 0)
            {
                self.modules.insert(module.value.to_str().to_owned());
            }
        }
        walk_expr(self, expression);
    }
}

/// The tables of hatchling's hooks.
fn hooks(document: &DocumentMut) -> impl Iterator<Item = &Table> {
    const BUILD: [&str; 3] = ["tool", "hatch", "build"];
    let tables = [&[][..], &["targets", "wheel"]].map(|target| {
        let path: Vec<&str> = BUILD.iter().chain(target).copied().chain(["hooks"]).collect();
        item(document, &path).and_then(Item::as_table)
    });
    tables.into_iter().flatten()
}

/// The scripts that run when the project is built, beside `setup.py`.
fn scripts(tree: &SourceTree, document: &DocumentMut) -> BTreeSet<String> {
    let text = |path: &[&str]| item(document, path).and_then(Item::as_str).map(str::to_owned);
    let custom = hooks(document).filter_map(|hooks| hooks.get("custom"));
    let custom = custom
        .map(|hook| hook.get("path").and_then(Item::as_str).unwrap_or("hatch_build.py").to_owned());
    let backend = text(&["build-system", "build-backend"]);
    let module = backend.as_deref().and_then(|name| name.split([':', '.']).next());
    let places = item(document, &["build-system", "backend-path"]).and_then(Item::as_array);
    let places = places.into_iter().flatten().filter_map(toml_edit::Value::as_str);
    let own = places
        .zip(std::iter::repeat(module))
        .filter_map(|(place, module)| Some(format!("{place}/{}.py", module?)));
    let named = [
        text(&["tool", "poetry", "build"]),
        text(&["tool", "poetry", "build", "script"]),
        text(&["tool", "pdm", "build"]),
        text(&["tool", "pdm", "build", "setup-script"]),
        text(&["tool", "pdm", "build", "custom-hook"]),
        module.filter(|name| name.starts_with("pdm")).map(|_| "pdm_build.py".to_owned()),
    ];
    let all = named.into_iter().flatten().chain(custom).chain(own);
    all.filter_map(|path| normal_path(&path)).filter(|path| tree.has_file(path)).collect()
}
