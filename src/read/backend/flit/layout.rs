//! The layout of projects that flit builds (flit's `common.py`).

use serde::Deserialize;

use crate::finding::Finding;
use crate::read::backend::pattern::Entries;
use crate::read::backend::placement::{Layout, LayoutBuilder, is_compiled};
use crate::read::backend::pyproject::{self, Pyproject};
use crate::read::source_tree::SourceTree;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tool {
    flit: Flit,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Flit {
    module: Module,
    metadata: Metadata,
}

/// `[tool.flit.module]`, beside `[project]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Module {
    name: Option<String>,
}

/// `[tool.flit.metadata]`, up to flit 3.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    module: Option<String>,
}

/// The install layout by flit's rules; `None` if they give no file.
///
/// One module or package is installed whole. Its name may be dotted, for a package in a
/// namespace; flit refuses a project that has it twice.
///
/// # Errors
/// [`Code::InvalidConfiguration`](crate::Code::InvalidConfiguration) if `pyproject.toml` cannot be
/// read.
pub(crate) fn layout(tree: &SourceTree, project_name: &str) -> Result<Option<Layout>, Finding> {
    let Some(config) = pyproject::read::<Pyproject<Tool>>(tree, "pyproject.toml")? else {
        return Ok(None);
    };
    let flit = config.tool.flit;
    let module = flit
        .module
        .name
        .or(flit.metadata.module)
        .unwrap_or_else(|| module_name(config.project.name.as_deref().unwrap_or(project_name)));
    let Some((root, place)) = find_module(tree, &module) else { return Ok(None) };
    let mut placement = LayoutBuilder::default();
    for file in Entries::of(tree).files(&place) {
        if !is_bytecode(file) {
            placement.add(file, root, "")?;
        }
    }
    Ok(placement.finish("flit"))
}

/// The folder or file of a module, behind the folder that it is relative to; `None` if there is
/// not exactly one.
pub(in crate::read) fn find_module(
    tree: &SourceTree,
    module: &str,
) -> Option<(&'static str, String)> {
    let path = module.replace('.', "/");
    let mut places = ["", "src"].into_iter().flat_map(|root| {
        let package = if root.is_empty() { path.clone() } else { format!("{root}/{path}") };
        let module = format!("{package}.py");
        [
            tree.has_folder(&package).then_some((root, package)),
            tree.has_file(&module).then_some((root, module)),
        ]
    });
    let mut places = places.by_ref().flatten();
    places.next().filter(|_| places.next().is_none())
}

/// The module of a project that names none.
pub(in crate::read) fn module_name(project_name: &str) -> String {
    match project_name.strip_suffix("-stubs") {
        Some(stem) => format!("{}-stubs", stem.replace('-', "_")),
        None => project_name.replace('-', "_"),
    }
}

fn is_bytecode(path: &str) -> bool {
    path.split('/').any(|part| part == "__pycache__" || is_compiled(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::backend::placement::tests::installed;

    #[test]
    fn one_module_or_package() {
        let files = ["a/b.txt", "a/c.pyc", "a/__pycache__/d", "e.py", "setup.py"];
        assert_eq!(installed(layout, "[tool.flit.module]\nname = 'a'\n", &files), ["a/b.txt"]);
        assert_eq!(installed(layout, "[tool.flit.metadata]\nmodule = 'e'\n", &files), ["e.py"]);
        let dotted = "[tool.flit.module]\nname = 'x.y'\n";
        assert_eq!(
            installed(layout, dotted, &["src/x/y.py", "src/x/z.py"]),
            ["x/y.py < src/x/y.py"]
        );
    }

    #[test]
    fn the_name_of_the_project_is_the_default() {
        assert_eq!(
            installed(layout, "[project]\nname = 'A-b'\n", &["A_b.py", "demo.py"]),
            ["A_b.py"]
        );
        let stubs = "[project]\nname = 'a-b-stubs'\n";
        assert_eq!(installed(layout, stubs, &["a_b-stubs/c.pyi"]), ["a_b-stubs/c.pyi"]);
        assert!(installed(layout, "", &["demo.py", "src/demo.py"]).is_empty());
    }
}
