//! The tags on the commit that is checked out (gitrepository-layout(5), git-pack-refs(1)).
//!
//! Objects in packs are not read: the list of packed references has what the annotated tags in them
//! point to.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Component, Path};

use flate2::read::ZlibDecoder;

use super::{MAX_PACKED_REFS, common, read, text};
use crate::path::inside;

/// How many references lead to each other.
const MAX_LINKS: usize = 5;
/// How many tags are looked at.
const MAX_TAGS: usize = 100_000;
/// How deep the names of tags are nested.
const MAX_DEPTH: usize = 8;
/// Bytes of the head of a tag that are unpacked.
const MAX_TAG_HEAD: u64 = 512;
/// Bytes of a file with an object.
const MAX_OBJECT: u64 = 1 << 20;

/// The names of the tags on the commit that is checked out, of the repository with its data in `git`,
/// sorted.
pub(super) fn tags_at_head(git: &Path) -> Vec<String> {
    let shared = common(git);
    let packed = packed(&shared);
    let Some(head) = head(git, &shared, &packed) else { return Vec::new() };
    let mut loose = BTreeMap::new();
    loose_tags(&shared.join("refs/tags"), "", MAX_DEPTH, &mut loose);
    let mut tags = BTreeSet::new();
    for (name, object) in &loose {
        if *object == head || commit_of(&shared, object).as_ref() == Some(&head) {
            tags.insert(name.clone());
        }
    }
    for (name, target) in &packed {
        let Some(name) = name.strip_prefix("refs/tags/") else { continue };
        let is_here = target.object == head || target.peeled.as_ref() == Some(&head);
        if is_here && !loose.contains_key(name) {
            tags.insert(name.to_owned());
        }
    }
    tags.into_iter().collect()
}

/// What a packed reference points to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Packed {
    object: String,
    /// The commit that an annotated tag leads to.
    peeled: Option<String>,
}

/// The packed references by their names.
fn packed(shared: &Path) -> BTreeMap<String, Packed> {
    let data = read(&shared.join("packed-refs"), MAX_PACKED_REFS).unwrap_or_default();
    parse_packed(&String::from_utf8_lossy(&data))
}

fn parse_packed(text: &str) -> BTreeMap<String, Packed> {
    let mut all = BTreeMap::new();
    let mut last: Option<String> = None;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some(peeled) = line.strip_prefix('^') {
            if let Some(packed) = last.as_ref().and_then(|name| all.get_mut(name)) {
                let Packed { peeled: target, .. } = packed;
                *target = object(peeled);
            }
            continue;
        }
        last = None;
        if let Some((target, name)) = line.split_once(' ')
            && let Some(object) = object(target)
        {
            all.insert(name.to_owned(), Packed { object, peeled: None });
            last = Some(name.to_owned());
        }
    }
    all
}

/// The name of the commit that is checked out.
fn head(git: &Path, shared: &Path, packed: &BTreeMap<String, Packed>) -> Option<String> {
    let mut target = text(&git.join("HEAD"))?;
    for _ in 0..MAX_LINKS {
        let Some(name) = target.trim().strip_prefix("ref:").map(str::trim) else {
            return object(target.trim());
        };
        // A branch is below `refs`, and nothing leads out of there.
        let is_inside =
            Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        if !is_inside || !name.starts_with("refs/") {
            return None;
        }
        match text(&shared.join(name)) {
            Some(loose) => target = loose,
            None => return packed.get(name).map(|packed| packed.object.clone()),
        }
    }
    None
}

/// Collects the loose tags below `folder` with what they point to. Links in it are not followed.
fn loose_tags(folder: &Path, name: &str, depth: usize, tags: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (Ok(kind), Ok(part)) = (entry.file_type(), entry.file_name().into_string()) else {
            continue;
        };
        if tags.len() >= MAX_TAGS {
            return;
        }
        let name = inside(name, &part);
        if kind.is_dir() && depth > 0 {
            loose_tags(&entry.path(), &name, depth - 1, tags);
        } else if kind.is_file()
            && let Some(object) = text(&entry.path()).and_then(|text| object(text.trim()))
        {
            tags.insert(name, object);
        }
    }
}

/// The commit that the annotated tag `object` leads to, over others.
fn commit_of(shared: &Path, object: &str) -> Option<String> {
    let mut object = object.to_owned();
    for _ in 0..MAX_LINKS {
        let (folder, file) = object.split_at_checked(2)?;
        let data = read(&shared.join("objects").join(folder).join(file), MAX_OBJECT)?;
        let mut head = Vec::new();
        // What is behind the head may be damaged or endless.
        let _ = ZlibDecoder::new(&data[..]).take(MAX_TAG_HEAD).read_to_end(&mut head);
        let (target, is_commit) = target(&head)?;
        if is_commit {
            return Some(target);
        }
        object = target;
    }
    None
}

