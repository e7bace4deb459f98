//! Asks indexes for projects and files.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use reqwest::Url;

use super::config::{Config, Index, IndexName};
use super::credentials;
use super::file_name;
use super::page::{self, Link, Links};
use super::project::{Project, ProjectFile};
use crate::check::{Code, Finding};
use crate::error::{Error, Result};
use crate::fetch::{Account, FetchFault, FetchOptions, Fetcher, Location, Network, Page, sha256};
use crate::package::normalized_name;

/// Bytes of a page; the largest that are known have a quarter.
const PAGE: u64 = 64 << 20;

/// Bytes of a file.
const FILE: u64 = 256 << 20;

/// Bytes of the metadata of a file.
const METADATA: u64 = 8 << 20;

/// How often a download is tried.
const ATTEMPTS: u32 = 4;

/// A project as far as it is known: not asked for, not there, or there.
type Known = Arc<Mutex<Option<Option<Arc<Project>>>>>;

/// Asks the indexes. May be shared by threads; each project is asked for once.
#[derive(Debug)]
pub struct Pypi {
    fetcher: Fetcher,
    config: Config,
    /// As whom each index is asked.
    accounts: HashMap<IndexName, Account>,
    known: Mutex<HashMap<String, Known>>,
}

impl Pypi {
    /// Nothing is asked before there is something to get.
    ///
    /// # Errors
    /// [`Error::Usage`] for a configuration that makes no sense.
    pub fn new(config: &Config, options: FetchOptions) -> Result<Self> {
        let mut options = FetchOptions { attempts: ATTEMPTS, ..options };
        if let Some(timeout) = &config.timeout {
            options.patience = timeout.value;
        }
        let network = &mut options.network;
        network.certificates = config.cert.as_ref().map(|told| told.value.clone());
        network.trusted_hosts =
            config.trusted_hosts.iter().map(|told| told.value.clone()).collect();
        network.proxy = config.proxy.as_ref().map(|told| told.value.clone());
        let places = config.indexes.iter().chain(&config.find_links);
        let accounts = places.map(|index| account(index, config.keyring, network));
        let accounts = accounts.collect::<Result<_>>()?;
        let config = config.clone();
        Ok(Self { fetcher: Fetcher::new(options), config, accounts, known: Mutex::default() })
    }

    /// The releases of a project, whose name may be spelled as people do: those of the first index
    /// that has the name, and the files of folders and pages. `None` where nobody has it.
    ///
    /// # Errors
    /// [`Error::Fetch`] where an index gives no answer, [`Error::Refused`] for a page that is none.
    pub fn project(&self, name: &str) -> Result<Option<Arc<Project>>> {
        let name = normalized_name(name);
        let known = {
            let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(name.clone()).or_default())
        };
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(project) = &*known {
            return Ok(project.clone());
        }
        let project = self.look_up(&name)?.map(Arc::new);
        Ok(known.insert(project).clone())
    }

    /// The metadata of a file, where its index offers them beside it (PEP 658).
    ///
    /// # Errors
    /// As [`Pypi::download`].
    pub fn metadata(&self, file: &ProjectFile) -> Result<Option<Bytes>> {
        let (Some(sha256), Location::Url(url)) = (&file.metadata_sha256, &file.location) else {
            return Ok(None);
        };
        let Ok(mut url) = Url::parse(url) else { return Ok(None) };
        url.set_path(&format!("{}.metadata", url.path()));
        let (location, account) = (Location::Url(url.into()), self.account(file.index));
        self.fetcher.get_by_hash(&location, sha256, METADATA, &account).map(Some)
    }

    /// The content of a file, which has the hash that its index tells.
    ///
    /// # Errors
    /// [`Error::Fetch`] where it cannot be got, [`Error::Refused`] for other content.
    pub fn download(&self, file: &ProjectFile) -> Result<Bytes> {
        let limit = file.size.map_or(FILE, |size| size.min(FILE));
        let account = self.account(file.index);
        self.fetcher.get_by_hash(&file.location, &file.sha256, limit, &account)
    }

    /// The indexes in a phrase, for messages.
    #[must_use]
    pub fn asked(&self) -> String {
        let places: Vec<String> = self
            .config
            .indexes
            .iter()
            .chain(&self.config.find_links)
            .map(|index| index.location.to_string())
            .collect();
        if places.is_empty() { "no index".to_owned() } else { places.join(", ") }
    }

    /// What was noticed on the way since the last call, sorted by place.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        self.fetcher.findings()
    }

    /// What is to be said of the projects of these normalised names, of those that were asked for:
    /// nobody is asked now.
    #[must_use]
    pub fn findings_of<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Vec<Finding> {
        let known = |name: &str| {
            let all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let known = Arc::clone(all.get(name)?);
            drop(all);
            known.lock().unwrap_or_else(PoisonError::into_inner).clone().flatten()
        };
        let projects = names.into_iter().filter_map(known);
        projects.flat_map(|project| project.findings.clone()).collect()
    }

    fn look_up(&self, name: &str) -> Result<Option<Project>> {
        let mut project = None;
        for index in &self.config.indexes {
            if let Some(links) = self.page_of(index, name)? {
                let mut found = Project::new(name, index.name);
                found.add(links, &index.location);
                project = Some(found);
                break;
            }
        }
        for index in &self.config.find_links {
            let mut found = Project::new(name, index.name);
            match &index.location {
                Location::Path(folder) => found.add_files_of(folder)?,
                Location::Url(url) => found.add(self.links(url, index.name)?, &index.location),
            }
            project = Project::united(project, found);
        }
        if let Some(project) = &mut project {
            for files in project.releases.values_mut() {
                files.sort_by(|one, other| one.file_name.cmp(&other.file_name));
            }
        }
        Ok(project)
    }

    /// The links on the page of a project, if the index has it.
    fn page_of(&self, index: &Index, name: &str) -> Result<Option<Links>> {
        let Location::Url(base) = &index.location else {
            return Err(Error::Usage {
                message: format!("{}: an index that is no URL", index.location),
                help: "give a folder with --find-links".to_owned(),
            });
        };
        match self.links(&format!("{base}/{name}/"), index.name) {
            Err(Error::Fetch { fault: FetchFault::NotFound, .. }) => Ok(None),
            links => links.map(Some),
        }
    }

    fn account(&self, index: IndexName) -> Account {
        self.accounts.get(&index).cloned().unwrap_or_default()
    }

    fn links(&self, url: &str, index: IndexName) -> Result<Links> {
        let location = Location::Url(url.to_owned());
        let account = self.account(index);
        let page = self.fetcher.page(&location, page::ACCEPT, PAGE, &account)?;
        let Page { data, media_type, place } = page;
        let refused = |found: String| {
            let finding = Finding::new(Code::InvalidPage, found).at(location.to_string());
            Error::Refused { input: location.to_string(), findings: vec![finding] }
        };
        let base = Url::parse(&place).map_err(|error| refused(error.to_string()))?;
        page::read(&data, media_type.as_deref(), &base).map_err(|fault| refused(fault.to_string()))
    }
}

