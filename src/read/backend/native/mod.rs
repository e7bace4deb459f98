//! Projects that a build tool compiles although no list of files says so.
//!
//! That a compiler is asked for is not enough: many projects can do without what it makes. It counts
//! if a module that it makes is missing from the layout, and is needed.

mod evidence;
mod imports;

use std::collections::{BTreeMap, BTreeSet};

use super::placement::Layout;
use crate::finding::{Code, Finding};
use crate::path::MemberPath;
use crate::read::source_tree::SourceTree;
use evidence::Evidence;
use imports::Imports;

/// How many bytes of modules are read for what they import.
const MAX_BYTES: usize = 8 << 20;

/// The source code of modules that nothing can import before they are compiled.
const CYTHON: &str = "pyx";

/// The source code of compiled modules, and of much else.
const SOURCES: [&str; 7] = [CYTHON, "c", "cc", "cpp", "cxx", "rs", "zig"];

/// Why the files of `layout` do not work without a compiler, if that is so.
///
/// # Errors
/// Those of reading `pyproject.toml`.
pub(super) fn check(tree: &SourceTree, layout: &Layout) -> Result<Option<Finding>, Finding> {
    let evidence = Evidence::of(tree)?;
    if let Some(path) = evidence.binary {
        return Ok(Some(Finding::new(Code::NativeCode, "what a build hook makes").at(path)));
    }
    let installed = Installed::of(layout);
    let sources = made_of_sources(tree, layout, &SOURCES);
    let is_source = |module: &String| sources.contains(module) && !installed.has(module);
    if evidence.source.is_none() && sources.is_empty() {
        return Ok(None);
    }
    let imports = imports(tree, layout);
    let is_needed = |by: &String| !imports.is_only_optional(by);
    let Some((what, path)) = evidence.source else {
        let mut needed =
            imports.required.iter().filter(|(module, by)| is_source(module) && is_needed(by));
        return Ok(needed.next().map(|(module, by)| {
            let found = format!("the compiled module `{module}`, which {by} imports");
            Finding::new(Code::NativeCode, found)
        }));
    };
    let mut compiled = evidence.modules;
    compiled.extend(made_of_sources(tree, layout, &[CYTHON]));
    compiled.retain(|module| !module.contains('*') && !installed.has(module) && !is_test(module));
    let is_compiled = |module: &String| compiled.contains(module) || is_source(module);
    let mut modules = imports.required.iter().filter(|(_, by)| is_needed(by));
    let mut names = imports.names.iter().filter(|(_, by)| is_needed(by));
    let needed = modules
        .find(|(module, _)| is_compiled(module) || installed.lacks(module))
        .or_else(|| names.find(|(name, _)| is_compiled(name)));
    if let Some((module, by)) = needed {
        let found = format!("the compiled module `{module}`, which {by} imports ({what})");
        return Ok(Some(Finding::new(Code::NativeCode, found).at(path)));
    }
    let module = compiled.iter().find(|module| !imports.optional.contains(*module));
    Ok(module.map(|module| {
        let found = format!("the compiled module `{module}` ({what})");
        Finding::new(Code::NativeCode, found).at(path)
    }))
}

/// What the modules of the layout import, tests left out.
fn imports(tree: &SourceTree, layout: &Layout) -> Imports {
    let mut imports = Imports::default();
    let mut bytes = 0;
    for file in &layout.files {
        let path = &file.target;
        if path.extension() != Some("py") || is_test(&path.as_str().replace('/', ".")) {
            continue;
        }
        let Some(data) = tree.get(file.source.as_str()) else { continue };
        bytes += data.len();
        if bytes > MAX_BYTES {
            break;
        }
        imports.add(path, &String::from_utf8_lossy(data));
    }
    imports
}

/// Whether the module is one for tests or benchmarks.
fn is_test(module: &str) -> bool {
    let is_for_tests = |part: &str| {
        matches!(part, "test" | "tests" | "testing" | "benchmark" | "benchmarks")
            || part.starts_with("test_")
            || part.starts_with("_test")
    };
    module.split('.').any(is_for_tests)
}

