//! Asks indexes for projects and files.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use url::Url;

use super::config::{Config, Index, IndexName};
use super::credentials;
use super::page::{self, Links};
use super::project::{Project, ProjectFile, note_compiled};
use crate::error::{Error, FetchError, Result};
use crate::finding::{Code, Finding};
use crate::limits::{MAX_PAGE, MAX_PROJECT_BYTES, WorkBudget};
use crate::name::normalized_name;
use crate::net::fetch::{Account, Certificates, FetchOptions, Fetcher, Location, Network, Page};

/// Bytes of a file.
pub(super) const FILE: u64 = 256 << 20;

/// Bytes of a file that may be in memory beside others.
const MAX_PARALLEL_FILE: u64 = 16 << 20;

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
    /// The bytes that further projects may take.
    bytes: WorkBudget,
    /// Held while a file that is larger than [`MAX_PARALLEL_FILE`] is in memory.
    large: Mutex<()>,
}

/// Bytes of the file at most.
fn size_limit(file: &ProjectFile) -> u64 {
    file.size.map_or(FILE, |size| size.min(FILE))
}

impl Pypi {
    /// Nothing is asked before there is something to get.
    ///
    /// # Errors
    /// [`Error::Usage`] for a configuration that makes no sense.
    pub fn new(config: &Config, options: FetchOptions) -> Result<Self> {
        let mut options = FetchOptions { attempts: ATTEMPTS, ..options };
        if let Some(timeout) = config.timeout {
            options.patience = timeout;
        }
        let network = &mut options.network;
        if let Some(cert) = &config.cert {
            network.certificates = Certificates::Named(cert.clone());
        }
        network.trusted_hosts.clone_from(&config.trusted_hosts);
        network.proxy.clone_from(&config.proxy);
        let places = config.indexes.iter().chain(&config.find_links);
        let accounts = places.map(|index| account(index, config, network));
        let accounts = accounts.collect::<Result<_>>()?;
        let config = config.clone();
        let bytes = WorkBudget::new(MAX_PROJECT_BYTES);
        Ok(Self {
            fetcher: Fetcher::new(options),
            config,
            accounts,
            known: Mutex::default(),
            bytes,
            large: Mutex::default(),
        })
    }

    /// The releases of a project, whose name need not be normalised: those in the first index that
    /// has the project, and the files in folders and pages. `None` if it is in none of them.
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
        if let Some(project) = &project {
            self.bytes.charge(project.cost()).map_err(|_| too_many(&name))?;
        }
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
        let Ok(mut url) = Url::parse(url.reveal()) else { return Ok(None) };
        url.set_path(&format!("{}.metadata", url.path()));
        let (location, account) =
            (Location::Url(String::from(url).into()), self.account(file.index));
        self.fetcher.get_by_hash(&location, sha256, METADATA, &account).map(Some)
    }

    /// The content of a file, verified against the hash in its index.
    ///
    /// # Errors
    /// [`Error::Fetch`] where it cannot be got, [`Error::Refused`] for other content.
    pub fn download(&self, file: &ProjectFile) -> Result<Bytes> {
        self.content(file, size_limit(file))
    }

    /// Gives the content of a file to `work`. Of large files, one is in memory at a time.
    ///
    /// # Errors
    /// As [`Pypi::download`].
    pub fn with_download<T>(&self, file: &ProjectFile, work: impl FnOnce(Bytes) -> T) -> Result<T> {
        let limit = size_limit(file);
        let is_known = file.size.is_some();
        if limit <= MAX_PARALLEL_FILE || !is_known {
            // An index need not say how large a file is; its server does before it sends it.
            match self.content(file, limit.min(MAX_PARALLEL_FILE)) {
                Err(Error::Fetch { fault: FetchError::TooLarge(_), .. })
                    if limit > MAX_PARALLEL_FILE => {}
                content => return content.map(work),
            }
        }
        let _alone = self.large.lock().unwrap_or_else(PoisonError::into_inner);
        self.content(file, limit).map(work)
    }

    fn content(&self, file: &ProjectFile, limit: u64) -> Result<Bytes> {
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

    /// Those of [`Fetcher::stale_copies`].
    #[must_use]
    pub fn stale_copies(&self) -> Vec<Finding> {
        self.fetcher.stale_copies()
    }

    /// The findings about those of the projects with these normalised names that were requested.
    /// Nothing is downloaded.
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
            project = self.project_of(index, name)?;
            if project.is_some() {
                break;
            }
        }
        for index in &self.config.find_links {
            let mut found = Project::new(name, index.name);
            match &index.location {
                Location::Path(folder) => found.add_files_of(folder)?,
                Location::Url(url) => {
                    found.add(self.links(url.reveal(), index.name)?, &index.location)?;
                }
            }
            project = Project::united(project, found);
        }
        if let Some(project) = &mut project {
            for files in project.releases.values_mut() {
                files.sort_by(|one, other| one.file_name.cmp(&other.file_name));
                note_compiled(files);
            }
        }
        Ok(project)
    }

    /// The project, if the index has it.
    fn project_of(&self, index: &Index, name: &str) -> Result<Option<Project>> {
        let mut project = Project::new(name, index.name);
        let is_there = match &index.location {
            Location::Path(folder) => project.add_folder_of(folder)?,
            Location::Url(base) => {
                match self.links(&format!("{}/{name}/", base.reveal()), index.name) {
                    Err(Error::Fetch { fault: FetchError::NotFound, .. }) => false,
                    links => project.add(links?, &index.location).map(|()| true)?,
                }
            }
        };
        Ok(is_there.then_some(project))
    }

    fn account(&self, index: IndexName) -> Account {
        self.accounts.get(&index).cloned().unwrap_or_default()
    }

    fn links(&self, url: &str, index: IndexName) -> Result<Links> {
        let location = Location::Url(url.into());
        let account = self.account(index);
        let page = self.fetcher.page(&location, page::ACCEPT, MAX_PAGE, &account)?;
        let Page { data, media_type, place } = page;
        let refused = |found: String| {
            let finding = Finding::new(Code::InvalidPage, found).at(location.to_string());
            Error::Refused { input: location.to_string(), findings: vec![finding] }
        };
        let base = Url::parse(&place).map_err(|error| refused(error.to_string()))?;
        page::read(&data, media_type.as_deref(), &base).map_err(|fault| refused(fault.to_string()))
    }
}

fn too_many(name: &str) -> Error {
    let found = format!("lists of files that take more than {} MiB", MAX_PROJECT_BYTES >> 20);
    let finding = Finding::new(Code::TooManyReleases, found).at(name);
    Error::Refused { input: name.to_owned(), findings: vec![finding] }
}

/// As whom an index is asked, which must be a place to trust.
fn account(index: &Index, config: &Config, network: &Network) -> Result<(IndexName, Account)> {
    let Location::Url(text) = &index.location else {
        return Ok((index.name, Account::default()));
    };
    let url = Url::parse(text.reveal()).map_err(|error| Error::Usage {
        message: format!("{}: {error}", index.location),
        help: "correct the URL".to_owned(),
    })?;
    if url.scheme() != "https" && !is_of_this_machine(&url) && !network.trusts(&url) {
        return Err(Error::Usage {
            message: format!("{}: an index without encryption", index.location),
            help: "use https://, or trust its host with --trusted-host or PIP_TRUSTED_HOST"
                .to_owned(),
        });
    }
    Ok((
        index.name,
        credentials::account(
            &url,
            index.given.as_ref(),
            config.netrc.as_deref(),
            config.keyring.as_ref(),
        ),
    ))
}

/// Whether the host is this machine, whose traffic no other machine sees.
fn is_of_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}
