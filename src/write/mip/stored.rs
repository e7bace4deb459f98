//! Under which names the files of a package are stored beside its `package.json`.

use std::collections::HashSet;

use super::PACKAGE_JSON;
use crate::digest::sha256;
use crate::mip::percent_encoded;
use crate::path::MemberPath;

/// Letters of a file's own name that its other name keeps.
const MAX_STEM_LENGTH: usize = 40;

/// Gives each file a name that is the same as a path and as a URL: mpremote opens local files by
/// the URL without decoding it, and HTTP requires most special characters to be encoded.
pub(super) struct StoredNames {
    /// The names in the root of the folder, in lower case.
    taken: HashSet<String>,
}

impl StoredNames {
    pub(super) fn beside<'a>(paths: impl Iterator<Item = &'a MemberPath>) -> Self {
        let top = |path: &MemberPath| path.parts().next().map(str::to_lowercase);
        let mut taken: HashSet<String> = paths.filter_map(top).collect();
        taken.insert(PACKAGE_JSON.to_owned());
        Self { taken }
    }

    /// The path itself if possible, and otherwise a name in the root, which depends only on the
    /// path unless two names are equal.
    pub(super) fn name(&mut self, path: &MemberPath) -> MemberPath {
        let is_own = path.as_str().eq_ignore_ascii_case(PACKAGE_JSON);
        if !is_own && percent_encoded(path) == path.as_str() {
            return path.clone();
        }
        let (stem, extension) = path.file_name().rsplit_once('.').unwrap_or((path.file_name(), ""));
        let stem: String = safe(stem).chars().take(MAX_STEM_LENGTH).collect();
        let extension: String = match extension {
            "" => String::new(),
            text => format!(".{}", safe(text).chars().take(MAX_STEM_LENGTH).collect::<String>()),
        };
        let digest = sha256(path.as_str().as_bytes());
        // No two digests are the same to the end.
        let mut names =
            (8..=digest.len()).map(|digits| format!("{stem}-{}{extension}", &digest[..digits]));
        let free = names.find(|name| self.taken.insert(name.to_lowercase()));
        free.and_then(|name| name.parse().ok()).unwrap_or_else(|| path.clone())
    }
}

/// The text with `_` for all letters that are not the same in URLs, in names on every file system,
/// or at the start of a name that web servers show.
fn safe(text: &str) -> String {
    let letters = text.trim_start_matches(['.', '_']).chars();
    letters
        .map(
            |letter| {
                if letter.is_ascii_alphanumeric() || "._-".contains(letter) { letter } else { '_' }
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &[&str]) -> Vec<String> {
        let paths: Vec<MemberPath> = paths.iter().map(|path| path.parse().unwrap()).collect();
        let mut names = StoredNames::beside(paths.iter());
        paths.iter().map(|path| names.name(path).to_string()).collect()
    }

    #[test]
    fn names_are_the_same_as_paths_and_as_urls() {
        let paths = ["foo/__init__.py", "foo/\u{e4} b.txt", "foo/50%", "package.json"];
        let names = names(&paths);
        assert_eq!(names[0], paths[0]);
        assert_eq!(names[1], format!("__b-{}.txt", &sha256(paths[1].as_bytes())[..8]));
        assert!(names[2].starts_with("50_-"), "{}", names[2]);
        assert_eq!(names[3], format!("package-{}.json", &sha256(paths[3].as_bytes())[..8]));
        for name in names {
            assert_eq!(percent_encoded(&name.parse().unwrap()), name);
        }
    }

    #[test]
    fn names_are_given_once() {
        let path = "foo/a b.txt";
        let digest = sha256(path.as_bytes());
        let names = names(&[path, &format!("A_b-{}.txt", &digest[..8])]);
        assert_eq!(names[0], format!("a_b-{}.txt", &digest[..9]));
    }
}
