//! One archive of a release, a wheel or a source distribution, or the folder of a project; and what
//! it says of itself.

use pep440_rs::Version;

use super::dependencies::Declaration;
use super::source_tree::SourceTree;
use crate::finding::{Code, Finding};
use crate::limits::{MAX_CELL, MAX_VERSION, shortened};
use crate::metadata::Metadata;
use crate::name::{is_valid_name, normalized_name};
use crate::package::File;

/// One archive of a release, read but not yet united with the others; or a project that is none yet.
pub(super) struct Distribution {
    /// The archive's file name, or what stands for it, such as the name of the project's folder.
    pub(super) archive: String,
    /// The release it belongs to, by its metadata.
    pub(super) identity: Identity,
    /// Its core metadata; empty where it has none.
    pub(super) metadata: Metadata,
    /// Its declarations of dependencies, the most trusted first.
    pub(super) declarations: Vec<Declaration>,
    /// The files that it installs.
    pub(super) content: Content,
    /// The findings.
    pub(super) findings: Vec<Finding>,
    /// What is only known of the metadata when the project is built.
    pub(super) uncertain: Vec<Finding>,
}

/// The data about a project from one place, or from several together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProjectMetadata {
    /// The core metadata, name and version among them.
    pub(super) metadata: Metadata,
    /// The declarations of dependencies, the most trusted first.
    pub(super) declarations: Vec<Declaration>,
    /// The findings.
    pub(super) findings: Vec<Finding>,
    /// What is only known of the metadata when the project is built.
    pub(super) uncertain: Vec<Finding>,
}

impl Distribution {
    /// Makes this wheel, which was just built of `sdist`, one of the same release. The name and
    /// version that were published count: outside of its repository a project may not know them.
    pub(super) fn belongs_to(&mut self, sdist: &Self) {
        if !self.identity.is_same_release(&sdist.identity) {
            let Identity { name, version, .. } = &self.identity;
            self.findings.push(
                Finding::new(Code::IdentityDiffers, format!("{name} {version} from the build"))
                    .at(&self.archive)
                    .expected(format!("{} {}", sdist.identity.name, sdist.identity.version)),
            );
        }
        self.identity = sdist.identity.clone();
    }
}

/// The files that an archive or a project installs.
pub(super) enum Content {
    /// A wheel lists its files in install layout.
    Wheel {
        /// Outside of `*.dist-info` and `*.data`.
        files: Vec<File>,
        /// The platform it is tied to by its tags, if any.
        platform: Option<String>,
    },
    /// A source distribution has to be laid out.
    Sdist {
        /// Its files without the root folder.
        tree: SourceTree,
        /// The root folder.
        root: String,
    },
    /// A project has to be laid out as well.
    Project {
        /// The files of its folder.
        tree: SourceTree,
    },
}

impl Content {
    /// Whether two archives of one kind hold different files. Archives of different kinds do in any
    /// case, and wheels for platforms are meant to.
    pub(super) fn differs_from(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Wheel { files: mine, platform: None },
                Self::Wheel { files: theirs, platform: None },
            ) => {
                let content = |files: &[File]| -> Vec<_> {
                    files.iter().map(|file| (file.path.clone(), file.data.clone())).collect()
                };
                content(mine) != content(theirs)
            }
            (Self::Sdist { tree: mine, .. }, Self::Sdist { tree: theirs, .. }) => mine != theirs,
            _ => false,
        }
    }
}

/// Name and version of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    /// As it was published, not normalised.
    pub(super) name: String,
    /// Normalised by PEP 440.
    pub(super) version: Version,
    /// Whether the version is known.
    pub(super) is_versioned: bool,
}

impl Identity {
    /// The identity that `name` and `version` give, if both are valid.
    pub(super) fn new(name: &str, version: &str) -> Option<Self> {
        let version = Some(version.trim()).filter(|text| text.len() <= MAX_VERSION)?;
        let version = version.parse().ok()?;
        is_valid_name(name).then(|| Self { name: name.to_owned(), version, is_versioned: true })
    }

    /// The identity that `project` declares for itself.
    pub(super) fn declared(
        project: &str,
        name: Option<&str>,
        version: Option<&str>,
    ) -> Result<Self, Finding> {
        let declared = name.zip(version);
        let identity = declared.and_then(|(name, version)| Self::new(name, version));
        identity.ok_or_else(|| {
            let mut finding = Self::missing(project, declared);
            match (name, version) {
                (Some(name), None) => {
                    finding.found = format!("name `{}` and no version", shortened(name, MAX_CELL));
                }
                (None, Some(version)) => {
                    finding.found =
                        format!("no name and version `{}`", shortened(version, MAX_CELL));
                }
                _ => {}
            }
            finding.hint(match name {
                Some(_) => "give it with --version, or use --build to run the project's build tool",
                None => "set them in its configuration, or use --build to run its build tool",
            })
        })
    }

