//! Clients, which keep connections: one that checks certificates, and one for hosts that are trusted
//! without.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::blocking::Client;
use reqwest::redirect::Policy;
use reqwest::{Proxy, Url};

use super::failure::reason;
use crate::fetch::{FetchFault, FetchOptions, roots};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// The clients. Each is made when it is first needed, since that takes time.
#[derive(Default)]
pub(super) struct Clients {
    checking: OnceLock<Result<Client, FetchFault>>,
    trusting: OnceLock<Result<Client, FetchFault>>,
}

impl Clients {
    /// The client that asks for `url`.
    pub(super) fn of(&self, url: &Url, options: &FetchOptions) -> Result<&Client, FetchFault> {
        let trusts = options.network.trusts(url);
        let client = if trusts { &self.trusting } else { &self.checking };
        client.get_or_init(|| client_for(options, trusts)).as_ref().map_err(Clone::clone)
    }
}

impl fmt::Debug for Clients {
    /// Clients show the proxy, in whose URL may be a password.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Clients")
    }
}

fn client_for(options: &FetchOptions, trusts: bool) -> Result<Client, FetchFault> {
    // It fails where a program that this is a part of has chosen another, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let fault = |error| FetchFault::Connection(reason(&error));
    let network = &options.network;
    let mut builder = Client::builder()
        .user_agent(concat!("mpconvert/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT.min(options.patience))
        .timeout(options.patience)
        // They are followed here, where it is known who may be told a password.
        .redirect(Policy::none())
        .referer(false);
    if let Some(proxy) = &network.proxy {
        // What is wrong with it may tell the password in it.
        let proxy = Proxy::all(proxy.reveal());
        let proxy = proxy.map_err(|_| FetchFault::Connection("the proxy is no URL".to_owned()))?;
        builder = builder.proxy(proxy);
    }
    if trusts {
        return builder.tls_danger_accept_invalid_certs(true).build().map_err(fault);
    }
    let variable = |name: &str| std::env::var_os(name);
    if let Some(roots) = roots::roots(network.certificates.as_deref(), &variable)? {
        builder = builder.tls_certs_only(roots);
    }
    builder.build().map_err(fault)
}
