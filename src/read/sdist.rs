//! Source distributions (PEP 517, and what came before it).

use toml_edit::DocumentMut;

use super::archive::Archive;
use super::distribution::{Content, Distribution, Identity};
use super::source_tree::SourceTree;
use crate::check::{Code, Finding};
use crate::metadata::Metadata;
use crate::package::normalized_name;
use crate::requirement::sources::Declaration;
use crate::requirement::{egg_info, poetry, pyproject};

/// What the source distribution says of itself.
///
/// # Errors
/// All findings, where at least one is a refusal.
pub(super) fn read(archive: Archive) -> Result<Distribution, Vec<Finding>> {
    let root = root_folder(&archive).map_err(|finding| vec![finding])?;
    let mut findings = archive.findings;
    let tree: SourceTree = archive
        .members
        .into_iter()
        .filter_map(|(path, data)| Some((path.below(&root)?, data)))
        .collect();

    let egg_info = egg_info_folder(&tree, &archive.name);
    let metadata = ["PKG-INFO".to_owned()]
        .into_iter()
        .chain(egg_info.iter().map(|folder| format!("{folder}/PKG-INFO")))
        .find_map(|path| Some((tree.get(&path)?, path)))
        .map(|(bytes, path)| {
            let (metadata, noticed) = Metadata::parse(bytes, &path);
            findings.extend(noticed);
            (metadata, path)
        });
    let mut declarations = Vec::new();
    if let Some((metadata, path)) = &metadata {
        declarations.extend(Declaration::of_source(metadata, path, &mut findings));
    }
    declarations.extend(required_by_egg_info(&tree, egg_info.as_deref(), &mut findings));
    let project = project_file(&tree).map_err(|finding| vec![finding])?;
    let mut name_and_version = None;
    if let Some(project) = &project {
        declarations.extend(required_by_project(project, &mut findings));
        name_and_version = named_by_project(project);
    }
    let metadata = metadata.map(|(metadata, _)| metadata).unwrap_or_default();
    let declared = metadata.name.as_deref().zip(metadata.version.as_deref()).or(name_and_version);
    let identity = Identity::choose(&archive.name, declared, &mut findings)
        .map_err(|finding| vec![finding])?;
    let content = Content::Sdist { tree, root };
    Ok(Distribution { archive: archive.name, identity, metadata, declarations, content, findings })
}

/// The one folder that all members lie in.
fn root_folder(archive: &Archive) -> Result<String, Finding> {
    let expected = "one folder `{name}-{version}/` around all members";
    let mut root = None;
    for path in archive.members.keys() {
        let Some((folder, _)) = path.as_str().split_once('/') else {
            return Err(Finding::new(Code::NoRootFolder, "a file outside of any folder")
                .at(path.as_str())
                .expected(expected));
        };
        if *root.get_or_insert(folder) != folder {
            return Err(Finding::new(Code::NoRootFolder, "a second folder at the top")
                .at(folder)
                .expected(expected));
        }
    }
    root.map(str::to_owned)
        .ok_or_else(|| Finding::new(Code::NoRootFolder, "no file at all").expected(expected))
}

/// The folder `*.egg-info` that setuptools wrote for this project: one that is named after it, else
/// one at the root. Others are data of tests.
fn egg_info_folder(tree: &SourceTree, archive: &str) -> Option<String> {
    let project = Identity::from_file_name(archive).map(|identity| normalized_name(&identity.name));
    let is_own = |folder: &str| {
        let name = folder.rsplit('/').next().and_then(|name| name.strip_suffix(".egg-info"));
        name.is_some_and(|name| Some(normalized_name(name)) == project)
    };
    tree.paths()
        .filter(|path| matches!(path.file_name(), "PKG-INFO" | "requires.txt"))
        .filter_map(|path| path.parent().filter(|folder| folder.ends_with(".egg-info")))
        .filter(|folder| is_own(folder) || !folder.contains('/'))
        .min_by_key(|folder| (!is_own(folder), folder.matches('/').count()))
        .map(str::to_owned)
}

const PYPROJECT: &str = "pyproject.toml";

/// The project's configuration (PEP 518), if it has one.
pub(super) fn project_file(tree: &SourceTree) -> Result<Option<DocumentMut>, Finding> {
    let Some(text) = tree.text(PYPROJECT)? else { return Ok(None) };
    text.parse().map(Some).map_err(|fault: toml_edit::TomlError| {
        Finding::new(Code::InvalidConfiguration, fault.message())
            .at(PYPROJECT)
            .expected("a TOML document")
    })
}

/// What `[project]` and `[tool.poetry]` say, each where it says something.
pub(super) fn required_by_project(
    project: &DocumentMut,
    findings: &mut Vec<Finding>,
) -> Vec<Declaration> {
    let standard = pyproject::requirements(project, PYPROJECT, findings)
        .map(|requirements| (format!("{PYPROJECT} [project]"), requirements));
    let poetry = poetry::requirements(project, PYPROJECT, findings)
        .map(|requirements| (format!("{PYPROJECT} [tool.poetry]"), requirements));
    let said = standard.into_iter().chain(poetry);
    said.map(|(source, requirements)| Declaration { source, requirements }).collect()
}

/// Name and version in `[project]`, else in `[tool.poetry]`, where neither is left to the build.
pub(super) fn named_by_project(project: &DocumentMut) -> Option<(&str, &str)> {
    let tables = [project.get("project"), project.get("tool").and_then(|tool| tool.get("poetry"))];
    tables
        .into_iter()
        .flatten()
        .find_map(|table| Some((table.get("name")?.as_str()?, table.get("version")?.as_str()?)))
}

/// What `requires.txt` says; without that file, egg-info says nothing.
fn required_by_egg_info(
    tree: &SourceTree,
    folder: Option<&str>,
    findings: &mut Vec<Finding>,
) -> Option<Declaration> {
    let source = format!("{}/requires.txt", folder?);
    let requirements = egg_info::requirements(tree.get(&source)?, &source, findings);
    Some(Declaration { source, requirements })
}
