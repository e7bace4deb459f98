//! The folder that setuptools keeps its records in.

use super::source_tree::SourceTree;
use crate::name::normalized_name;
use crate::path::MemberPath;

/// The records that are looked at.
const RECORDS: [&str; 4] = ["PKG-INFO", "requires.txt", "SOURCES.txt", "top_level.txt"];

/// The folder `*.egg-info` that setuptools wrote for the project when the tree was made: the one
/// that is named after it and lies closest to the root, else one at the root. Others are data of
/// tests.
pub(super) fn folder<'t>(tree: &'t SourceTree, project_name: Option<&str>) -> Option<&'t str> {
    if !tree.has_records() {
        return None;
    }
    let project = project_name.map(normalized_name);
    let is_own = |folder: &str| {
        let name = folder.rsplit('/').next().and_then(|name| name.strip_suffix(".egg-info"));
        name.is_some_and(|name| Some(normalized_name(name)) == project)
    };
    tree.paths()
        .filter(|path| RECORDS.contains(&path.file_name()))
        .filter_map(MemberPath::parent)
        .filter(|folder| folder.ends_with(".egg-info"))
        .filter(|folder| is_own(folder) || !folder.contains('/'))
        .min_by_key(|folder| (!is_own(folder), folder.matches('/').count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(paths: &[&str]) -> Option<String> {
        let files = paths.iter().map(|path| (path.parse().unwrap(), bytes::Bytes::new()));
        folder(&files.collect(), Some("foo-bar")).map(str::to_owned)
    }

    #[test]
    fn the_projects_own_folder_goes_first() {
        let (own, deep) = ("src/Foo_Bar.egg-info/PKG-INFO", "a/b/foo.bar.egg-info/PKG-INFO");
        let (other, data) = ("x.egg-info/requires.txt", "tests/y.egg-info/SOURCES.txt");
        assert_eq!(found(&[deep, own, other, data]).unwrap(), "src/Foo_Bar.egg-info");
        assert_eq!(found(&[other, data]).unwrap(), "x.egg-info");
        assert_eq!(found(&[data, "foo_bar.egg-info/zip-safe"]), None);
    }
}
