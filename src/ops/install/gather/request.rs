//! The arguments of `install`.

use std::path::{Path, PathBuf};

use super::RemoteArchive;
use crate::error::{Error, Result};
use crate::mip::{Dependency, LATEST, is_local, is_mip_url};
use crate::ops::gather::{FindJobs, PackageSpec};
use crate::ops::inputs::Job;
use crate::ops::requirements::requested;
use crate::requirement::Requirement;
use crate::translate::Provider;

/// One argument of `install`: a package spec as for `freeze`, or the URL of an archive. A name is always
/// [`PackageSpec::Constrained`], since it may belong to a package of mip or to a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request<I = PathBuf> {
    /// A package of mip, a project, or a local file.
    Spec(PackageSpec<I>),
    /// A source distribution or wheel by its URL.
    Archive(Box<RemoteArchive>),
}

impl Request {
    /// Parses a URL or a short form such as `github:org/repo@branch`; a path; or a name, as `name`,
    /// `name@version` or a PEP 508 requirement, perhaps behind `pypi:` or `mip:`.
    ///
    /// # Errors
    /// [`Error::Usage`] for any other text.
    pub fn parse(text: &str) -> Result<Self> {
        if let (Some(_), name) = Provider::split(text) {
            return Ok(Self::Spec(match PackageSpec::parse(name) {
                Ok(PackageSpec::Package(dependency)) if dependency.is_of_index() => {
                    package(dependency)
                }
                Ok(spec @ PackageSpec::Constrained(_)) => spec,
                _ => PackageSpec::Constrained(requested(text)?),
            }));
        }
        let requirement = text.parse::<Requirement>().ok();
        if let Some(requirement) = &requirement
            && requirement.url.as_ref().is_some_and(|url| url.reveal().contains("://"))
            && !is_mip_url(text)
        {
            return Ok(Self::of(requirement.clone()));
        }
        if let Some(archive) = RemoteArchive::at(text) {
            return Ok(Self::Archive(Box::new(archive)));
        }
        let spec = match (PackageSpec::parse(text), requirement) {
            (Ok(PackageSpec::Package(dependency)), _) => package(dependency),
            (Ok(spec), _) => spec,
            // Only projects have extras and markers.
            (Err(_), Some(requirement)) if requirement.url.is_none() => {
                PackageSpec::Constrained(requirement)
            }
            (Err(error), _) => return Err(error),
        };
        Ok(Self::Spec(spec))
    }

    /// The request for a requirement, which may have the URL of an archive.
    #[must_use]
    pub fn of(requirement: Requirement) -> Self {
        match RemoteArchive::of(&requirement) {
            Some(archive) => Self::Archive(Box::new(archive)),
            None => Self::Spec(PackageSpec::Constrained(requirement)),
        }
    }

    /// The path, for an input.
    #[must_use]
    pub fn input(&self) -> Option<&Path> {
        match self {
            Self::Spec(spec) => spec.input(),
            Self::Archive(_) => None,
        }
    }

    /// Replaces inputs by jobs, as [`PackageSpec::jobs`].
    ///
    /// # Errors
    /// Those of `find`.
    pub fn jobs(requests: &[Self], find: FindJobs) -> Result<(Vec<Request<Job>>, Vec<Error>)> {
        let (mut jobs, mut failed) = (Vec::new(), Vec::new());
        for request in requests {
            match request {
                Self::Spec(spec) => {
                    let (found, errors) = PackageSpec::jobs(std::slice::from_ref(spec), find)?;
                    jobs.extend(found.into_iter().map(Request::Spec));
                    failed.extend(errors);
                }
                Self::Archive(archive) => jobs.push(Request::Archive(archive.clone())),
            }
        }
        Ok((jobs, failed))
    }
}

/// Turns a name into a requirement, for the solver to decide between packages of mip and projects. URLs,
/// local files and versions that PEP 440 does not allow are always of mip.
fn package(dependency: Dependency) -> PackageSpec {
    let Dependency { name, version } = &dependency;
    let is_name = !is_mip_url(name) && !is_local(name);
    let text = if version == LATEST { name.clone() } else { format!("{name}=={version}") };
    match text.parse() {
        Ok(requirement) if is_name => PackageSpec::Constrained(requirement),
        _ => PackageSpec::Package(dependency),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> String {
        match Request::parse(text).unwrap() {
            Request::Spec(PackageSpec::Constrained(requirement)) => requirement.to_string(),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn names_may_say_more() {
        for (text, requirement) in [
            ("Micropython_Umqtt.Simple", "Micropython_Umqtt.Simple"),
            ("logging@0.6.2", "logging==0.6.2"),
            ("a>=1,<2", "a>=1,<2"),
            ("a[b]>=1; python_version > '3'", "a[b]>=1; python_version > '3'"),
            ("a @ https://host/a", "a @ https://host/a"),
            ("pypi:logging@0.6.2", "logging==0.6.2"),
            ("mip:a[b]>=1", "a[b]>=1"),
        ] {
            assert_eq!(named(text), requirement);
        }
    }

    #[test]
    fn places_are_for_mip() {
        for (text, name, version) in [
            ("github:o/r@v1", "github:o/r", "v1"),
            ("https://host/a.json", "https://host/a.json", "HEAD"),
            ("dist/package.json", "dist/package.json", "HEAD"),
            ("odd@main", "odd", "main"),
        ] {
            let (name, version) = (name.to_owned(), version.to_owned());
            let place = Request::Spec(PackageSpec::Package(Dependency { name, version }));
            assert_eq!(Request::parse(text).unwrap(), place);
        }
    }

    #[test]
    fn archives_may_be_anywhere() {
        for text in ["https://host/a-1.0.tar.gz", "a[b] @ https://host/a-1.0.tar.gz#sha256=00"] {
            assert!(matches!(Request::parse(text).unwrap(), Request::Archive(_)), "{text}");
        }
    }

    #[test]
    fn paths_are_told_by_their_spelling() {
        for path in ["dist/a.tar.gz", "a-1.0.tar.gz", ".", "src/manifest.py"] {
            assert_eq!(
                Request::parse(path).unwrap(),
                Request::Spec(PackageSpec::Input(path.into()))
            );
        }
        assert_eq!(
            Request::parse("x/a.py").unwrap(),
            Request::Spec(PackageSpec::Module("x/a.py".into()))
        );
        for text in ["", "a b", "a@", "-", "a==x"] {
            assert!(matches!(Request::parse(text), Err(Error::Usage { .. })), "{text}");
        }
    }
}
