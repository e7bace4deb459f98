//! How many requests are under way at a time.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Counts the requests that are under way.
#[derive(Debug, Default)]
pub(super) struct Limit {
    taken: Mutex<usize>,
    freed: Condvar,
}

/// Leave to have a request under way.
pub(super) struct Place<'a>(&'a Limit);

impl Limit {
    /// Waits until there are less than `most`.
    pub(super) fn place(&self, most: usize) -> Place<'_> {
        let mut taken = self.taken();
        while *taken >= most.max(1) {
            taken = self.freed.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        *taken += 1;
        Place(self)
    }

    fn taken(&self) -> MutexGuard<'_, usize> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.taken() -= 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn no_more_than_allowed_are_under_way() {
        let (limit, now, most) = (Limit::default(), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    let _place = limit.place(3);
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    thread::sleep(Duration::from_millis(5));
                    now.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        assert_eq!(most.into_inner(), 3);
    }
}
