//! Where the caches of the user are.

use std::path::PathBuf;

use etcetera::BaseStrategy;

use crate::cache::Cache;

/// The variable that names the folder.
pub const CACHE_VARIABLE: &str = "MPCONVERT_CACHE";

/// The folder of all caches: what `MPCONVERT_CACHE` says, else `mpconvert` where the user's caches
/// lie (`$XDG_CACHE_HOME` or `~/.cache`; on Windows `%LOCALAPPDATA%`). `None` where there is no such
/// place.
#[must_use]
pub fn cache_folder() -> Option<PathBuf> {
    if let Some(own) = std::env::var_os(CACHE_VARIABLE).filter(|own| !own.is_empty()) {
        return Some(own.into());
    }
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.cache_dir().join("mpconvert"))
}

/// The entries of this kind in [`cache_folder`]; without one, nothing is kept.
#[must_use]
pub fn cache(kind: &str) -> Cache {
    cache_folder().map_or_else(Cache::none, |folder| Cache::below(&folder, kind))
}