/// As whom an index is asked, which must be a place to trust.
fn account(index: &Index, keyring: bool, network: &Network) -> Result<(IndexName, Account)> {
    let Location::Url(text) = &index.location else {
        return Ok((index.name, Account::default()));
    };
    let url = Url::parse(text).map_err(|error| Error::Usage {
        message: format!("{}: {error}", index.location),
        help: "correct the URL".to_owned(),
    })?;
    if url.scheme() != "https" && !is_of_this_machine(&url) && !network.trusts(&url) {
        return Err(Error::Usage {
            message: format!("{}: an index without encryption", index.location),
            help: "use https://, or trust its host by --trusted-host or PIP_TRUSTED_HOST"
                .to_owned(),
        });
    }
    Ok((index.name, credentials::account(&url, index.given.as_ref(), keyring)))
}

/// Whether the host is this machine, which nobody else listens to.
fn is_of_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

impl Project {
    fn new(name: &str, index: IndexName) -> Self {
        let (releases, findings) = (BTreeMap::new(), Vec::new());
        Self { name: name.to_owned(), index, releases, findings }
    }

    /// Adds the files that are of this project, and tells of those that cannot be used.
    fn add(&mut self, links: Links, place: &Location) {
        let mut without_hash = Vec::new();
        for link in links.files {
            let Some((version, kind)) = file_name::parse(&link.file_name, &self.name) else {
                continue;
            };
            let Link { file_name, url, sha256, .. } = link;
            let Some(sha256) = sha256 else {
                without_hash.push(file_name);
                continue;
            };
            self.releases.entry(version).or_default().push(ProjectFile {
                file_name,
                kind,
                location: Location::Url(url),
                index: self.index,
                sha256,
                size: link.size,
                requires_python: link.requires_python,
                yanked: link.yanked,
                metadata_sha256: link.metadata_sha256,
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
    }

    /// Adds the files of this project that lie in a folder.
    fn add_files_of(&mut self, folder: &Path) -> Result<()> {
        for entry in fs::read_dir(folder).map_err(Error::io(folder))? {
            let path = entry.map_err(Error::io(folder))?.path();
            let Some(file_name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            let Some((version, kind)) = file_name::parse(file_name, &self.name) else { continue };
            let metadata = fs::metadata(&path).map_err(Error::io(&path))?;
            if !metadata.is_file() || metadata.len() > FILE {
                continue;
            }
            let data = fs::read(&path).map_err(Error::io(&path))?;
            self.releases.entry(version).or_default().push(ProjectFile {
                file_name: file_name.to_owned(),
                kind,
                location: Location::Path(path.clone()),
                index: self.index,
                sha256: sha256(&data),
                size: Some(metadata.len()),
                requires_python: None,
                yanked: None,
                metadata_sha256: None,
            });
        }
        Ok(())
    }

    /// Both together; that of the index comes first.
    fn united(project: Option<Self>, found: Self) -> Option<Self> {
        let Some(mut project) = project else {
            return (!found.releases.is_empty()).then_some(found);
        };
        if !found.releases.is_empty() && !project.releases.is_empty() {
            let told = format!("in {} and in {}", project.index, found.index);
            project.findings.push(Finding::new(Code::InSeveralIndexes, told).at(&project.name));
        }
        for (version, files) in found.releases {
            let known = project.releases.entry(version).or_default();
            for file in files {
                if !known.iter().any(|one| one.file_name == file.file_name) {
                    known.push(file);
                }
            }
        }
        project.findings.extend(found.findings);
        Some(project)
    }
}
