//! How much work and memory one input may cost: the bounds of parsers and evaluators, and the
//! counter of what they do.
//!
//! The bounds are far above what real projects need. How much an archive may unpack to is in
//! [`Limits`](crate::Limits), since users can raise that.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes in the name of a project or of an extra. No file system takes a longer file name.
pub(crate) const MAX_NAME: usize = 255;

/// Bytes in a version.
pub(crate) const MAX_VERSION: usize = 255;

/// Bytes in a field of core metadata that is one line.
pub(crate) const MAX_FIELD: usize = 32 << 10;

/// Bytes of the dependency specifiers that one text names, the markers of their sections included.
/// A parsed one is about ten times as large.
pub(crate) const MAX_DEPENDENCY_BYTES: usize = 1 << 20;

/// Characters in a text of a finding. What is longer loses its middle.
pub(crate) const MAX_MESSAGE: usize = 10_000;

/// Characters in a cell of a table. What is longer loses its middle.
pub(crate) const MAX_CELL: usize = 300;

/// Bytes of the page of a project. The largest that are known have half of it.
pub(crate) const MAX_PAGE: u64 = 32 << 20;

/// Links on one page of a project.
pub(crate) const MAX_PAGE_LINKS: usize = 100_000;

/// Bytes of the links on one page of a project, once their URLs are whole.
pub(crate) const MAX_PAGE_LINK_BYTES: usize = 32 << 20;

/// Bytes of what is known of all projects that one run asks indexes for.
pub(crate) const MAX_PROJECT_BYTES: usize = 128 << 20;

/// Bytes of the dependencies that one resolution looks at, as they are held for it.
pub(crate) const MAX_RESOLUTION_BYTES: usize = 64 << 20;

/// Bytes of archives that are kept after they were read.
pub(crate) const MAX_KEPT_BYTES: usize = 64 << 20;

/// Expressions that are evaluated for one script: loops and functions repeat them. Long texts count for
/// several.
pub(crate) const MAX_SCRIPT_STEPS: usize = 1_000_000;

/// Bytes of an archive that may be read beside others. What it unpacks to is many times as large.
pub(crate) const MAX_PARALLEL_ARCHIVE: usize = 128 << 10;

/// Comparisons of a short name with a short pattern, for one project. A name or pattern counts for
/// several, by its length. The worst ones take 0.1 µs each.
pub(crate) const MAX_COMPARISONS: usize = 16_000_000;

/// Bytes that the evaluation of one script may copy. Its values share what they can.
pub(crate) const MAX_SCRIPT_BYTES: usize = 64 << 20;

/// Parts of a TOML document: keys, values and tables. A parsed part takes up to 500 bytes, and a table
/// counts for several.
pub(crate) const MAX_TOML_PARTS: usize = 100_000;

/// Bytes of a record that setuptools leaves in a source distribution, such as `SOURCES.txt`.
pub(crate) const MAX_RECORD: usize = 32 << 20;

/// Lines of a record that setuptools leaves in a source distribution.
pub(crate) const MAX_RECORD_LINES: usize = 200_000;

/// Streams in a bzip2 file. Each takes 0.2 ms of processor time, even if it is empty; parallel
/// compressors write one for each 900 kB.
pub(crate) const MAX_BZIP2_STREAMS: usize = 2_000;

/// Lines of the files and folders that one package is shown with.
pub(crate) const MAX_SHOWN_LINES: usize = 20_000;

/// Counts what is done for one input: comparisons, steps or bytes, whichever the caller charges. May
/// be shared by threads.
#[derive(Debug)]
pub(crate) struct WorkBudget {
    left: AtomicUsize,
}

/// A budget is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too much work")]
pub(crate) struct TooMuchWork;

impl WorkBudget {
    /// A budget of so many units.
    pub(crate) const fn new(units: usize) -> Self {
        Self { left: AtomicUsize::new(units) }
    }

    /// Takes `cost` units.
    ///
    /// # Errors
    /// [`TooMuchWork`] if fewer are left; then nothing is left for later calls either.
    pub(crate) fn charge(&self, cost: usize) -> Result<(), TooMuchWork> {
        let take = |left: usize| left.checked_sub(cost);
        if self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok() {
            return Ok(());
        }
        self.left.store(0, Ordering::Relaxed);
        Err(TooMuchWork)
    }

    /// Whether nothing is left.
    pub(crate) fn is_spent(&self) -> bool {
        self.left.load(Ordering::Relaxed) == 0
    }
}

/// Whether a TOML document has few enough parts to be parsed, judged by its punctuation.
///
/// # Errors
/// [`TooMuchWork`] if it has more than [`MAX_TOML_PARTS`].
pub(crate) fn check_toml(text: &str) -> Result<(), TooMuchWork> {
    // What each part of the name of a table counts for.
    const TABLE: usize = 8;
    let budget = WorkBudget::new(MAX_TOML_PARTS);
    for line in text.lines() {
        let marks = line.bytes().filter(|byte| b".,={[".contains(byte)).count();
        let weight = if line.trim_start().starts_with('[') { TABLE } else { 1 };
        budget.charge(marks * weight)?;
    }
    Ok(())
}

/// `text` without its middle if it has more than `max` characters.
pub(crate) fn shortened(text: &str, max: usize) -> std::borrow::Cow<'_, str> {
    if text.len() <= max || text.chars().nth(max).is_none() {
        return text.into();
    }
    let half = max / 2;
    let place = |index: Option<(usize, char)>| index.map_or(0, |(place, _)| place);
    let head = text.get(..place(text.char_indices().nth(half))).unwrap_or_default();
    let tail = text.get(place(text.char_indices().nth_back(half.saturating_sub(1)))..);
    format!("{head}…{}", tail.unwrap_or_default()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spent_budget_stays_spent() {
        let budget = WorkBudget::new(10);
        assert_eq!(budget.charge(4), Ok(()));
        assert_eq!(budget.charge(7), Err(TooMuchWork));
        assert_eq!(budget.charge(1), Err(TooMuchWork));
    }

    #[test]
    fn documents_with_too_many_parts_are_recognized_by_their_punctuation() {
        assert_eq!(check_toml(&"[a.b]\nc = ['d', 'e']\n".repeat(1_000)), Ok(()));
        for part in ["[a.b]\n", "a = [1, 2]\n", "a.b.c = 1\n"] {
            assert_eq!(check_toml(&part.repeat(MAX_TOML_PARTS)), Err(TooMuchWork));
        }
    }

    #[test]
    fn long_texts_lose_their_middle() {
        assert_eq!(shortened("ééé", 3), "ééé");
        assert_eq!(shortened("éabcdé", 4), "éa…dé");
        assert_eq!(shortened(&"a".repeat(100_000), 300).chars().count(), 301);
    }
}
