//! The two kinds of patterns in Python's build tools, in terms of the `globset` crate.
//!
//! A set too large to be compiled, which no project has, matches nothing.

use std::collections::HashSet;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

/// Patterns for dotted names, as `fnmatch.fnmatchcase` takes them: `*` stands for any text.
pub(super) struct NamePatterns {
    texts: HashSet<String>,
    set: GlobSet,
}

impl NamePatterns {
    pub fn new<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Self {
        let texts: HashSet<String> = patterns.into_iter().map(str::to_owned).collect();
        let set = set(texts.iter().map(|text| glob(text, false)));
        Self { texts, set }
    }

    pub fn is_match(&self, name: &str) -> bool {
        self.set.is_match(name)
    }

    /// Whether one of the patterns is literally `text`.
    pub fn has(&self, text: &str) -> bool {
        self.texts.contains(text)
    }
}

/// Patterns for files of a package, as `glob.glob(…, recursive=True)` takes them: `*` stays inside
/// of a folder, and names that begin with a dot are matched only by patterns that begin with one.
pub(super) struct FilePatterns {
    all: GlobSet,
    for_hidden: GlobSet,
}

impl FilePatterns {
    /// Patterns relative to the package.
    pub fn new<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Self {
        let patterns: Vec<String> =
            patterns.into_iter().filter_map(super::settings::normal).collect();
        let shows_hidden = |text: &&String| text.split('/').any(|part| part.starts_with('.'));
        Self {
            all: set(patterns.iter().map(|text| glob(text, true))),
            for_hidden: set(patterns.iter().filter(shows_hidden).map(|text| glob(text, true))),
        }
    }

    pub fn is_match(&self, path: &str) -> bool {
        let is_hidden = path.split('/').any(|part| part.starts_with('.'));
        if is_hidden { self.for_hidden.is_match(path) } else { self.all.is_match(path) }
    }
}

fn set(globs: impl Iterator<Item = Option<Glob>>) -> GlobSet {
    let mut builder = GlobSetBuilder::new();
    for glob in globs.flatten() {
        builder.add(glob);
    }
    builder.build().unwrap_or_else(|_| GlobSet::empty())
}

/// Python knows no alternatives in braces, and takes a bracket without an end literally.
fn glob(text: &str, stays_in_folder: bool) -> Option<Glob> {
    let text = text.replace('{', "[{]").replace('}', "[}]");
    let build = |text: &str| {
        GlobBuilder::new(text)
            .literal_separator(stays_in_folder)
            .backslash_escape(false)
            .build()
            .ok()
    };
    build(&text).or_else(|| build(&globset::escape(&text)))
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
}
