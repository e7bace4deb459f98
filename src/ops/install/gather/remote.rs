//! Archives that are given by URL.

use std::collections::BTreeSet;

use bytes::Bytes;
use percent_encoding::percent_decode_str;

use super::GatherOptions;
use super::local::Local;
use crate::digest::sha256;
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::name::normalized_name;
use crate::net::fetch::{Account, Location};
use crate::read::{is_archive_name, read_bytes};
use crate::requirement::Requirement;

/// A source distribution or wheel on the web.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteArchive {
    location: Location,
    file_name: String,
    /// The SHA-256 that its URL tells, in lower case.
    sha256: Option<String>,
    /// What asks for it by name, if something does.
    requirement: Option<Requirement>,
}

impl RemoteArchive {
    /// The archive at `url`, which is told from other things by its ending.
    pub(super) fn at(url: &str) -> Option<Self> {
        let (place, fragment) = url.split_once('#').unwrap_or((url, ""));
        let Ok(location @ Location::Url(_)) = Location::parse(place) else { return None };
        let path = place.split_once('?').map_or(place, |(path, _)| path);
        let name = path.rsplit('/').next().unwrap_or_default();
        let file_name = percent_decode_str(name).decode_utf8().ok()?.into_owned();
        let mut parts = fragment.split('&');
        let sha256 = parts.find_map(|part| part.strip_prefix("sha256=")).map(str::to_lowercase);
        is_archive_name(&file_name).then_some(Self {
            location,
            file_name,
            sha256,
            requirement: None,
        })
    }

    /// The archive that a requirement gives by URL.
    pub(super) fn of(requirement: &Requirement) -> Option<Self> {
        let archive = Self::at(requirement.url.as_ref()?)?;
        Some(Self { requirement: Some(requirement.clone()), ..archive })
    }

    /// The release in it; `None` where a marker says that a device needs none.
    pub(super) fn fetch(&self, options: &GatherOptions) -> Result<Option<Local>> {
        let (environment, no_extras) = (&options.convert.read.environment, BTreeSet::new());
        let asked = self.requirement.as_ref();
        if asked.is_some_and(|asked| !asked.marker.applies(environment, &no_extras)) {
            return Ok(None);
        }
        let data = self.content(options)?;
        let check = |name: &str| match &options.projects {
            Some(projects) => {
                projects.check(&normalized_name(name), &self.file_name, &sha256(&data))
            }
            None => Ok(()),
        };
        // Where nobody names it, only its metadata do.
        asked.map_or(Ok(()), |asked| check(&asked.name))?;
        let package = read_bytes(&self.file_name, data.clone(), &options.convert.read)?;
        let local = Local::archive(&self.file_name, package, &options.convert)?;
        check(&local.package.name)?;
        let Some(asked) = asked else { return Ok(Some(local)) };
        if normalized_name(&asked.name) != normalized_name(&local.package.name) {
            let finding = Finding::new(Code::OtherProject, &local.package.name);
            let finding = finding.at(&self.file_name).expected(&asked.name);
            return Err(Error::Refused { input: self.file_name.clone(), findings: vec![finding] });
        }
        Ok(Some(Local { extras: asked.extras.clone(), ..local }))
    }

    fn content(&self, options: &GatherOptions) -> Result<Bytes> {
        let (fetcher, limit) = (options.client.fetcher(), options.convert.read.limits.max_size);
        match &self.sha256 {
            Some(sha256) => fetcher.get_by_hash(&self.location, sha256, limit, &Account::default()),
            None => fetcher.get(&self.location, limit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_are_told_by_their_ending() {
        for (url, file_name, sha256) in [
            ("https://host/a-1.0-py3-none-any.whl", "a-1.0-py3-none-any.whl", None),
            ("http://me:pw@host/x/a%2B1.TAR.GZ?y=z#egg=a&sha256=AB", "a+1.TAR.GZ", Some("ab")),
        ] {
            let archive = RemoteArchive::at(url).unwrap();
            assert_eq!((&archive.file_name[..], archive.sha256.as_deref()), (file_name, sha256));
        }
        for url in
            ["https://host/package.json", "a-1.0.zip", "https://host/x?a=b.zip", "file:///a.zip"]
        {
            assert_eq!(RemoteArchive::at(url), None, "{url}");
        }
    }
}
