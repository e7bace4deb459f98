//! Passwords from the program `keyring`, as pip asks it.

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use url::Url;

use crate::net::fetch::{Login, Secret};
use crate::program::Environment;

/// How long to wait: keyring may ask the user to unlock it.
const PATIENCE: Duration = Duration::from_mins(2);

/// Bytes of the longest password.
const MAX_LENGTH: u64 = 64 << 10;

/// The password of `user` for the index at `url`, else for its host.
pub(super) fn login(url: &Url, user: &Secret, environment: &Environment) -> Option<Login> {
    let index = format!("{}/", url.as_str().trim_end_matches('/'));
    let host = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str()?),
        None => url.host_str()?.to_owned(),
    };
    let password = [index, host].iter().find_map(|service| password(service, user, environment))?;
    Some(Login { user: user.clone(), password })
}

fn password(service: &str, user: &Secret, environment: &Environment) -> Option<Secret> {
    // Its backends are plugins, with variables of their own.
    let isolation = environment.inherited().ok()?;
    let mut child = environment
        .find(Path::new("keyring"))
        .ok()?
        .command(&isolation)
        .args(["get", service, user.reveal()])
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        // Its messages could contain secrets.
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    // It has ended, or is ended, before more is written than a pipe holds.
    let is_fine = has_ended_well(&mut child);
    let mut text = Vec::new();
    child.stdout.take()?.take(MAX_LENGTH).read_to_end(&mut text).ok()?;
    let text = String::from_utf8(text).ok()?;
    is_fine.then(|| Secret::new(text.trim_end_matches(['\r', '\n'])))
}

fn has_ended_well(child: &mut Child) -> bool {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => thread::sleep(Duration::from_millis(10)),
            Err(_) => break,
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    false
}
