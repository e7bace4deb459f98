//! Logins that a server sends back.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem::Finder;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};

use crate::net::fetch::login::Login;

impl Login {
    /// Whether `data` contains it. Text that is too short to be secret is never found.
    pub(super) fn is_in(&self, data: &[u8]) -> bool {
        let forms = self.forms();
        // In URLs it is encoded, each letter or some.
        let decoded = Cow::from(percent_decode(data));
        forms.iter().any(|form| {
            let form = Finder::new(form);
            form.find(data).is_some() || form.find(&decoded).is_some()
        })
    }

    /// The ways in which its secret can be written, each long enough to be secret.
    pub(super) fn forms(&self) -> Vec<String> {
        const SHORTEST: usize = 4;
        // A name without password is a token.
        let secret = if self.password.reveal().is_empty() { &self.user } else { &self.password };
        let secret = secret.reveal();
        if secret.len() < SHORTEST {
            return Vec::new();
        }
        let header = format!("{}:{}", self.user.reveal(), self.password.reveal());
        let encoded = [header.as_str(), secret]
            .into_iter()
            .flat_map(|text| [STANDARD_NO_PAD.encode(text), URL_SAFE_NO_PAD.encode(text)]);
        let escaped = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
        let mut forms: Vec<String> =
            [secret.to_owned(), escaped].into_iter().chain(encoded).collect();
        forms.sort();
        forms.dedup();
        forms
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::fetch::Secret;

    #[test]
    fn a_login_is_found_however_it_is_written() {
        let login =
            |user, password| Login { user: Secret::new(user), password: Secret::new(password) };
        let mine = login("m@e", "hunt:er2");
        assert!(mine.is_in(b"x hunt%3aer2%") && mine.is_in(b"x%68unt:er2"));
        assert!(mine.is_in(b"x hunt:er2 y") && !mine.is_in(b"x hunter2 m@e y"));
        assert!(mine.is_in(b"\"bUBlOmh1bnQ6ZXIy\""), "the header `Authorization`");
        assert!(login("token", "").is_in(b"a token"));
    }
}
