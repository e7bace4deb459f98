//! The dependencies of local packages: other local packages, and packages in an index.

use std::collections::BTreeSet;

use pep440_rs::VersionSpecifiers;

use super::FreezeOptions;
use crate::error::Result;
use crate::mip::IndexJson;
use crate::name::normalized_name;
use crate::ops::gather::Local;
use crate::package::Package;
use crate::translate::{
    AvailablePackage, AvailableVersions, MipDependencies, PackageIndex, Pinning,
    to_mip_dependencies,
};

/// The local packages and those in an index. A local package hides all versions that the index has of
/// it.
struct LocalFirst<'a> {
    locals: AvailableVersions,
    index: Option<&'a IndexJson>,
}

impl PackageIndex for LocalFirst<'_> {
    fn find(&self, name: &str) -> Option<AvailablePackage> {
        self.locals.find(name).or_else(|| self.index?.find(name))
    }

    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(self.locals.names().chain(self.index.into_iter().flat_map(PackageIndex::names)))
    }

    fn hint(&self) -> Option<&str> {
        let without_index = "name an index with --index, freeze the dependency as well, or replace it \
                             in [tool.mpconvert.dependencies] (`false` drops it)";
        self.index.is_none().then_some(without_index)
    }
}

/// The dependencies of each local package. The index is fetched only if one has dependencies.
pub(super) fn dependencies(
    locals: &[Local],
    options: &FreezeOptions,
) -> Result<Vec<MipDependencies>> {
    let has_any = locals.iter().any(|local| !local.package.requirements.is_empty());
    let index = if has_any { options.client.optional_index()? } else { None };
    let offers =
        locals.iter().map(|local| (&local.package.name, local.package.version.to_string()));
    let offers: Vec<_> = offers.collect();
    let offers = offers.iter().map(|(name, version)| (name.as_str(), version.as_str()));
    let catalog = LocalFirst { locals: offers.collect(), index };
    let unversioned = locals.iter().filter(|local| local.is_module());
    let unversioned: BTreeSet<String> =
        unversioned.map(|local| normalized_name(&local.package.name)).collect();
    let of = |local: &Local| {
        let Package { name, requirements, .. } = &local.package;
        let mut requirements = requirements.clone();
        // A module has no version, so it satisfies every constraint.
        for requirement in &mut requirements {
            if unversioned.contains(&normalized_name(&requirement.name)) {
                requirement.specifiers = VersionSpecifiers::empty();
            }
        }
        to_mip_dependencies(&requirements, name, &local.options, Some(&catalog), Pinning::Pin)
    };
    Ok(locals.iter().map(of).collect())
}
