//! The contents: that all are there, are what they are called, and are needed.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::version_path;
use crate::digest::{hexadecimal, of_file};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::write::index::files::stored;
use crate::write::index::look::Look;

/// The number of files that packages need, and what is wrong with files.
pub(super) fn check(look: &Look) -> Result<(usize, Vec<Finding>)> {
    let needed = needed(look);
    let stored = stored(&look.layout)?;
    let mut findings = stored.findings;
    for (name, (by, target)) in &needed {
        if !stored.contents.contains(*name) {
            let found = format!("no {}", path_of(name));
            findings.push(Finding::new(Code::FileMissing, found).at(by).expected(target.clone()));
        }
    }
    let is_damaged = |name: &String| {
        let (root, path) = (look.layout.root(), look.layout.file(name));
        let Some(file) = root.open(&path)? else { return Ok(None) };
        let digest = hexadecimal(&of_file(file).map_err(Error::io(root.display_path(path)))?);
        Ok((!digest.starts_with(&name.to_ascii_lowercase())).then(|| {
            let found = format!("content with the SHA-256 {digest}");
            Finding::new(Code::FileDamaged, found).at(path_of(name))
        }))
    };
    let damaged: Vec<_> = stored.contents.par_iter().map(is_damaged).collect::<Result<_>>()?;
    findings.extend(damaged.into_iter().flatten());
    findings.extend(
        stored
            .contents
            .iter()
            .filter(|name| !needed.contains_key(name.as_str()))
            .map(|name| Finding::new(Code::Orphan, "no package that names it").at(path_of(name))),
    );
    Ok((needed.len(), findings))
}

fn path_of(name: &str) -> String {
    format!("file/{}/{name}", name.get(..2).unwrap_or_default())
}

/// The files that packages need, each with one that does and what it becomes there.
fn needed(look: &Look) -> BTreeMap<&str, (String, String)> {
    let mut needed = BTreeMap::new();
    for (name, variants) in &look.contents.packages {
        for (variant, published) in variants {
            for (version, entry) in published.entries() {
                for (target, hash) in entry.json.iter().flat_map(|json| &json.hashes) {
                    needed.entry(hash.as_str()).or_insert_with(|| {
                        (version_path(variant, name, version), target.to_string())
                    });
                }
            }
        }
    }
    needed
}
