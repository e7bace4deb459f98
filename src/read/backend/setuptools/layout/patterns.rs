//! The two kinds of patterns in Python's build tools.

use std::collections::HashSet;

use crate::read::backend::pattern::{Dialect, Glob, NamePattern, weight};

/// Patterns for dotted names, as `fnmatch.fnmatchcase` takes them: `*` stands for any text.
pub(super) struct NamePatterns {
    texts: HashSet<String>,
    patterns: Vec<NamePattern>,
}

impl NamePatterns {
    pub fn new<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Self {
        let texts: HashSet<String> = patterns.into_iter().map(str::to_owned).collect();
        let patterns = texts.iter().filter_map(|text| NamePattern::new(text, Dialect::Python));
        Self { patterns: patterns.collect(), texts }
    }

    pub fn is_match(&self, name: &str) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(name))
    }

    /// Whether one of the patterns is literally `text`.
    pub fn has(&self, text: &str) -> bool {
        self.texts.contains(text)
    }

    /// How many short patterns these are worth.
    pub fn weight(&self) -> usize {
        self.texts.iter().map(|text| weight(text)).sum()
    }
}

/// Patterns for files of a package, as `glob.glob(…, recursive=True)` takes them: `*` stays inside
/// of a folder, and names that begin with a dot are matched only by patterns that begin with one.
pub(super) struct FilePatterns {
    globs: Vec<Glob>,
    weight: usize,
}

impl FilePatterns {
    /// Patterns relative to the package.
    pub fn new<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Self {
        let patterns: HashSet<String> =
            patterns.into_iter().filter_map(super::settings::normal).collect();
        Self {
            globs: patterns.iter().map(|text| Glob::python(text)).collect(),
            weight: patterns.iter().map(|text| weight(text)).sum(),
        }
    }

    pub fn is_match(&self, path: &str) -> bool {
        let parts: Vec<&str> = path.split('/').collect();
        self.globs.iter().any(|glob| glob.matches(&parts))
    }

    /// How many short patterns these are worth.
    pub fn weight(&self) -> usize {
        self.weight
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_across_dots() {
        let patterns = NamePatterns::new(["tests", "*.tests", "a.*", "[._]*", "x[", "{b,c}"]);
        for name in ["tests", "p.tests", "p.q.tests", "a.b.c", "_x", "x[", "{b,c}"] {
            assert!(patterns.is_match(name), "{name}");
        }
        for name in ["tests.a", "a", "b", "x"] {
            assert!(!patterns.is_match(name), "{name}");
        }
        assert!(patterns.has("a.*") && !patterns.has("a.b"));
    }

    #[test]
    fn files_match_inside_of_folders() {
        let patterns = FilePatterns::new(["*.txt", "./data/*", "deep/**/*.bin", "all/**", ".x/*"]);
        for path in ["a.txt", "data/x", "deep/a.bin", "deep/a/b/c.bin", "all/a/b", ".x/y"] {
            assert!(patterns.is_match(path), "{path}");
        }
        for path in ["a/b.txt", ".a.txt", "data/a/b", "data/.x", "all/.a/b", "deep/a.txt"] {
            assert!(!patterns.is_match(path), "{path}");
        }
    }

    #[test]
    fn a_large_pattern_does_not_hide_the_others() {
        let large = "[a-é]".repeat(20_000);
        assert!(NamePatterns::new([large.as_str(), "x"]).is_match("x"));
        assert!(FilePatterns::new([large.as_str(), "*.txt"]).is_match("x.txt"));
    }
}
