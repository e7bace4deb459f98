//! Several downloads at a time.

use rayon::prelude::*;

/// Downloads at a time: servers of files are not to be overrun.
pub(super) const CONNECTIONS: usize = 8;

/// The results of `work` in the order of `items`.
pub(crate) fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    if items.len() < 2 {
        return items.iter().map(work).collect();
    }
    // Most of the time is spent waiting, so the number of cores does not matter.
    let threads = CONNECTIONS.min(items.len());
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool.install(|| items.par_iter().map(&work).collect()),
        Err(_) => items.iter().map(work).collect(),
    }
}
