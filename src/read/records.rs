//! The records that a build tool left in a source distribution: `PKG-INFO` and egg-info.

use super::dependencies::Declaration;
use super::distribution::{Identity, ProjectMetadata};
use super::egg_info;
use super::source_tree::SourceTree;
use crate::metadata::Metadata;
use crate::requirement::egg_info::{extras, requirements};

/// The records of the project in `tree`; nothing if there are none. `archive` is the file
/// name of the distribution.
pub(super) fn read(tree: &SourceTree, archive: &str) -> ProjectMetadata {
    let mut described = ProjectMetadata::default();
    let named = Identity::from_file_name(archive).map(|identity| identity.name);
    let egg_info = egg_info::folder(tree, named.as_deref());
    let in_folder = egg_info.map(|folder| format!("{folder}/PKG-INFO"));
    let mut paths = ["PKG-INFO".to_owned()].into_iter().chain(in_folder);
    if let Some((bytes, path)) = paths.find_map(|path| Some((tree.get(&path)?, path))) {
        let (metadata, noticed) = Metadata::parse(bytes, &path);
        described.findings.extend(noticed);
        described.declarations.extend(Declaration::of_source(
            &metadata,
            &path,
            &mut described.findings,
        ));
        described.metadata = metadata;
    }
    // Without `requires.txt`, egg-info says nothing.
    let source = egg_info.map(|folder| format!("{folder}/requires.txt"));
    if let Some((bytes, source)) = source.and_then(|path| Some((tree.get(&path)?, path))) {
        let requirements = requirements(bytes, &source, &mut described.findings);
        described.declarations.push(Declaration { source, requirements });
        described.metadata.provide(extras(bytes));
    }
    described
}
