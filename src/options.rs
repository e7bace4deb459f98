//! The options that operations take.

use std::collections::BTreeSet;

use crate::adapt::{Resources, Selection};
use crate::name::normalized_name;
use crate::package::Package;
use crate::read::ReadOptions;
use crate::translate::{Aliases, DependencyOptions};
use crate::write::StoreOptions;

/// How releases are converted.
#[derive(Clone, Debug)]
pub struct ConvertOptions {
    /// How archives are read.
    pub read: ReadOptions,
    /// Which files are kept.
    pub selection: Selection,
    /// In which forms data files go to the device.
    pub resources: Resources,
    /// Extras whose dependencies are wanted too.
    pub extras: Vec<String>,
    /// Other names for dependencies.
    pub aliases: Aliases,
    /// Normalised names of dependencies that cannot be had.
    pub missing: BTreeSet<String>,
    /// Names of dependencies that may be left out if they cannot be had.
    pub allow_missing: Vec<String>,
    /// Whether `pip install` shall take the archives, too.
    pub pip_installable: bool,
    /// The time of all members, in seconds since 1970.
    pub mtime: u64,
    /// Whether an existing output with other content is overwritten.
    pub force: bool,
    /// Whether everything is done but the writing.
    pub dry_run: bool,
}

impl ConvertOptions {
    /// 1980-01-01, the first moment that a zip archive can hold, so that repacking never fails.
    pub const DEFAULT_MTIME: u64 = 315_532_800;

    /// How results are stored.
    #[must_use]
    pub fn store_options(&self) -> StoreOptions {
        StoreOptions { force: self.force, dry_run: self.dry_run }
    }

    /// Which dependencies of the release are wanted, and by which names.
    #[must_use]
    pub fn dependencies_of(&self, package: &Package) -> DependencyOptions {
        self.dependencies().providing(&package.metadata.provides_extra)
    }

    /// The same of releases of which it is not known which extras they have.
    #[must_use]
    pub fn dependencies(&self) -> DependencyOptions {
        DependencyOptions {
            environment: self.read.environment.clone(),
            extras: self.extras.clone(),
            provided: BTreeSet::new(),
            aliases: self.aliases.clone(),
            missing: self.missing.clone(),
            allow_missing: self.allow_missing.iter().map(|name| normalized_name(name)).collect(),
        }
    }
}

impl Default for ConvertOptions {
    fn default() -> Self {
        Self {
            read: ReadOptions::default(),
            selection: Selection::default(),
            resources: Resources::default(),
            extras: Vec::new(),
            aliases: Aliases::default(),
            missing: BTreeSet::new(),
            allow_missing: Vec::new(),
            pip_installable: false,
            mtime: Self::DEFAULT_MTIME,
            force: false,
            dry_run: false,
        }
    }
}
