//! The files of a project in an index.

use std::collections::BTreeMap;

use bytes::Bytes;
use pep440_rs::Version;

use super::config::IndexName;
use super::file_name::{self, FileKind};
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::net::fetch::Location;
use crate::read::{ParsedArchive, ReadOptions, read_bytes};

/// A project of an index, and its releases.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its name, normalised.
    pub name: String,
    /// The index that has it.
    pub index: IndexName,
    /// The files of each release that can be used at all, sorted by name.
    pub releases: BTreeMap<Version, Vec<ProjectFile>>,
    /// Findings about the page.
    pub findings: Vec<Finding>,
}

/// A file of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectFile {
    /// Its name, which is one part of a path and no more.
    pub file_name: String,
    /// The release and kind of archive in its name.
    pub kind: FileKind,
    /// Its location.
    pub location: Location,
    /// Who names it.
    pub index: IndexName,
    /// The SHA-256 of its content, in lower case.
    pub sha256: String,
    /// Its bytes, if known.
    pub size: Option<u64>,
    /// The versions of Python that it supports, as declared. They do not apply to MicroPython.
    pub requires_python: Option<String>,
    /// The reason why it was yanked (PEP 592), if it was; may be empty.
    pub yanked: Option<String>,
    /// The SHA-256 of its metadata, where the index offers these beside the file (PEP 658).
    pub metadata_sha256: Option<String>,
    /// Of a source distribution on the web, a wheel of the same release with compiled modules, if it
    /// has no pure wheel: devices cannot have the release.
    pub compiled: Option<String>,
}

impl Project {
    /// The file of the release that is converted, as by [`best`].
    #[must_use]
    pub fn file(&self, version: &Version) -> Option<&ProjectFile> {
        best(self.releases.get(version)?)
    }

    /// About how many bytes it takes in memory.
    pub(super) fn cost(&self) -> usize {
        let of_file = |file: &ProjectFile| {
            let texts = [&file.requires_python, &file.yanked];
            let texts: usize = texts.into_iter().flatten().map(String::len).sum();
            let location = match &file.location {
                Location::Url(url) => url.reveal().len(),
                Location::Path(path) => path.as_os_str().len(),
            };
            size_of::<ProjectFile>() + file.file_name.len() + file.sha256.len() + location + texts
        };
        self.releases.values().flatten().map(of_file).sum()
    }

    /// The files that the release has instead of one that can be converted; `None` if there is one.
    #[must_use]
    pub fn unusable(&self, version: &Version) -> Option<String> {
        let files = self.releases.get(version).map(Vec::as_slice).unwrap_or_default();
        if best(files).is_some() {
            return None;
        }
        let first = files.iter().map(|file| file.file_name.as_str()).min();
        Some(match first {
            Some(first) => format!("wheels for platforms only, such as {first}"),
            None => "no file".to_owned(),
        })
    }
}

impl ProjectFile {
    /// The release in `data`, the content of this file.
    ///
    /// # Errors
    /// Those of [`read_bytes`].
    pub fn read(&self, data: Bytes, options: &ReadOptions) -> Result<ParsedArchive> {
        let size = data.len() as u64;
        let package = read_bytes(&self.file_name, data, options)?;
        let (file_name, sha256) = (self.file_name.clone(), self.sha256.clone());
        Ok(ParsedArchive { file_name, size, sha256, package })
    }

    /// That it is the source of compiled modules, as the wheels beside it tell.
    pub(crate) fn native(&self) -> Option<Finding> {
        let wheel = self.compiled.as_ref()?;
        let finding = Finding::new(Code::NativeCode, format!("compiled modules, such as {wheel}"));
        Some(finding.at(&self.file_name).hint(
            "look for a pure Python release; if the compiled modules are optional, convert a download \
             of the source distribution",
        ))
    }

    /// A note that it supports only certain versions of Python, which do not apply to MicroPython.
    pub(crate) fn other_python(&self) -> Option<Finding> {
        let versions = self.requires_python.as_ref()?;
        Some(Finding::new(Code::OtherPython, format!("Python {versions}")).at(&self.file_name))
    }
}

/// Notes in the source distributions of a release which wheel says that they are compiled. Those in
/// folders are at hand, and are read.
pub(super) fn note_compiled(files: &mut [ProjectFile]) {
    let is_pure = |file: &ProjectFile| matches!(file.kind, FileKind::PureWheel { .. });
    if files.iter().any(is_pure) {
        return;
    }
    let names = files.iter().map(|file| &file.file_name);
    let Some(wheel) = names.filter(|name| file_name::is_compiled(name)).min().cloned() else {
        return;
    };
    for file in files {
        let is_sdist = matches!(file.kind, FileKind::Sdist { .. });
        if is_sdist && matches!(file.location, Location::Url(_)) {
            file.compiled = Some(wheel.clone());
        }
    }
}

/// The file of a release that is converted: a pure wheel, then a source distribution, never a wheel
/// for a platform. A yanked file is selected only if there is no other.
///
/// ```
/// assert_eq!(mpconvert::net::pypi::best(&[]), None);
/// ```
#[must_use]
pub fn best(files: &[ProjectFile]) -> Option<&ProjectFile> {
    files
        .iter()
        .filter(|file| file.kind != FileKind::PlatformWheel)
        .min_by_key(|file| (file.yanked.is_some(), file.kind, &file.file_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(file_name: &str) -> ProjectFile {
        ProjectFile {
            file_name: file_name.to_owned(),
            kind: file_name::parse(file_name, "a").unwrap().1,
            location: Location::Path(file_name.into()),
            index: IndexName::Main,
            sha256: String::new(),
            size: None,
            requires_python: None,
            yanked: None,
            metadata_sha256: None,
            compiled: None,
        }
    }

    #[test]
    fn the_best_file_is_a_pure_wheel_then_an_sdist() {
        let order = [
            "a-1-2-py3-none-any.whl",
            "a-1-1-py3-none-any.whl",
            "a-1-py2.py3-none-any.whl",
            "a-1-py2-none-any.whl",
            "a-1.tar.gz",
            "a-1.tgz",
            "a-1.zip",
            "a-1.tar.bz2",
        ];
        let mut files: Vec<_> = order.iter().rev().map(|name| file(name)).collect();
        files.push(file("a-1-cp311-cp311-linux_x86_64.whl"));
        for expected in order {
            assert_eq!(best(&files).unwrap().file_name, expected);
            files.retain(|file| file.file_name != expected);
        }
        assert_eq!(best(&files), None);
    }

    #[test]
    fn a_withdrawn_file_comes_last() {
        let mut wheel = file("a-1-py3-none-any.whl");
        wheel.yanked = Some(String::new());
        assert_eq!(best(std::slice::from_ref(&wheel)), Some(&wheel));
        let sdist = file("a-1.zip");
        assert_eq!(best(&[wheel, sdist.clone()]), Some(&sdist));
    }
}
