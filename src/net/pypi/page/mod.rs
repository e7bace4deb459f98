//! The page of a project in an index.

mod html;
mod json;

use url::Url;

use super::file_name;
use crate::limits::{MAX_PAGE_LINK_BYTES, MAX_PAGE_LINKS};

/// The types that are asked for, the preferred first. What costs the server least comes last.
pub(super) const ACCEPT: &str = "application/vnd.pypi.simple.v1+json, \
     application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

/// A link to a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Link {
    /// The name of the file.
    pub(super) file_name: String,
    /// Its URL, without what may be secret and without fragment.
    pub(super) url: String,
    /// The SHA-256 of its content, in lower case; `None` if there is no valid one.
    pub(super) sha256: Option<String>,
    pub(super) size: Option<u64>,
    pub(super) requires_python: Option<String>,
    pub(super) yanked: Option<String>,
    pub(super) metadata_sha256: Option<String>,
}

/// The links on a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Links {
    pub(super) files: Vec<Link>,
    /// The links that are not URLs of files, of which the first is reported.
    pub(super) unusable: usize,
    pub(super) first_unusable: Option<String>,
    /// About how many bytes the files take.
    size: usize,
}

/// Why a page cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum PageError {
    /// It is something else than a page.
    #[error("content of the type `{0}`")]
    Type(String),
    /// It breaks the rules of its format.
    #[error("invalid JSON: {0}")]
    Json(String),
    /// It has more than any project publishes.
    #[error("more than {MAX_PAGE_LINKS} links, or {MAX_PAGE_LINK_BYTES} bytes of them")]
    TooLarge,
    /// It is of a later version of the format.
    #[error("a page of version {0} of the simple repository API")]
    Version(String),
}

/// The links of the page at `place`.
pub(super) fn read(data: &[u8], media_type: Option<&str>, place: &Url) -> Result<Links, PageError> {
    let media_type = media_type.unwrap_or("no type");
    let kind = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "application/vnd.pypi.simple.v1+json" => json::read(data, place),
        "application/vnd.pypi.simple.v1+html" | "text/html" => {
            html::read(&String::from_utf8_lossy(data), place)
        }
        _ => Err(PageError::Type(media_type.chars().take(MAX_TYPE_LENGTH).collect())),
    }
}

/// The number of characters of a type in a message.
const MAX_TYPE_LENGTH: usize = 100;

/// The version of the form that is known: all versions with this first number can be read.
fn check_version(version: &str) -> Result<(), PageError> {
    match version.split('.').next() {
        Some("1") => Ok(()),
        _ => Err(PageError::Version(version.chars().take(MAX_TYPE_LENGTH).collect())),
    }
}

impl Links {
    /// The link to the file at `reference`, which is relative to `base`; its name is `named` or the
    /// last part of the path. What leads elsewhere than to a file of the web is counted.
    fn add(&mut self, reference: &str, base: &Url, named: Option<String>) -> Option<&mut Link> {
        let reference = reference.trim();
        if self.is_too_large() {
            return None;
        }
        let Some((mut url, file_name)) = file_at(reference, base, named) else {
            self.unusable += 1;
            self.first_unusable.get_or_insert_with(|| redacted_reference(reference));
            return None;
        };
        let hash = url.fragment().and_then(hash_of_fragment);
        url.set_fragment(None);
        self.size += url.as_str().len() + file_name.len();
        self.files.push(Link { file_name, url: url.into(), sha256: hash, ..Link::default() });
        self.files.last_mut()
    }

    /// Whether there is more than is read.
    fn is_too_large(&self) -> bool {
        let count = self.files.len() + self.unusable;
        count > MAX_PAGE_LINKS || self.size > MAX_PAGE_LINK_BYTES
    }

    /// These, if that is all there is.
    fn whole(self) -> Result<Self, PageError> {
        if self.is_too_large() { Err(PageError::TooLarge) } else { Ok(self) }
    }
}

/// Resolves `reference` on a page at `base`. Only local pages may link to local files.
fn joined(base: &Url, reference: &str) -> Option<Url> {
    let url = base.join(reference).ok()?;
    (url.scheme() != "file" || base.scheme() == "file").then_some(url)
}

