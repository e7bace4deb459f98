//! One package with the files of all, since mip has no solver.

use crate::error::Result;
use crate::mip::Dependency;
use crate::ops::inputs::Job;
use crate::ops::mip::{self, Layout, MipArtifact, MipOptions};
use crate::ops::packages;
use crate::package::Package;
use crate::resolve::{Resolved, SkipReason, Skipped};

/// Makes one package of all releases in memory: those that the call names come first, so that their files count
/// where several have the same. What clients get from elsewhere is put into it if there is an index,
/// and else is what it depends on. `None` if there is nothing to put into it.
///
/// # Errors
/// Those of [`mip::flat`].
pub fn flat<'a>(
    jobs: impl Iterator<Item = (&'a Resolved, Job)>,
    left: &[&Skipped],
    options: MipOptions,
    name: Option<&str>,
) -> Result<Option<MipArtifact>> {
    let (mut roots, mut others) = (Vec::new(), Vec::new());
    for (release, job) in jobs {
        let place = if release.is_root { &mut roots } else { &mut others };
        for package in packages(&job) {
            place.push(package?);
        }
    }
    let replaced = left.iter().filter_map(|left| match &left.why {
        SkipReason::Replaced(by) => Some(by.clone()),
        SkipReason::BuiltIn | SkipReason::Dropped | SkipReason::Refused => None,
    });
    let mut deps: Vec<Dependency> = replaced.collect();
    deps.sort();
    deps.dedup();
    if roots.is_empty() && others.is_empty() && deps.is_empty() {
        return Ok(None);
    }
    let about = match &roots[..] {
        [only] if name.is_none() => Some(only),
        _ => None,
    };
    let options = MipOptions { layout: Layout::Folder, ..options };
    let all: Vec<&Package> = roots.iter().chain(&others).collect();
    mip::flat(&all, about, name, &deps, options).map(Some)
}
