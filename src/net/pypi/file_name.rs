//! File names of archives: the release and the kind of archive.

use std::cmp::Reverse;

use pep440_rs::Version;

use crate::limits::MAX_NAME;
use crate::name::normalized_name;
use crate::read::{SDIST_SUFFIXES, WHEEL_SUFFIX, strip_suffix};

/// The release and kind of archive in a file name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// A wheel for any platform. One for Python 3 comes first, then the highest build number.
    PureWheel {
        /// Whether it is for older Pythons only.
        is_old: bool,
        /// The number that its build tag starts with.
        build: Reverse<u64>,
    },
    /// A source distribution, such as an archive for upip.
    Sdist {
        /// The place of its ending among those that are read.
        ending: usize,
    },
    /// A wheel for one platform.
    PlatformWheel,
}

/// The version and the kind of a file of the project with this normalised name; `None` for a file of
/// another project or of no kind that is read.
pub(super) fn parse(file_name: &str, project: &str) -> Option<(Version, FileKind)> {
    if !is_plain(file_name) {
        return None;
    }
    if let Some(stem) = strip_suffix(file_name, WHEEL_SUFFIX) {
        return wheel(stem, project);
    }
    let mut endings = SDIST_SUFFIXES.iter().enumerate();
    let (ending, stem) =
        endings.find_map(|(place, ending)| Some((place, strip_suffix(file_name, ending)?)))?;
    // Name and version may hold dashes, but the name is known.
    let version = stem.match_indices('-').find_map(|(dash, _)| {
        let is_name = normalized_name(&stem[..dash]) == project;
        is_name.then(|| stem[dash + 1..].parse().ok())?
    })?;
    Some((version, FileKind::Sdist { ending }))
}

fn wheel(stem: &str, project: &str) -> Option<(Version, FileKind)> {
    let parts: Vec<&str> = stem.split('-').collect();
    let (name, version, build, [python, abi, platform]) = match parts[..] {
        [name, version, python, abi, platform] => (name, version, "", [python, abi, platform]),
        [name, version, build, python, abi, platform] => {
            (name, version, build, [python, abi, platform])
        }
        _ => return None,
    };
    if normalized_name(name) != project {
        return None;
    }
    // `_` replaces dashes in names.
    let version = version.replace('_', "-").parse().ok()?;
    let has = |tags: &str, tag| tags.split('.').any(|one| one == tag);
    let kind = if has(abi, "none") && has(platform, "any") {
        let is_old = !python.split('.').any(|tag| tag.starts_with("py3"));
        let digits = build.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(build.len());
        FileKind::PureWheel { is_old, build: Reverse(build[..digits].parse().unwrap_or(0)) }
    } else {
        FileKind::PlatformWheel
    };
    Some((version, kind))
}

/// Whether this is a wheel with modules that are compiled for one platform and one Python.
pub(super) fn is_compiled(file_name: &str) -> bool {
    let Some(stem) = strip_suffix(file_name, WHEEL_SUFFIX) else { return false };
    let mut tags = stem.rsplit('-');
    let (platform, abi) = (tags.next(), tags.next().unwrap_or_default());
    platform != Some("any") && ["cp", "abi", "pypy"].iter().any(|start| abi.starts_with(start))
}

/// Whether this is one part of a path on any system, and shown as it is.
pub(super) fn is_plain(file_name: &str) -> bool {
    (1..=MAX_NAME).contains(&file_name.len())
        && !file_name.starts_with('.')
        && file_name.chars().all(|letter| !letter.is_control() && !r#"/\:*?"<>|"#.contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_version_and_kind() {
        let sdist = |ending| FileKind::Sdist { ending };
        let pure = |is_old, build| FileKind::PureWheel { is_old, build: Reverse(build) };
        for (file_name, project, version, kind) in [
            (
                "micropython-_markupbase-3.3.3-1.tar.gz",
                "micropython-markupbase",
                "3.3.3.post1",
                sdist(0),
            ),
            ("micropython-os.path-0.1.3-1.tar.gz", "micropython-os-path", "0.1.3.post1", sdist(0)),
            ("a-b-1.0.ZIP", "a-b", "1.0", sdist(2)),
            ("a_b-1-1-py3-none-any.whl", "a-b", "1", pure(false, 1)),
            ("A.B-1_1-py2-none-any.whl", "a-b", "1.post1", pure(true, 0)),
            ("a-1-cp36-abi3-any.whl", "a", "1", FileKind::PlatformWheel),
            ("a-1-py3-none-linux_x86_64.whl", "a", "1", FileKind::PlatformWheel),
        ] {
            let expected = version.parse().ok().map(|version: Version| (version, kind));
            assert_eq!(parse(file_name, project), expected, "{file_name}");
        }
        for file_name in ["a-1.egg", "a-1.tar.xz", "b-1.tar.gz", "a-x.zip", "a-1.whl", "a-1"] {
            assert_eq!(parse(file_name, "a"), None, "{file_name}");
        }
    }

    #[test]
    fn names_are_one_part_of_a_path() {
        for file_name in ["../a-1.zip", "x/a-1.zip", "..\\a-1.zip", ".a-1.zip", "a-1\n.zip", ""] {
            assert!(!is_plain(file_name), "{file_name}");
        }
        assert!(!is_plain(&"a".repeat(256)));
        assert!(is_plain("é-1.zip"));
    }
}
