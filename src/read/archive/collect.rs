//! Collects members in whatever order an archive has them: checks paths, joins duplicates,
//! resolves links.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::super::limits::Budget;
use crate::check::{Code, Finding, Severity};
use crate::path::MemberPath;

/// Findings of one archive that are kept; a hostile one could make a million.
const MAX_FINDINGS: usize = 100;

/// The members seen so far.
pub(super) struct Collector {
    pub(super) budget: Budget,
    files: BTreeMap<MemberPath, Bytes>,
    links: Vec<Link>,
    findings: Vec<Finding>,
}

/// A link that waits until the files are known.
struct Link {
    path: MemberPath,
    /// Relative to the archive's root; `None` where it leaves the archive.
    target: Option<String>,
    written: String,
}

/// What a link's target is relative to.
#[derive(Clone, Copy)]
pub(super) enum LinkBase {
    /// The folder that the link lies in (symbolic links).
    Folder,
    /// The root of the archive (hard links of tar).
    Root,
}

impl Collector {
    pub(super) fn new(budget: Budget) -> Self {
        Self { budget, files: BTreeMap::new(), links: Vec::new(), findings: Vec::new() }
    }

    /// Checks the name of one more member. `None` means that it is refused.
    pub(super) fn path(&mut self, name: &[u8]) -> Option<MemberPath> {
        let Ok(text) = std::str::from_utf8(name) else {
            let shown = String::from_utf8_lossy(name);
            self.note(Finding::new(Code::UnsafePath, "bytes that are no UTF-8").at(shown));
            return None;
        };
        match text.strip_suffix('/').unwrap_or(text).parse() {
            Ok(path) => Some(path),
            Err(fault) => {
                self.note(
                    Finding::new(Code::UnsafePath, fault.to_string())
                        .at(text)
                        .expected("a path inside the archive"),
                );
                None
            }
        }
    }

    /// Adds a regular file.
    pub(super) fn file(&mut self, path: MemberPath, data: Bytes) {
        let Some(earlier) = self.files.get(&path) else {
            self.files.insert(path, data);
            return;
        };
        let code = if *earlier == data { Code::RepeatedMember } else { Code::DuplicateMember };
        let found = format!("a second member of this path, of {} bytes", data.len());
        self.note(Finding::new(code, found).at(path.as_str()));
    }

    /// Adds a link to `target`.
    pub(super) fn link(&mut self, path: MemberPath, target: &[u8], base: LinkBase) {
        let written = String::from_utf8_lossy(target).into_owned();
        let folder = match base {
            LinkBase::Folder => path.parent().unwrap_or(""),
            LinkBase::Root => "",
        };
        let target = join(folder, &written);
        self.links.push(Link { path, target, written });
    }

    /// Keeps a finding.
    pub(super) fn note(&mut self, finding: Finding) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        }
    }

    /// The files with all links resolved, and the findings.
    ///
    /// # Errors
    /// All findings, where at least one is a refusal.
    pub(super) fn finish(mut self) -> super::tar::Members {
        if let Err(finding) = self.resolve_links() {
            self.note(finding);
        }
        if self.findings.iter().any(|finding| finding.severity() == Severity::Refusal) {
            return Err(self.findings);
        }
        Ok((self.files, self.findings))
    }

    /// Replaces links by what they point to, in rounds: each round may make the targets of further
    /// links. What is left when a round changes nothing points outside, to nothing or in a circle.
    fn resolve_links(&mut self) -> Result<(), Finding> {
        loop {
            let before = self.links.len();
            for link in std::mem::take(&mut self.links) {
                let copies = self.copies(&link);
                if copies.is_empty() {
                    self.links.push(link);
                    continue;
                }
                self.budget.count_members(copies.len())?;
                for (path, data) in copies {
                    self.file(path, data);
                }
            }
            if self.links.len() == before {
                break;
            }
        }
        for link in std::mem::take(&mut self.links) {
            self.note(
                Finding::new(
                    Code::UnsafeLink,
                    format!("a link to `{}`", link.written.escape_debug()),
                )
                .at(link.path.as_str())
                .expected("a link to a file or folder in the archive"),
            );
        }
        Ok(())
    }

    /// The files that `link` stands for; none while its target is not known.
    fn copies(&self, link: &Link) -> Vec<(MemberPath, Bytes)> {
        let Some(target) = link.target.as_deref() else { return Vec::new() };
        if let Some(data) = self.files.get(target) {
            return vec![(link.path.clone(), data.clone())];
        }
        let waiting = self.links.iter().chain([link]);
        if waiting.into_iter().any(|other| other.path.below(target).is_some()) {
            return Vec::new();
        }
        let prefix = format!("{target}/");
        self.files
            .range::<str, _>((
                std::ops::Bound::Included(prefix.as_str()),
                std::ops::Bound::Unbounded,
            ))
            .take_while(|(path, _)| path.as_str().starts_with(&prefix))
            .filter_map(|(path, data)| {
                let copy = path.below(target)?.inside(link.path.as_str()).ok()?;
                Some((copy, data.clone()))
            })
            .collect()
    }
}