/// What a tag points to, and whether that is a commit.
fn target(head: &[u8]) -> Option<(String, bool)> {
    let text = String::from_utf8_lossy(head);
    let (_, body) = text.strip_prefix("tag ")?.split_once('\0')?;
    let mut lines = body.lines();
    let target = object(lines.next()?.strip_prefix("object ")?)?;
    match lines.next()? {
        "type commit" => Some((target, true)),
        "type tag" => Some((target, false)),
        _ => None,
    }
}

/// The name of an object: a SHA-1 or SHA-256.
fn object(text: &str) -> Option<String> {
    let is_name = matches!(text.len(), 40 | 64)
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_name.then(|| text.to_owned())
}

/// Parses both formats; for the fuzzer alone.
#[cfg(fuzzing)]
pub(in crate::read) fn fuzz(data: &[u8]) {
    parse_packed(&String::from_utf8_lossy(data));
    target(data);
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// A repository, and the git that is run in it.
    struct Repository(tempfile::TempDir);

    impl Repository {
        fn new() -> Self {
            let repository = Self(tempfile::tempdir().unwrap());
            repository.git("init -q");
            repository.git("commit -q --allow-empty -m one");
            repository
        }

        fn git(&self, arguments: &str) {
            let configured =
                "-c user.name=a -c user.email=a@example.com -c init.defaultBranch=main";
            let status = Command::new("git")
                .args(configured.split(' '))
                .args(arguments.split(' '))
                .current_dir(self.0.path())
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .status();
            assert!(status.unwrap().success(), "{arguments}");
        }

        fn tags(&self) -> Vec<String> {
            tags_at_head(&self.0.path().join(".git"))
        }
    }

    #[test]
    fn tags_are_light_or_annotated_loose_or_packed() {
        let repository = Repository::new();
        repository.git("tag v0.9");
        repository.git("commit -q --allow-empty -m two");
        assert_eq!(repository.tags(), [""; 0]);
        repository.git("tag v1.0");
        repository.git("tag -a release/1.0 -m notes");
        repository.git("tag -a of-tag -m notes release/1.0");
        let all = ["of-tag", "release/1.0", "v1.0"];
        assert_eq!(repository.tags(), all);
        repository.git("pack-refs --all");
        repository.git("gc -q");
        assert_eq!(repository.tags(), all);
        repository.git("tag later");
        assert_eq!(repository.tags(), ["later", "of-tag", "release/1.0", "v1.0"]);
        repository.git("checkout -q v0.9");
        assert_eq!(repository.tags(), ["v0.9"]);
        // A tag that moves is loose, and the packed one counts no longer.
        repository.git("tag -f v1.0");
        assert_eq!(repository.tags(), ["v0.9", "v1.0"]);
    }

    #[test]
    fn a_second_working_tree_has_a_head_of_its_own() {
        let repository = Repository::new();
        repository.git("tag v1.0");
        repository.git("worktree add -q other");
        repository.git("commit -q --allow-empty -m two");
        let file = text(&repository.0.path().join("other/.git")).unwrap();
        let data = Path::new(file.trim().strip_prefix("gitdir: ").unwrap()).to_owned();
        assert_eq!(tags_at_head(&data), ["v1.0"]);
        assert_eq!(repository.tags(), [""; 0]);
    }

    #[test]
    fn a_head_that_leads_elsewhere_is_no_commit() {
        let folder = tempfile::tempdir().unwrap();
        let git = folder.path().join(".git");
        let id = "0123456789abcdef0123456789abcdef01234567";
        fs::create_dir_all(git.join("refs/tags")).unwrap();
        fs::write(git.join("refs/tags/v1"), id).unwrap();
        fs::write(folder.path().join("outside"), id).unwrap();
        fs::write(git.join("refs/loop"), "ref: refs/loop").unwrap();
        for head in ["ref: ../outside", "ref: refs/../../outside", "ref: refs/loop", "x", ""] {
            fs::write(git.join("HEAD"), head).unwrap();
            assert_eq!(tags_at_head(&git), [""; 0], "{head}");
        }
        fs::write(git.join("HEAD"), id).unwrap();
        assert_eq!(tags_at_head(&git), ["v1"]);
    }

    #[test]
    fn lines_that_are_none_are_passed_over() {
        let id = "0".repeat(40);
        let text =
            format!("# pack-refs\n^{id}\n{id} refs/tags/a\n^{id}\n^x\nx refs/tags/b\n^{id}\n");
        let all = parse_packed(&text);
        assert_eq!(all.len(), 1);
        assert_eq!(all["refs/tags/a"].peeled, None);
        assert_eq!(target(format!("tag 9\0object {id}\ntype blob").as_bytes()), None);
        assert_eq!(target(b"commit 9\0"), None);
    }
}
