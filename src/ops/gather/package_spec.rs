//! Package specs: the ways in which a user can name packages.

use std::path::{Path, PathBuf};

use pep440_rs::VersionSpecifiers;

use crate::error::{Error, Result};
use crate::mip::{Dependency, HEAD, is_mip_url};
use crate::ops::inputs::{self, Job};
use crate::read::{is_archive_name, is_package_name};
use crate::redact::redacted;
use crate::requirement::Requirement;
use crate::translate::Provider;

/// One argument that names packages. `I` is the type of inputs: a path as parsed, and a [`Job`] once the
/// releases at that path are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackageSpec<I = PathBuf> {
    /// Archives, a project, a `manifest.py`, or a folder of archives.
    Input(I),
    /// A local module.
    Module(PathBuf),
    /// A package by its name in the index or its URL, or a local `package.json`.
    Package(Dependency),
    /// A package in the index, or a project, with constraints on its version.
    Constrained(Requirement),
}

/// Finds the releases at paths, and returns an error for each input that cannot be read.
pub type FindJobs<'a> = &'a dyn Fn(&[PathBuf]) -> Result<(Vec<Job>, Vec<Error>)>;

impl PackageSpec {
    /// Parses a URL or a short form such as `github:org/repo@branch`; a path; or a package in the index,
    /// as `name`, `name@version` or with a PEP 440 constraint, perhaps behind `mip:`.
    ///
    /// # Errors
    /// [`Error::Usage`] for any other text.
    pub fn parse(text: &str) -> Result<Self> {
        if let (Some(Provider::Mip), name) = Provider::split(text)
            && let Some(package) = named(name)
        {
            return Ok(package);
        }
        if is_mip_url(text) {
            return Ok(Self::Package(place(text)));
        }
        let path = Path::new(text);
        if is_path(text, path) {
            return Ok(match path.extension().and_then(|ending| ending.to_str()) {
                Some("json") => {
                    let (name, version) = (text.to_owned(), HEAD.to_owned());
                    Self::Package(Dependency { name, version })
                }
                Some("py") if path.file_name().is_some_and(|name| name != "manifest.py") => {
                    Self::Module(path.to_owned())
                }
                _ => Self::Input(path.to_owned()),
            });
        }
        named(text).ok_or_else(|| Error::Usage {
            message: format!("found `{}`, expected a file, a URL or a package", redacted(text)),
            help: "name a package in the index as NAME, NAME@VERSION or NAME>=VERSION, or a file"
                .to_owned(),
        })
    }

    /// The path, for an input.
    #[must_use]
    pub fn input(&self) -> Option<&Path> {
        match self {
            Self::Input(path) => Some(path),
            _ => None,
        }
    }

    /// Replaces each input by a job for every release that `find` finds there.
    ///
    /// # Errors
    /// Those of `find`.
    pub fn jobs(specs: &[Self], find: FindJobs) -> Result<(Vec<PackageSpec<Job>>, Vec<Error>)> {
        let (mut jobs, mut failed) = (Vec::new(), Vec::new());
        for spec in specs {
            jobs.push(match spec {
                Self::Input(path) => {
                    let (found, errors) = find(std::slice::from_ref(path))?;
                    jobs.extend(found.into_iter().map(PackageSpec::Input));
                    failed.extend(errors);
                    continue;
                }
                Self::Module(path) => PackageSpec::Module(path.clone()),
                Self::Package(dependency) => PackageSpec::Package(dependency.clone()),
                Self::Constrained(requirement) => PackageSpec::Constrained(requirement.clone()),
            });
        }
        Ok((jobs, failed))
    }
}

/// Splits off the branch or tag. Only short forms have one: in a URL, the text before `@` may be a user.
fn place(text: &str) -> Dependency {
    let is_url = text.contains("://");
    let split = text.rsplit_once('@').filter(|(_, branch)| !is_url && !branch.is_empty());
    let (name, version) = split.unwrap_or((text, HEAD));
    Dependency { name: name.to_owned(), version: version.to_owned() }
}

