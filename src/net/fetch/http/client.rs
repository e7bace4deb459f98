//! Clients, which keep connections: one that checks certificates, one for hosts that are trusted
//! without, and one for those that have none.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::blocking::Client;
use reqwest::redirect::Policy;
use reqwest::{Proxy, Url};

use super::failure::reason;
use crate::error::FetchError;
use crate::net::fetch::login::Login;
use crate::net::fetch::{FetchOptions, roots};
use crate::redact::remember;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// The clients. Each is made when it is first needed, since that takes time.
#[derive(Default)]
pub(super) struct Clients {
    checking: OnceLock<Result<Client, FetchError>>,
    trusting: OnceLock<Result<Client, FetchError>>,
    plain: OnceLock<Result<Client, FetchError>>,
}

/// What a client does with the certificates of servers.
#[derive(Clone, Copy)]
enum Certificates {
    Check,
    Trust,
    /// It knows no authority, and talks to nobody who shows one.
    None,
}

impl Clients {
    /// The client that asks for `url`.
    pub(super) fn of(&self, url: &Url, options: &FetchOptions) -> Result<&Client, FetchError> {
        let (client, certificates) = if url.scheme() == "http" && !has_proxy(options) {
            // To learn which authorities there are takes longer than to fetch a file, and some
            // machines have none.
            (&self.plain, Certificates::None)
        } else if options.network.trusts(url) {
            (&self.trusting, Certificates::Trust)
        } else {
            (&self.checking, Certificates::Check)
        };
        client.get_or_init(|| client_for(options, certificates)).as_ref().map_err(Clone::clone)
    }
}

impl fmt::Debug for Clients {
    /// Clients show the proxy, in whose URL may be a password.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Clients")
    }
}

/// Whether there may be a proxy, which may be asked by TLS.
fn has_proxy(options: &FetchOptions) -> bool {
    let variables = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
    let is_said = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    options.network.proxy.is_some() || variables.iter().any(is_said)
}

/// A proxy may send back the login that it gets.
fn remember_proxies(options: &FetchOptions) {
    let variables = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"];
    let variables = variables.iter().flat_map(|name| [(*name).to_owned(), name.to_lowercase()]);
    let named = options.network.proxy.as_ref().map(|proxy| proxy.reveal().to_owned());
    for proxy in named.into_iter().chain(variables.filter_map(|name| std::env::var(name).ok())) {
        // An invalid URL is reported when it is used.
        let login = Url::parse(&proxy).ok().and_then(|url| Login::of_url(&url));
        remember(login.iter().flat_map(Login::forms));
    }
}

fn client_for(options: &FetchOptions, certificates: Certificates) -> Result<Client, FetchError> {
    // It fails where a program that this is a part of has chosen another, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // The authorities of the system are what it may lack; to try again would not bring them.
    let fault = |error| FetchError::Roots(reason(&error));
    let network = &options.network;
    remember_proxies(options);
    let mut builder = Client::builder()
        .user_agent(concat!("mpconvert/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT.min(options.patience))
        .timeout(options.patience)
        // Redirections are followed here, because this code knows which hosts may receive a
        // password.
        .redirect(Policy::none())
        .referer(false);
    if let Some(proxy) = &network.proxy {
        // The error may contain the password.
        let proxy = Proxy::all(proxy.reveal());
        let proxy =
            proxy.map_err(|_| FetchError::Connection("the proxy is not a URL".to_owned()))?;
        builder = builder.proxy(proxy);
    }
    builder = match certificates {
        Certificates::Trust => builder.tls_danger_accept_invalid_certs(true),
        Certificates::None => builder.tls_certs_only([]),
        Certificates::Check => {
            let variable = |name: &str| std::env::var_os(name);
            match roots::roots(network.certificates.as_deref(), &variable)? {
                Some(roots) => builder.tls_certs_only(roots),
                None => builder,
            }
        }
    };
    builder.build().map_err(fault)
}
