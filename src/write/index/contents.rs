//! What lies in an index.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::layout::{Layout, PENDING, is_plain, is_variant};
use super::version::latest;
use crate::dir::{Dir, Kind};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::mip::{IndexJson, LATEST, PackageJson};

/// Files and folders that an index has at most.
const MAX_ENTRIES: usize = 1_000_000;

/// How deep folders lie in each other at most; clients know two.
const MAX_DEPTH: usize = 8;

/// Bytes of a `{version}.json` at most: devices hold it whole.
pub(super) const MAX_PACKAGE_JSON_SIZE: u64 = 4 << 20;

/// Bytes of an `index.json` at most.
pub(super) const MAX_INDEX_JSON_SIZE: u64 = 256 << 20;

/// Packages by their names and variants.
pub(super) type Packages = BTreeMap<String, BTreeMap<String, Published>>;

/// The packages of an index.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// What tools read.
    pub(super) json: IndexJson,
    /// What clients read.
    pub(super) packages: Packages,
    /// All regular files below `package/`, relative to it.
    pub(super) paths: BTreeSet<PathBuf>,
    /// Why the index must not be changed: an `index.json` that cannot be read, and links.
    pub(super) damage: Vec<Finding>,
    /// Entries that no client asks for, and texts that are no `package.json`.
    pub(super) findings: Vec<Finding>,
}

/// A package in one variant.
#[derive(Clone, Debug, Default)]
pub(super) struct Published {
    /// By version.
    pub(super) releases: BTreeMap<String, Entry>,
    /// What clients get who name no version.
    pub(super) latest: Option<Entry>,
}

/// A `{version}.json`.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The bytes of the file.
    pub(super) text: Vec<u8>,
    /// What it says, if it can be understood.
    pub(super) json: Option<PackageJson>,
}

impl Entry {
    /// The entry for a release that is written.
    pub(super) fn of(json: PackageJson) -> Self {
        Self { text: json.to_indexed().into_bytes(), json: Some(json) }
    }
}

impl Published {
    /// The version that clients shall get who name none.
    pub(super) fn latest_version(&self) -> Option<&str> {
        latest(self.releases.keys().map(String::as_str))
    }

    /// Whether clients that ask for this version, or for the latest, get something.
    pub(super) fn has(&self, version: &str) -> bool {
        if version == LATEST { self.latest.is_some() } else { self.releases.contains_key(version) }
    }

    /// All entries with what stands for them in file names.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        let releases = self.releases.iter().map(|(version, entry)| (version.as_str(), entry));
        releases.chain(self.latest.iter().map(|entry| (LATEST, entry)))
    }
}

impl Contents {
    /// Reads all but the contents of the files.
    ///
    /// # Errors
    /// [`Error::Refused`] for an index of more entries than the limit; [`Error::Io`].
    pub(super) fn read(layout: &Layout) -> Result<Self> {
        let mut contents = Self::default();
        contents.read_index_json(layout)?;
        let mut walk = Walk::new(layout.root(), layout.packages());
        walk.folder(Path::new(""), 0)?;
        contents.damage.append(&mut walk.findings);
        contents.paths = walk.files;
        let paths = contents.paths.clone();
        let (places, strange): (Vec<_>, Vec<_>) = paths
            .iter()
            .map(|path| (path, Place::of(path)))
            .partition(|(_, place)| place.is_some());
        let read = |(path, place): (&PathBuf, Option<Place>)| {
            let text =
                read_file(layout.root(), &layout.packages().join(path), MAX_PACKAGE_JSON_SIZE)?;
            let json = PackageJson::parse(&text, &format!("package/{}", path.display()));
            Ok(place.map(|place| (place, text, json)))
        };
        let entries: Vec<_> = places.into_par_iter().map(read).collect::<Result<_>>()?;
        for (place, text, json) in entries.into_iter().flatten() {
            contents.add(&place, text, json);
        }
        let strange = strange.iter().filter(|(path, _)| path.as_os_str() != PENDING);
        contents.findings.extend(strange.map(|(path, _)| {
            Finding::new(Code::StrangeInIndex, "a file that no client asks for")
                .at(format!("package/{}", path.display()))
        }));
        Ok(contents)
    }

    /// The damage and all other findings.
    pub(super) fn all_findings(&self) -> Vec<Finding> {
        [&self.damage[..], &self.findings].concat()
    }

    /// That of an interrupted change counts, if its packages are in place already.
    fn read_index_json(&mut self, layout: &Layout) -> Result<()> {
        let pending = layout.packages().join(PENDING);
        let path = if layout.root().has(&pending)? { pending } else { layout.index_json() };
        if let Some(text) = layout.root().read(&path, MAX_INDEX_JSON_SIZE)? {
            match IndexJson::parse(&text, "index.json") {
                Ok(json) => self.json = json,
                Err(finding) => self.damage.push(finding.hint(
                    "restore the file, or remove it and add the releases again, which makes it anew",
                )),
            }
        }
        Ok(())
    }

