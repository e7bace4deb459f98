//! An index as it is looked at, without changing it.

use std::collections::BTreeMap;
use std::path::Path;

use super::change;
use super::contents::{Contents, Published};
use super::layout::Layout;
use super::version::order;
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::mip::IndexedPackage;
use crate::write::dir_lock::{DirLock, LockTimeout};

/// An index that this program does not change while it is read.
#[derive(Debug)]
pub struct Look {
    pub(super) layout: Layout,
    pub(super) contents: Contents,
    /// Whether `index.json` may be ahead of the packages.
    pub(super) is_removing: bool,
    _lock: Option<DirLock>,
}

/// A package of an index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// The name under which clients ask for it.
    pub name: String,
    /// The version that clients get who name none; empty where it has none.
    pub latest: String,
    /// The versions in each variant, sorted.
    pub versions: BTreeMap<String, Vec<String>>,
    /// Its description in `index.json`, if there is one.
    pub about: Option<IndexedPackage>,
}

impl Look {
    /// Looks at the index in the folder `dir`.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no index, or if other runs hold it longer than `patience`,
    /// [`Error::Refused`] for one that is too large, [`Error::Io`].
    pub fn at(dir: &Path, patience: &LockTimeout) -> Result<Self> {
        let layout = Layout::at(dir)?;
        let root = layout.root();
        if !root.has(layout.index_json())? && !root.has(layout.packages())? {
            return Err(Error::Usage {
                message: format!("{}: found no index", dir.display()),
                help: "give the folder with index.json and package/; `mpconvert index add` \
                       begins one"
                    .to_owned(),
            });
        }
        let lock = DirLock::shared(root, &layout.lock(), patience)?;
        let mut contents = Contents::read(&layout)?;
        if change::is_interrupted(&layout)? {
            let found = "files of an unfinished change";
            let at = layout.work().display().to_string();
            contents.findings.push(Finding::new(Code::Unfinished, found).at(at));
        }
        let is_removing = change::is_ready(&layout)?;
        Ok(Self { layout, contents, is_removing, _lock: lock })
    }

    /// What of the index cannot be read or used.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        self.contents.all_findings()
    }

    /// Its packages, sorted by name.
    #[must_use]
    pub fn packages(&self) -> Vec<Listed> {
        let listed = |(name, variants): (&String, &BTreeMap<String, Published>)| {
            let sorted = |published: &Published| {
                let mut versions: Vec<_> = published.releases.keys().cloned().collect();
                versions.sort_by(|one, other| order(one, other));
                versions
            };
            let versions: BTreeMap<String, Vec<String>> = variants
                .iter()
                .map(|(variant, published)| (variant.clone(), sorted(published)))
                .collect();
            let latest = super::latest(versions.values().flatten().map(String::as_str));
            Listed {
                name: name.clone(),
                latest: latest.unwrap_or_default().to_owned(),
                about: self.contents.json.package(name).cloned(),
                versions,
            }
        };
        self.contents.packages.iter().map(listed).collect()
    }
}