/// `target` seen from `folder`, with `.` and `..` worked out; `None` where it leaves the root or
/// is the root itself.
fn join(folder: &str, target: &str) -> Option<String> {
    if target.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::super::super::limits::Limits;
    use super::*;

    fn collector(files: &[(&str, &'static str)]) -> Collector {
        let mut collector = Collector::new(Budget::new(Limits::default(), 1000));
        for (path, data) in files {
            collector.file(path.parse().unwrap(), Bytes::from_static(data.as_bytes()));
        }
        collector
    }

    fn codes(result: super::super::tar::Members) -> Vec<Code> {
        let findings = result.map_or_else(|findings| findings, |(_, findings)| findings);
        findings.into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn links_become_the_files_they_point_to() {
        let mut members = collector(&[("r/a/x.py", "x"), ("r/a/y.py", "y")]);
        members.link("r/b".parse().unwrap(), b"a", LinkBase::Folder);
        members.link("r/c.py".parse().unwrap(), b"./b/../b/x.py", LinkBase::Folder);
        members.link("r/d.py".parse().unwrap(), b"r/a/y.py", LinkBase::Root);
        let (files, findings) = members.finish().unwrap();
        assert!(findings.is_empty());
        assert_eq!(files["r/b/y.py"], "y");
        assert_eq!(files["r/c.py"], "x");
        assert_eq!(files["r/d.py"], "y");
    }

    #[test]
    fn links_that_leave_or_circle_are_refused() {
        for target in ["../../x", "/etc/passwd", "missing", "me", ".", "..", ""] {
            let mut members = collector(&[("r/x.py", "x")]);
            members.link("r/me".parse().unwrap(), target.as_bytes(), LinkBase::Folder);
            assert_eq!(codes(members.finish()), [Code::UnsafeLink], "{target}");
        }
    }

    #[test]
    fn duplicates_are_kept_once_or_refused() {
        let same = collector(&[("r/x.py", "x"), ("r/x.py", "x")]);
        assert_eq!(codes(same.finish()), [Code::RepeatedMember]);
        let other = collector(&[("r/x.py", "x"), ("r/x.py", "y")]);
        assert_eq!(codes(other.finish()), [Code::DuplicateMember]);
    }

    #[test]
    fn nested_folder_links_stop_at_the_member_limit() {
        let limits = Limits { max_members: 1000, ..Limits::default() };
        let mut members = Collector::new(Budget::new(limits, 1000));
        for file in 0..10 {
            members.file(format!("r/d0/{file}").parse().unwrap(), Bytes::new());
        }
        for depth in 1..20 {
            for twin in ["a", "b"] {
                let path = format!("r/d{depth}/{twin}").parse().unwrap();
                members.link(path, format!("../d{}", depth - 1).as_bytes(), LinkBase::Folder);
            }
        }
        assert_eq!(codes(members.finish()), [Code::TooManyMembers]);
    }
}
