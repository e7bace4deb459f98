//! Findings about a result that is out of date.

use std::path::Path;

use crate::finding::{Code, Finding};
use crate::mip::PackageJson;

/// The number of lines of a `package.json` that are reported.
const MAX_LINES: usize = 20;

/// A file that is missing, or is there with other content.
pub(super) fn file(path: &Path, exists: bool) -> Finding {
    let found = if exists { "other content" } else { "no file" };
    Finding::new(Code::OutOfDate, found).at(path.display().to_string())
}

/// The entries in which the `package.json` at `path` differs from the text that it should have.
pub(super) fn package_json(path: &Path, old: &[u8], new: &str) -> Vec<Finding> {
    let at = path.display().to_string();
    let finding = |found: String| Finding::new(Code::OutOfDate, found).at(&at);
    let Ok(old) = PackageJson::parse(old, &at) else {
        return vec![finding("no package.json for mip".to_owned())];
    };
    let old = old.to_text();
    let (gone, mut come) = (only_in(&old, new), only_in(new, &old));
    if gone.is_empty() && come.is_empty() {
        return vec![finding("the same in another form".to_owned())];
    }
    let mut findings = Vec::new();
    for line in gone {
        let twin = come.iter().position(|other| key(other) == key(line));
        let expected =
            twin.map_or_else(|| "no such entry".to_owned(), |place| come.remove(place).to_owned());
        findings.push(finding(line.to_owned()).expected(expected));
    }
    findings.extend(come.into_iter().map(|line| finding("no entry".to_owned()).expected(line)));
    let more = findings.len().saturating_sub(MAX_LINES);
    findings.truncate(MAX_LINES);
    if more > 0 {
        findings.push(finding(format!("{more} more entries that differ")));
    }
    findings
}

/// The lines of `one` that are not in `other`, without commas at their ends.
fn only_in<'a>(one: &'a str, other: &str) -> Vec<&'a str> {
    let bare = |line: &'a str| line.trim().trim_end_matches(',');
    let known: std::collections::HashSet<&str> =
        other.lines().map(|line| line.trim().trim_end_matches(',')).collect();
    one.lines().map(bare).filter(|line| !known.contains(line)).collect()
}

/// The subject of an entry: the text up to its first value.
fn key(line: &str) -> &str {
    line.find(['"'])
        .and_then(|start| {
            let end = line[start + 1..].find('"')?;
            Some(&line[..start + 1 + end])
        })
        .unwrap_or(line)
}
