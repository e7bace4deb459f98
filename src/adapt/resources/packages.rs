//! The folders that `pkg_resources` knows as packages.

use std::collections::HashSet;

use crate::package::File;
use crate::path::MemberPath;

/// What makes a folder a regular package.
const MARKERS: &[&str] = &["__init__.py", "__init__.mpy"];

/// The folders of a payload that are regular packages.
pub(super) struct Packages<'a>(HashSet<&'a str>);

impl<'a> Packages<'a> {
    pub(super) fn of(files: &'a [File]) -> Self {
        let is_marker = |path: &&MemberPath| MARKERS.contains(&path.file_name());
        let paths = files.iter().map(|file| &file.path).filter(is_marker);
        Self(paths.filter_map(MemberPath::parent).collect())
    }

    /// The folder by whose name a program asks for the file: the outermost regular package around
    /// it, so that a namespace stays free for others; where there is none, the top folder, which
    /// MicroPython imports without a marker. `None` for a file at the root.
    pub(super) fn home<'b>(&self, path: &'b MemberPath) -> Option<&'b str> {
        folders(path).find(|folder| self.0.contains(folder)).or_else(|| folders(path).next())
    }

    /// The innermost regular package around the file.
    pub(super) fn innermost<'b>(&self, path: &'b MemberPath) -> Option<&'b str> {
        folders(path).rfind(|folder| self.0.contains(folder))
    }
}

/// Whether the folder can be imported: a dot in its name would be one between two names.
pub(super) fn is_importable(folder: &str) -> bool {
    !folder.contains('.')
}

/// The folders around a file, from the outermost.
fn folders(path: &MemberPath) -> impl DoubleEndedIterator<Item = &str> {
    let path = path.as_str();
    path.match_indices('/').map(|(slash, _)| &path[..slash])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::Origin;

    #[test]
    fn homes_are_the_outermost_packages() {
        let files: Vec<File> = ["a/__init__.py", "a/b/__init__.mpy", "n/p/__init__.py", "n/p/q/x"]
            .iter()
            .map(|path| File {
                path: path.parse().unwrap(),
                data: bytes::Bytes::new(),
                origin: Origin::Generated { by: "test" },
            })
            .collect();
        let packages = Packages::of(&files);
        for (path, home, innermost) in [
            ("a/x", Some("a"), Some("a")),
            ("a/b/c/x", Some("a"), Some("a/b")),
            ("n/x", Some("n"), None),
            ("n/p/q/x", Some("n/p"), Some("n/p")),
            ("other/y/x", Some("other"), None),
            ("x", None, None),
        ] {
            let path = path.parse().unwrap();
            assert_eq!((packages.home(&path), packages.innermost(&path)), (home, innermost));
        }
    }
}
