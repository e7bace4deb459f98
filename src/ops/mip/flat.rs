//! One package with the files of many.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use pep440_rs::Version;

use super::bundle::Bundle;
use super::{MipJob, MipOptions, Packed, Release, WrittenPackage, compiled, of_input, store};
use crate::digest::sha256;
use crate::error::Result;
use crate::mip::{Dependency, SOURCE_VARIANT};
use crate::ops::inputs::Job;
use crate::options::ConvertOptions;
use crate::package::{File, Package};
use crate::read::Input;
use crate::write;

/// Makes one package of `packages` and writes it into the folder `out`: it is pinned, and in no circle,
/// since it depends on nothing but those `deps` for which no index is known. It has the metadata of
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
    convert: &ConvertOptions,
    out: &Path,
) -> Result<Packed> {
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
    let job = Job {
        input: Input::Archives(vec![name.into()]),
        options: Arc::new(convert.clone()),
        out: out.to_owned(),
    };
    let of = MipJob { job, options: Arc::new(options) };
    let release = Release { input_size, ..Release::new(package.clone(), &of, true) };
    compiled(&mut package, &of.options)?;
    let in_place = false;
    let mip = write::mip(&package, &write::MipOptions { url_base: release.url(), in_place, deps });
    let mut mip = mip.map_err(|error| of_input(error, &release))?;
    if about.is_none() {
        mip.package_json.version = None;
    }
    let hash = |file: &File| (file.path.clone(), sha256(&file.data));
    mip.package_json.sha256 = package.files.iter().map(hash).collect();
    package.findings.extend(mip.findings.iter().cloned());
    store(&release, WrittenPackage { mip, package }, &mut HashMap::new())
}
