//! Dependencies that are given by the URL of a repository.

use crate::mip::{Dependency, HEAD, MipUrl};

/// The hosts that mip knows, with their short forms.
const HOSTS: [(&str, &str); 3] =
    [("github.com", "github"), ("gitlab.com", "gitlab"), ("codeberg.org", "codeberg")];

/// The repository at the URL of a dependency, as mip names it; `None` for all that mip cannot
/// fetch.
///
/// These are URLs as pip takes them, `git+https://host/organisation/repository@branch`, and those
/// that git takes, `git+git@host:organisation/repository`, which Poetry passes on.
pub(super) fn repository(url: &str) -> Option<Dependency> {
    let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (host, path) = host_and_path(url.strip_prefix("git+")?)?;
    let (_, scheme) = HOSTS.iter().find(|(name, _)| host.eq_ignore_ascii_case(name))?;
    let (path, version) = match path.split_once('@') {
        Some((path, "")) => (path, HEAD),
        Some((path, version)) => (path, version),
        None => (path, HEAD),
    };
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    // Groups within groups cannot be said.
    if path.split('/').count() != 2 || version.contains('?') {
        return None;
    }
    let mut place: MipUrl = format!("{scheme}:{path}").parse().ok()?;
    let folder = fragment.split('&').find_map(|part| part.strip_prefix("subdirectory="));
    if let Some(folder) = folder.map(|folder| folder.trim_matches('/')).filter(|f| !f.is_empty()) {
        place = place.join(&folder.parse().ok()?);
    }
    Some(Dependency { name: place.to_string(), version: version.to_owned() })
}

fn host_and_path(address: &str) -> Option<(&str, &str)> {
    let (authority, path) = match address.split_once("://") {
        Some((_, address)) => address.split_once('/')?,
        None => address.split_once(':')?,
    };
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    Some((host.split_once(':').map_or(host, |(host, _)| host), path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Option<(String, String)> {
        repository(url).map(|dependency| (dependency.name, dependency.version))
    }

    #[test]
    fn repositories_of_known_hosts() {
        for (url, name, version) in [
            ("git+https://github.com/org/repo", "github:org/repo", "HEAD"),
            ("git+https://github.com/org/repo.git@v1", "github:org/repo", "v1"),
            ("git+https://GitHub.com/org/repo/@feature/x", "github:org/repo", "feature/x"),
            ("git+ssh://git@gitlab.com/org/repo.git@v1#egg=x", "gitlab:org/repo", "v1"),
            ("git+https://user:word@codeberg.org:443/org/r.x", "codeberg:org/r.x", "HEAD"),
            ("git+https://github.com/o/r@v1#egg=x&subdirectory=a/b c", "github:o/r/a/b%20c", "v1"),
            ("git+git@github.com:org/repo.git@", "github:org/repo", "HEAD"),
        ] {
            assert_eq!(read(url), Some((name.to_owned(), version.to_owned())), "{url}");
        }
    }

    #[test]
    fn all_else_is_nothing_for_mip() {
        for url in [
            "https://github.com/org/repo/archive/v1.zip",
            "git+https://example.org/org/repo",
            "git+https://github.com.example.org/org/repo",
            "git+https://gitlab.com/group/subgroup/repo",
            "git+https://github.com/org",
            "git+https://github.com/org/repo@v1?x",
            "git+https://github.com/org/repo#subdirectory=../x",
            "git+file:///org/repo",
            "hg+https://github.com/org/repo",
            "file:../repo",
            "git+",
        ] {
            assert_eq!(read(url), None, "{url}");
        }
    }
}
