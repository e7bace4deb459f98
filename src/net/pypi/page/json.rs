//! Pages in JSON (PEP 691, 700 and 714).

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use url::Url;

use super::{Links, PageError, check_version, sha256};
use crate::limits::MAX_PAGE_LINKS;

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    meta: Meta,
    #[serde(deserialize_with = "files")]
    files: Vec<File>,
}

#[derive(Default, Deserialize)]
struct Meta {
    #[serde(rename = "api-version")]
    api_version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct File {
    filename: String,
    url: String,
    #[serde(default)]
    hashes: Hashes,
    requires_python: Option<String>,
    size: Option<u64>,
    #[serde(default)]
    yanked: FieldValue,
    #[serde(default)]
    core_metadata: FieldValue,
    #[serde(default)]
    dist_info_metadata: FieldValue,
}

/// The SHA-256 among the hashes of a file.
#[derive(Default)]
struct Hashes {
    sha256: Option<String>,
}

/// A boolean, or a value that implies one.
#[derive(Default)]
enum FieldValue {
    Flag(bool),
    Reason(String),
    Hashes(Hashes),
    #[default]
    Nothing,
}

pub(super) fn read(data: &[u8], place: &Url) -> Result<Links, PageError> {
    let page: Page =
        serde_json::from_slice(data).map_err(|error| PageError::Json(error.to_string()))?;
    if let Some(version) = &page.meta.api_version {
        check_version(version)?;
    }
    let mut links = Links::default();
    for file in page.files {
        let Some(link) = links.add(&file.url, place, Some(file.filename)) else { continue };
        link.sha256 = file.hashes.sha256.as_deref().and_then(sha256);
        link.size = file.size;
        link.requires_python = file.requires_python;
        link.yanked = match file.yanked {
            FieldValue::Flag(true) => Some(String::new()),
            FieldValue::Reason(reason) => Some(reason),
            _ => None,
        };
        link.metadata_sha256 = [file.core_metadata, file.dist_info_metadata].into_iter().find_map(
            |value| match value {
                FieldValue::Hashes(hashes) => sha256(&hashes.sha256?),
                _ => None,
            },
        );
    }
    links.whole()
}

/// The files, unless there are more than any project has: each takes ten times what it has on the
/// page.
fn files<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<File>, D::Error> {
    struct Files;

    impl<'de> Visitor<'de> for Files {
        type Value = Vec<File>;

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("a list of files")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<File>, A::Error> {
            let mut files = Vec::new();
            while let Some(file) = elements.next_element()? {
                if files.len() == MAX_PAGE_LINKS {
                    return Err(A::Error::custom(format!("more than {MAX_PAGE_LINKS} files")));
                }
                files.push(file);
            }
            Ok(files)
        }
    }

    deserializer.deserialize_seq(Files)
}

impl Hashes {
    /// The entries of `map`, of which only one is kept.
    fn of<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut hashes = Self::default();
        while let Some(name) = map.next_key::<String>()? {
            if name == "sha256" {
                hashes.sha256 = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(hashes)
    }
}

impl<'de> Deserialize<'de> for Hashes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Hashes;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("hashes by their names")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Hashes, A::Error> {
                Hashes::of(map)
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

impl<'de> Deserialize<'de> for FieldValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Anything;

        impl<'de> Visitor<'de> for Anything {
            type Value = FieldValue;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a boolean, a string or hashes")
            }

            fn visit_bool<E>(self, flag: bool) -> Result<FieldValue, E> {
                Ok(FieldValue::Flag(flag))
            }

            fn visit_str<E>(self, reason: &str) -> Result<FieldValue, E> {
                Ok(FieldValue::Reason(reason.to_owned()))
            }

            fn visit_unit<E>(self) -> Result<FieldValue, E> {
                Ok(FieldValue::Nothing)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FieldValue, A::Error> {
                Hashes::of(map).map(FieldValue::Hashes)
            }
        }

        deserializer.deserialize_any(Anything)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Result<Links, PageError> {
        read(text.as_bytes(), &Url::parse("https://host/simple/a/").unwrap())
    }

    #[test]
    fn files_have_all_that_is_said_of_them() {
        let hash = "0123456789abcdef".repeat(4);
        let text = r#"{"meta": {"api-version": "1.4", "x": 1}, "name": "a", "versions": [], "files": [
            {"filename": "a-1.zip", "url": "/a-1.zip", "hashes": {"sha256": "H"}, "size": 7,
             "requires-python": ">=3", "yanked": "broken", "core-metadata": {"sha256": "H"}},
            {"filename": "a-2.zip", "url": "../a-2.zip", "hashes": {"md5": "H"}, "yanked": true,
             "dist-info-metadata": {"sha256": "H"}, "core-metadata": true},
            {"filename": "a-3.zip", "url": "a-3.zip", "hashes": {}, "yanked": false,
             "requires-python": null, "core-metadata": false}]}"#;
        let links = page(&text.replace("\"H\"", &format!("\"{hash}\""))).unwrap();
        let [one, two, three] = &links.files[..] else { panic!("three files") };
        assert_eq!(one.url, "https://host/a-1.zip");
        assert_eq!((one.sha256.as_ref(), one.size), (Some(&hash), Some(7)));
        assert_eq!(one.requires_python.as_deref(), Some(">=3"));
        assert_eq!(one.yanked.as_deref(), Some("broken"));
        assert_eq!(one.metadata_sha256.as_ref(), Some(&hash));
        assert_eq!((two.sha256.as_ref(), two.yanked.as_deref()), (None, Some("")));
        assert_eq!(two.metadata_sha256.as_ref(), Some(&hash));
        assert_eq!((three.yanked.as_ref(), three.metadata_sha256.as_ref()), (None, None));
    }

    #[test]
    fn what_is_no_page_is_refused() {
        for text in ["", "[]", "{}", r#"{"files": [{}]}"#, &"[".repeat(100_000)] {
            assert!(matches!(page(text), Err(PageError::Json(_))));
        }
        let later = r#"{"meta": {"api-version": "2.0"}, "files": []}"#;
        assert_eq!(page(later), Err(PageError::Version("2.0".to_owned())));
    }
}
