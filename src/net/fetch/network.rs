//! How servers are reached.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use url::Url;

use super::parallel::CONNECTIONS;
use crate::redact::Secret;

/// How servers are reached.
#[derive(Clone, Debug)]
pub struct Network {
    /// The certificates of authorities that are trusted.
    pub certificates: Certificates,
    /// Hosts whose certificates are not checked: `host` or `host:port`.
    pub trusted_hosts: Vec<String>,
    /// The URL of a proxy, in place of those of the system.
    pub proxy: Option<Secret>,
    /// The proxies that the system names by itself.
    pub system_proxies: SystemProxies,
    /// Requests that are under way at a time.
    pub connections: usize,
    /// Receives the progress.
    pub progress: Progress,
}

/// Where the certificates of authorities are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Certificates {
    /// Where the system keeps them.
    #[default]
    System,
    /// In this file, or in the files of this folder.
    Named(PathBuf),
    /// In this file and in those of these folders, of which some may be missing, as for OpenSSL.
    Several(Option<PathBuf>, Vec<PathBuf>),
}

/// What is known of the proxies that the client takes by itself (`HTTPS_PROXY` and the like).
#[derive(Clone, Debug, Default)]
pub struct SystemProxies {
    /// Their URLs, whose logins must not be shown.
    pub urls: Vec<Secret>,
    /// Whether one is for URLs without encryption.
    pub for_http: bool,
}

/// Receives the number of bytes of each part of a download.
#[derive(Clone, Default)]
pub struct Progress(Option<Arc<dyn Fn(u64) + Send + Sync>>);

impl Default for Network {
    fn default() -> Self {
        Self {
            certificates: Certificates::System,
            trusted_hosts: Vec::new(),
            proxy: None,
            system_proxies: SystemProxies::default(),
            connections: CONNECTIONS,
            progress: Progress::default(),
        }
    }
}

impl Network {
    /// Whether the host of `url` is trusted without a valid certificate.
    #[must_use]
    pub fn trusts(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        self.trusted_hosts.iter().any(|trusted| {
            let port =
                trusted.strip_prefix(host).map(|rest| rest.strip_prefix(':').unwrap_or(rest));
            match port {
                Some("") => true,
                Some(port) => port.parse().ok() == url.port_or_known_default(),
                None => false,
            }
        })
    }
}

impl Progress {
    /// Calls `on_progress` for each part.
    pub fn new(on_progress: impl Fn(u64) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(on_progress)))
    }

    pub(super) fn received(&self, bytes: u64) {
        if let Some(on_progress) = &self.0 {
            on_progress(bytes);
        }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Progress").field(&self.0.is_some()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_trusted_by_name_and_port() {
        let trusted_hosts = ["host", "other:8443", "[::1]"].map(str::to_owned).to_vec();
        let network = Network { trusted_hosts, ..Network::default() };
        let trusts = |url: &str| network.trusts(&Url::parse(url).unwrap());
        for url in ["https://host/x", "http://host:99", "https://other:8443/", "https://[::1]:8/"] {
            assert!(trusts(url), "{url}");
        }
        for url in ["https://host.x/", "https://other/", "https://host0/", "https://hos/"] {
            assert!(!trusts(url), "{url}");
        }
    }
}
