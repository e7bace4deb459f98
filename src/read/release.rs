//! Unites the archives of one release: the payload of the best one, the metadata of all. A project
//! is united with itself.

use std::cmp::Reverse;

use pep440_rs::Version;

use super::archive::{SDIST_SUFFIXES, WHEEL_SUFFIX};
use super::backend::layout;
use super::build;
use super::dependencies::reconcile;
use super::distribution::{Content, Distribution};
use super::source_tree::SourceTree;
use crate::finding::{Code, Finding};
use crate::package::{File, Origin, Package};
use crate::path::MemberPath;
use crate::program::Interpreter;
use crate::requirement::TargetEnvironment;

/// How the archives of a release are turned into a package.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Where reading stops.
    pub limits: super::Limits,
    /// The environment for which sources of dependencies are compared.
    pub environment: TargetEnvironment,
    /// The Python that runs the project's own build tool where the install layout is not known
    /// from a wheel; `None` never runs any code.
    pub build: Option<Interpreter>,
    /// Whether a project whose version is unknown is read without one.
    pub unversioned: bool,
    /// The version of projects whose configuration does not say it.
    pub version: Option<Version>,
}

/// Makes the package of a release from its archives, of which there must be one at least.
///
/// # Errors
/// All findings, at least one of them an error.
pub(super) fn merge(
    mut distributions: Vec<Distribution>,
    options: &ReadOptions,
) -> Result<Package, Vec<Finding>> {
    distributions.sort_by_cached_key(rank);
    if let (Some(python), Some(sdist)) = (&options.build, distributions.first())
        && let Content::Sdist { tree, root } = &sdist.content
    {
        let mut wheel = build::wheel(&sdist.archive, tree, root, python, options.limits)?;
        wheel.belongs_to(sdist);
        distributions.insert(0, wheel);
    }
    let mut findings = Vec::new();
    let mut rest = distributions.into_iter();
    let Some(mut best) = rest.next() else { return Err(Vec::new()) };
    findings.append(&mut best.findings);
    findings.append(&mut best.uncertain);
    let mut declarations = best.declarations;
    let is_built = matches!(best.content, Content::Wheel { .. });
    for mut other in rest {
        findings.append(&mut other.findings);
        // A wheel has the result of a build.
        if !is_built {
            findings.append(&mut other.uncertain);
        }
        if best.content.differs_from(&other.content) {
            findings.push(
                Finding::new(
                    Code::PayloadsDiffer,
                    format!("files that differ from those in {}", best.archive),
                )
                .at(&other.archive),
            );
        }
        for field in best.metadata.merge(&other.metadata) {
            findings.push(
                Finding::new(
                    Code::SourcesOfMetadataDiffer,
                    format!("a different {field} from {}", best.archive),
                )
                .at(&other.archive),
            );
        }
        declarations.append(&mut other.declarations);
    }
    let name = best.identity.name;
    let (requirements, noticed) = reconcile(declarations, &name, &options.environment);
    findings.extend(noticed);
    best.metadata.set_requirements(&requirements);

    let (files, noticed) = payload(&best.archive, best.content, &name);
    findings.extend(noticed);
    if findings.iter().any(Finding::is_error) && files.is_empty() {
        return Err(findings);
    }
    Ok(Package {
        name,
        version: best.identity.version,
        is_versioned: best.identity.is_versioned,
        metadata: best.metadata,
        requirements,
        files,
        findings,
    })
}

/// The payload of the archive that gives it, as far as there is one, and the findings.
fn payload(archive: &str, content: Content, name: &str) -> (Vec<File>, Vec<Finding>) {
    let laid_out = match content {
        Content::Wheel { files, platform: None } => Ok((files, Vec::new())),
        Content::Wheel { platform: Some(tag), .. } => Err(vec![
            Finding::new(Code::NativeCode, format!("a wheel for {tag}"))
                .at(archive)
                .expected("a wheel tagged none-any"),
        ]),
        Content::Sdist { tree, root } => lay_out(archive, &tree, name, |path| {
            let path = path.inside(&root).ok()?;
            Some(Origin::Member { archive: archive.to_owned(), path })
        }),
        Content::Project { tree } => {
            lay_out(archive, &tree, name, |path| Some(Origin::Source { path: path.clone() }))
        }
    };
    laid_out.unwrap_or_else(|findings| (Vec::new(), findings))
}

/// Which archive of a release gives the payload: a pure wheel before a source distribution before
/// a wheel for a platform; among wheels, one for Python 3 first, then the highest build tag.
fn rank(distribution: &Distribution) -> (u8, usize, Reverse<u64>, String) {
    let name = distribution.archive.to_ascii_lowercase();
    let stem = name.strip_suffix(WHEEL_SUFFIX).unwrap_or(&name);
    let parts: Vec<&str> = stem.split('-').collect();
    let (kind, within, build) = match (&distribution.content, &parts[..]) {
        (Content::Wheel { platform: None, .. }, parts) => {
            let is_old = !parts.iter().rev().nth(2).is_some_and(|tag| tag.contains("py3"));
            (0, usize::from(is_old), build_number(parts))
        }
        (Content::Sdist { .. }, _) => {
            let ending = SDIST_SUFFIXES.iter().position(|ending| name.ends_with(ending));
            (1, ending.unwrap_or(SDIST_SUFFIXES.len()), 0)
        }
        (Content::Project { .. }, _) => (1, SDIST_SUFFIXES.len(), 0),
        (Content::Wheel { platform: Some(_), .. }, _) => (2, 0, 0),
    };
    (kind, within, Reverse(build), name)
}

/// The number that a wheel's build tag starts with, 0 without one.
fn build_number(parts: &[&str]) -> u64 {
    let [_, _, build, _, _, _] = parts else { return 0 };
    let digits = build.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(build.len());
    build[..digits].parse().unwrap_or(0)
}

type Payload = Result<(Vec<File>, Vec<Finding>), Vec<Finding>>;

/// The payload by the static rules of the project's build tool. `origin` says where a file of the
/// tree came from.
fn lay_out(
    archive: &str,
    tree: &SourceTree,
    name: &str,
    origin: impl Fn(&MemberPath) -> Option<Origin>,
) -> Payload {
    let layout = layout::derive(tree, name).map_err(|findings| with_barriers(findings, tree))?;
    let mut files = Vec::with_capacity(layout.files.len());
    for placed in layout.files {
        // Rules only place files that they found in the tree; unreadable files are faults of the tree.
        let Some(data) = tree.get(placed.source.as_str()) else { continue };
        let Some(origin) = origin(&placed.source) else { continue };
        files.push(File { path: placed.target, data: data.clone(), origin });
    }
    let mut findings = layout.findings;
    findings.extend(tree.faults().cloned());
    findings.push(
        Finding::new(Code::LayoutDerived, format!("by the rules of {}", layout.rules)).at(archive),
    );
    Ok((files, findings))
}

/// Why there is no layout, which may also be a file that cannot be read.
fn with_barriers(mut findings: Vec<Finding>, tree: &SourceTree) -> Vec<Finding> {
    for finding in tree.faults().chain(tree.barriers().take(MAX_BARRIERS)) {
        if !findings.contains(finding) {
            findings.push(finding.clone());
        }
    }
    findings
}

/// Files that are named where one of them may be why there is no layout.
const MAX_BARRIERS: usize = 10;
