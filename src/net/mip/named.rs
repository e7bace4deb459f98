//! The meaning of a dependency's name.

use std::path::{Path, PathBuf};

use crate::finding::{Code, Finding};
use crate::mip::url::{is_mip_url, percent_encoded, raw_url};
use crate::net::fetch::Location;
use crate::path::MemberPath;

/// The meaning of a name, by the rules of clients.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Named<'a> {
    /// A package of the index.
    Indexed(&'a str),
    /// The `package.json` at a URL or short form.
    Package(String),
    /// The one file at a URL or short form.
    File(&'a str),
    /// A `package.json` of this machine.
    Local(&'a Path),
}

/// The base of the relative URLs of a package.
#[derive(Clone, Debug)]
pub(super) enum Base {
    /// A URL or short form without a final slash.
    Web(String),
    /// A folder of this machine.
    Folder(PathBuf),
}

impl<'a> Named<'a> {
    pub(super) fn of(name: &'a str) -> Self {
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        if !is_mip_url(name) {
            return if ends(&[".json"]) {
                Self::Local(Path::new(name))
            } else {
                Self::Indexed(name)
            };
        }
        if ends(&[".py", ".mpy"]) {
            Self::File(name)
        } else if ends(&[".json"]) {
            Self::Package(name.to_owned())
        } else {
            let slash = if ends(&["/"]) { "" } else { "/" };
            Self::Package(format!("{name}{slash}package.json"))
        }
    }
}

impl Base {
    /// The folder of the file at this URL, short form or path.
    pub(super) fn of_url(url: &str) -> Self {
        Self::Web(url.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned())
    }

    pub(super) fn of_location(location: &Location) -> Self {
        match location {
            Location::Path(path) => Self::of_path(path),
            Location::Url(url) => Self::of_url(url.reveal()),
        }
    }

    pub(super) fn of_path(path: &Path) -> Self {
        Self::Folder(path.parent().unwrap_or(Path::new("")).to_owned())
    }

    /// The location of the file at `url` of a package, which may be relative; short forms use this
    /// branch or tag.
    pub(super) fn source(&self, url: &str, branch: &str) -> Result<Location, Finding> {
        let url_of = |text: &str| {
            raw_url(text, branch)
                .map(|url| Location::Url(url.into()))
                .map_err(|fault| unsafe_reference(text).expected(format!("a URL, but {fault}")))
        };
        match self {
            _ if is_mip_url(url) => url_of(url),
            Self::Web(base) => url_of(&format!("{base}/{url}")),
            Self::Folder(folder) => local_source(folder, url),
        }
    }
}

/// The file at `url` below the folder of a local package, not decoded: clients open it as it is.
fn local_source(folder: &Path, url: &str) -> Result<Location, Finding> {
    let path: MemberPath = url
        .parse()
        .map_err(|fault| unsafe_reference(url).expected(format!("a path, but it is {fault}")))?;
    let file = folder.join(path.as_str());
    let existing = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    // A link could lead to anything that the user may read.
    match (file.canonicalize(), existing.canonicalize()) {
        (Ok(real), Ok(folder)) if !real.starts_with(&folder) => {
            Err(unsafe_reference(url).expected("a file below the folder of the package.json"))
        }
        _ => Ok(Location::Path(file)),
    }
}

/// The path of a package below an index.
pub(super) fn indexed(variant: &str, name: &str, version: &str) -> Result<String, Finding> {
    let part = |text: &str| match text.parse::<MemberPath>() {
        Ok(path) if path.parts().count() == 1 && path.as_str() == text => {
            Ok(percent_encoded(&path))
        }
        _ => Err(unsafe_reference(text).expected("a name or version without `/` in it")),
    };
    Ok(format!("package/{}/{}/{}.json", part(variant)?, part(name)?, part(version)?))
}

/// The folder of an index that is given as a folder or as its `index.json`.
pub(super) fn root_of_index(index: Location) -> Location {
    match index {
        Location::Path(ref path) if path.ends_with("index.json") && !path.is_dir() => {
            Location::Path(path.parent().unwrap_or(Path::new("")).to_owned())
        }
        Location::Url(url) => {
            let url = url.reveal();
            Location::Url(url.strip_suffix("/index.json").unwrap_or(url).into())
        }
        Location::Path(_) => index,
    }
}

pub(super) fn unsafe_reference(text: &str) -> Finding {
    Finding::new(Code::UnsafeReference, format!("`{text}`"))
}
