//! Dependencies that are given by the URL of a repository.

use crate::mip::{Dependency, HEAD, Place};

/// The hosts that mip knows, with their short forms.
const HOSTS: [(&str, &str); 3] =
    [("github.com", "github"), ("gitlab.com", "gitlab"), ("codeberg.org", "codeberg")];

/// The repository at the URL of a dependency, as mip names it; `None` for all that mip cannot
/// fetch.
pub(super) fn repository(url: &str) -> Option<Dependency> {
    let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
    let address = url.strip_prefix("git+")?;
    let address = ["https://", "http://", "ssh://", "git://"]
        .iter()
        .find_map(|scheme| address.strip_prefix(scheme))
        .unwrap_or(address);
    let address = address.strip_prefix("git@").unwrap_or(address);
    let end = address.find(['/', ':'])?;
    let (host, path) = address.split_at_checked(end)?;
    let (_, short) = HOSTS.iter().find(|(name, _)| host.eq_ignore_ascii_case(name))?;
    let path = path.get(1..)?;
    let (path, version) = match path.split_once('@') {
        Some((path, version)) if !version.is_empty() => (path, version),
        _ => (path, HEAD),
    };
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    // Groups within groups cannot be said.
    if path.split('/').count() != 2 {
        return None;
    }
    let folder = fragment.split('&').find_map(|part| part.strip_prefix("subdirectory="));
    let folder = folder.map(|folder| folder.trim_matches('/')).filter(|folder| !folder.is_empty());
    let text = match folder {
        Some(folder) => format!("{short}:{path}/{folder}"),
        None => format!("{short}:{path}"),
    };
    let place: Place = text.parse().ok()?;
    Some(Dependency { name: place.to_string(), version: version.to_owned() })
}
