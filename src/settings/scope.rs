//! Which files above an input may configure its conversion: those of its own repository or project,
//! and not those of users who can write only to a folder above it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::finding::{Code, Finding};

/// The mark of a repository's root: a folder, or the file of a worktree or submodule.
const REPOSITORIES: [&str; 2] = [".git", ".hg"];

/// Files whose settings were not taken, and why, until they are reported.
static PASSED_OVER: Mutex<BTreeMap<PathBuf, &'static str>> = Mutex::new(BTreeMap::new());

/// How far settings hold for one input.
pub(super) struct Scope {
    /// The outermost folder whose settings hold; without one, it is the innermost that has a file
    /// for them.
    outermost: Option<PathBuf>,
    owners: Owners,
}

impl Scope {
    /// That of `input`, an absolute path without links.
    ///
    /// The folders around it belong to its repository; or, where it is in none, to the user's home.
    pub(super) fn of(input: &Path) -> Self {
        let is_root = |folder: &&Path| REPOSITORIES.iter().any(|name| folder.join(name).exists());
        let home = || {
            let home = etcetera::home_dir().ok()?.canonicalize().ok()?;
            // Where all is at home, nothing is.
            (home.parent().is_some() && input.starts_with(&home)).then_some(home)
        };
        let repository = input.ancestors().find(is_root).map(Path::to_owned);
        Self { outermost: repository.or_else(home), owners: Owners::of(input) }
    }

    /// Whether settings in this folder hold, of whoever they are.
    pub(super) fn reaches(&self, folder: &Path) -> bool {
        self.outermost.as_ref().is_none_or(|outermost| folder.starts_with(outermost))
    }

    /// Whether only the innermost folder with a file of settings counts.
    pub(super) fn is_only_innermost(&self) -> bool {
        self.outermost.is_none()
    }

    /// Whether the file belongs to the user, to root, or to the owner of the input.
    pub(super) fn trusts(&self, file: &Path) -> bool {
        self.owners.trust(file)
    }
}

/// Remembers a file whose settings are not taken.
pub(super) fn pass_over(file: PathBuf, found: &'static str) {
    PASSED_OVER.lock().unwrap_or_else(PoisonError::into_inner).insert(file, found);
}

/// A finding for each file whose settings were not taken since the last call.
#[must_use]
pub fn passed_over() -> Vec<Finding> {
    let files = std::mem::take(&mut *PASSED_OVER.lock().unwrap_or_else(PoisonError::into_inner));
    let finding = |(file, found): (PathBuf, &'static str)| {
        Finding::new(Code::SettingsPassedOver, found).at(file.display().to_string())
    };
    files.into_iter().map(finding).collect()
}

/// The users whose files may configure the conversion of an input.
#[cfg(unix)]
struct Owners(Vec<u32>);

#[cfg(unix)]
impl Owners {
    /// The user that this program runs as, the administrator, and who owns the input already.
    fn of(input: &Path) -> Self {
        use std::os::unix::fs::MetadataExt as _;

        let user = rustix::process::geteuid().as_raw();
        let owner = input.metadata().ok().map(|metadata| metadata.uid());
        Self([user, 0].into_iter().chain(owner).collect())
    }

    fn trust(&self, file: &Path) -> bool {
        use std::os::unix::fs::MetadataExt as _;

        let owned = |metadata: io::Result<std::fs::Metadata>| {
            metadata.is_ok_and(|metadata| self.0.contains(&metadata.uid()))
        };
        // Any user can create a link to a file of another user.
        owned(file.symlink_metadata()) && owned(file.metadata())
    }
}

/// Files have no owner that could be compared.
#[cfg(not(unix))]
struct Owners;

#[cfg(not(unix))]
impl Owners {
    fn of(_input: &Path) -> Self {
        Self
    }

    fn trust(&self, file: &Path) -> bool {
        let exists: io::Result<bool> = file.try_exists();
        exists.unwrap_or_default()
    }
}
