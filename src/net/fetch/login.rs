//! User names and passwords, which go to one origin only and are never shown.

use std::fmt;
use std::sync::{Arc, OnceLock};

use percent_encoding::percent_decode_str;
use url::Url;

use crate::redact::Secret;

/// A user's name, which may be a token and as secret, and the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The name.
    pub user: Secret,
    /// The password; empty if there is none.
    pub password: Secret,
}

/// Where a password is looked for once a server wants one.
pub type KeyringLookup = Arc<dyn Fn() -> Option<Login> + Send + Sync>;

/// The login for a server. It is sent only to servers of its origin.
#[derive(Clone, Default)]
pub struct Account(Option<Arc<Known>>);

struct Known {
    origin: Origin,
    login: Option<Login>,
    later: Option<KeyringLookup>,
    asked: OnceLock<Option<Login>>,
}

/// Scheme, host and port: what a browser takes for one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin(String, String, Option<u16>);

impl Login {
    /// The login in a URL, decoded; `None` if there is none.
    pub(super) fn of_url(url: &Url) -> Option<Self> {
        let (user, password) = (url.username(), url.password().unwrap_or_default());
        let is_empty = user.is_empty() && password.is_empty();
        (!is_empty).then(|| Self { user: decoded(user), password: decoded(password) })
    }
}

fn decoded(text: &str) -> Secret {
    Secret::new(percent_decode_str(text).decode_utf8_lossy())
}

impl Account {
    /// The account at the origin of `url`: `login` is sent at once, what `later` gives once the server
    /// wants more.
    #[must_use]
    pub fn new(url: &Url, login: Option<Login>, later: Option<KeyringLookup>) -> Self {
        if login.is_none() && later.is_none() {
            return Self::default();
        }
        let asked = OnceLock::new();
        Self(Some(Arc::new(Known { origin: Origin::of(url), login, later, asked })))
    }

    /// The login to send to `url`.
    pub(super) fn login(&self, url: &Url) -> Option<&Login> {
        let known = self.at(url)?;
        known.asked.get().and_then(Option::as_ref).or(known.login.as_ref())
    }

    /// The login to send to `url` after `tried` was refused, if there is another.
    pub(super) fn other_login(&self, url: &Url, tried: Option<&Login>) -> Option<&Login> {
        let known = self.at(url)?;
        let later = known.later.as_ref()?;
        let found = known.asked.get_or_init(|| later()).as_ref()?;
        (Some(found) != tried).then_some(found)
    }

    fn at(&self, url: &Url) -> Option<&Known> {
        self.0.as_deref().filter(|known| known.origin == Origin::of(url))
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = self.0.as_ref().map(|known| &known.origin);
        out.debug_tuple("Account").field(&origin).finish()
    }
}

impl Origin {
    pub(super) fn of(url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default().to_owned();
        Self(url.scheme().to_owned(), host, url.port_or_known_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn login(user: &str, password: &str) -> Login {
        Login { user: Secret::new(user), password: Secret::new(password) }
    }

    #[test]
    fn a_login_goes_to_its_origin_only() {
        let mine = login("me", "hunter2");
        let account = Account::new(&url("https://host/simple/"), Some(mine.clone()), None);
        for own in ["https://host/x", "https://HOST:443/", "https://other@host/"] {
            assert_eq!(account.login(&url(own)), Some(&mine), "{own}");
        }
        for other in [
            "http://host/x",
            "https://host:444/x",
            "https://other/x",
            "https://host.other/x",
            "https://sub.host/x",
            "http://host:443/x",
        ] {
            assert_eq!(account.login(&url(other)), None, "{other}");
            assert_eq!(account.other_login(&url(other), None), None, "{other}");
        }
    }

    #[test]
    fn passwords_are_looked_for_once() {
        let count = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let later: KeyringLookup = Arc::new(move || {
            counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            Some(login("me", "hunter2"))
        });
        let host = url("https://host");
        let account = Account::new(&host, Some(login("me", "")), Some(later));
        assert_eq!(account.login(&host), Some(&login("me", "")));
        assert_eq!(account.other_login(&host, account.login(&host)), Some(&login("me", "hunter2")));
        assert_eq!(account.login(&host), Some(&login("me", "hunter2")));
        assert_eq!(account.other_login(&host, account.login(&host)), None);
        assert_eq!(count.load(std::sync::atomic::Ordering::SeqCst), 1);
    }

    #[test]
    fn nothing_shows_a_login() {
        let mine = Login::of_url(&url("https://m%40e:hunt%3Aer2@host")).unwrap();
        assert_eq!((mine.user.reveal(), mine.password.reveal()), ("m@e", "hunt:er2"));
        let account = Account::new(&url("https://host"), Some(mine.clone()), None);
        for shown in [format!("{mine:?}"), format!("{account:?}")] {
            assert!(!shown.contains("hunt") && !shown.contains("m@e"), "{shown}");
        }
        assert_eq!(Login::of_url(&url("https://host")), None);
    }
}
