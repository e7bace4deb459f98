//! Packages of indexes that are made here.

mod folder;
#[cfg(feature = "net")]
mod web;

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::*;
use crate::mip::SOURCE_VARIANT;
use crate::net::fetch::FetchOptions;

/// An index as a folder.
struct Index(TempDir);

impl Index {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Adds a package of one file, `{name}.py`, which is the newest of its name.
    fn add(&self, name: &str, version: &str, deps: &[(&str, &str)]) {
        let content = format!("# {name} {version}\n");
        let hash = short_hash(&content);
        self.write(&format!("file/{}/{hash}", &hash[..2]), &content);
        let deps: Vec<_> = deps.iter().map(|(name, version)| dependency(name, version)).collect();
        let package = PackageJson {
            version: Some(version.to_owned()),
            hashes: vec![(format!("{name}.py").parse().unwrap(), hash)],
            deps,
            ..PackageJson::default()
        };
        for version in [version, "latest"] {
            self.write(&format!("package/py/{name}/{version}.json"), &package.to_indexed());
        }
    }

    fn client(&self) -> Client {
        client(Some(self.0.path()))
    }

    fn closure(&self, wanted: &[(&str, &str)]) -> Result<(Vec<Fetched>, Vec<Finding>)> {
        let wanted: Vec<_> =
            wanted.iter().map(|(name, version)| dependency(name, version)).collect();
        self.client().closure(&wanted, SOURCE_VARIANT)
    }
}

fn client(index: Option<&Path>) -> Client {
    let fetcher = Fetcher::new(FetchOptions { offline: true, ..FetchOptions::default() });
    Client::new(fetcher, index.map(|path| Location::Path(path.to_owned())))
}

fn dependency(name: &str, version: &str) -> Dependency {
    Dependency { name: name.to_owned(), version: version.to_owned() }
}

fn short_hash(content: &str) -> String {
    let digest = Sha256::digest(content);
    digest[..4].iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn names(packages: &[Fetched]) -> Vec<String> {
    packages.iter().map(|package| format!("{} {}", package.name, package.version)).collect()
}

/// The finding that a call was refused for.
fn refusal<T: std::fmt::Debug>(result: Result<T>) -> Finding {
    match result.unwrap_err() {
        Error::Refused { mut findings, .. } => findings.remove(0),
        error => panic!("{error:?}"),
    }
}