/// Whether the text names a local file or folder. A folder counts only if it contains releases, since it
/// may share its name with a package in the index.
fn is_path(text: &str, path: &Path) -> bool {
    let is_file = path.extension().is_some_and(|ending| ending == "py" || ending == "json");
    let is_spelled_as_path = text.contains(['/', std::path::MAIN_SEPARATOR]) || text == ".";
    is_file
        || is_archive_name(text)
        || is_spelled_as_path
        || path.is_file()
        || path.is_dir() && !inputs::releases(&[path.to_owned()]).0.is_empty()
}

/// A package in the index.
fn named(text: &str) -> Option<PackageSpec> {
    let end = text.find(['@', '=', '<', '>', '!', '~']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let (name, rest) = (name.trim(), rest.trim());
    if !is_package_name(name) {
        return None;
    }
    if let Some(version) = rest.strip_prefix('@') {
        let is_version = !version.is_empty() && version.chars().all(|c| c.is_ascii_graphic());
        let package = Dependency { name: name.to_owned(), version: version.to_owned() };
        return is_version.then_some(PackageSpec::Package(package));
    }
    if rest.is_empty() {
        return Some(PackageSpec::Package(Dependency::from((name.to_owned(), None))));
    }
    let specifiers: VersionSpecifiers = rest.parse().ok()?;
    let requirement = Requirement { text: text.to_owned(), specifiers, ..Requirement::bare(name) };
    Some(PackageSpec::Constrained(requirement))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, version: &str) -> PackageSpec {
        PackageSpec::Package(Dependency { name: name.to_owned(), version: version.to_owned() })
    }

    #[test]
    fn places_may_have_a_branch() {
        for (text, name, version) in [
            ("github:o/r", "github:o/r", "HEAD"),
            ("github:o/r/a@v1.2", "github:o/r/a", "v1.2"),
            ("codeberg:o/r/a.py@main", "codeberg:o/r/a.py", "main"),
            ("https://me@host/a.json", "https://me@host/a.json", "HEAD"),
        ] {
            assert_eq!(PackageSpec::parse(text).unwrap(), package(name, version));
        }
    }

    #[test]
    fn packages_of_the_index_may_have_a_version() {
        assert_eq!(PackageSpec::parse("umqtt.simple").unwrap(), package("umqtt.simple", "latest"));
        assert_eq!(PackageSpec::parse("mip:logging@0.6").unwrap(), package("logging", "0.6"));
        assert_eq!(PackageSpec::parse("__future__@0.1").unwrap(), package("__future__", "0.1"));
        for (text, constraint) in
            [("a==1.0", "==1.0"), ("a >= 1, <2", ">=1,<2"), ("_b~=1.2", "~=1.2")]
        {
            let PackageSpec::Constrained(requirement) = PackageSpec::parse(text).unwrap() else {
                panic!("{text}")
            };
            assert_eq!(requirement.constraint(), constraint);
        }
    }

    #[test]
    fn paths_are_recognized_by_their_spelling_or_by_what_is_there() {
        let scratch = tempfile::tempdir().unwrap();
        let text = |name: &str| scratch.path().join(name).to_str().unwrap().to_owned();
        assert_eq!(
            PackageSpec::parse(&text("a.py")).unwrap(),
            PackageSpec::Module(text("a.py").into())
        );
        for path in ["dist/a.tar.gz", "a-1.0.tar.gz", ".", "../x", "src/manifest.py"] {
            assert_eq!(PackageSpec::parse(path).unwrap(), PackageSpec::Input(path.into()));
        }
        assert_eq!(PackageSpec::parse("x.json").unwrap(), package("x.json", "HEAD"));
        // Where the tests run, there is a folder of that name without an archive.
        assert!(Path::new("src").is_dir());
        assert_eq!(PackageSpec::parse("src").unwrap(), package("src", "latest"));
    }

    #[test]
    fn what_is_nothing_is_refused() {
        for text in ["", "a b", "a@", "a@1 2", "a==", "a==x", "a[b]", "-", "a>=1 b"] {
            assert!(matches!(PackageSpec::parse(text), Err(Error::Usage { .. })), "{text}");
        }
    }
}
