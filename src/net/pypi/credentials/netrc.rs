//! Logins in `.netrc`.

use std::path::Path;

use crate::file;
use crate::net::fetch::{Login, Secret};

/// Bytes of a file at most.
const MAX_SIZE: u64 = 16 << 20;

/// The login for a host in the file at `path`. A file that cannot be read has none.
pub(super) fn login(path: &Path, host: &str) -> Option<Login> {
    find(&String::from_utf8_lossy(&file::read(path, MAX_SIZE).ok()?), host)
}

/// The login of the last entry for this host, else of the one for all others.
fn find(text: &str, host: &str) -> Option<Login> {
    let mut words = words(text).into_iter().peekable();
    let (mut found, mut default) = (None, None);
    while let Some(word) = words.next() {
        let entry = match word.as_str() {
            "machine" => (words.next()? == host).then_some(&mut found),
            "default" => Some(&mut default),
            _ => return None,
        };
        let (mut user, mut account, mut password) = (None, None, None);
        while let Some(key) = words.next_if(|word| word != "machine" && word != "default") {
            match key.as_str() {
                "login" | "user" => user = words.next(),
                "account" => account = words.next(),
                "password" => password = words.next(),
                // A file that is not a netrc is ignored.
                _ => return None,
            }
        }
        if let Some(entry) = entry {
            let user = user.filter(|user| !user.is_empty()).or(account).unwrap_or_default();
            let password = Secret::new(password.unwrap_or_default());
            *entry = Some(Login { user: Secret::new(user), password });
        }
    }
    found.or(default)
}

/// The words of the file without macros and comments. Quotes hold words with spaces together, and a
/// backslash takes the next letter as it is.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let mut letters = line.chars().peekable();
        loop {
            while letters.next_if(|letter| letter.is_whitespace()).is_some() {}
            let Some(&first) = letters.peek() else { break };
            // Passwords may start with it, names of keys do not.
            let is_value = words.last().is_some_and(|word| is_key(word));
            if first == '#' && !is_value {
                break;
            }
            let word = word(&mut letters);
            if word == "macdef" && !is_value {
                // A macro ends at an empty line.
                lines.by_ref().find(|line| line.trim().is_empty());
                break;
            }
            words.push(word);
        }
    }
    words
}

fn is_key(word: &str) -> bool {
    ["machine", "login", "user", "account", "password"].contains(&word)
}

fn word(letters: &mut std::iter::Peekable<std::str::Chars>) -> String {
    let is_quoted = letters.next_if_eq(&'"').is_some();
    let mut word = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted => break,
            '\\' => word.extend(letters.next()),
            _ if letter.is_whitespace() && !is_quoted => break,
            _ => word.push(letter),
        }
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(String, String)> {
        let login = find(text, "host")?;
        Some((login.user.reveal().to_owned(), login.password.reveal().to_owned()))
    }

    #[test]
    fn entries_are_found_by_host() {
        let me = |password: &str| Some(("me".to_owned(), password.to_owned()));
        for (text, expected) in [
            ("machine host login me password x", me("x")),
            ("machine host\n  login me\n  password x\n", me("x")),
            ("machine other login you password y\nmachine host login me password x", me("x")),
            ("machine host login me password x default login you", me("x")),
            ("default login me password x", me("x")),
            ("machine host account me password x", me("x")),
            ("# machine\nmachine host login me password #x # y", me("#x")),
            ("machine host login me password \"a b\\\"c\"", me("a b\"c")),
            ("macdef init\nmachine host\n\nmachine host login me password x", me("x")),
            ("machine host password x login me", me("x")),
            ("machine host.other login you password y", None),
            ("machine host nonsense", None),
            ("machine", None),
            ("", None),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }
}
