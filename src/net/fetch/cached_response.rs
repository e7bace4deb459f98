//! Responses that are cached between runs.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::location::without_login;
use crate::cache::{Cache, Key};

/// The form of the entries; another form is another key.
const FORM: &str = "2";

/// The headers of a response.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct CacheMetadata {
    /// With this and the next field, the server can confirm that the content is unchanged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) etag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) modified: Option<String>,
    /// The header `Content-Type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) media_type: Option<String>,
    /// Its location after redirections, without secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<String>,
}

/// The content that a URL had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CachedResponse {
    pub(super) head: CacheMetadata,
    pub(super) data: Bytes,
}

/// The cached response for `url`, with or without a login.
pub(super) fn find(cache: &Cache, url: &str, with_login: bool) -> Option<CachedResponse> {
    let entry = cache.get(&key(url, with_login))?;
    let end = entry.iter().position(|byte| *byte == b'\n')?;
    let head = serde_json::from_slice(&entry[..end]).ok()?;
    Some(CachedResponse { head, data: entry.slice(end + 1..) })
}

/// Keeps what `url` has. A cache that cannot be written to costs time only.
pub(super) fn keep(cache: &Cache, url: &str, with_login: bool, kept: &CachedResponse) {
    let Ok(mut entry) = serde_json::to_vec(&kept.head) else { return };
    entry.push(b'\n');
    entry.extend_from_slice(&kept.data);
    let _ = cache.put(&key(url, with_login), &entry);
}

/// Responses to requests with a login are kept apart. The key does not contain the login.
fn key(url: &str, with_login: bool) -> Key {
    Key::of([FORM, if with_login { "with login" } else { "" }, &without_login(url)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_kept_with_its_head() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::below(folder.path(), "fetch");
        let head = CacheMetadata { etag: Some("\"a\nb\"".to_owned()), ..CacheMetadata::default() };
        let kept = CachedResponse { head, data: Bytes::from_static(b"x\ny") };
        keep(&cache, "http://host/a", false, &kept);
        assert_eq!(find(&cache, "http://me:secret@host/a", false), Some(kept));
        assert_eq!(find(&cache, "http://host/b", false), None);
        assert_eq!(find(&cache, "http://host/a", true), None);
    }
}
