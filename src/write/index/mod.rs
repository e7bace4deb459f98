//! An index for mip in a folder, which a server of plain files serves.
//!
//! Source of the layout: `tools/build.py` of micropython-lib; of how it is used: `mip/__init__.py`
//! and `mpremote/mip.py`.

mod change;
mod check;
mod contents;
mod edit;
mod exchange;
mod files;
mod gc;
mod layout;
mod look;
mod remove;
mod state;
mod version;

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;

use super::dir_lock::DirLock;
use crate::digest::sha256;
use crate::error::{Error, Result};
use crate::mip::{Dependency, PackageJson, SOURCE_VARIANT};
use crate::name::normalized_name;
use crate::path::MemberPath;
use crate::translate::AvailableVersions;
pub use crate::write::dir_lock::LockTimeout;
use change::Change;
pub use check::{Checked, check};
use contents::{Contents, Entry, differences, names_of};
pub use edit::Edit;
use files::Files;
pub use gc::{Collected, gc};
use layout::Layout;
pub use layout::is_fit;
pub use look::{Listed, Look};
pub use remove::{Chosen, ReleaseSpecError, remove};
pub use state::state;
pub use version::latest;

/// An index that is being changed. It is locked against other writers; readers are not blocked.
///
/// ```
/// use mpconvert::write::index::{About, Edit, Index, LockTimeout, Release};
///
/// let folder = tempfile::tempdir()?;
/// let index = Index::open(folder.path(), &LockTimeout::default())?;
/// let mut edit = Edit::default();
/// edit.put(Release {
///     name: "foo".to_owned(),
///     version: "1.0".to_owned(),
///     variant: "py".to_owned(),
///     files: vec![("foo.py".parse()?, "import machine\n".into())],
///     deps: Vec::new(),
/// });
/// edit.describe("foo", "1.0", About::default());
/// assert!(index.commit(&edit, 0)?.is_changed);
/// assert!(folder.path().join("package/py/foo/latest.json").is_file());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Index {
    layout: Layout,
    contents: Contents,
    lock: DirLock,
}

/// An index after its changes. It stays locked until this is dropped.
#[derive(Debug)]
pub struct Committed {
    /// Whether there were any.
    pub is_changed: bool,
    layout: Layout,
    _lock: DirLock,
}

/// A release in one variant.
#[derive(Clone, Debug)]
pub struct Release {
    /// The name under which clients ask for it.
    pub name: String,
    /// The version, as clients ask for it.
    pub version: String,
    /// `py`, or the major version of the bytecode.
    pub variant: String,
    /// Where the files go, and their contents.
    pub files: Vec<(MemberPath, Bytes)>,
    /// What else clients install, in this order.
    pub deps: Vec<Dependency>,
}

/// What an index says of a package beside its versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Who wrote it.
    pub author: String,
    /// What it is, in a line.
    pub description: String,
    /// Its licence.
    pub license: String,
    /// Where its sources are, in the words of the index that it comes from.
    pub path: String,
}

impl Index {
    /// Opens the index in the folder `dir`, or begins one there.
    ///
    /// # Errors
    /// [`Error::Usage`] if others change it longer than `patience` lasts, [`Error::Refused`] for
    /// what is there and no index, [`Error::Io`].
    pub fn open(dir: &Path, patience: &LockTimeout) -> Result<Self> {
        let layout = Layout::create(dir)?;
        layout.root().make_folders(layout.work())?;
        let lock = DirLock::exclusive(layout.root(), &layout.lock(), patience)?;
        change::recover(&layout)?;
        let contents = Contents::read(&layout)?;
        if !contents.damage.is_empty() {
            let findings = contents.damage;
            return Err(Error::Refused { input: dir.display().to_string(), findings });
        }
        Ok(Self { layout, contents, lock })
    }

    /// The name of the package in the index that is `name`, or the same by PEP 503.
    #[must_use]
    pub fn name_of(&self, name: &str) -> Option<&str> {
        let normal = normalized_name(name);
        let exact = self.contents.packages.get_key_value(name).map(|(name, _)| name);
        let same = || self.contents.packages.keys().find(|known| normalized_name(known) == normal);
        exact.or_else(same).map(String::as_str)
    }

