//! How long a whole run may take, and how much it may download.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use crate::error::FetchError;

/// Limits for all downloads of a run. Clones share them, so that they apply to all threads and
/// clients of a run. The time starts when the value is created.
///
/// ```
/// use std::time::Duration;
///
/// use mpconvert::net::fetch::{FetchOptions, RunBudget};
///
/// let budget = RunBudget::new(Duration::from_secs(600), 100 << 20);
/// let options = FetchOptions { run: budget.clone(), ..FetchOptions::default() };
/// ```
#[derive(Clone, Debug)]
pub struct RunBudget(Arc<State>);

#[derive(Debug)]
struct State {
    max_time: Duration,
    max_bytes: u64,
    start: Instant,
    bytes: AtomicU64,
    downloads: AtomicU64,
}

impl RunBudget {
    /// Seconds that a run may take by default.
    pub const DEFAULT_MAX_TIME: u64 = 60 * 60;
    /// Bytes that a run may download by default.
    pub const DEFAULT_MAX_BYTES: u64 = 4 << 30;

    /// A budget of `max_time` from now on and of `max_bytes`.
    #[must_use]
    pub fn new(max_time: Duration, max_bytes: u64) -> Self {
        let (bytes, downloads) = Default::default();
        Self(Arc::new(State { max_time, max_bytes, start: Instant::now(), bytes, downloads }))
    }
}

impl RunBudget {
    /// The time that is left.
    pub(super) fn time_left(&self) -> Duration {
        self.0.max_time.saturating_sub(self.0.start.elapsed())
    }

    /// Whether the run may go on.
    pub(super) fn check(&self) -> Result<(), FetchError> {
        self.receive(0)?;
        if self.time_left().is_zero() {
            let [bytes, downloads] = self.received();
            return Err(FetchError::RunTime { limit: self.0.max_time, downloads, bytes });
        }
        Ok(())
    }

    /// Counts bytes that came.
    pub(super) fn receive(&self, bytes: u64) -> Result<(), FetchError> {
        let before = self.0.bytes.fetch_add(bytes, Relaxed);
        if before.saturating_add(bytes) > self.0.max_bytes {
            let [bytes, downloads] = self.received();
            return Err(FetchError::RunBytes { limit: self.0.max_bytes, downloads, bytes });
        }
        Ok(())
    }

    /// Counts a download that is complete.
    pub(super) fn complete(&self) {
        self.0.downloads.fetch_add(1, Relaxed);
    }

    fn received(&self) -> [u64; 2] {
        [&self.0.bytes, &self.0.downloads].map(|count| count.load(Relaxed))
    }
}

impl Default for RunBudget {
    fn default() -> Self {
        Self::new(Duration::from_secs(Self::DEFAULT_MAX_TIME), Self::DEFAULT_MAX_BYTES)
    }
}
