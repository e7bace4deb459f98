//! Clients, which keep connections: one that checks certificates, one for hosts that are trusted
//! without, and one for those that have none.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::blocking::Client;
use reqwest::redirect::Policy;
use reqwest::{Proxy, Url};

use super::failure::reason;
use super::roots;
use crate::error::FetchError;
use crate::net::fetch::FetchOptions;
use crate::net::fetch::login::Login;
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
enum Verification {
    Check,
    Trust,
    /// It trusts no authority, and refuses every certificate.
    None,
}

impl Clients {
    /// The client that asks for `url`.
    pub(super) fn of(&self, url: &Url, options: &FetchOptions) -> Result<&Client, FetchError> {
        let (client, certificates) = if url.scheme() == "http" && !has_proxy(options) {
            // To learn which authorities there are takes longer than to fetch a file, and some
            // machines have none.
            (&self.plain, Verification::None)
        } else if options.network.trusts(url) {
            (&self.trusting, Verification::Trust)
        } else {
            (&self.checking, Verification::Check)
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
    options.network.proxy.is_some() || options.network.system_proxies.for_http
}

/// A proxy may send back the login that it gets.
fn remember_proxies(options: &FetchOptions) {
    for proxy in options.network.proxy.iter().chain(&options.network.system_proxies.urls) {
        // An invalid URL is reported when it is used.
        let login = Url::parse(proxy.reveal()).ok().and_then(|url| Login::of_url(&url));
        remember(login.iter().flat_map(Login::forms));
    }
}

fn client_for(options: &FetchOptions, certificates: Verification) -> Result<Client, FetchError> {
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
        Verification::Trust => builder.tls_danger_accept_invalid_certs(true),
        Verification::None => builder.tls_certs_only([]),
        Verification::Check => match roots::roots(&network.certificates)? {
            Some(roots) => builder.tls_certs_only(roots),
            None => builder,
        },
    };
    builder.build().map_err(fault)
}