    fn add(&mut self, place: &Place, text: Vec<u8>, json: Result<PackageJson, Vec<Finding>>) {
        let json = json.map_err(|mut findings| self.findings.append(&mut findings)).ok();
        let variants = self.packages.entry(place.name.clone()).or_default();
        let published = variants.entry(place.variant.clone()).or_default();
        let entry = Entry { text, json };
        if place.version == LATEST {
            published.latest = Some(entry);
        } else {
            published.releases.insert(place.version.clone(), entry);
        }
    }
}

/// What the path `{variant}/{name}/{version}.json` says.
struct Place {
    variant: String,
    name: String,
    version: String,
}

impl Place {
    fn of(path: &Path) -> Option<Self> {
        let mut parts = path.iter().map(|part| part.to_str());
        let (variant, name, file) = (parts.next()??, parts.next()??, parts.next()??);
        let version = file.strip_suffix(".json")?;
        let is_mip_url =
            parts.next().is_none() && is_variant(variant) && is_plain(name) && is_plain(version);
        let own = |text: &str| text.to_owned();
        is_mip_url.then(|| Self { variant: own(variant), name: own(name), version: own(version) })
    }
}

/// Finds the files below a folder, and what is neither file nor folder.
pub(super) struct Walk {
    dir: Dir,
    root: PathBuf,
    /// The regular files, relative to the root.
    pub(super) files: BTreeSet<PathBuf>,
    pub(super) findings: Vec<Finding>,
    entries: usize,
}

impl Walk {
    /// Walks the folder `root`, a path below `dir`.
    pub(super) fn new(dir: &Dir, root: PathBuf) -> Self {
        Self { dir: dir.clone(), root, files: BTreeSet::new(), findings: Vec::new(), entries: 0 }
    }

    /// Looks at the folder that is `inside` the root; one that does not exist is empty.
    pub(super) fn folder(&mut self, inside: &Path, depth: usize) -> Result<()> {
        let folder = self.root.join(inside);
        let shown =
            Path::new(self.root.file_name().unwrap_or_default()).join(inside).display().to_string();
        match self.dir.entry(&folder)? {
            None => return Ok(()),
            Some(entry) if entry.kind != Kind::Folder => {
                self.strange(&folder, "a file in place of a folder");
                return Ok(());
            }
            Some(_) => {}
        }
        for (name, kind) in self.dir.entries(&folder)? {
            self.entries += 1;
            if self.entries > MAX_ENTRIES || depth > MAX_DEPTH {
                let found = format!("more than {MAX_ENTRIES} entries, or folders too deep");
                let finding = Finding::new(Code::TooManyPackages, found)
                    .at(shown)
                    .hint("give the folder of an index that contains nothing else");
                return Err(Error::Refused {
                    input: self.dir.display_path(&self.root).display().to_string(),
                    findings: vec![finding],
                });
            }
            let path = inside.join(name);
            match kind {
                Kind::Folder => self.folder(&path, depth + 1)?,
                Kind::File => {
                    self.files.insert(path);
                }
                Kind::Link | Kind::Special => {
                    self.strange(&self.root.join(path), "a link or device, which is not followed");
                }
            }
        }
        Ok(())
    }

    fn strange(&mut self, path: &Path, found: &str) {
        let above = self.root.parent().unwrap_or(Path::new(""));
        let shown = path.strip_prefix(above).unwrap_or(path).display().to_string();
        self.findings.push(Finding::new(Code::LinkInIndex, found).at(shown));
    }
}

/// The content of the regular file at `path` below `dir`, of at most `limit` bytes.
pub(super) fn read_file(dir: &Dir, path: &Path, limit: u64) -> Result<Vec<u8>> {
    let missing = || Error::io(dir.display_path(path))(io::ErrorKind::NotFound.into());
    dir.read(path, limit)?.ok_or_else(missing)
}

/// The names of all files that packages need.
pub(super) fn names_of(packages: &Packages) -> BTreeSet<&str> {
    let published = packages.values().flat_map(BTreeMap::values);
    let entries =
        published.flat_map(Published::entries).filter_map(|(_, entry)| entry.json.as_ref());
    entries.flat_map(|json| json.hashes.iter().map(|(_, name)| name.as_str())).collect()
}

/// The texts below `package/` that are other than before, or gone.
pub(super) fn differences(
    before: &Packages,
    after: &Packages,
) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let (before, after) = (texts(before), texts(after));
    let gone = before.keys().filter(|path| !after.contains_key(*path));
    let mut differences: BTreeMap<_, _> = gone.map(|path| (path.clone(), None)).collect();
    for (path, text) in &after {
        if before.get(path) != Some(text) {
            differences.insert(path.clone(), Some(text.to_vec()));
        }
    }
    differences
}

fn texts(packages: &Packages) -> BTreeMap<PathBuf, &[u8]> {
    let mut texts = BTreeMap::new();
    for (name, variants) in packages {
        for (variant, published) in variants {
            for (version, entry) in published.entries() {
                let path = Path::new(variant).join(name).join(format!("{version}.json"));
                texts.insert(path, &entry.text[..]);
            }
        }
    }
    texts
}
