//! Packages for mip: a `package.json` and the files that it names.

mod about;
mod stored;

use bytes::Bytes;

pub use about::about;
use stored::StoredNames;

use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::mip::{Dependency, MipUrl, PackageJson, percent_encoded};
use crate::package::{self, File, Origin, Package};
use crate::path::MemberPath;

/// The name of the file that clients ask for.
pub const PACKAGE_JSON: &str = "package.json";

/// Content of a `package.json` that does not come from the package.
#[derive(Clone, Debug, Default)]
pub struct MipOptions {
    /// Where the folder of the `package.json` will be served; without it URLs are relative.
    pub url_base: Option<MipUrl>,
    /// Whether the files remain in the folder of their project, which also contains the
    /// `package.json`.
    pub in_place: bool,
    /// The dependencies.
    pub deps: Vec<Dependency>,
}

/// A package for mip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mip {
    /// The `package.json`.
    pub package_json: PackageJson,
    /// The files beside it, sorted by installed path; none if they remain in their project.
    pub files: Vec<(MemberPath, Bytes)>,
    /// All findings.
    pub findings: Vec<Finding>,
}

/// Makes the `package.json` of `package`, and chooses the paths of its files beside it.
///
/// A file whose path would change in a URL gets a name of letters, digits, `.`, `_` and `-`, and is
/// still installed under its path. So the folder works over HTTP and for mpremote, which opens
/// local files by the URL without decoding it.
///
/// # Errors
/// [`Error::Refused`] for a finding that refuses it.
///
/// ```no_run
/// use mpconvert::write::{MipOptions, mip};
///
/// let package = mpconvert::read("dist/foo_bar-0.1.0.tar.gz")?;
/// let made = mip(&package, &MipOptions::default())?;
/// std::fs::write("package.json", made.package_json.to_text())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn mip(package: &Package, options: &MipOptions) -> Result<Mip> {
    let mut findings = package::installable(package);
    let mut files = Vec::new();
    let mut urls = Vec::with_capacity(package.files.len());
    let mut names = StoredNames::beside(package.files.iter().map(|file| &file.path));
    for file in &package.files {
        let path = match &file.origin {
            Origin::Source { path } if options.in_place => path.clone(),
            _ if options.in_place => {
                findings.push(no_source(file));
                continue;
            }
            _ => {
                let name = names.name(&file.path);
                files.push((name.clone(), file.data.clone()));
                name
            }
        };
        let url = match &options.url_base {
            Some(base) => base.join(&path).to_string(),
            None => percent_encoded(&path),
        };
        if options.url_base.is_none() && url != path.as_str() {
            let finding = Finding::new(Code::UrlNotLocal, format!("the URL `{url}`"));
            findings.push(finding.at(path.as_str()));
        }
        urls.push((file.path.clone(), url));
    }
    findings.extend(needs(options));
    if package.findings.iter().chain(&findings).any(Finding::is_error) {
        let findings = package.findings.iter().cloned().chain(findings).collect();
        return Err(Error::Refused { input: package.file_stem(), findings });
    }
    let package_json = PackageJson { urls, deps: options.deps.clone(), ..about(package) };
    Ok(Mip { package_json, files, findings })
}

fn no_source(file: &File) -> Finding {
    let found = match &file.origin {
        Origin::Member { archive, .. } => format!("a member of {archive}"),
        Origin::Fetched { place } => format!("a file of {place}"),
        Origin::Generated { by } => format!("a file made by {by}"),
        Origin::Source { path } => path.to_string(),
    };
    let expected = "a file of the project";
    Finding::new(Code::NoSource, found).at(file.path.as_str()).expected(expected)
}

/// Which versions of the clients understand the URLs.
fn needs(options: &MipOptions) -> Option<Finding> {
    let finding = |found: &str, expected| {
        Finding::new(Code::UrlsNeedVersion, found).at(PACKAGE_JSON).expected(expected)
    };
    match &options.url_base {
        None => Some(finding("relative URLs", "MicroPython 1.25 or newer")),
        Some(base) if base.as_str().starts_with("codeberg:") => Some(
            finding("URLs that start with `codeberg:`", "MicroPython 1.29 or newer")
                .hint("for older versions, set --url-base to the URL of the raw files on the host"),
        ),
        Some(_) => None,
    }
}
