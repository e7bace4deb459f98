//! How files are fetched on this machine.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use super::{Layer, RunLimit, cache};
use crate::error::Result;
use crate::net::fetch::{Certificates, FetchOptions, Network, RunBudget, Secret, SystemProxies};

type Variable<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// How files are fetched: kept in the user's cache, within the limits that the call gives, else the
/// environment, and by the certificates and proxies that the environment names. The time of the run
/// starts now. Other settings are not looked at.
///
/// # Errors
/// [`Error::Usage`](crate::Error::Usage) for a limit that is not a number.
pub fn fetch_options(call: &Layer) -> Result<FetchOptions> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let network = Network {
        certificates: certificates(&variable),
        system_proxies: proxies(&variable),
        ..Network::default()
    };
    let (cache, run) = (cache(FetchOptions::CACHE), budget(call, &variable)?);
    Ok(FetchOptions { cache, run, network, ..FetchOptions::default() })
}

/// What all downloads of a run may take together.
fn budget(call: &Layer, variable: Variable) -> Result<RunBudget> {
    let limits = |name: &str| {
        let is_limit = matches!(name, "MPCONVERT_MAX_RUN_TIME" | "MPCONVERT_MAX_DOWNLOAD");
        is_limit.then(|| variable(name))?
    };
    let environment = Layer::from_environment(limits)?;
    let limit = |call: Option<RunLimit>, environment: Option<RunLimit>, default| {
        call.or(environment).map_or(default, |limit| limit.0)
    };
    let seconds = limit(call.max_run_time, environment.max_run_time, RunBudget::DEFAULT_MAX_TIME);
    let bytes = limit(call.max_download, environment.max_download, RunBudget::DEFAULT_MAX_BYTES);
    Ok(RunBudget::new(Duration::from_secs(seconds), bytes))
}

/// Where the certificates of authorities are: variables are taken as pip takes them, and then as
/// OpenSSL does.
fn certificates(variable: Variable) -> Certificates {
    let named = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"].into_iter().find_map(variable);
    if let Some(path) = named {
        return Certificates::Named(path.into());
    }
    let (bundle, folders) = (variable("SSL_CERT_FILE"), variable("SSL_CERT_DIR"));
    if bundle.is_none() && folders.is_none() {
        return Certificates::System;
    }
    let folders = folders.iter().flat_map(std::env::split_paths).collect();
    Certificates::Several(bundle.map(PathBuf::from), folders)
}

/// The proxies that the client takes by itself.
fn proxies(variable: Variable) -> SystemProxies {
    let of = |name: &str| {
        [name.to_owned(), name.to_lowercase()].into_iter().filter_map(|name| variable(&name))
    };
    let for_http = ["HTTP_PROXY", "ALL_PROXY"].into_iter().flat_map(of).next().is_some();
    let urls = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"].into_iter().flat_map(of);
    let urls = urls.filter_map(|url| url.into_string().ok()).map(Secret::new).collect();
    SystemProxies { urls, for_http }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_is_named_counts() {
        let places = |variables: &[&str]| {
            let is_set = |name: &str| variables.contains(&name).then(|| name.to_lowercase().into());
            certificates(&is_set)
        };
        let named = |path: &str| Certificates::Named(path.into());
        assert_eq!(places(&[]), Certificates::System);
        assert_eq!(places(&["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"]), named("requests_ca_bundle"));
        assert_eq!(places(&["CURL_CA_BUNDLE", "SSL_CERT_DIR"]), named("curl_ca_bundle"));
        let file = Certificates::Several(Some("ssl_cert_file".into()), Vec::new());
        assert_eq!(places(&["SSL_CERT_FILE"]), file);
        let folder = Certificates::Several(None, vec!["ssl_cert_dir".into()]);
        assert_eq!(places(&["SSL_CERT_DIR"]), folder);
    }

    #[test]
    fn proxies_are_named_in_either_case() {
        let named = |name: &str| proxies(&|other| (other == name).then(|| "http://a:b@c".into()));
        for (name, for_http) in [("http_proxy", true), ("ALL_PROXY", true), ("https_proxy", false)]
        {
            let found = named(name);
            assert_eq!((found.for_http, found.urls.len()), (for_http, 1), "{name}");
        }
        assert!(named("NO_PROXY").urls.is_empty());
    }
}
