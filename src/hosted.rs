//! Short forms for repositories on public hosts, as mip and mpremote know them (`github:org/repo`).

/// The short forms of hosts, and where each has the files of its repositories.
const HOSTED: [(&str, RawFile); 3] = [
    ("github:", |root, branch, path| format!("raw.githubusercontent.com/{root}/{branch}/{path}")),
    ("gitlab:", |root, branch, path| format!("gitlab.com/{root}/-/raw/{branch}/{path}")),
    ("codeberg:", |root, branch, path| {
        format!("codeberg.org/api/v1/repos/{root}/raw/{path}?ref={branch}")
    }),
];

/// From `{organisation}/{repository}`, branch or tag, and path to a URL without its scheme.
type RawFile = fn(&str, &str, &str) -> String;

/// Where the host of a short form has its files, and what stands behind the form's name.
pub(crate) fn hosted(text: &str) -> Option<(RawFile, &str)> {
    HOSTED.iter().find_map(|(scheme, raw_file)| Some((*raw_file, text.strip_prefix(scheme)?)))
}

/// What follows the short form of a host, if `text` begins with one.
pub(crate) fn behind_host(text: &str) -> Option<&str> {
    hosted(text).map(|(_, rest)| rest)
}
