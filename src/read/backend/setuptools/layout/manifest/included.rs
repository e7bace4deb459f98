//! The files of the source distribution that `include_package_data` installs.

use std::collections::HashSet;

use super::file_list::FileList;
use crate::path::MemberPath;

/// Which data files of the source distribution `include_package_data` brings.
pub(in super::super) enum Manifest<'a> {
    /// The option is off.
    Nothing,
    /// Those that `SOURCES.txt` lists.
    Recorded(&'a HashSet<String>),
    /// Those that `SOURCES.txt` lists, except for Python source: it is in a package or not meant.
    RecordedData(&'a HashSet<String>),
    /// Those that setuptools would list.
    Listed(FileList<'a>),
    /// All that are there: which of them are meant is computed.
    Everything,
}

impl Manifest<'_> {
    /// Whether it brings the file at `path`, if that lies in a package.
    pub fn has(&self, path: &MemberPath) -> bool {
        match self {
            Self::Nothing => false,
            Self::Recorded(sources) => sources.contains(path.as_str()),
            Self::RecordedData(sources) => {
                path.extension() != Some("py") && sources.contains(path.as_str())
            }
            Self::Listed(list) => list.has(path.as_str()),
            Self::Everything => true,
        }
    }

    /// Whether it is listed only if version control knows it, which cannot be checked.
    pub fn is_guess(&self, path: &MemberPath) -> bool {
        matches!(self, Self::Listed(list) if list.is_guess(path.as_str()))
    }
}
