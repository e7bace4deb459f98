//! Source distributions (PEP 517, and what came before it).

use super::archive::Archive;
use super::backend::metadata;
use super::distribution::{Content, Distribution, Identity, ProjectMetadata};
use super::records;
use super::source_tree::SourceTree;
use crate::finding::{Code, Finding};

/// Reads a source distribution.
///
/// # Errors
/// All findings, at least one of them an error.
pub(super) fn read(archive: Archive) -> Result<Distribution, Vec<Finding>> {
    let root = root_folder(&archive).map_err(|finding| vec![finding])?;
    let mut findings = archive.findings;
    let tree: SourceTree = archive
        .members
        .into_iter()
        .filter_map(|(path, data)| Some((path.below(&root)?, data)))
        .collect();

    let mut described = records::read(&tree, &archive.name);
    metadata::complete(&tree, &mut described).map_err(|finding| vec![finding])?;
    findings.append(&mut described.findings);
    let ProjectMetadata { metadata, declarations, uncertain, .. } = described;
    let declared = metadata.name.as_deref().zip(metadata.version.as_deref());
    let identity = match Identity::choose(&archive.name, declared, &mut findings) {
        Ok(identity) => identity,
        Err(finding) => {
            findings.insert(0, finding);
            findings.extend(uncertain);
            return Err(findings);
        }
    };
    let content = Content::Sdist { tree, root };
    Ok(Distribution {
        archive: archive.name,
        identity,
        metadata,
        declarations,
        content,
        findings,
        uncertain,
    })
}

/// The one folder that all members lie in.
fn root_folder(archive: &Archive) -> Result<String, Finding> {
    let expected = "one folder `{name}-{version}/` with all members";
    let mut root = None;
    for path in archive.members.keys() {
        let Some((folder, _)) = path.as_str().split_once('/') else {
            return Err(Finding::new(Code::NoRootFolder, "a file outside of all folders")
                .at(path.as_str())
                .expected(expected));
        };
        if *root.get_or_insert(folder) != folder {
            return Err(Finding::new(Code::NoRootFolder, "a second root folder")
                .at(folder)
                .expected(expected));
        }
    }
    root.map(str::to_owned)
        .ok_or_else(|| Finding::new(Code::NoRootFolder, "no files").expected(expected))
}
