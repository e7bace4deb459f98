//! Collects members in whatever order an archive has them: checks paths, joins duplicates,
//! resolves links.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use bytes::Bytes;

use crate::finding::{Code, Finding};
use crate::path::MemberPath;
use crate::read::limits::{Budget, MAX_PATH_LENGTH};

/// Errors of one archive that are kept, and as many other findings; a hostile archive could make
/// a million.
const MAX_FINDINGS: usize = 100;

/// Parts of the deepest path; patterns and links are slow on paths without end.
const MAX_PATH_DEPTH: usize = 100;

/// Characters of a name of any length that messages show.
const SHOWN: usize = 100;

/// Files by path and findings, or all findings of a refused archive.
pub(super) type Members = Result<(BTreeMap<MemberPath, Bytes>, Vec<Finding>), Vec<Finding>>;

/// The members seen so far.
pub(super) struct Collector {
    pub(super) budget: Budget,
    files: BTreeMap<MemberPath, Bytes>,
    links: BTreeMap<MemberPath, Link>,
    folders: BTreeSet<MemberPath>,
    errors: Vec<Finding>,
    remarks: Vec<Finding>,
}

/// A link that waits until the files are known.
struct Link {
    /// Relative to the archive's root; `None` where it leaves the archive or can be no member.
    target: Option<String>,
    /// The start of the target as the archive has it.
    written: String,
}

/// The base of a link's target.
#[derive(Clone, Copy)]
pub(super) enum LinkBase {
    /// The folder that the link lies in (symbolic links).
    Folder,
    /// The root of the archive (hard links of tar).
    Root,
}

