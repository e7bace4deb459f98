//! From the releases that were read to the changes of an index, as [`Target`], [`Plan`] and [`Edit`].
//!
//! The steps have this order, since each relies on those before it:
//!
//! 1. Names and versions are spelled as the index spells them, by which all else is looked up.
//! 2. Bundles get the files of their dependencies: their files are complete before they are compared.
//! 3. Files are compared with those that are published, which may refuse a release. The target is then
//!    complete.
//! 4. Releases are compiled, except for variants that are published.
//! 5. Dependencies are resolved among the index and the releases that are left.
//! 6. Packages that they lack are copied from the other index.
//! 7. Dependencies that would close a circle are left out, also of copies.
//! 8. The dependencies that are left are compared with those that are published, which may refuse a
//!    release.
//! 9. Copies that only refused releases needed are dropped.
//! 10. Dependencies that lack a variant are reported. Nothing is refused or dropped any more.

use super::base::{self, Copied};
use super::candidate::{self, Candidate};
use super::{AddOptions, Added, bundle, dependencies, variant};
use crate::error::Result;
use crate::net::fetch::{Fetcher, Location};
use crate::net::mip::Client;
use crate::write::index::{About, Edit, Index, Release};
use crate::write::store::Existing;
use crate::write::{self, StoreOptions};

/// Where the steps look things up.
pub(super) struct Sources<'a> {
    pub(super) index: &'a Index,
    /// Reads the index itself.
    own: Client,
    /// Reads the other index.
    base: Option<Client>,
    options: &'a AddOptions<'a>,
}

/// The releases as the index shall have them: their names and files.
pub(super) struct Target<'a>(Vec<Result<Candidate<'a>>>);

/// What the index will get, and what was refused.
pub(super) struct Plan<'a> {
    releases: Vec<Result<Candidate<'a>>>,
    copies: Vec<Copied>,
}

impl<'a> Sources<'a> {
    pub(super) fn new(index: &'a Index, dir: Location, options: &'a AddOptions<'a>) -> Self {
        let client = |index| Client::new(Fetcher::new(options.fetch.clone()), Some(index));
        Self { index, own: client(dir), base: options.base.clone().map(client), options }
    }

    fn store_options(&self) -> StoreOptions {
        StoreOptions { force: self.options.replace, dry_run: false }
    }
}

impl<'a> Target<'a> {
    /// Steps 1 to 3.
    pub(super) fn of(mut releases: Vec<Result<Candidate<'a>>>, sources: &Sources) -> Result<Self> {
        let Sources { index, own, base, .. } = sources;
        candidate::name(&mut releases, index);
        bundle::make(&mut releases, index, own, base.as_ref())?;
        candidate::compare(&mut releases, index, sources.store_options())?;
        Ok(Self(releases))
    }

    /// Steps 4 to 10.
    pub(super) fn plan(self, sources: &Sources) -> Result<Plan<'a>> {
        let Self(mut releases) = self;
        let Sources { index, base, options, .. } = sources;
        let AddOptions { bytecode, wanted, .. } = options;
        variant::make(&mut releases, index, bytecode)?;
        dependencies::resolve(&mut releases, index, base.as_ref())?;
        let mut copies = match base {
            Some(base) => base::fetch(&releases, wanted, index, base, bytecode)?,
            None => Vec::new(),
        };
        dependencies::cut(&mut releases, &mut copies, index);
        dependencies::compare(&mut releases, index, sources.store_options());
        base::keep_needed(&mut copies, &releases, wanted);
        variant::report_missing(&mut releases, &copies, index, bytecode);
        Ok(Plan { releases, copies })
    }
}

impl Plan<'_> {
    /// What changes in `index`.
    pub(super) fn edit(&self, index: &Index) -> Edit {
        let mut edit = Edit::default();
        for release in self.releases.iter().flatten() {
            put(release, index, &mut edit);
        }
        for copy in &self.copies {
            copy.put(&mut edit);
        }
        edit
    }

    /// What becomes of each release, and then of each copy.
    pub(super) fn into_results(self) -> Vec<Result<Added>> {
        let releases = self.releases.into_iter().map(|release| release.map(Added::of));
        releases.chain(self.copies.into_iter().map(|copy| Ok(Added::copied(copy)))).collect()
    }
}

fn put(candidate: &Candidate, index: &Index, edit: &mut Edit) {
    let Candidate { name, version, deps, variants, existing, .. } = candidate;
    if *existing == Existing::Different {
        edit.remove(name, Some(version));
    }
    for (variant, files) in variants {
        edit.put(Release {
            name: name.clone(),
            version: version.clone(),
            variant: variant.clone(),
            files: files.clone(),
            deps: deps.clone(),
        });
    }
    edit.mend(name);
    if !variants.is_empty() || !index.lists(name) {
        edit.describe(name, version, about(candidate));
    }
}

/// What the index says of the project, as its `package.json` would.
fn about(candidate: &Candidate) -> About {
    let about = write::about(&candidate.package);
    About {
        author: about.author.unwrap_or_default(),
        description: about.description.unwrap_or_default(),
        license: about.license.unwrap_or_default(),
        path: String::new(),
    }
}