    fn missing(archive: &str, declared: Option<(&str, &str)>) -> Finding {
        let found = match declared {
            Some((name, version)) => {
                let [name, version] = [name, version].map(|text| shortened(text, MAX_CELL));
                format!("name `{name}` and version `{version}`")
            }
            None => "no name and no version".to_owned(),
        };
        Finding::new(Code::NoIdentity, found)
            .at(archive)
            .expected("a project name and a version that follows PEP 440")
    }

    /// The identity that the file name of an archive gives.
    ///
    /// Wheels have `-` between their parts and nowhere else. In the name of a source distribution
    /// of old, name and version may hold `-` too: the first place counts behind which all is a
    /// version.
    pub(super) fn from_file_name(file_name: &str) -> Option<Self> {
        if let Some(stem) = strip_suffix(file_name, super::archive::WHEEL_SUFFIX) {
            let mut parts = stem.split('-');
            return Self::new(parts.next()?, parts.next()?);
        }
        let endings = super::archive::SDIST_SUFFIXES;
        let stem = endings.iter().find_map(|ending| strip_suffix(file_name, ending))?;
        stem.match_indices('-').find_map(|(dash, _)| Self::new(&stem[..dash], &stem[dash + 1..]))
    }

    /// Chooses among the name and version that the metadata declare and those of the file name, and
    /// reports it where they disagree or one is missing.
    pub(super) fn choose(
        archive: &str,
        declared: Option<(&str, &str)>,
        findings: &mut Vec<Finding>,
    ) -> Result<Self, Finding> {
        let identity = declared.and_then(|(name, version)| Self::new(name, version));
        match (identity, Self::from_file_name(archive)) {
            (Some(declared), Some(named)) if !declared.is_same_release(&named) => {
                findings.push(
                    Finding::new(
                        Code::IdentityDiffers,
                        format!("{} {} in the metadata", declared.name, declared.version),
                    )
                    .at(archive)
                    .expected(format!("{} {} as in the file name", named.name, named.version)),
                );
                Ok(declared)
            }
            (Some(declared), _) => Ok(declared),
            (None, Some(named)) => {
                findings.push(
                    Finding::new(
                        Code::IdentityFromFileName,
                        format!("{} {} according to its file name", named.name, named.version),
                    )
                    .at(archive),
                );
                Ok(named)
            }
            (None, None) => Err(Self::missing(archive, declared)),
        }
    }

    /// Whether two archives belong together.
    pub(super) fn is_same_release(&self, other: &Self) -> bool {
        self.version == other.version && normalized_name(&self.name) == normalized_name(&other.name)
    }
}

/// The name without this ending, in any case.
pub(crate) fn strip_suffix<'a>(file_name: &'a str, ending: &str) -> Option<&'a str> {
    let split = file_name.len().checked_sub(ending.len())?;
    let tail = file_name.get(split..)?;
    tail.eq_ignore_ascii_case(ending).then(|| &file_name[..split])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(file_name: &str) -> Option<(String, String)> {
        Identity::from_file_name(file_name)
            .map(|identity| (identity.name, identity.version.to_string()))
    }

    #[test]
    fn file_names_give_name_and_version() {
        for (file_name, name, version) in [
            ("foo_bar-0.1.0.tar.gz", "foo_bar", "0.1.0"),
            ("micropython-_markupbase-3.3.3-1.tar.gz", "micropython-_markupbase", "3.3.3.post1"),
            ("mr.bob-0.1.zip", "mr.bob", "0.1"),
            ("pytz-2005k.tar.bz2", "pytz", ""),
            ("a-b-1.0b2.tgz", "a-b", "1.0b2"),
            ("upysm-0.3.4-py3-none-any.whl", "upysm", "0.3.4"),
            ("six-1.17.0-1local-py2.py3-none-any.WHL", "six", "1.17.0"),
        ] {
            let expected = (!version.is_empty()).then(|| (name.to_owned(), version.to_owned()));
            assert_eq!(identity(file_name), expected, "{file_name}");
        }
        for file_name in ["foo.tar.gz", "-1.0.tar.gz", "é.whl", "foo-1.0.egg", ".whl"] {
            assert_eq!(identity(file_name), None, "{file_name}");
        }
    }
}
