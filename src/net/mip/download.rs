//! The files of packages.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::budget::{Budget, too_much};
use super::manifest::Manifest;
use super::{Client, Failure, Fetched, refused};
use crate::digest::sha256;
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::net::fetch::{Location, in_parallel};
use crate::package::{File, Origin};
use crate::path::MemberPath;

/// One file of a package that is to be fetched.
struct Download<'a> {
    package: &'a Manifest,
    path: &'a MemberPath,
    source: Location,
    /// The first digits of its SHA-256, if the package is of an index.
    hash: Option<&'a str>,
}

impl Client {
    /// Fetches the files of all packages.
    pub(super) fn download(
        &self,
        packages: Vec<Manifest>,
        budget: &Budget,
    ) -> Result<Vec<Fetched>, Failure> {
        let mut downloads = Vec::new();
        let mut ends = Vec::with_capacity(packages.len());
        for package in &packages {
            self.list(package, &mut downloads)?;
            ends.push(downloads.len());
        }
        let most = budget.limits.files;
        if downloads.len() > most {
            return Err(too_much("the packages", format!("more than {most} files")).into());
        }
        let mut data = in_parallel(&downloads, |one| self.file(one, budget)).into_iter();
        let mut contents = Vec::with_capacity(packages.len());
        let mut start = 0;
        for end in ends {
            let mut files = BTreeMap::new();
            for (download, data) in downloads[start..end].iter().zip(&mut data) {
                files.insert(download.path.clone(), data?);
            }
            contents.push(files.into_values().collect());
            start = end;
        }
        drop(downloads);
        Ok(packages.into_iter().zip(contents).map(fetched).collect())
    }

    /// Appends the files of a package, those of the index first, as clients fetch them.
    fn list<'a>(&self, package: &'a Manifest, downloads: &mut Vec<Download<'a>>) -> Result<()> {
        for (path, hash) in &package.json.hashes {
            let source =
                self.index(&package.wanted.name)?.join(&format!("file/{}/{hash}", &hash[..2]));
            downloads.push(Download { package, path, source, hash: Some(hash) });
        }
        for (path, url) in &package.json.urls {
            let source = package.base.source(url, &package.wanted.version);
            let source = source.map_err(|finding| refused(&package.wanted, finding))?;
            downloads.push(Download { package, path, source, hash: None });
        }
        Ok(())
    }

    fn file(&self, download: &Download, budget: &Budget) -> Result<File, Failure> {
        let Download { package, path, source, hash } = download;
        let check = |data: &Bytes| match hash {
            Some(hash) => {
                verify(data, hash, source).map_err(|finding| refused(&package.wanted, finding))
            }
            None => Ok(()),
        };
        let data = budget.take(budget.limits.file, |limit| match hash {
            Some(_) => self.fetcher.get_fixed(source, limit, &check),
            None => self.fetcher.get(source, limit),
        });
        let data = data.map_err(Failure::of(&package.wanted))?;
        Ok(File {
            path: (*path).clone(),
            data,
            origin: Origin::Fetched { place: source.to_string() },
        })
    }
}

fn fetched((package, files): (Manifest, Vec<File>)) -> Fetched {
    Fetched {
        name: package.wanted.name,
        version: package.version,
        package_json: package.json,
        files,
        deps: package.deps,
    }
}

/// Whether the SHA-256 of the content starts with these digits.
fn verify(data: &[u8], hash: &str, source: &Location) -> Result<(), Finding> {
    let digest = sha256(data);
    if digest.starts_with(&hash.to_ascii_lowercase()) {
        return Ok(());
    }
    let found = format!("content whose SHA-256 starts with {}", &digest[..hash.len().min(64)]);
    Err(Finding::new(Code::HashDiffers, found).at(source.to_string()).expected(hash))
}
