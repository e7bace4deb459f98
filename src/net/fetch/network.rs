//! How servers are reached.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use reqwest::Url;

use super::login::Secret;
use super::parallel::CONNECTIONS;

/// How servers are reached.
#[derive(Clone, Debug)]
pub struct Network {
    /// The file or folder with the certificates of authorities that are trusted. By default those that
    /// `REQUESTS_CA_BUNDLE`, `CURL_CA_BUNDLE`, `SSL_CERT_FILE` and `SSL_CERT_DIR` name, else those of
    /// the system.
    pub certificates: Option<PathBuf>,
    /// Hosts whose certificates are not checked: `host` or `host:port`.
    pub trusted_hosts: Vec<String>,
    /// The URL of a proxy. By default those of `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`.
    pub proxy: Option<Secret>,
    /// Requests that are under way at a time.
    pub connections: usize,
    /// Receives the progress.
    pub progress: Progress,
}

/// Called with the number of bytes of each part that arrives.
#[derive(Clone, Default)]
pub struct Progress(Option<Arc<dyn Fn(u64) + Send + Sync>>);

impl Default for Network {
    fn default() -> Self {
        Self {
            certificates: None,
            trusted_hosts: Vec::new(),
            proxy: None,
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
    /// Calls `told` for each part.
    pub fn new(told: impl Fn(u64) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(told)))
    }

    pub(super) fn received(&self, bytes: u64) {
        if let Some(told) = &self.0 {
            told(bytes);
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
