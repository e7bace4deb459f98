//! What a `package.json` in place keeps of an older one that somebody may have written by hand.

use std::collections::BTreeSet;
use std::path::Path;

use percent_encoding::percent_decode_str;

use crate::dir::Dir;
use crate::finding::{Code, Finding};
use crate::hosted::hosted;
use crate::mip::{Dependency, PackageJson};
use crate::name::normalized_name;
use crate::path::MemberPath;

/// The keys that are written from what the project says.
const KEYS: [&str; 10] = [
    "name",
    "version",
    "description",
    "license",
    "author",
    "homepage",
    "sha256",
    "hashes",
    "urls",
    "deps",
];

/// An older `package.json` beside the sources of its project.
pub(super) struct Older<'a> {
    /// Its content.
    pub(super) json: PackageJson,
    /// The folder of the project.
    pub(super) folder: &'a Dir,
    /// Its path, for findings.
    pub(super) at: String,
}

/// What is not in the new one.
#[derive(Default)]
pub(super) struct Dropped {
    /// What the project itself no longer has.
    pub(super) own: Vec<String>,
    /// What somebody else wrote there, and what leads nowhere.
    pub(super) foreign: Vec<String>,
}

impl<'a> Older<'a> {
    /// Reads `text`, with all keys that clients ignore.
    ///
    /// # Errors
    /// As [`PackageJson::parse`].
    pub(super) fn parse(text: &[u8], at: String, folder: &'a Dir) -> Result<Self, Vec<Finding>> {
        // Clients crash at the mark; the file is made anew without it.
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
        let mut json = PackageJson::parse(text, &at)?;
        if let Ok(serde_json::Value::Object(object)) = serde_json::from_slice(text) {
            json.others = object.into_iter().collect();
            json.others.retain(|(key, _)| !KEYS.contains(&key.as_str()));
        }
        Ok(Self { json, folder, at })
    }

    /// Adds to `new` what the project does not say otherwise; `declared` are the normalized names of
    /// which it says something. Gives a finding for each thing that is kept.
    pub(super) fn keep(
        self,
        new: &mut PackageJson,
        declared: &BTreeSet<String>,
    ) -> (Vec<Finding>, Dropped) {
        let Self { json: old, folder, at } = self;
        let mut kept = Vec::new();
        let mut dropped = Dropped::default();
        let targets: BTreeSet<MemberPath> =
            new.urls.iter().map(|(target, _)| target.clone()).collect();
        let own = OwnFiles::of(&old, new);
        for (target, url) in old.urls {
            if targets.contains(&target) {
                continue;
            }
            let source = own.source(&url);
            if own.is_own(&target, source.as_ref()) {
                dropped.own.push(format!("the file `{target}`"));
            } else if source.is_some_and(|source| !is_there(folder, source.as_ref())) {
                dropped.foreign.push(format!("the file `{target}`, whose source does not exist"));
            } else {
                kept.push(format!("the file `{target}`"));
                new.urls.push((target, url));
            }
        }
        new.urls.sort();
        for (target, hash) in old.hashes {
            if !targets.contains(&target) {
                kept.push(format!("the file `{target}`"));
                new.hashes.push((target, hash));
            }
        }
        for dependency in old.deps {
            let name = normalized_name(&dependency.name);
            let is_same = |other: &Dependency| normalized_name(&other.name) == name;
            if new.deps.iter().any(is_same) {
                continue;
            }
            if declared.contains(&name) {
                dropped.own.push(format!("the dependency `{dependency}`"));
            } else {
                kept.push(format!("the dependency `{dependency}`"));
                new.deps.push(dependency);
            }
        }
        for (new, old) in [
            (&mut new.description, old.description),
            (&mut new.license, old.license),
            (&mut new.author, old.author),
            (&mut new.homepage, old.homepage),
        ] {
            *new = new.take().or(old);
        }
        kept.extend(old.others.iter().map(|(key, _)| format!("the key `{key}`")));
        new.others = old.others;
        let finding = |found| Finding::new(Code::EntryKept, found).at(&at);
        (kept.into_iter().map(finding).collect(), dropped)
    }
}

/// What shows that a file is one of the project.
struct OwnFiles {
    /// The sources of its new files.
    sources: BTreeSet<String>,
    /// The folders that it installs.
    folders: BTreeSet<String>,
    /// Where the older file says that the project is: the text before the paths of its files.
    bases: BTreeSet<String>,
}

impl OwnFiles {
    fn of(old: &PackageJson, new: &PackageJson) -> Self {
        let of_new = |target: &MemberPath| new.urls.iter().find(|(other, _)| other == target);
        let old_bases = old.urls.iter().filter(|(target, _)| of_new(target).is_some());
        let bases = old_bases.chain(&new.urls).filter_map(|(_, url)| base(url)).collect();
        let folder = |target: &MemberPath| {
            target.parent().and_then(|path| path.split('/').next()).map(str::to_owned)
        };
        let own = Self {
            sources: BTreeSet::new(),
            folders: new.urls.iter().filter_map(|(target, _)| folder(target)).collect(),
            bases,
        };
        let sources = new.urls.iter().filter_map(|(_, url)| own.source(url)).collect();
        Self { sources, ..own }
    }

    /// The path in the folder of the project, for a file that lies there.
    fn source(&self, url: &str) -> Option<String> {
        let path = if url.contains(':') {
            self.bases.iter().find_map(|base| url.strip_prefix(base.as_str()))?
        } else {
            url
        };
        Some(percent_decode_str(path).decode_utf8_lossy().into_owned())
    }

    fn is_own(&self, target: &MemberPath, source: Option<&String>) -> bool {
        let Some(source) = source else { return false };
        let folder = target.parent().and_then(|path| path.split('/').next());
        self.sources.contains(source) || folder.is_some_and(|folder| self.folders.contains(folder))
    }
}

/// The organization and repository of a URL in the short form, up to the path.
fn base(url: &str) -> Option<String> {
    hosted(url)?;
    let end = url.match_indices('/').nth(1)?.0;
    Some(url[..=end].to_owned())
}

fn is_there(folder: &Dir, source: &str) -> bool {
    let path = source.parse::<MemberPath>();
    path.is_ok_and(|path| folder.has_file(Path::new(path.as_str())).unwrap_or(false))
}