/// The URL without login, and the name of the file.
fn file_at(reference: &str, base: &Url, named: Option<String>) -> Option<(Url, String)> {
    let mut url = joined(base, reference)?;
    match url.scheme() {
        "http" | "https" if url.has_host() => {
            url.set_username("").ok()?;
            url.set_password(None).ok()?;
        }
        "file" if !url.has_host() => {}
        _ => return None,
    }
    let name = match named {
        Some(name) => name,
        None => decoded(url.path_segments()?.next_back()?)?,
    };
    file_name::is_plain(&name).then_some((url, name))
}

fn decoded(part: &str) -> Option<String> {
    percent_encoding::percent_decode_str(part).decode_utf8().ok().map(Into::into)
}

/// The start of a reference, without what may be secret.
fn redacted_reference(reference: &str) -> String {
    let end = reference.find(['?', '#']).unwrap_or(reference.len());
    let start = reference[..end].rfind('@').map_or(0, |at| at + 1);
    reference[start..end].chars().take(MAX_TYPE_LENGTH).collect()
}

/// The SHA-256 in a fragment such as `sha256=…`; `None` also where there are two.
fn hash_of_fragment(fragment: &str) -> Option<String> {
    let mut hashes = fragment.split('&').filter_map(|part| part.strip_prefix("sha256="));
    let hash = hashes.next().and_then(sha256)?;
    hashes.all(|other| sha256(other).as_ref() == Some(&hash)).then_some(hash)
}

/// The hash, if it is one.
fn sha256(text: &str) -> Option<String> {
    let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_are_read() {
        let place = Url::parse("https://host/simple/a/").unwrap();
        for media_type in ["text/html; charset=utf-8", "TEXT/HTML"] {
            assert_eq!(read(b"", Some(media_type), &place), Ok(Links::default()));
        }
        for media_type in [None, Some("application/json"), Some("application/octet-stream")] {
            assert!(matches!(read(b"", media_type, &place), Err(PageError::Type(_))));
        }
        let json = Some("application/vnd.pypi.simple.v1+json");
        assert!(matches!(read(b"{", json, &place), Err(PageError::Json(_))));
    }

    #[test]
    fn only_files_of_the_web_are_linked() {
        let base = Url::parse("https://me:secret@host/simple/a/").unwrap();
        let mut links = Links::default();
        for (reference, url) in [
            ("a-1.zip", "https://host/simple/a/a-1.zip"),
            ("../../files/a%2B1.zip?x#sha256=0&y", "https://host/files/a%2B1.zip?x"),
            ("//me:secret@other/a-1.zip", "https://other/a-1.zip"),
            ("http://host/a-1.zip", "http://host/a-1.zip"),
        ] {
            assert_eq!(links.add(reference, &base, None).unwrap().url, url);
        }
        assert_eq!(links.files[1].file_name, "a+1.zip");
        for reference in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "ftp://host/a-1.zip",
            "data:text/plain,x",
            "https:///",
            "x/..%2f..%2fa-1.zip",
            "a%00-1.zip",
            "a%ff.zip",
            "x/",
            "",
        ] {
            assert!(links.add(reference, &base, None).is_none(), "{reference}");
        }
        assert_eq!(links.unusable, 10);
        assert!(links.add("a-1.zip", &base, Some("../a-1.zip".to_owned())).is_none());
    }

    #[test]
    fn hashes_are_whole() {
        let hash = "0123456789abcdef".repeat(4);
        let fragment = |text: &str| hash_of_fragment(&text.replace('H', &hash.to_uppercase()));
        assert_eq!(fragment("sha256=H").as_deref(), Some(&hash[..]));
        assert_eq!(fragment("egg=a&sha256=H").as_deref(), Some(&hash[..]));
        for wrong in ["md5=H", "sha256=", "sha256=H0", "sha256=x", "H"] {
            assert_eq!(fragment(wrong), None, "{wrong}");
        }
    }
}