impl Collector {
    pub(super) fn new(budget: Budget) -> Self {
        Self {
            budget,
            files: BTreeMap::new(),
            links: BTreeMap::new(),
            folders: BTreeSet::new(),
            errors: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// Checks the name of one more member. `None` means that it is refused.
    pub(super) fn path(&mut self, name: &[u8]) -> Option<MemberPath> {
        if let Some((found, expected)) = endless(name) {
            self.refuse(Finding::new(Code::NameTooLong, found).at(start(name)).expected(expected));
            return None;
        }
        let Ok(text) = std::str::from_utf8(name) else {
            let lossy = String::from_utf8_lossy(name);
            self.refuse(Finding::new(Code::UnsafePath, "a path that is not UTF-8").at(lossy));
            return None;
        };
        match text.strip_suffix('/').unwrap_or(text).parse() {
            Ok(path) => Some(path),
            Err(fault) => {
                self.refuse(
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
        let found = format!("a second member of {} bytes", data.len());
        let same = *earlier == data;
        self.note_duplicate(&path, same, found);
    }

    /// Adds a folder, of which nothing is kept.
    pub(super) fn folder(&mut self, path: MemberPath) {
        self.folders.insert(path);
    }

    /// Adds a link to `target`.
    pub(super) fn link(&mut self, path: MemberPath, target: &[u8], base: LinkBase) {
        let folder = match base {
            LinkBase::Folder => path.parent().unwrap_or(""),
            LinkBase::Root => "",
        };
        let link = Link { target: join(folder, target), written: start(target) };
        let Some(earlier) = self.links.get(&path) else {
            self.links.insert(path, link);
            return;
        };
        let found = format!("a second link to `{}`", link.written.escape_debug());
        let same = earlier.target == link.target;
        self.note_duplicate(&path, same, found);
    }

    /// Whether there is a file or link of this name so far.
    pub(super) fn has(&self, name: &[u8]) -> bool {
        let Some(path) = join("", name) else { return false };
        self.files.contains_key(path.as_str()) || self.links.contains_key(path.as_str())
    }

    /// Refuses the archive.
    pub(super) fn refuse(&mut self, why: Finding) {
        if self.errors.len() < MAX_FINDINGS {
            self.errors.push(why);
        }
    }

    fn note_duplicate(&mut self, path: &MemberPath, same: bool, found: String) {
        if !same {
            self.refuse(Finding::new(Code::DuplicateMember, found).at(path.as_str()));
        } else if self.remarks.len() < MAX_FINDINGS {
            self.remarks.push(Finding::new(Code::RepeatedMember, found).at(path.as_str()));
        }
    }

    fn refuse_link(&mut self, path: &MemberPath, link: &Link) {
        self.refuse(
            Finding::new(Code::UnsafeLink, format!("a link to `{}`", link.written.escape_debug()))
                .at(path.as_str())
                .expected("a link to a file or folder in the archive"),
        );
    }

    /// The files with all links resolved, and the findings.
    ///
    /// # Errors
    /// All findings, errors first, if there is at least one error.
    pub(super) fn finish(mut self) -> Members {
        self.refuse_members_in_links();
        self.refuse_folders_of_other_kinds();
        if let Err(finding) = self.resolve_links() {
            self.refuse(finding);
        }
        if self.errors.is_empty() {
            return Ok((self.files, self.remarks));
        }
        self.errors.append(&mut self.remarks);
        Err(self.errors)
    }

    /// Refuses members whose folder is a link: some readers write them to where it points.
    fn refuse_members_in_links(&mut self) {
        let below = |link: &MemberPath| {
            let prefix = format!("{link}/");
            let behind = || (Bound::Included(prefix.as_str()), Bound::Unbounded);
            let file = self.files.range::<str, _>(behind()).next().map(|(path, _)| path);
            let other = self.links.range::<str, _>(behind()).next().map(|(path, _)| path);
            let mut found = [file, other].into_iter().flatten();
            found.find(|path| path.as_str().starts_with(&prefix)).cloned()
        };
        let found: Vec<MemberPath> = self.links.keys().filter_map(below).collect();
        for path in found {
            self.refuse(super::ambiguous("a member below a link").at(path.as_str()));
        }
    }

    /// Refuses folders that are also a file or a link: the result depends on the reader.
    fn refuse_folders_of_other_kinds(&mut self) {
        let folders = std::mem::take(&mut self.folders);
        let is_other =
            |path: &MemberPath| self.files.contains_key(path) || self.links.contains_key(path);
        for path in folders.into_iter().filter(is_other).collect::<Vec<_>>() {
            self.refuse(
                super::ambiguous("a folder and a member with the same path").at(path.as_str()),
            );
        }
    }

    /// Replaces links by what they point to, each after those that make its target: a search in
    /// depth, with a stack of its own because chains may be long. A link is in `unseen`, then in
    /// `open`, then in neither; so no search looks at a link twice that is done.
    fn resolve_links(&mut self) -> Result<(), Finding> {
        let links = std::mem::take(&mut self.links);
        let mut unseen: BTreeSet<&str> = links.keys().map(MemberPath::as_str).collect();
        let mut open = BTreeSet::new();
        let mut stack = Vec::new();
        while let Some((path, link)) = stack
            .pop()
            .or_else(|| unseen.pop_first())
            .and_then(|path| links.get_key_value::<str>(path))
        {
            open.insert(path.as_str());
            let unmade = link.target.as_deref().filter(|target| !self.files.contains_key(*target));
            if unmade.is_some_and(|target| maker(&open, target).is_some()) {
                self.refuse_link(path, link);
            } else if let Some(next) = unmade.and_then(|target| maker(&unseen, target)) {
                unseen.remove(next);
                stack.extend([path.as_str(), next]);
                continue;
            } else {
                self.replace(path, link)?;
            }
            open.remove(path.as_str());
        }
        Ok(())
    }

    /// Puts the files that `link` stands for in its place.
    fn replace(&mut self, path: &MemberPath, link: &Link) -> Result<(), Finding> {
        let copies = self.copies(path, link);
        if copies.is_empty() {
            self.refuse_link(path, link);
        }
        self.budget.count_members(copies.len())?;
        for (name, data) in copies {
            if let Some(path) = self.path(name.as_bytes()) {
                self.file(path, data);
            }
        }
        Ok(())
    }

    /// The files that `link` stands for, by the names they get.
    fn copies(&self, path: &MemberPath, link: &Link) -> Vec<(String, Bytes)> {
        let Some(target) = link.target.as_deref() else { return Vec::new() };
        if let Some(data) = self.files.get(target) {
            return vec![(path.to_string(), data.clone())];
        }
        let prefix = format!("{target}/");
        self.files
            .range::<str, _>((Bound::Included(prefix.as_str()), Bound::Unbounded))
            .take_while(|(source, _)| source.as_str().starts_with(&prefix))
            .filter_map(|(source, data)| {
                let rest = source.as_str().strip_prefix(target)?;
                Some((format!("{path}{rest}"), data.clone()))
            })
            .collect()
    }
}

/// One of `links` that may make files at or below `target`: it lies there, or `target` lies below
/// it.
fn maker<'a>(links: &BTreeSet<&'a str>, target: &str) -> Option<&'a str> {
    let at_or_above = std::iter::successors(Some(target), |path| Some(path.rsplit_once('/')?.0))
        .find_map(|path| links.get(path).copied());
    at_or_above.or_else(|| {
        let prefix = format!("{target}/");
        let behind = (Bound::Included(prefix.as_str()), Bound::Unbounded);
        links.range::<str, _>(behind).next().copied().filter(|path| path.starts_with(&prefix))
    })
}

/// The texts of a finding if a path is too long or too deep.
fn endless(path: &[u8]) -> Option<(String, String)> {
    if path.len() > MAX_PATH_LENGTH {
        let found = format!("a path of {} bytes", path.len());
        return Some((found, format!("at most {MAX_PATH_LENGTH}")));
    }
    let parts = path.split(|byte| *byte == b'/').count();
    let found = || format!("a path of {parts} parts");
    (parts > MAX_PATH_DEPTH).then(|| (found(), format!("at most {MAX_PATH_DEPTH}")))
}

/// The first characters of a name, to show it.
pub(super) fn start(name: &[u8]) -> String {
    let name = name.get(..MAX_PATH_LENGTH).unwrap_or(name);
    String::from_utf8_lossy(name).chars().take(SHOWN).collect()
}

/// `target` seen from `folder`, with `.` and `..` worked out; `None` where it leaves the root, is
/// the root itself, or is not a valid path of a member.
fn join(folder: &str, target: &[u8]) -> Option<String> {
    if target.len() > MAX_PATH_LENGTH || target.starts_with(b"/") {
        return None;
    }
    let target = std::str::from_utf8(target).ok()?;
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
    let path = parts.join("/");
    (!path.is_empty() && endless(path.as_bytes()).is_none()).then_some(path)
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

    fn codes(result: Members) -> Vec<Code> {
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

    /// A collector with room for many members.
    fn roomy(files: &[(&str, &'static str)]) -> Collector {
        let limits = Limits { max_members: 1 << 20, ..Limits::default() };
        Collector { budget: Budget::new(limits, 1000), ..collector(files) }
    }

    fn symlink(members: &mut Collector, path: &str, target: &str) {
        members.link(path.parse().unwrap(), target.as_bytes(), LinkBase::Folder);
    }

    #[test]
    fn notes_hide_no_error() {
        let mut members = collector(&[("r/x.py", "x"); MAX_FINDINGS + 2]);
        assert!(members.path(b"../x.py").is_none());
        let codes = codes(members.finish());
        assert_eq!(codes[..2], [Code::UnsafePath, Code::RepeatedMember]);
        assert_eq!(codes.len(), MAX_FINDINGS + 1);

        let mut members = collector(&[("r/x.py", "x"); MAX_FINDINGS + 2]);
        members.budget = Budget::new(Limits { max_members: 0, ..Limits::default() }, 1000);
        symlink(&mut members, "r/y.py", "x.py");
        assert!(members.finish().is_err());
    }

    #[test]
    fn folder_links_wait_for_every_link_in_any_order() {
        let links = [("r/b", "a"), ("r/a/y.py", "x.py"), ("r/a/z.py", "y.py"), ("r/c", "b")];
        for first in 0..links.len() {
            for reverse in [false, true] {
                let mut order = links;
                order.rotate_left(first);
                if reverse {
                    order.reverse();
                }
                let mut members = collector(&[("r/a/x.py", "x")]);
                for (path, target) in order {
                    symlink(&mut members, path, target);
                }
                let (files, findings) = members.finish().unwrap();
                assert!(findings.is_empty());
                for folder in ["a", "b", "c"] {
                    for file in ["x", "y", "z"] {
                        assert!(files.contains_key(format!("r/{folder}/{file}.py").as_str()));
                    }
                }
                assert_eq!(files.len(), 9);
            }
        }
    }

    #[test]
    fn circles_of_links_are_refused() {
        let mut members = collector(&[("r/a/x.py", "x")]);
        symlink(&mut members, "r/1", "2");
        symlink(&mut members, "r/2", "1");
        assert_eq!(codes(members.finish()), [Code::UnsafeLink; 2]);
        let mut members = collector(&[("r/a/x.py", "x")]);
        symlink(&mut members, "r/a/b", "../b/c");
        symlink(&mut members, "r/b", "a");
        assert!(codes(members.finish()).starts_with(&[Code::UnsafeLink]));
    }

    #[test]
    fn links_of_one_path_are_kept_once_or_refused() {
        for (target, code) in [("x.py", Code::RepeatedMember), ("y.py", Code::DuplicateMember)] {
            let mut members = collector(&[("r/x.py", "x"), ("r/y.py", "y")]);
            symlink(&mut members, "r/z.py", "x.py");
            symlink(&mut members, "r/z.py", target);
            assert_eq!(codes(members.finish()), [code]);
            let mut members = collector(&[("r/x.py", "x"), ("r/y.py", "y"), ("r/z.py", "x")]);
            symlink(&mut members, "r/z.py", target);
            assert_eq!(codes(members.finish()), [code]);
        }
    }

    #[test]
    fn many_links_are_followed() {
        const LINKS: usize = if cfg!(debug_assertions) { 2000 } else { 50_000 };
        for (end, found) in [("x.py", 0), ("missing", MAX_FINDINGS)] {
            let mut members = roomy(&[("r/x.py", "x")]);
            for link in (1..LINKS).rev() {
                symlink(&mut members, &format!("r/{link}"), &(link - 1).to_string());
            }
            symlink(&mut members, "r/0", end);
            assert_eq!(codes(members.finish()).len(), found);
        }
        let mut members = roomy(&[("r/a/x.py", "x")]);
        for link in 0..LINKS / 2 {
            symlink(&mut members, &format!("r/a/{link}"), "missing");
            symlink(&mut members, &format!("r/b/{link}"), "../a/x");
        }
        assert_eq!(codes(members.finish()), [Code::UnsafeLink; MAX_FINDINGS]);
        let mut members = roomy(&[]);
        for file in 0..LINKS * 2 / 5 {
            members.file(format!("r/a/{file}").parse().unwrap(), Bytes::new());
        }
        symlink(&mut members, "r/b", "a");
        assert_eq!(members.finish().unwrap().0.len(), LINKS * 4 / 5);
    }

    #[test]
    fn endless_paths_are_refused() {
        for name in ["a".repeat(MAX_PATH_LENGTH + 1), "a/".repeat(MAX_PATH_DEPTH) + "b"] {
            let mut members = collector(&[]);
            assert!(members.path(name.as_bytes()).is_none());
            let findings = members.finish().unwrap_err();
            assert_eq!(findings[0].code, Code::NameTooLong);
            assert_eq!(findings[0].path.as_deref(), Some(&name[..SHOWN]));
        }
        let long = "a".repeat(MAX_PATH_LENGTH / 2);
        let mut members = collector(&[(&format!("r/{long}/{}", &long[..400]), "x")]);
        symlink(&mut members, &format!("r/{long}b"), &long);
        assert!(members.path("a/".repeat(MAX_PATH_DEPTH / 2).as_bytes()).is_some());
        symlink(&mut members, &format!("r/{}", "b".repeat(700)), &long);
        assert_eq!(codes(members.finish()), [Code::NameTooLong]);
    }
}
