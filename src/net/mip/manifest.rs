//! The `package.json` of packages, before their files are downloaded.

use super::budget::Budget;
use super::named::{Base, Named, indexed, unsafe_reference};
use super::{Client, Failure, NotThere, refused};
use crate::error::{Error, Result};
use crate::mip::url::raw_url;
use crate::mip::{Dependency, PackageJson};
use crate::net::fetch::Location;
use crate::path::MemberPath;
use crate::translate::mip::PackageIndex;

/// A package whose files are not fetched yet.
#[derive(Clone, Debug)]
pub(super) struct Manifest {
    /// By what it was asked for.
    pub(super) wanted: Dependency,
    /// The version that it has.
    pub(super) version: String,
    pub(super) json: PackageJson,
    pub(super) base: Base,
    /// Its dependencies that are not left out.
    pub(super) deps: Vec<Dependency>,
}

impl Client {
    /// Reads the `package.json` of the package.
    pub(super) fn manifest(
        &self,
        wanted: &Dependency,
        variant: &str,
        budget: &Budget,
    ) -> Result<Manifest, Failure> {
        match Named::of(&wanted.name) {
            Named::Indexed(name) => self.indexed(wanted, name, variant, budget),
            Named::File(url) => Ok(single_file(wanted, url)?),
            Named::Package(url) => {
                let fault = |fault| {
                    refused(wanted, unsafe_reference(&url).expected(format!("a URL, but {fault}")))
                };
                let location = Location::Url(raw_url(&url, &wanted.version).map_err(fault)?.into());
                self.read(wanted, &location, Base::of_url(&url), budget)
            }
            Named::Local(path) => {
                let location = Location::Path(path.to_owned());
                self.read(wanted, &location, Base::of_path(path), budget)
            }
        }
    }

    fn indexed(
        &self,
        wanted: &Dependency,
        name: &str,
        variant: &str,
        budget: &Budget,
    ) -> Result<Manifest, Failure> {
        let index = self.index(name)?;
        let path =
            indexed(variant, name, &wanted.version).map_err(|fault| refused(wanted, fault))?;
        let location = match index {
            // A local file name is not percent-encoded.
            Location::Path(_) => {
                index.join(&format!("package/{variant}/{name}/{}.json", wanted.version))
            }
            Location::Url(_) => index.join(&path),
        };
        match self.read(wanted, &location, Base::of_location(&location), budget) {
            Err(Failure::NotThere(what)) => {
                Err(Failure::NotThere(NotThere { offered: Some(self.what_there_is(name)), ..what }))
            }
            manifest => {
                let mut manifest = manifest?;
                if let Some(version) = &manifest.json.version {
                    manifest.version.clone_from(version);
                }
                Ok(manifest)
            }
        }
    }

    fn read(
        &self,
        wanted: &Dependency,
        location: &Location,
        base: Base,
        budget: &Budget,
    ) -> Result<Manifest, Failure> {
        // A version, too, may be replaced, or the index by another one at its address.
        let text =
            budget.take(budget.limits.package_json, |limit| self.fetcher.get(location, limit));
        let text = text.map_err(Failure::of(wanted))?;
        let json = PackageJson::parse(&text, &location.to_string())
            .map_err(|findings| Error::Refused { input: wanted.to_string(), findings })?;
        for dep in &json.deps {
            // mpremote would read any file of the machine that it runs on.
            if matches!(Named::of(&dep.name), Named::Local(_)) {
                let finding = unsafe_reference(&dep.name).at(location.to_string());
                let finding = finding.expected("a package of the index, or a URL");
                return Err(refused(wanted, finding).into());
            }
        }
        let deps = json.deps.clone();
        Ok(Manifest { wanted: wanted.clone(), version: wanted.version.clone(), json, base, deps })
    }

    /// The variants and versions in the index for a package that is missing.
    fn what_there_is(&self, name: &str) -> String {
        let Ok(index) = self.index_json() else { return "a package of the index".to_owned() };
        let Some(package) = index.find(name).and_then(|offer| index.package(&offer.name)) else {
            return "a package of the index, which has none of this name".to_owned();
        };
        let variants = package.versions.iter();
        let variants =
            variants.map(|(variant, versions)| format!("{variant} ({})", versions.join(", ")));
        let variants = variants.collect::<Vec<_>>().join(", ");
        format!("`{}` in one of its variants: {variants}", package.name)
    }
}

/// A file by its URL, which is a package of its own.
fn single_file(wanted: &Dependency, url: &str) -> Result<Manifest> {
    let name = url.rsplit_once('/').map_or(url, |(_, name)| name);
    let target: MemberPath = name.parse().map_err(|fault| {
        refused(wanted, unsafe_reference(url).expected(format!("a file's name, but it is {fault}")))
    })?;
    let json = PackageJson { urls: vec![(target, url.to_owned())], ..PackageJson::default() };
    Ok(Manifest {
        wanted: wanted.clone(),
        version: wanted.version.clone(),
        json,
        base: Base::of_url(url),
        deps: Vec::new(),
    })
}
