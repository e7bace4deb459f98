//! Which files in the folder of a project a git host serves as they are.

use std::collections::HashMap;
use std::path::Path;

use super::pattern::Ignore;
use crate::path::{MemberPath, inside};
use crate::read::repository::{RepositoryContext, text};

/// The kinds of entries in git's index, by the upper bits of their modes.
const KIND: u32 = 0o170_000;
const LINK: u32 = 0o120_000;

/// The first bytes of what Git LFS commits in place of a file.
const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// The `files` of the project in `folder`, as paths and contents, that a host of its git repository does
/// not serve, each with the reason. Outside of a repository, and where its index cannot be read, nothing
/// is known.
pub(crate) fn unserved<'a>(
    folder: &Path,
    files: impl Iterator<Item = (&'a MemberPath, &'a [u8])>,
) -> Vec<(&'a MemberPath, String)> {
    let Ok(folder) = folder.canonicalize() else { return Vec::new() };
    let surroundings = RepositoryContext::of(&folder);
    let Some(repository) = surroundings.repository() else { return Vec::new() };
    let Some(modes) = repository.modes() else { return Vec::new() };
    let depth = repository.project.split('/').filter(|part| !part.is_empty()).count();
    let Some(top) = folder.ancestors().nth(depth) else { return Vec::new() };
    let mut attributes = Attributes { top, known: HashMap::new() };
    let reason = |(path, data): (&'a MemberPath, &[u8])| {
        let why = match modes.get(path.as_str()) {
            Some(mode) if mode & KIND == LINK => {
                "a link, for which hosts serve its target".to_owned()
            }
            Some(_) => {
                let full = inside(&repository.project, path.as_str());
                let is_stored = data.starts_with(POINTER) || attributes.has_lfs(&full);
                is_stored.then(|| "in Git LFS, for which hosts serve a pointer".to_owned())?
            }
            None => untracked(&folder, path),
        };
        Some((path, why))
    };
    files.filter_map(reason).collect()
}

/// Why a file is not in the index.
fn untracked(folder: &Path, path: &MemberPath) -> String {
    let above = path.as_str().match_indices('/').filter_map(|(end, _)| path.as_str().get(..end));
    for part in above {
        let place = folder.join(part);
        if place.is_symlink() {
            return format!("behind the link `{part}`");
        }
        if place.join(".git").exists() {
            return format!("in `{part}`, which is a repository of its own");
        }
    }
    "not tracked by git, so it is ignored or not added yet".to_owned()
}

/// What the files `.gitattributes` say (gitattributes(5)).
struct Attributes<'a> {
    /// The top of the repository.
    top: &'a Path,
    /// For which files below a folder Git LFS is the filter.
    known: HashMap<String, Ignore>,
}

impl Attributes<'_> {
    /// Whether the file at `path` of the repository is stored by Git LFS. The nearest folder counts most.
    fn has_lfs(&mut self, path: &str) -> bool {
        let parts: Vec<&str> = path.split('/').collect();
        (0..parts.len())
            .rev()
            .find_map(|depth| {
                let (folder, below) = parts.split_at_checked(depth)?;
                let folder = folder.join("/");
                let place = self.top.join(&folder).join(".gitattributes");
                let filters = self.known.entry(folder).or_insert_with(|| lfs_files(&place));
                filters.verdict(below, false)
            })
            .unwrap_or(false)
    }
}

/// The patterns of a file of attributes whose filter is Git LFS; those with another one are exceptions.
fn lfs_files(place: &Path) -> Ignore {
    let text = text(place).unwrap_or_default();
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let pattern = words.next().filter(|word| !word.starts_with(['#', '!', '"', '[']))?;
        let is_filter = |word: &&str| word.trim_start_matches(['-', '!']).starts_with("filter");
        let filter = words.rfind(is_filter)?;
        Some(if filter == "filter=lfs" { pattern.to_owned() } else { format!("!{pattern}") })
    };
    let lines: Vec<String> = text.lines().filter_map(line).collect();
    Ignore::new(lines.iter().map(String::as_str))
}
