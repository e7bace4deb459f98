//! The model that readers make, adapters change and writers take: [`Package`] and its [`File`]s.

mod payload;
mod portable_name;

pub(crate) use payload::{
    collisions, hidden_modules, how_hidden, native_code, skipped_by_upip, too_long, unsuitable,
};
pub use payload::{installable, payload};
pub(crate) use portable_name::not_portable;

use bytes::Bytes;
use pep440_rs::Version;

use crate::finding::Finding;
use crate::metadata::Metadata;
use crate::name::normalized_name;
use crate::path::MemberPath;
use crate::requirement::Requirement;
use payload::NAME_FIELD;

/// One release of a project: what would lie in `site-packages` after its installation, and what
/// is known about it.
#[derive(Clone, Debug)]
pub struct Package {
    /// The project's name as it was published, not normalised.
    pub name: String,
    /// The release's version.
    pub version: Version,
    /// Whether the version is known; if not, it is 0 and is written nowhere.
    pub is_versioned: bool,
    /// Core metadata, united from all archives of the release.
    pub metadata: Metadata,
    /// The declared dependencies, with constraints, extras and markers as they were written.
    pub requirements: Vec<Requirement>,
    /// The payload in install layout, sorted by path, each path once.
    pub files: Vec<File>,
    /// The findings so far, in order.
    pub findings: Vec<Finding>,
}

/// One file of a payload.
#[derive(Clone, Debug)]
pub struct File {
    /// Where it is installed, relative to `site-packages` (on a device: to the library folder).
    pub path: MemberPath,
    /// Its content.
    pub data: Bytes,
    /// Where it came from.
    pub origin: Origin,
}

/// Where the content of a [`File`] came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A member of an input archive.
    Member {
        /// The archive's file name.
        archive: String,
        /// The member's path in it, its root folder included.
        path: MemberPath,
    },
    /// A file of the folder of a project.
    Source {
        /// Its path in that folder.
        path: MemberPath,
    },
    /// A file of a package for mip.
    Fetched {
        /// Its URL, or its path where the package lies in a folder.
        place: String,
    },
    /// Made by this program.
    Generated {
        /// By which part of it.
        by: &'static str,
    },
}

impl Package {
    /// A release of which nothing is known yet but its name and version.
    #[must_use]
    pub fn empty(name: impl Into<String>, version: Version) -> Self {
        Self {
            name: name.into(),
            version,
            is_versioned: true,
            metadata: Metadata::default(),
            requirements: Vec::new(),
            files: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// The project's name as file names spell it: normalised by PEP 503, with the separator of
    /// PEP 625.
    ///
    /// ```
    /// let package = mpconvert::Package::empty("Foo.Bar", "1.0".parse().unwrap());
    /// assert_eq!(package.normalized_stem(), "foo_bar");
    /// assert_eq!(package.file_stem(), "foo_bar-1.0");
    /// ```
    #[must_use]
    pub fn normalized_stem(&self) -> String {
        normalized_name(&self.name).replace('-', "_")
    }

    /// `{name}-{version}` as file names and root folders spell it (PEP 625); the name alone if the
    /// version is unknown.
    #[must_use]
    pub fn file_stem(&self) -> String {
        let stem = self.normalized_stem();
        if self.is_versioned { format!("{stem}-{}", self.version) } else { stem }
    }

    /// Where the dependencies of the package lie in an archive for upip, below its root folder.
    #[must_use]
    pub fn requires_path(&self) -> String {
        format!("{}/requires.txt", self.egg_info())
    }

    /// The folder of the records in an archive for upip, below its root folder. It has the name that
    /// setuptools gives it, unless that is too long for a tar header: upip looks at its ending alone.
    #[must_use]
    pub(crate) fn egg_info(&self) -> String {
        let folder = format!("{}.egg-info", self.normalized_stem());
        let longest = format!("{}/{folder}/requires.txt", self.file_stem());
        if longest.len() <= NAME_FIELD { folder } else { "_.egg-info".to_owned() }
    }

    /// About how many bytes the package takes in memory.
    pub(crate) fn memory_size(&self) -> usize {
        let files = self
            .files
            .iter()
            .map(|file| size_of::<File>() + file.path.as_str().len() * 2 + file.data.len());
        let fields = self.metadata.fields();
        let fields = fields.values().flatten().map(|value| size_of::<String>() + value.len());
        let requirements = self
            .requirements
            .iter()
            .map(|requirement| size_of::<Requirement>() + requirement.text.len() * 4);
        files.chain(fields).chain(requirements).sum()
    }

    /// Whether a finding is an error.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }
}
