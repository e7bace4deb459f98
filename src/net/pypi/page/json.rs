//! Pages in JSON (PEP 691, 700 and 714).

use std::collections::HashMap;

use reqwest::Url;
use serde::Deserialize;

use super::{Links, PageFault, check_version, sha256};

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    meta: Meta,
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
    yanked: Told,
    #[serde(default)]
    core_metadata: Told,
    #[serde(default)]
    dist_info_metadata: Told,
}

type Hashes = HashMap<String, String>;

/// What may be a truth value or say more.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Told {
    Whether(bool),
    Why(String),
    Hashes(Hashes),
    #[default]
    Nothing,
}

pub(super) fn read(data: &[u8], place: &Url) -> Result<Links, PageFault> {
    let page: Page =
        serde_json::from_slice(data).map_err(|error| PageFault::Json(error.to_string()))?;
    if let Some(version) = &page.meta.api_version {
        check_version(version)?;
    }
    let mut links = Links::default();
    for file in page.files {
        let Some(link) = links.add(&file.url, place, Some(file.filename)) else { continue };
        link.sha256 = file.hashes.get("sha256").and_then(|hash| sha256(hash));
        link.size = file.size;
        link.requires_python = file.requires_python;
        link.yanked = match file.yanked {
            Told::Whether(true) => Some(String::new()),
            Told::Why(reason) => Some(reason),
            _ => None,
        };
        link.metadata_sha256 =
            [file.core_metadata, file.dist_info_metadata].into_iter().find_map(|told| match told {
                Told::Hashes(hashes) => sha256(hashes.get("sha256")?),
                _ => None,
            });
    }
    Ok(links)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Result<Links, PageFault> {
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
            assert!(matches!(page(text), Err(PageFault::Json(_))));
        }
        let later = r#"{"meta": {"api-version": "2.0"}, "files": []}"#;
        assert_eq!(page(later), Err(PageFault::Version("2.0".to_owned())));
    }
}
