//! How much an archive may unpack to.

use std::io::{self, Read};

use crate::finding::{Code, Finding};
use crate::limits::TooMuchWork;

/// Bytes of the longest path. No project has longer ones, and no device takes them; names without
/// end would fill the memory, each once more for every link to its folder.
pub(super) const MAX_PATH_LENGTH: usize = 1000;

/// Where reading of an archive stops, so that a small file can fill neither memory nor disk.
///
/// ```
/// let limits = mpconvert::Limits { max_size: 1 << 20, ..Default::default() };
/// assert_eq!(limits.max_members, 50_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that the whole archive may unpack to.
    pub max_size: u64,
    /// How many times its own size the archive may unpack to; counted once more than
    /// [`Limits::RATIO_FLOOR`] bytes are unpacked.
    pub max_ratio: u64,
    /// Members that the archive may have, files that links stand for included.
    pub max_members: usize,
}

impl Limits {
    /// Unpacked bytes below which no ratio is too high: a few kilobytes of zeros are not a bomb.
    pub const RATIO_FLOOR: u64 = 1 << 20;
}

/// Bytes that are reserved on the word of an archive; what it really holds may take more. Below it,
/// nothing is copied while large releases are unpacked.
const MAX_TRUST: u64 = 64 << 20;

impl Default for Limits {
    /// Room for what pure Python releases hold, with their documentation and test data.
    fn default() -> Self {
        Self { max_size: 512 << 20, max_ratio: 200, max_members: 50_000 }
    }
}

/// The rest of the [`Limits`] while one archive is read.
#[derive(Debug)]
pub(super) struct Budget {
    limits: Limits,
    packed: u64,
    unpacked: u64,
    members: usize,
}

impl Budget {
    /// The budget of an archive of `packed` bytes.
    pub(super) fn new(limits: Limits, packed: usize) -> Self {
        Self { limits, packed: packed as u64, unpacked: 0, members: 0 }
    }

    /// Reads `reader` to its end. `hint` is how many bytes it claims to hold.
    pub(super) fn unpack(&mut self, reader: impl Read, hint: u64) -> Result<Vec<u8>, Stopped> {
        let by_ratio = self.packed.saturating_mul(self.limits.max_ratio).max(Limits::RATIO_FLOOR);
        let allowed = by_ratio.min(self.limits.max_size).saturating_sub(self.unpacked);
        let capacity = usize::try_from(hint.min(allowed).min(MAX_TRUST)).unwrap_or(0);
        let mut bytes = Vec::with_capacity(capacity);
        reader.take(allowed.saturating_add(1)).read_to_end(&mut bytes).map_err(Stopped::Io)?;
        self.unpacked += bytes.len() as u64;
        if self.unpacked > self.limits.max_size {
            return Err(Stopped::Limit(
                Finding::new(Code::TooLarge, "more data than the limit allows")
                    .expected(format!("at most {} bytes", self.limits.max_size)),
            ));
        }
        if self.unpacked > by_ratio {
            return Err(Stopped::Limit(
                Finding::new(Code::TooDense, "more data than the limit allows").expected(format!(
                    "at most {} times the {} bytes of the archive",
                    self.limits.max_ratio, self.packed
                )),
            ));
        }
        Ok(bytes)
    }

    /// Counts `more` members.
    pub(super) fn count_members(&mut self, more: usize) -> Result<(), Finding> {
        self.members = self.members.saturating_add(more);
        if self.members <= self.limits.max_members {
            return Ok(());
        }
        Err(Finding::new(Code::TooManyMembers, "more members than the limit allows")
            .expected(format!("at most {}", self.limits.max_members)))
    }
}

/// Why unpacking ended before the end.
pub(super) enum Stopped {
    /// The stream is damaged.
    Io(io::Error),
    /// A limit is reached.
    Limit(Finding),
}

impl From<Stopped> for Finding {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Io(error) if is_too_much_work(&error) => {
                Finding::new(Code::TooMuchWork, "too many compressed streams")
            }
            Stopped::Io(error) => unreadable(&error),
            Stopped::Limit(finding) => finding,
        }
    }
}

fn is_too_much_work(error: &io::Error) -> bool {
    error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<TooMuchWork>)
}

/// The finding for bytes that a decoder rejected.
pub(super) fn unreadable(error: &dyn std::fmt::Display) -> Finding {
    let reason = error.to_string();
    Finding::new(
        Code::Unreadable,
        if reason.is_empty() { "the data is damaged".into() } else { reason },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop(limits: Limits, packed: usize) -> Code {
        match Budget::new(limits, packed).unpack(io::repeat(0), 0) {
            Err(Stopped::Limit(finding)) => finding.code,
            _ => panic!("an endless reader was read to its end"),
        }
    }

    #[test]
    fn endless_data_stops_at_each_limit() {
        assert_eq!(stop(Limits { max_size: 10_000, ..Limits::default() }, 1 << 20), Code::TooLarge);
        assert_eq!(stop(Limits::default(), 100), Code::TooDense);
    }

    #[test]
    fn the_budget_is_one_for_all_members() {
        let limits = Limits { max_size: 10, ..Limits::default() };
        let mut budget = Budget::new(limits, 100);
        assert!(budget.unpack(&b"123456"[..], 6).is_ok());
        assert!(budget.unpack(&b"123456"[..], 6).is_err());
    }

    #[test]
    fn a_claimed_size_reserves_no_memory_without_end() {
        let mut budget = Budget::new(Limits::default(), 100 << 20);
        let bytes = budget.unpack(&b"123456"[..], u64::from(u32::MAX)).ok().unwrap();
        assert_eq!(bytes, b"123456");
        assert!(bytes.capacity() as u64 <= MAX_TRUST);
    }
}
