//! What is kept of URLs between runs.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::cache::{Cache, Key};

/// The form of the entries; another form is another key.
const FORM: &str = "1";

/// By what a server can tell that a content is still the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Validators {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) modified: Option<String>,
}

/// The content that a URL had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) validators: Validators,
    pub(super) data: Bytes,
}

/// What is kept of `url`.
pub(super) fn find(cache: &Cache, url: &str) -> Option<Kept> {
    let entry = cache.get(&key(url))?;
    let end = entry.iter().position(|byte| *byte == b'\n')?;
    let validators = serde_json::from_slice(&entry[..end]).ok()?;
    Some(Kept { validators, data: entry.slice(end + 1..) })
}

/// Keeps what `url` has. A cache that cannot be written to costs time only.
pub(super) fn keep(cache: &Cache, url: &str, kept: &Kept) {
    let Ok(mut entry) = serde_json::to_vec(&kept.validators) else { return };
    entry.push(b'\n');
    entry.extend_from_slice(&kept.data);
    let _ = cache.put(&key(url), &entry);
}

fn key(url: &str) -> Key {
    Key::of([FORM, url])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_kept_with_its_validators() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::below(folder.path(), "fetch");
        let validators = Validators { etag: Some("\"a\nb\"".to_owned()), modified: None };
        let kept = Kept { validators, data: Bytes::from_static(b"x\ny") };
        keep(&cache, "http://host/a", &kept);
        assert_eq!(find(&cache, "http://host/a"), Some(kept));
        assert_eq!(find(&cache, "http://host/b"), None);
    }
}
