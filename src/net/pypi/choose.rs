//! Which release a requirement means.

use pep440_rs::{Operator, Version};

use super::project::{Project, ProjectFile};
use crate::finding::{Code, Finding};
use crate::requirement::Requirement;
use crate::version::{listed, newest};

/// The release that a requirement means, and its file.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The version of the release.
    pub version: Version,
    /// The file that is read.
    pub file: ProjectFile,
    /// Findings about the choice.
    pub findings: Vec<Finding>,
}

impl Project {
    /// The newest release that the requirement allows and that has a file which can be read.
    ///
    /// Pre-releases are selected as in PEP 440, yanked releases only if their version is required.
    /// The versions of Python that a release supports do not apply to MicroPython, and are noted.
    ///
    /// # Errors
    /// Why there is none.
    pub fn choose(&self, requirement: &Requirement) -> Result<Choice, Finding> {
        let is_pinned = requirement.specifiers.iter().any(|specifier| {
            matches!(specifier.operator(), Operator::Equal | Operator::ExactEqual)
        });
        let usable = |version: &&Version| {
            self.file(version).is_some_and(|file| is_pinned || file.yanked.is_none())
        };
        let newest_of = |versions: Vec<&Version>| {
            let versions: Vec<String> = versions.into_iter().map(Version::to_string).collect();
            newest(&versions, &requirement.specifiers)?.parse::<Version>().ok()
        };
        let chosen = newest_of(self.releases.keys().filter(usable).collect());
        let of_all = newest_of(self.releases.keys().collect());
        let found = chosen.and_then(|version| {
            let file = self.file(&version)?.clone();
            Some((version, file))
        });
        match (found, of_all) {
            (Some((version, file)), of_all) => {
                let mut findings = self.noticed(&version, &file);
                let newer = of_all.filter(|newer| *newer != version);
                findings.extend(newer.map(|newer| {
                    Finding::new(Code::PassedOver, self.why_not(&newer)).at(&file.file_name)
                }));
                Ok(Choice { version, file, findings })
            }
            (None, Some(version)) => {
                let why = self.why_not(&version);
                Err(Finding::new(Code::NothingUsable, why).at(&requirement.text))
            }
            (None, None) => {
                let all: Vec<String> = self.releases.keys().map(Version::to_string).collect();
                Err(Finding::new(Code::NoSuchRelease, listed(&all))
                    .at(&requirement.text)
                    .expected(format!("a release of {}", requirement.name)))
            }
        }
    }

    fn noticed(&self, version: &Version, file: &ProjectFile) -> Vec<Finding> {
        let yanked = file
            .yanked
            .as_ref()
            .map(|_| Finding::new(Code::YankedTaken, self.why_not(version)).at(&file.file_name));
        yanked.into_iter().chain(file.other_python()).collect()
    }

    /// Why a release is not taken, or not gladly.
    fn why_not(&self, version: &Version) -> String {
        if let Some(has) = self.unusable(version) {
            return format!("{version}, which has {has}");
        }
        match self.file(version).and_then(|file| file.yanked.as_deref()) {
            Some("") => format!("{version}, yanked"),
            Some(reason) => format!("{version}, yanked: {reason}"),
            None => version.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::fetch::Location;
    use crate::net::pypi::{IndexName, file_name};

    /// A project with these files; those with `!` are yanked.
    fn project(files: &str) -> Project {
        let mut project = Project {
            name: "a".to_owned(),
            index: IndexName::Main,
            releases: std::collections::BTreeMap::new(),
            findings: Vec::new(),
        };
        for name in files.split_whitespace() {
            let file_name = name.trim_end_matches('!');
            let (version, kind) = file_name::parse(file_name, "a").unwrap();
            project.releases.entry(version).or_default().push(ProjectFile {
                file_name: file_name.to_owned(),
                kind,
                location: Location::Path(file_name.into()),
                index: IndexName::Main,
                sha256: String::new(),
                size: None,
                requires_python: file_name.starts_with("a-3").then(|| ">=3.8".to_owned()),
                yanked: (file_name != name).then(|| "broken".to_owned()),
                metadata_sha256: None,
                compiled: None,
            });
        }
        project
    }

    fn chosen(files: &str, requirement: &str) -> (String, Vec<Code>) {
        match project(files).choose(&requirement.parse().unwrap()) {
            Ok(choice) => {
                let codes = choice.findings.iter().map(|finding| finding.code).collect();
                (choice.file.file_name, codes)
            }
            Err(finding) => (finding.code.id().to_owned(), vec![finding.code]),
        }
    }

    #[test]
    fn the_newest_that_is_allowed_and_usable_is_chosen() {
        use Code::{NoSuchRelease, NothingUsable, OtherPython, PassedOver, YankedTaken};
        let native = "a-2-cp311-cp311-linux_x86_64.whl";
        for (files, requirement, file, codes) in [
            ("a-1.zip a-2.zip a-10.zip", "a", "a-10.zip", vec![]),
            ("a-1.zip a-2.zip a-10.zip", "A<10", "a-2.zip", vec![]),
            ("a-1.zip a-2rc1.zip", "a", "a-1.zip", vec![]),
            ("a-1.zip a-2rc1.zip", "a>=2rc1", "a-2rc1.zip", vec![]),
            ("a-2rc1.zip", "a", "a-2rc1.zip", vec![]),
            ("a-1.zip a-2.zip!", "a", "a-1.zip", vec![PassedOver]),
            ("a-1.zip a-2.zip!", "a>=2", "", vec![NothingUsable]),
            ("a-1.zip a-2.zip!", "a==2.*", "", vec![NothingUsable]),
            ("a-1.zip a-2.zip!", "a==2", "a-2.zip", vec![YankedTaken]),
            ("a-1.zip a-2.zip! a-2.tar.gz", "a", "a-2.tar.gz", vec![]),
            (&format!("a-1.zip {native}"), "a", "a-1.zip", vec![PassedOver]),
            (native, "a", "", vec![NothingUsable]),
            ("a-3.zip", "a", "a-3.zip", vec![OtherPython]),
            ("a-3.zip", "a>3", "", vec![NoSuchRelease]),
            ("", "a", "", vec![NoSuchRelease]),
        ] {
            let (found, noticed) = chosen(files, requirement);
            assert_eq!(noticed, codes, "{requirement} of {files}");
            assert!(file.is_empty() || found == file, "{requirement} of {files}: {found}");
        }
    }
}
