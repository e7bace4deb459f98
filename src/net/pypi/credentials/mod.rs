//! As whom an index is asked, found as pip finds it: in the URL, in netrc, and from the program
//! `keyring` once the server wants a password.

mod keyring;
mod netrc;

use std::path::Path;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use url::Url;

use crate::net::fetch::{Account, KeyringLookup, Login, Secret};
use crate::program::Environment;

/// The user's name and the password in a URL, of which the latter may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    user: Secret,
    password: Option<Secret>,
}

impl Given {
    /// Takes them out of the URL.
    pub(crate) fn take(url: &mut Url) -> Option<Self> {
        let decoded =
            |text: &str| Secret::new(percent_decode_str(text).decode_utf8_lossy().into_owned());
        let given = Self { user: decoded(url.username()), password: url.password().map(decoded) };
        // These fail for URLs that have no host, and so no user.
        let _ = (url.set_username(""), url.set_password(None));
        let is_empty = given.user.reveal().is_empty() && given.password.is_none();
        (!is_empty).then_some(given)
    }
}

/// As whom the index at `url` is asked: by the login given in it, the file `netrc`, and the program
/// `keyring`, found in that environment, if it may be asked.
pub(super) fn account(
    url: &Url,
    given: Option<&Given>,
    netrc: Option<&Path>,
    keyring: Option<&Environment>,
) -> Account {
    if let Some(Given { user, password: Some(password) }) = given {
        let login = Login { user: user.clone(), password: password.clone() };
        return Account::new(url, Some(login), None);
    }
    let user = given.map(|given| given.user.clone());
    let in_netrc = netrc.zip(url.host_str()).and_then(|(path, host)| netrc::login(path, host));
    // A name alone may be a token, which is all that a server wants.
    let login =
        in_netrc.or_else(|| user.clone().map(|user| Login { user, password: Secret::new("") }));
    let later = user.zip(keyring.cloned()).map(|(user, environment)| -> KeyringLookup {
        let url = url.clone();
        Arc::new(move || keyring::login(&url, &user, &environment))
    });
    Account::new(url, login, later)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_left_without_login() {
        for (text, user, password) in [
            ("https://m%40e:a%3Ab@host/simple", "m@e", Some("a:b")),
            ("https://token@host/simple", "token", None),
            ("https://:x@host/simple", "", Some("x")),
            ("https://me:@host/simple", "me", None),
        ] {
            let mut url = Url::parse(text).unwrap();
            let password = password.map(Secret::new);
            assert_eq!(Given::take(&mut url), Some(Given { user: Secret::new(user), password }));
            assert_eq!(url.as_str(), "https://host/simple");
            assert_eq!(Given::take(&mut url), None);
        }
    }
}
