//! One package with the files of many.

use std::collections::BTreeSet;
use std::sync::Arc;

use pep440_rs::Version;

use super::bundle::Bundle;
use super::{MipArtifact, MipOptions, compiled};
use crate::digest::sha256;
use crate::error::Result;
use crate::mip::{Dependency, SOURCE_VARIANT};
use crate::package::{File, Package};
use crate::write;

/// Makes one package of `packages` in memory: it is pinned, and in no circle, since it depends on
/// nothing but those `deps` for which no index is known. It has the metadata of
/// `about`, or the name alone. Of several files of one path the first counts.
///
/// # Errors
/// [`Error::Refused`](crate::Error::Refused), and those of
/// [`Client::closure`](crate::net::mip::Client::closure).
pub fn flat(
    packages: &[&Package],
    about: Option<&Package>,
    name: Option<&str>,
    deps: &[Dependency],
    options: MipOptions,
) -> Result<MipArtifact> {
    let name = about.map_or(name.unwrap_or("flat"), |package| &package.name);
    let mut package = match about {
        Some(about) => Package { files: Vec::new(), ..about.clone() },
        None => Package::empty(name, Version::new([0])),
    };
    let mut bundle = Bundle::of(Vec::new());
    for one in packages {
        bundle.add(&one.files, &one.file_stem());
        if about.is_none_or(|about| about.name != one.name) {
            package.findings.extend(one.findings.iter().cloned());
        }
    }
    let mut deps = deps.to_vec();
    if options.client.has_index() && !deps.is_empty() {
        let (fetched, findings) = options.client.closure(&deps, SOURCE_VARIANT)?;
        bundle.note(findings);
        for one in &fetched {
            bundle.add(&one.files, &format!("{} {}", one.name, one.version));
        }
        deps.clear();
    }
    let (files, findings) = bundle.into_parts();
    package.files = files;
    package.findings.extend(findings);
    let input_size = package.files.iter().map(|file| file.data.len() as u64).sum();
    compiled(&mut package, &options)?;
    let url_base = options.url_base.clone();
    let mip = write::mip(&package, &write::MipOptions { url_base, in_place: false, deps });
    let mut mip = mip.map_err(|error| error.of_input(&name, Vec::new()))?;
    if about.is_none() {
        mip.package_json.version = None;
    }
    let hash = |file: &File| (file.path.clone(), sha256(&file.data));
    mip.package_json.sha256 = package.files.iter().map(hash).collect();
    package.findings.extend(mip.findings.iter().cloned());
    let folder = String::new();
    let (declared, options) = (BTreeSet::new(), Arc::new(options));
    Ok(MipArtifact { package, mip, input_size, folder, declared, options })
}
