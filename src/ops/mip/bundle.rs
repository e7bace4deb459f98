//! Packages with the files of all that they depend on.

use std::collections::BTreeMap;

use super::Release;
use super::dependencies::{Dependencies, Target};
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::mip::SOURCE_VARIANT;
use crate::name::normalized_name;
use crate::package::{File, Package};
use crate::path::MemberPath;
use crate::translate::Pinning;

/// Adds the files of all dependencies to `package`, which is the release at `place`. Of several
/// files with one path the first is kept, in the order in which clients install packages; its own
/// files come first.
///
/// # Errors
/// Those of [`Client::closure`](crate::net::mip::Client::closure).
pub(super) fn apply(
    package: &mut Package,
    place: usize,
    releases: &[Release],
    dependencies: &Dependencies,
) -> Result<()> {
    let mut bundle = Bundle::of(std::mem::take(&mut package.files));
    for target in dependencies.targets(place) {
        if let Target::Bundled(place) = target {
            let beside = &releases[*place].package;
            bundle.add(&beside.files, &beside.file_stem());
        }
    }
    let options = &releases[place].of.options;
    let elsewhere = dependencies.named(place);
    if options.pinning == Pinning::Bundle && !elsewhere.is_empty() {
        let (fetched, findings) = options.client.closure(&elsewhere, SOURCE_VARIANT)?;
        bundle.findings.extend(findings);
        // Who depends on the package has it in this version.
        let own = normalized_name(&package.name);
        for one in fetched.iter().filter(|one| normalized_name(&one.name) != own) {
            bundle.add(&one.files, &format!("{} {}", one.name, one.version));
        }
    }
    package.files = bundle.files.into_values().collect();
    package.findings.extend(bundle.findings);
    Ok(())
}

/// Files of several packages as those of one.
pub(in crate::ops) struct Bundle {
    files: BTreeMap<MemberPath, File>,
    findings: Vec<Finding>,
}

impl Bundle {
    /// Begins with the files of the package itself.
    pub(in crate::ops) fn of(files: Vec<File>) -> Self {
        let files = files.into_iter().map(|file| (file.path.clone(), file)).collect();
        Self { files, findings: Vec::new() }
    }

    /// Adds the files of another package, whose name in messages is `from`.
    pub(in crate::ops) fn add(&mut self, files: &[File], from: &str) {
        for file in files {
            let kept = self.files.entry(file.path.clone()).or_insert_with(|| file.clone());
            if kept.data != file.data {
                let found = format!("another content in {from}");
                self.findings.push(Finding::new(Code::BundleDiffers, found).at(file.path.as_str()));
            }
        }
    }

    /// Adds what was noticed elsewhere.
    pub(in crate::ops) fn note(&mut self, findings: impl IntoIterator<Item = Finding>) {
        self.findings.extend(findings);
    }

    /// All files, sorted by path, and what was noticed.
    pub(in crate::ops) fn into_parts(self) -> (Vec<File>, Vec<Finding>) {
        (self.files.into_values().collect(), self.findings)
    }
}
