//! Archives made for upip, which install the files at their root.

use crate::package::skipped_by_upip;
use crate::read::backend::placement::{Layout, Placed};
use crate::read::source_tree::SourceTree;

/// The name of these rules.
pub(in crate::read::backend) const RULES: &str = "upip";

/// The layout of an archive made for upip, or `None` for any other source tree.
///
/// Such archives have neither `setup.py` nor `pyproject.toml`, since their tools leave out what
/// upip would spill on the device. The rules of what is installed are those of upip itself
/// (`install_tar` in `upip.py`); a licence or the like at the root is a part of it. Where all code
/// lies in a folder `src`, as `sdist_upip` leaves it, that folder stands for the root: nothing could
/// be imported from it otherwise.
#[must_use]
pub fn layout(tree: &SourceTree) -> Option<Layout> {
    if tree.has_file("setup.py") || tree.has_file("pyproject.toml") || configures_setuptools(tree) {
        return None;
    }
    let has_metadata = tree.paths().any(|path| is_metadata(path.as_str()));
    let has_modules = tree.paths().any(|path| path.extension() == Some("py"));
    if !has_metadata && !has_modules {
        return None;
    }
    let root = if is_src_layout(tree) { "src" } else { "" };
    let payload = tree.below(root).filter(|path| skipped_by_upip(path.as_str()).is_none());
    let files = payload
        .filter_map(|path| Some(Placed { target: path.below(root)?, source: path.clone() }))
        .collect();
    Some(Layout { rules: RULES, files, findings: Vec::new() })
}

/// Whether all code lies in a folder `src` that is not a package itself.
fn is_src_layout(tree: &SourceTree) -> bool {
    let mut code = tree.paths().filter(|path| path.extension() == Some("py")).peekable();
    code.peek().is_some()
        && code.all(|path| path.below("src").is_some_and(|inside| inside.as_str() != "__init__.py"))
}

/// Whether `setup.cfg` contains more than the tag that setuptools writes into it.
fn configures_setuptools(tree: &SourceTree) -> bool {
    tree.get("setup.cfg").is_some_and(|file| {
        String::from_utf8_lossy(file).lines().any(|line| line.starts_with("[options"))
    })
}

fn is_metadata(path: &str) -> bool {
    path == "PKG-INFO" || path.contains(".egg-info/")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn targets(files: &[(&str, &'static str)]) -> Option<Vec<String>> {
        let tree: SourceTree =
            files.iter().map(|(path, text)| (path.parse().unwrap(), Bytes::from(*text))).collect();
        let layout = layout(&tree)?;
        Some(layout.files.iter().map(|file| file.target.to_string()).collect())
    }

    #[test]
    fn the_root_is_the_payload() {
        let files = [
            ("PKG-INFO", ""),
            ("README.md", ""),
            ("foo.egg-info/requires.txt", ""),
            ("foo/__init__.py", ""),
            ("foo/README.md", ""),
            ("setup.cfg", "[egg_info]\ntag_build =\n"),
            ("LICENSE", ""),
        ];
        assert_eq!(targets(&files).unwrap(), ["LICENSE", "foo/README.md", "foo/__init__.py"]);
        assert_eq!(targets(&[("foo.py", "")]).unwrap(), ["foo.py"]);
        assert_eq!(targets(&[("PKG-INFO", "")]).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_src_folder_around_all_code_is_flattened() {
        let files = [("PKG-INFO", ""), ("src/foo/__init__.py", ""), ("src/foo/a.txt", "")];
        assert_eq!(targets(&files).unwrap(), ["foo/__init__.py", "foo/a.txt"]);
        let beside = [("PKG-INFO", ""), ("src/foo.py", ""), ("bar.py", "")];
        assert_eq!(targets(&beside).unwrap(), ["bar.py", "src/foo.py"]);
        let package = [("PKG-INFO", ""), ("src/__init__.py", "")];
        assert_eq!(targets(&package).unwrap(), ["src/__init__.py"]);
    }

    #[test]
    fn other_projects_are_left_to_their_tools() {
        assert_eq!(targets(&[("foo.py", ""), ("setup.py", "")]), None);
        assert_eq!(targets(&[("foo.py", ""), ("pyproject.toml", "")]), None);
        assert_eq!(targets(&[("foo.py", ""), ("setup.cfg", "[options]\n")]), None);
        assert_eq!(targets(&[("data.bin", "")]), None);
    }
}
