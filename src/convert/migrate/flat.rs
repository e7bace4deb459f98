//! One package with the files of all, since mip has no solver.

use std::path::Path;

use super::Checked;
use crate::convert::ConvertOptions;
use crate::convert::mip::{self, Layout, MipOptions, Packed};
use crate::error::Result;
use crate::mip::Dependency;
use crate::package::Package;
use crate::resolve::{Closure, Why};

/// Makes one package of all releases: those that the call names come first, so that their files count
/// where several have the same. What clients get from elsewhere is put into it if there is an index,
/// and else is what it depends on.
pub(super) fn make(
    closure: &Closure,
    checked: &Checked,
    options: MipOptions,
    name: Option<&str>,
    convert: &ConvertOptions,
    out: &Path,
) -> Result<Packed> {
    let is_root = |package: &&Package| {
        let name = package.normalized_stem().replace('_', "-");
        closure.resolution.packages.iter().any(|one| one.is_root && one.name == name)
    };
    let (roots, others): (Vec<_>, Vec<_>) = checked.packages.iter().partition(is_root);
    let replaced = closure.resolution.left.iter().filter_map(|left| match &left.why {
        Why::Replaced(by) => Some(by.clone()),
        Why::BuiltIn | Why::Dropped | Why::Refused => None,
    });
    let mut deps: Vec<Dependency> = replaced.collect();
    deps.sort();
    deps.dedup();
    let about = match &roots[..] {
        [only] if name.is_none() => Some(*only),
        _ => None,
    };
    let options = MipOptions { layout: Layout::Folder, ..options };
    let all: Vec<&Package> = roots.iter().copied().chain(others).collect();
    mip::flat(&all, about, name, &deps, options, convert, out)
}