/// The modules and packages of a layout.
struct Installed {
    modules: BTreeSet<String>,
    packages: BTreeSet<String>,
}

impl Installed {
    fn of(layout: &Layout) -> Self {
        let (mut modules, mut packages) = (BTreeSet::new(), BTreeSet::new());
        for file in &layout.files {
            let path = file.target.as_str();
            if let Some((stem, "py" | "mpy")) = path.rsplit_once('.') {
                modules.insert(stem.replace('/', "."));
            }
            for (slash, _) in path.match_indices('/') {
                packages.insert(path[..slash].replace('/', "."));
            }
        }
        Self { modules, packages }
    }

    fn has(&self, module: &str) -> bool {
        self.modules.contains(module) || self.packages.contains(module)
    }

    /// Whether `module` would have to be a module of one of the packages, and is missing.
    fn lacks(&self, module: &str) -> bool {
        let Some((package, name)) = module.rsplit_once('.') else { return false };
        // What a build writes is mostly the version.
        let is_written = name.contains("version") || name.ends_with("_pb2");
        self.packages.contains(package) && !self.has(module) && !is_written
    }
}

/// The modules that would be made of the sources in the packages that have one of the endings.
fn made_of_sources(tree: &SourceTree, layout: &Layout, endings: &[&str]) -> BTreeSet<String> {
    let folders = layout.files.iter().filter_map(|file| {
        let package = file.target.parent()?.replace('/', ".");
        Some((file.source.parent()?, package))
    });
    let folders: BTreeMap<&str, String> = folders.collect();
    let is_source =
        |path: &&MemberPath| path.extension().is_some_and(|ending| endings.contains(&ending));
    let module = |path: &MemberPath| {
        let package = folders.get(path.parent()?)?;
        let (stem, _) = path.file_name().split_once('.')?;
        (stem != "__init__").then(|| format!("{package}.{stem}"))
    };
    tree.paths().filter(is_source).filter_map(module).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::backend::layout::derive;

    /// The codes of refusals of a project with these files and a package `foo`.
    fn refused(files: &[(&str, &str)]) -> Vec<Code> {
        let tree: SourceTree = files
            .iter()
            .map(|(path, text)| (path.parse().unwrap(), text.as_bytes().to_vec().into()))
            .collect();
        let findings = match derive(&tree, "foo") {
            Ok(layout) => layout.findings,
            Err(findings) => findings,
        };
        findings.into_iter().filter(Finding::is_error).map(|finding| finding.code).collect()
    }

    const OPAQUE: &str = "def more():\n  return {'ext_modules': [Extension('foo._speed', ['foo/_speed.c'])]}\n\
                          setup(packages=['foo'], **more())";
    const NEEDS: (&str, &str) = ("foo/__init__.py", "from foo._speed import f\n");
    const TRIES: (&str, &str) =
        ("foo/__init__.py", "try:\n  from ._speed import f\nexcept ImportError:\n  f = None\n");
    const RECORD: (&str, &str) = ("foo.egg-info/top_level.txt", "foo\n");

    #[test]
    fn compilers_that_a_script_hides_are_seen_where_their_modules_are_needed() {
        for script in [
            OPAQUE,
            "d = dict(packages=['foo'])\nd.update(ext_modules=[Extension('foo._speed', [])])\nsetup(**d)",
            "setup(packages=['foo'], configuration=c)\ndef c(): x.add_extension('_speed', [])",
            "if x:\n  setup(packages=['foo'], **cythonize('foo/_speed.pyx'))",
        ] {
            let files = |init| [("setup.py", script), init, RECORD, ("foo/_speed.c", "")];
            assert_eq!(refused(&files(NEEDS)), [Code::NativeCode], "{script}");
            assert_eq!(refused(&files(TRIES)), [], "{script}");
        }
    }

    #[test]
    fn a_module_that_is_needed_and_has_only_source_in_c_is_native_code() {
        let script = ("setup.py", "from own import kwargs\nsetup(**kwargs)");
        let files = |init, source| [script, RECORD, init, (source, "")];
        assert_eq!(refused(&files(NEEDS, "foo/_speed.c")), [Code::NativeCode]);
        assert_eq!(refused(&files(NEEDS, "foo/_speed.rs")), [Code::NativeCode]);
        assert_eq!(refused(&files(TRIES, "foo/_speed.c")), []);
        let twin = [script, RECORD, NEEDS, ("foo/_speed.c", ""), ("foo/_speed.py", "")];
        assert_eq!(refused(&twin), []);
        // Who imports it may do without.
        let init = ("foo/__init__.py", "try:\n  from . import fast\nexcept ImportError: pass\n");
        let fast = ("foo/fast.py", "from foo._speed import f\n");
        assert_eq!(refused(&[script, RECORD, init, fast, ("foo/_speed.c", "")]), []);
    }

    #[test]
    fn sources_that_are_data_or_for_tests_are_no_native_code() {
        let plain = "setup(packages=['foo'], package_data={'foo': ['*.c']})";
        let init = ("foo/__init__.py", "from . import data\n");
        assert_eq!(refused(&[("setup.py", plain), init, ("foo/data.c", "")]), []);
        let tests = "k = dict(ext_modules=[Extension('foo.tests._x', [])])\nsetup(packages=['foo'], **more(k))";
        let files =
            [("setup.py", tests), RECORD, ("foo/__init__.py", ""), ("foo/tests/_x.pyx", "")];
        assert_eq!(refused(&files), []);
    }

    #[test]
    fn tools_that_compile_are_seen_in_the_configuration() {
        let project = |system: &str, tables: &str| {
            format!("[build-system]\n{system}\n[project]\nname = 'foo'\nversion = '1'\n{tables}")
        };
        let hatch = "build-backend = 'hatchling.build'";
        let hook = |name: &str| format!("[tool.hatch.build.targets.wheel.hooks.{name}]\n");
        let pyx = ("foo/_speed.pyx", "");
        for (system, tables) in [
            ("requires = ['setuptools', 'Cython>=3']", String::new()),
            (hatch, hook("cython")),
            ("build-backend = 'poetry.core.masonry.api'\nrequires = ['cython']", String::new()),
        ] {
            let text = project(system, &tables);
            let files = |init| [("pyproject.toml", &*text), init, pyx];
            assert_eq!(refused(&files(NEEDS)), [Code::NativeCode], "{text}");
            assert_eq!(refused(&files(("foo/__init__.py", ""))), [Code::NativeCode], "{text}");
            assert_eq!(refused(&files(TRIES)), [], "{text}");
        }
        // What mypyc compiles is Python.
        let text = project(hatch, &hook("mypyc"));
        let pure = ("foo/__init__.py", "from foo.core import x\n");
        assert_eq!(refused(&[("pyproject.toml", &text), pure, ("foo/core.py", "")]), []);
    }

    #[test]
    fn hooks_and_scripts_that_place_a_binary_are_native_code() {
        let hatch = "[build-system]\nbuild-backend = 'hatchling.build'\n[project]\nname = 'foo'\n\
                     [tool.hatch.build.hooks.custom]\n";
        let poetry = "[build-system]\nbuild-backend = 'poetry.core.masonry.api'\n[tool.poetry]\n\
                      name = 'foo'\nbuild = 'build.py'\n";
        let pdm = "[build-system]\nbuild-backend = 'pdm.backend'\n[project]\nname = 'foo'\n";
        for (text, script, content) in [
            (hatch, "hatch_build.py", "build_data['infer_tag'] = True\n"),
            (hatch, "hatch_build.py", "shutil.copy('x', 'foo/libfoo.so')\n"),
            (poetry, "build.py", "run(['cc', '-o', 'foo/lib.dll'])\n"),
            (pdm, "pdm_build.py", "copy('foo/lib.dylib')\n"),
        ] {
            let files =
                |content| [("pyproject.toml", text), (script, content), ("foo/__init__.py", "")];
            assert_eq!(refused(&files(content)), [Code::NativeCode], "{script}");
            assert_eq!(refused(&files("write('foo/_version.py')\n")), [], "{script}");
        }
    }
}
