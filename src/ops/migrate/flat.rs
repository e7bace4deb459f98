//! One package with the files of all, since mip has no solver.

use crate::error::Result;
use crate::mip::Dependency;
use crate::ops::inputs::Job;
use crate::ops::mip::{self, Layout, MipArtifact, MipOptions};
use crate::ops::packages;
use crate::package::Package;
use crate::resolve::{Closure, Resolved, SkipReason};

/// Makes one package of all releases in memory: those that the call names come first, so that their files count
/// where several have the same. What clients get from elsewhere is put into it if there is an index,
/// and else is what it depends on.
///
/// # Errors
/// Those of [`mip::flat`].
pub fn flat<'a>(
    closure: &Closure,
    jobs: impl Iterator<Item = (&'a Resolved, Job)>,
    options: MipOptions,
    name: Option<&str>,
) -> Result<MipArtifact> {
    let (mut roots, mut others) = (Vec::new(), Vec::new());
    for (release, job) in jobs {
        let place = if release.is_root { &mut roots } else { &mut others };
        for package in packages(&job) {
            place.push(package?);
        }
    }
    let replaced = closure.resolution.left.iter().filter_map(|left| match &left.why {
        SkipReason::Replaced(by) => Some(by.clone()),
        SkipReason::BuiltIn | SkipReason::Dropped | SkipReason::Refused => None,
    });
    let mut deps: Vec<Dependency> = replaced.collect();
    deps.sort();
    deps.dedup();
    let about = match &roots[..] {
        [only] if name.is_none() => Some(only),
        _ => None,
    };
    let options = MipOptions { layout: Layout::Folder, ..options };
    let all: Vec<&Package> = roots.iter().chain(&others).collect();
    mip::flat(&all, about, name, &deps, options)
}
