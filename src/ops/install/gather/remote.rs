//! Archives at URLs.

use std::collections::BTreeSet;

use bytes::Bytes;
use percent_encoding::percent_decode_str;

use super::GatherOptions;
use super::locals::installable;
use crate::digest::{Hash, sha256};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::name::normalized_name;
use crate::net::fetch::{Account, Location, verify};
use crate::ops::gather::Local;
use crate::read::{is_archive_name, read_bytes};
use crate::requirement::Requirement;

/// A source distribution or wheel at a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteArchive {
    location: Location,
    file_name: String,
    /// The part of the URL after `#`.
    fragment: String,
    /// The requirement with this URL, if there is one.
    requirement: Option<Requirement>,
}

impl RemoteArchive {
    /// The archive at `url`; `None` if the file name does not end like that of an archive.
    pub(super) fn at(url: &str) -> Option<Self> {
        let (place, fragment) = url.split_once('#').unwrap_or((url, ""));
        let Ok(location @ Location::Url(_)) = Location::parse(place) else { return None };
        let path = place.split_once('?').map_or(place, |(path, _)| path);
        let name = path.rsplit('/').next().unwrap_or_default();
        let file_name = percent_decode_str(name).decode_utf8().ok()?.into_owned();
        is_archive_name(&file_name).then(|| Self {
            location,
            file_name,
            fragment: fragment.to_owned(),
            requirement: None,
        })
    }

    /// The archive at the URL of a requirement.
    pub(super) fn of(requirement: &Requirement) -> Option<Self> {
        let archive = Self::at(requirement.url.as_ref()?.reveal())?;
        Some(Self { requirement: Some(requirement.clone()), ..archive })
    }

    /// Downloads and reads the release; `None` if its marker excludes it on the device.
    pub(super) fn fetch(&self, options: &GatherOptions) -> Result<Option<Local>> {
        let (environment, no_extras) = (&options.convert.read.environment, BTreeSet::new());
        let asked = self.requirement.as_ref();
        if asked.is_some_and(|asked| !asked.marker.applies(environment, &no_extras)) {
            return Ok(None);
        }
        let refused =
            |finding| Error::Refused { input: self.file_name.clone(), findings: vec![finding] };
        let fragment = Fragment::parse(&self.fragment, &self.file_name).map_err(refused)?;
        let data = self.content(&fragment.hashes, options)?;
        let check = |name: &str| match &options.projects {
            Some(projects) => {
                let (name, sha256) = (normalized_name(name), sha256(&data));
                projects.check(&name, &self.file_name, &sha256, || Ok(data.clone()))
            }
            None => Ok(()),
        };
        // Without a requirement, its name is known only from its metadata.
        asked.map_or(Ok(()), |asked| check(&asked.name))?;
        let package = read_bytes(&self.file_name, data.clone(), &options.convert.read)?;
        let extras = asked.map(|asked| asked.extras.clone()).unwrap_or_default();
        let local = Local::archive(&self.file_name, package, extras, &options.convert);
        let local = installable(local)?;
        check(&local.package.name)?;
        let has_hash = options.projects.as_ref().is_some_and(|projects| {
            projects.asked().hashes.has(&normalized_name(&local.package.name))
        });
        let names = asked.iter().map(|asked| &asked.name).chain(&fragment.project);
        let is_other =
            |name: &&String| normalized_name(name) != normalized_name(&local.package.name);
        if let Some(name) = names.into_iter().find(is_other) {
            let finding = Finding::new(Code::OtherProject, &local.package.name);
            return Err(refused(finding.at(&self.file_name).expected(name)));
        }
        Ok(Some(Local { has_hash: has_hash || !fragment.hashes.is_empty(), ..local }))
    }

    fn content(&self, hashes: &[Hash], options: &GatherOptions) -> Result<Bytes> {
        let (fetcher, limit) = (options.client.fetcher(), options.convert.read.limits.max_size);
        let data = match hashes.iter().find_map(Hash::sha256) {
            Some(sha256) => {
                fetcher.get_by_hash(&self.location, sha256, limit, &Account::default())?
            }
            None => fetcher.get(&self.location, limit)?,
        };
        verify(&data, hashes, &self.location)?;
        Ok(data)
    }
}

/// The part of a URL after `#`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Fragment {
    hashes: Vec<Hash>,
    /// The expected project.
    project: Option<String>,
}

impl Fragment {
    /// Parses the parts between `&`; `at` is the path in findings.
    fn parse(text: &str, at: &str) -> Result<Self, Finding> {
        let mut fragment = Self::default();
        for part in text.split('&').filter(|part| !part.is_empty()) {
            let refused = |code, found| Finding::new(code, found).at(at);
            match part.split_once('=') {
                Some(("egg", name)) if crate::name::is_valid_name(name) => {
                    fragment.project = Some(name.to_owned());
                }
                Some((key @ ("egg" | "subdirectory"), _)) => {
                    return Err(refused(Code::UrlFragment, format!("`{key}=` behind the `#`")));
                }
                Some((name, digits)) => {
                    let hash = Hash::parse(name, digits);
                    let hash = hash.map_err(|error| refused(Code::HashUnusable, error.to_string()));
                    fragment.hashes.push(hash?);
                }
                None => {
                    let found = "text behind the `#` that is not a hash".to_owned();
                    return Err(refused(Code::UrlFragment, found));
                }
            }
        }
        Ok(fragment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_are_told_by_their_ending() {
        for (url, file_name, fragment) in [
            ("https://host/a-1.0-py3-none-any.whl", "a-1.0-py3-none-any.whl", ""),
            (
                "http://me:pw@host/x/a%2B1.TAR.GZ?y=z#egg=a&sha256=AB",
                "a+1.TAR.GZ",
                "egg=a&sha256=AB",
            ),
        ] {
            let archive = RemoteArchive::at(url).unwrap();
            assert_eq!((&archive.file_name[..], &archive.fragment[..]), (file_name, fragment));
        }
        for url in
            ["https://host/package.json", "a-1.0.zip", "https://host/x?a=b.zip", "file:///a.zip"]
        {
            assert_eq!(RemoteArchive::at(url), None, "{url}");
        }
    }

    #[test]
    fn nothing_in_a_fragment_is_passed_over() {
        let parse = |text: &str| Fragment::parse(text, "a.zip").map_err(|finding| finding.code);
        let [hash, other] = ["a", "B"].map(|digit| digit.repeat(64));
        let both = parse(&format!("egg=A.b&sha256={hash}&sha256={other}")).unwrap();
        assert_eq!((both.hashes.len(), both.project.as_deref()), (2, Some("A.b")));
        assert_eq!(parse(""), Ok(Fragment::default()));
        for text in ["subdirectory=x", "egg=a[b]", "egg=", "x"] {
            assert_eq!(parse(text), Err(Code::UrlFragment), "{text}");
        }
        for name in ["md5", "sha1", "sha3_256", "blake2b", "sha256", "sha512", "x"] {
            assert_eq!(parse(&format!("{name}=00")), Err(Code::HashUnusable), "{name}");
        }
    }
}
