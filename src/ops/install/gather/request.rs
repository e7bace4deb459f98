//! What somebody asks to install.

use std::path::PathBuf;

use super::RemoteArchive;
use crate::error::Result;
use crate::mip::{Dependency, LATEST, is_local, is_mip_url};
use crate::ops::freeze::PackageSpec;
use crate::requirement::Requirement;

/// One argument of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Archives, a project, a `manifest.py`, or a folder of archives.
    Input(PathBuf),
    /// A module of this machine.
    Module(PathBuf),
    /// A package for mip by its URL, a `package.json` of this machine, or a version of a package of the
    /// index for mip that is none by PEP 440.
    MipUrl(Dependency),
    /// A source distribution or wheel by its URL.
    Remote(Box<RemoteArchive>),
    /// A package of the index for mip, or a project.
    Named(Requirement),
}

impl Request {
    /// What `text` stands for: a URL or a short form such as `github:org/repo@branch`; a path; else a
    /// name as `name`, `name@version` or with constraint, extras and marker by PEP 508.
    ///
    /// # Errors
    /// [`Error::Usage`](crate::Error::Usage) for what is none of these.
    pub fn parse(text: &str) -> Result<Self> {
        let requirement = text.parse::<Requirement>().ok();
        if let Some(requirement) = &requirement
            && requirement.url.as_ref().is_some_and(|url| url.reveal().contains("://"))
            && !is_mip_url(text)
        {
            return Ok(Self::of(requirement.clone()));
        }
        if let Some(archive) = RemoteArchive::at(text) {
            return Ok(Self::Remote(Box::new(archive)));
        }
        Ok(match (PackageSpec::parse(text), requirement) {
            (Ok(PackageSpec::Input(path)), _) => Self::Input(path),
            (Ok(PackageSpec::Module(path)), _) => Self::Module(path),
            (Ok(PackageSpec::Constrained(requirement)), _) => Self::Named(requirement),
            (Ok(PackageSpec::Package(dependency)), _) => Self::package(dependency),
            // Extras and markers are for projects only.
            (Err(_), Some(requirement)) if requirement.url.is_none() => Self::Named(requirement),
            (Err(error), _) => return Err(error),
        })
    }

    /// What a requirement asks for: an archive where it gives the URL of one.
    #[must_use]
    pub fn of(requirement: Requirement) -> Self {
        match RemoteArchive::of(&requirement) {
            Some(archive) => Self::Remote(Box::new(archive)),
            None => Self::Named(requirement),
        }
    }

    fn package(dependency: Dependency) -> Self {
        let Dependency { name, version } = &dependency;
        let is_name = !is_mip_url(name) && !is_local(name);
        let text = if version == LATEST { name.clone() } else { format!("{name}=={version}") };
        match text.parse() {
            Ok(requirement) if is_name => Self::Named(requirement),
            _ => Self::MipUrl(dependency),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn named(text: &str) -> String {
        match Request::parse(text).unwrap() {
            Request::Named(requirement) => requirement.to_string(),
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
            let place = Request::MipUrl(Dependency { name, version });
            assert_eq!(Request::parse(text).unwrap(), place);
        }
    }

    #[test]
    fn archives_may_be_anywhere() {
        for text in ["https://host/a-1.0.tar.gz", "a[b] @ https://host/a-1.0.tar.gz#sha256=00"] {
            assert!(matches!(Request::parse(text).unwrap(), Request::Remote(_)), "{text}");
        }
    }

    #[test]
    fn paths_are_told_by_their_spelling() {
        for path in ["dist/a.tar.gz", "a-1.0.tar.gz", ".", "src/manifest.py"] {
            assert_eq!(Request::parse(path).unwrap(), Request::Input(path.into()));
        }
        assert_eq!(Request::parse("x/a.py").unwrap(), Request::Module("x/a.py".into()));
        for text in ["", "a b", "a@", "-", "a==x"] {
            assert!(matches!(Request::parse(text), Err(Error::Usage { .. })), "{text}");
        }
    }
}
