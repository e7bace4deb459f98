//! The lists: `index.json`, the packages, and which of their versions is the latest.

use std::collections::BTreeSet;

use super::version_path;
use crate::finding::{Code, Finding};
use crate::mip::LATEST;
use crate::write::index::contents::Published;
use crate::write::index::layout::is_fit;
use crate::write::index::look::Look;
use crate::write::index::version::latest;

/// Checks the lists of an index.
pub(super) fn check(look: &Look) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, variants) in &look.contents.packages {
        if !is_fit(name, LATEST) {
            findings.push(Finding::new(Code::UnfitForIndex, format!("the name `{name}`")));
        }
        for (variant, published) in variants {
            findings.extend(check_versions(variant, name, published));
            findings.extend(check_latest(variant, name, published));
        }
    }
    findings.extend(check_names(look));
    let (named, there) = (named(look), there(look));
    let differing = named.symmetric_difference(&there);
    // An interrupted removal has a code of its own.
    let reported = differing.filter(|release| !look.is_removing || named.contains(release));
    findings.extend(reported.map(|release| {
        let (variant, name, version) = release;
        let found =
            if there.contains(release) { "not in index.json" } else { "only in index.json" };
        Finding::new(Code::IndexDisagrees, found).at(version_path(variant, name, version))
    }));
    findings
}

/// A variant, a name and a version.
type Release<'a> = (&'a str, &'a str, &'a str);

fn named(look: &Look) -> BTreeSet<Release<'_>> {
    let packages = look.contents.json.packages.iter();
    packages
        .flat_map(|package| {
            package.versions.iter().flat_map(move |(variant, versions)| {
                versions.iter().map(move |version| (&variant[..], &package.name[..], &version[..]))
            })
        })
        .collect()
}

fn there(look: &Look) -> BTreeSet<Release<'_>> {
    let packages = look.contents.packages.iter();
    packages
        .flat_map(|(name, variants)| {
            variants.iter().flat_map(move |(variant, published)| {
                published
                    .releases
                    .keys()
                    .map(move |version| (&variant[..], &name[..], &version[..]))
            })
        })
        .collect()
}

/// That both lists have the same packages, each once and with its latest version.
fn check_names(look: &Look) -> Vec<Finding> {
    let disagrees = |found: String| Finding::new(Code::IndexDisagrees, found).at("index.json");
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for package in &look.contents.json.packages {
        let name = &package.name;
        if !seen.insert(name) {
            findings.push(disagrees(format!("`{name}` twice")));
        }
        if !look.contents.packages.contains_key(name) {
            findings.push(disagrees(format!("`{name}`, which is not a package")));
        }
        let expected = latest(package.versions.values().flatten().map(String::as_str));
        if let Some(expected) = expected.filter(|expected| *expected != package.version) {
            let found = format!("`{name}` with the version `{}`", package.version);
            let finding = Finding::new(Code::LatestWrong, found).at("index.json");
            findings.push(finding.expected(expected));
        }
    }
    let missing = look.contents.packages.keys();
    let missing = missing.filter(|name| !look.is_removing && !seen.contains(name));
    findings.extend(missing.map(|name| disagrees(format!("nothing of `{name}`"))));
    findings
}

/// Checks that each release has the version in its name.
fn check_versions(variant: &str, name: &str, published: &Published) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (version, entry) in &published.releases {
        let said = entry.json.as_ref().and_then(|json| json.version.as_deref());
        if let Some(said) = said.filter(|said| said != version) {
            let finding = Finding::new(Code::InvalidPackageJson, format!("the version `{said}`"));
            findings.push(finding.at(version_path(variant, name, version)).expected(version));
        }
    }
    findings
}

fn check_latest(variant: &str, name: &str, published: &Published) -> Option<Finding> {
    let expected = published.latest_version()?;
    let at = version_path(variant, name, LATEST);
    let wrong = |found: String| {
        Some(Finding::new(Code::LatestWrong, found).at(at.clone()).expected(expected))
    };
    let Some(entry) = &published.latest else { return wrong("no such file".to_owned()) };
    let json = entry.json.as_ref()?;
    let version = json.version.as_deref().unwrap_or_default();
    if version != expected {
        return wrong(format!("the version `{version}`"));
    }
    let of_version = published.releases.get(expected)?.json.as_ref()?;
    let is_same = (&json.hashes, &json.urls, &json.deps)
        == (&of_version.hashes, &of_version.urls, &of_version.deps);
    (!is_same).then(|| {
        let found = format!("other files or dependencies than {expected}.json has");
        Finding::new(Code::LatestDiffers, found).at(at)
    })
}
