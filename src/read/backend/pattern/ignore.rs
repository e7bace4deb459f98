//! Lists of patterns in the format of `.gitignore`.

use super::name::Dialect;
use super::{Glob, Part};

/// A list of `.gitignore` lines as the `pathspec` package of Python reads it, which hatchling
/// uses for all of its patterns.
///
/// Other than with git, a file of an ignored folder can be taken back by a later line.
#[derive(Clone, Debug, Default)]
pub(in crate::read::backend) struct Ignore {
    lines: Vec<IgnoreLine>,
}

#[derive(Clone, Debug)]
struct IgnoreLine {
    glob: Glob,
    negated: bool,
    only_folders: bool,
}

impl Ignore {
    /// Reads lines of a `.gitignore`; blank lines and comments are skipped.
    pub(in crate::read::backend) fn new<'a>(lines: impl IntoIterator<Item = &'a str>) -> Self {
        Self { lines: lines.into_iter().filter_map(IgnoreLine::new).collect() }
    }

    pub(in crate::read::backend) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether the file at `path` is matched.
    pub(in crate::read::backend) fn matches(&self, path: &str) -> bool {
        self.decide(&path.split('/').collect::<Vec<_>>())
    }

    /// Whether all of the folder at `path` is matched.
    pub(in crate::read::backend) fn matches_folder(&self, path: &str) -> bool {
        // Only a folder has something below it; its name does not matter.
        self.decide(&path.split('/').chain([""]).collect::<Vec<_>>())
    }

    /// What the last line that names the file or folder itself says of it, as git reads it; `None`
    /// if no line does.
    pub(in crate::read::backend) fn verdict(&self, path: &[&str], is_folder: bool) -> Option<bool> {
        let names =
            |line: &&IgnoreLine| (is_folder || !line.only_folders) && line.glob.matches(path);
        self.lines.iter().rev().find(names).map(|line| !line.negated)
    }

    /// The last line that names the file itself counts, else the last that names a folder above.
    fn decide(&self, path: &[&str]) -> bool {
        let mut by_folder = None;
        for line in self.lines.iter().rev() {
            match line.matches(path) {
                Some(Hit::File) => return !line.negated,
                Some(Hit::Folder) if by_folder.is_none() => by_folder = Some(!line.negated),
                _ => {}
            }
        }
        by_folder.unwrap_or(false)
    }
}

/// The match of an [`IgnoreLine`]: the path itself or a folder above.
enum Hit {
    File,
    Folder,
}

impl IgnoreLine {
    fn new(line: &str) -> Option<Self> {
        let line = if line.trim_end().ends_with('\\') {
            line.trim_end_matches(['\n', '\r'])
        } else {
            line.trim_end()
        };
        if line.is_empty() || line.starts_with('#') || line == "/" {
            return None;
        }
        let (negated, text) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
        let (only_folders, text) =
            text.strip_suffix('/').map_or((false, text), |rest| (true, rest));
        let anchored = text.contains('/');
        let text = text.strip_prefix('/').unwrap_or(text);
        // To name the folders below a folder is to name what that folder has in folders, thus all.
        let text = if only_folders { text.trim_end_matches("/**") } else { text };
        let mut glob = Glob::new(text, Dialect::Git, true);
        if !anchored && !matches!(glob.parts.first(), Some(Part::Folders)) {
            glob.parts.insert(0, Part::Folders);
        }
        Some(Self { glob, negated, only_folders })
    }

    fn matches(&self, path: &[&str]) -> Option<Hit> {
        if !self.only_folders && self.glob.matches(path) {
            return Some(Hit::File);
        }
        if !self.glob.matches_above(path) {
            return None;
        }
        Some(if self.glob.open && !self.only_folders { Hit::File } else { Hit::Folder })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignore_lines() {
        let ignore =
            Ignore::new(["# c", "", "*.log", "/build", "doc/", "!keep.log", "a/**", "x/y"]);
        for path in ["b/c.log", "build/x", "p/doc/x", "a/b/c", "x/y/z", "build"] {
            assert!(ignore.matches(path), "{path}");
        }
        for path in ["b/keep.log", "p/build", "p/doc", "a", "p/x/y"] {
            assert!(!ignore.matches(path), "{path}");
        }
        assert!(ignore.matches_folder("p/doc"));
    }

    #[test]
    fn a_file_counts_more_than_its_folder() {
        let ignore = Ignore::new(["!pkg/keep.py", "pkg/"]);
        assert!(!ignore.matches("pkg/keep.py") && ignore.matches("pkg/other.py"));
    }
}