    /// The version of the package `name` that is `version`, or the same by PEP 440.
    #[must_use]
    pub fn version_of(&self, name: &str, version: &str) -> Option<&str> {
        let variants = self.contents.packages.get(name)?;
        let mut known = variants.values().flat_map(|published| published.releases.keys());
        let exact = variants.values().any(|published| published.releases.contains_key(version));
        known
            .find(|known| if exact { *known == version } else { version::is_same(known, version) })
            .map(String::as_str)
    }

    /// What is published as this version of the package in this variant.
    #[must_use]
    pub fn published(&self, name: &str, variant: &str, version: &str) -> Option<&PackageJson> {
        self.entry(name, variant, version)?.json.as_ref()
    }

    /// Whether this version is published in this variant, and none of its files is missing.
    #[must_use]
    pub fn is_whole(&self, name: &str, variant: &str, version: &str) -> bool {
        self.published(name, variant, version).is_some_and(|published| {
            let mut names = published.hashes.iter().map(|(_, name)| self.layout.file(name));
            names.all(|path| self.layout.root().has_file(path).unwrap_or(false))
        })
    }

    /// Whether `index.json` names the package.
    #[must_use]
    pub fn lists(&self, name: &str) -> bool {
        self.contents.json.package(name).is_some()
    }

    /// Whether clients that ask for this version, or for the latest, get something.
    #[must_use]
    pub fn has(&self, name: &str, variant: &str, version: &str) -> bool {
        let published = self.contents.packages.get(name).and_then(|variants| variants.get(variant));
        published.is_some_and(|published| published.has(version))
    }

    /// The version that clients get who ask for the latest in this variant.
    #[must_use]
    pub fn latest(&self, name: &str, variant: &str) -> Option<&str> {
        self.contents.packages.get(name)?.get(variant)?.latest_version()
    }

    fn entry(&self, name: &str, variant: &str, version: &str) -> Option<&Entry> {
        self.contents.packages.get(name)?.get(variant)?.releases.get(version)
    }

    /// Whether the files of a published release are these very ones.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn holds(&self, published: &PackageJson, files: &[(MemberPath, Bytes)]) -> Result<bool> {
        let mut given: BTreeMap<&MemberPath, &Bytes> =
            files.iter().map(|(path, data)| (path, data)).collect();
        if !published.urls.is_empty() || published.hashes.len() != given.len() {
            return Ok(false);
        }
        for (target, name) in &published.hashes {
            let Some(data) = given.remove(target) else { return Ok(false) };
            if !sha256(data).starts_with(name.as_str())
                || files::is_there(&self.layout, name, data)? != Some(true)
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The releases in a form, as far as they can be understood: name, version and content.
    pub fn releases(&self, variant: &str) -> impl Iterator<Item = (&str, &str, &PackageJson)> {
        self.contents.packages.iter().flat_map(move |(name, variants)| {
            let releases =
                variants.get(variant).into_iter().flat_map(|published| &published.releases);
            releases.filter_map(move |(version, entry)| {
                Some((name.as_str(), version.as_str(), entry.json.as_ref()?))
            })
        })
    }

    /// What the index has to meet dependencies by.
    #[must_use]
    pub fn offers(&self) -> AvailableVersions {
        self.releases(SOURCE_VARIANT).map(|(name, version, _)| (name, version)).collect()
    }

    /// Makes all changes of `edit` at once. `updated` is the time that the index then states for
    /// itself, in seconds since 1970.
    ///
    /// # Errors
    /// [`Error::Io`]; the index is then as it was before.
    pub fn commit(self, edit: &Edit, updated: u64) -> Result<Committed> {
        let is_changed = self.make(edit, updated)?;
        Ok(Committed { is_changed, layout: self.layout, _lock: self.lock })
    }

    /// Makes all changes; whether there were any.
    fn make(&self, edit: &Edit, updated: u64) -> Result<bool> {
        if edit.touched().is_empty() {
            return Ok(false);
        }
        let mut files = Files::new(&self.layout);
        let (before, after) = (&self.contents.packages, edit.packages(self, &mut files)?);
        let texts = differences(before, &after);
        let mut json = edit.index_json(&self.contents.json, &after);
        if texts.is_empty() && !files.has_new() && json == self.contents.json {
            return Ok(false);
        }
        json.updated = updated;
        let index_json = json.to_text();
        files::forget(&self.layout, &names_of(before), &names_of(&after))?;
        let before = &self.contents.paths;
        Change { layout: &self.layout, files, before, texts, index_json }.make()?;
        Ok(true)
    }
}
