//! What there is to meet dependencies by.

use std::collections::BTreeMap;

use crate::mip::{IndexJson, SOURCE_VARIANT};
use crate::name::normalized_name;

/// A package that dependencies can be met by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvailablePackage {
    /// The name as the index spells it.
    pub name: String,
    /// The versions that it has as source code, as it spells them, in any order.
    pub versions: Vec<String>,
}

/// What there is to meet dependencies by.
pub trait PackageIndex {
    /// The package of this name; where there is none, one whose name is the same by PEP 503.
    fn find(&self, name: &str) -> Option<AvailablePackage>;

    /// The names of all packages.
    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_>;

    /// Whether a package that is not here cannot be had.
    fn is_complete(&self) -> bool {
        true
    }

    /// Why a package that is not here may be had all the same, where this is not complete.
    fn reservation(&self) -> &'static str {
        "no index was given"
    }

    /// What to do about a package that cannot be had, where the usual advice does not fit.
    fn hint(&self) -> Option<&str> {
        None
    }
}

impl PackageIndex for IndexJson {
    fn find(&self, name: &str) -> Option<AvailablePackage> {
        let package = self.package(name).or_else(|| {
            let normal = normalized_name(name);
            self.packages.iter().find(|package| normalized_name(&package.name) == normal)
        })?;
        let mut versions = package.versions.get(SOURCE_VARIANT).cloned().unwrap_or_default();
        if versions.is_empty() && !package.version.is_empty() {
            versions.push(package.version.clone());
        }
        Some(AvailablePackage { name: package.name.clone(), versions })
    }

    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(self.packages.iter().map(|package| package.name.as_str()))
    }
}

/// Releases that are at hand, such as the inputs of a call.
///
/// ```
/// use mpconvert::translate::{PackageIndex, AvailableVersions};
///
/// let offers: AvailableVersions = [("Foo", "1.0"), ("foo", "1.1")].into_iter().collect();
/// assert_eq!(offers.find("FOO").unwrap().versions, ["1.0", "1.1"]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct AvailableVersions(BTreeMap<String, AvailablePackage>);

impl AvailableVersions {
    /// Adds a release; releases belong to one package if their names are the same by PEP 503.
    pub fn add(&mut self, name: &str, version: &str) {
        let offer = self.0.entry(normalized_name(name));
        let offer = offer
            .or_insert_with(|| AvailablePackage { name: name.to_owned(), versions: Vec::new() });
        offer.versions.push(version.to_owned());
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for AvailableVersions {
    fn from_iter<T: IntoIterator<Item = (&'a str, &'a str)>>(releases: T) -> Self {
        let mut offers = Self::default();
        releases.into_iter().for_each(|(name, version)| offers.add(name, version));
        offers
    }
}

impl PackageIndex for AvailableVersions {
    fn find(&self, name: &str) -> Option<AvailablePackage> {
        self.0.get(&normalized_name(name)).cloned()
    }

    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(self.0.values().map(|offer| offer.name.as_str()))
    }
}

/// An index of which nothing is known.
#[derive(Clone, Copy, Debug)]
pub struct UnknownIndex;

impl PackageIndex for UnknownIndex {
    fn find(&self, _: &str) -> Option<AvailablePackage> {
        None
    }

    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(std::iter::empty())
    }

    fn is_complete(&self) -> bool {
        false
    }
}

/// An index that devices use unless they are told to use another one.
#[derive(Clone, Copy, Debug)]
pub struct AssumedIndex<'a>(pub &'a IndexJson);

impl PackageIndex for AssumedIndex<'_> {
    fn find(&self, name: &str) -> Option<AvailablePackage> {
        self.0.find(name)
    }

    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        PackageIndex::names(self.0)
    }

    fn is_complete(&self) -> bool {
        false
    }

    fn reservation(&self) -> &'static str {
        "micropython-lib's index does not have it"
    }
}

/// Several catalogs as one: a package has the versions that any of them has, and is spelled as the
/// first of them spells it that has it.
///
/// ```
/// use mpconvert::translate::{PackageIndex, PackageIndexes, AvailableVersions};
///
/// let index: AvailableVersions = [("foo_bar", "1.0")].into_iter().collect();
/// let inputs: AvailableVersions = [("foo-bar", "1.1")].into_iter().collect();
/// let offer = PackageIndexes(vec![&index, &inputs]).find("foo-bar").unwrap();
/// assert_eq!(offer.name, "foo_bar");
/// assert_eq!(offer.versions, ["1.0", "1.1"]);
/// ```
pub struct PackageIndexes<'a>(pub Vec<&'a dyn PackageIndex>);

impl PackageIndex for PackageIndexes<'_> {
    fn find(&self, name: &str) -> Option<AvailablePackage> {
        let mut offers = self.0.iter().filter_map(|catalog| catalog.find(name));
        let mut all = offers.next()?;
        for version in offers.flat_map(|offer| offer.versions) {
            if !all.versions.contains(&version) {
                all.versions.push(version);
            }
        }
        Some(all)
    }

    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(self.0.iter().flat_map(|catalog| catalog.names()))
    }

    fn is_complete(&self) -> bool {
        self.0.iter().all(|catalog| catalog.is_complete())
    }

    fn reservation(&self) -> &'static str {
        let incomplete = self.0.iter().find(|catalog| !catalog.is_complete());
        incomplete.map_or("", |catalog| catalog.reservation())
    }
}
