//! From pages and folders to the files of a project.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use url::Url;

use super::client::FILE;
use super::config::IndexName;
use super::file_name;
use super::page::{self, Link, Links};
use super::project::{Project, ProjectFile};
use crate::digest::sha256;
use crate::error::{Error, Result};
use crate::file;
use crate::finding::{Code, Finding};
use crate::limits::MAX_PAGE;
use crate::net::fetch::{Fetcher, Location};

/// The page of a project in the folder of an index.
const PAGE_NAME: &str = "index.html";

impl Project {
    /// A project without releases.
    pub(super) fn new(name: &str, index: IndexName) -> Self {
        let (releases, findings) = (BTreeMap::new(), Vec::new());
        Self { name: name.to_owned(), index, releases, findings }
    }

    /// Adds the files of this project, and findings about those that cannot be used.
    pub(super) fn add(&mut self, links: Links, place: &Location) -> Result<()> {
        let mut without_hash = Vec::new();
        for link in links.files {
            let Some((version, kind)) = file_name::parse(&link.file_name, &self.name) else {
                continue;
            };
            let Link { file_name, url, sha256, .. } = link;
            let Some(location) = location(url) else { continue };
            let sha256 = match (sha256, &location) {
                (None, Location::Path(path)) => content(path)?.map(|(sha256, _)| sha256),
                (known, _) => known,
            };
            let Some(sha256) = sha256 else {
                without_hash.push(file_name);
                continue;
            };
            self.releases.entry(version).or_default().push(ProjectFile {
                file_name,
                kind,
                location,
                index: self.index,
                sha256,
                size: link.size,
                requires_python: link.requires_python,
                yanked: link.yanked,
                metadata_sha256: link.metadata_sha256,
                compiled: None,
            });
        }
        let subject = format!("{} on {place}", self.name);
        if let Some(first) = without_hash.first() {
            let found = format!("{} without SHA-256, such as {first}", without_hash.len());
            self.findings.push(Finding::new(Code::NoHash, found).at(&subject));
        }
        if let Some(first) = links.first_unusable {
            let found = format!("{} such links, the first is `{first}`", links.unusable);
            self.findings.push(Finding::new(Code::StrangeLink, found).at(&subject));
        }
        Ok(())
    }

    /// Adds what the folder of an index has: the links of a page in a folder of the project's name, as
    /// pip reads it, or else the files there. Returns whether there is such a folder.
    pub(super) fn add_folder_of(&mut self, index: &Path) -> Result<bool> {
        fs::read_dir(index).map_err(Error::io(index))?;
        let folder = index.join(&self.name);
        if !folder.is_dir() {
            return Ok(false);
        }
        let page = folder.join(PAGE_NAME);
        if !page.exists() {
            return self.add_files_of(&folder).map(|()| true);
        }
        let place = Location::Path(page.clone());
        let data = Fetcher::default().get(&place, MAX_PAGE)?;
        let base = Url::from_file_path(&page).map_err(|()| Error::Usage {
            message: format!("{}: the path of the index is relative", index.display()),
            help: "give its absolute path".to_owned(),
        })?;
        let links = page::read(&data, Some("text/html"), &base).map_err(|fault| {
            let finding = Finding::new(Code::InvalidPage, fault.to_string()).at(place.to_string());
            Error::Refused { input: place.to_string(), findings: vec![finding] }
        })?;
        self.add(links, &place).map(|()| true)
    }

    /// Adds the files of this project in a folder.
    pub(super) fn add_files_of(&mut self, folder: &Path) -> Result<()> {
        for entry in fs::read_dir(folder).map_err(Error::io(folder))? {
            let path = entry.map_err(Error::io(folder))?.path();
            let Some(file_name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            let Some((version, kind)) = file_name::parse(file_name, &self.name) else { continue };
            let Some((sha256, size)) = content(&path)? else { continue };
            self.releases.entry(version).or_default().push(ProjectFile {
                file_name: file_name.to_owned(),
                kind,
                location: Location::Path(path.clone()),
                index: self.index,
                sha256,
                size: Some(size),
                requires_python: None,
                yanked: None,
                metadata_sha256: None,
                compiled: None,
            });
        }
        Ok(())
    }

    /// Both together; that of the index comes first.
    pub(super) fn united(project: Option<Self>, found: Self) -> Option<Self> {
        let Some(mut project) = project else {
            return (!found.releases.is_empty()).then_some(found);
        };
        if !found.releases.is_empty() && !project.releases.is_empty() {
            let found = format!("in {} and in {}", project.index, found.index);
            project.findings.push(Finding::new(Code::InSeveralIndexes, found).at(&project.name));
        }
        for (version, files) in found.releases {
            let known = project.releases.entry(version).or_default();
            let names: HashSet<String> = known.iter().map(|one| one.file_name.clone()).collect();
            known.extend(files.into_iter().filter(|file| !names.contains(&file.file_name)));
        }
        project.findings.extend(found.findings);
        Some(project)
    }
}

/// The target of a link; `None` if it is not a path on this system.
fn location(url: String) -> Option<Location> {
    if !url.starts_with("file:") {
        return Some(Location::Url(url.into()));
    }
    Url::parse(&url).ok()?.to_file_path().ok().map(Location::Path)
}

/// The SHA-256 and the size of a file; `None` if it is not a regular file, or too large.
fn content(path: &Path) -> Result<Option<(String, u64)>> {
    let is_one = fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() <= FILE);
    if !is_one {
        return Ok(None);
    }
    let data = file::read(path, FILE).map_err(Error::io(path))?;
    Ok(Some((sha256(&data), data.len() as u64)))
}
