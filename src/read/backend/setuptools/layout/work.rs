//! How long following a project's settings may take.

use crate::finding::{Code, Finding};

/// The comparisons of paths with patterns that may still be made for one file of settings. A real
/// project stays far below what there is at first; a hostile one could keep the reader busy for
/// days.
pub(super) struct Work {
    left: usize,
    what: &'static str,
    file: &'static str,
}

impl Work {
    /// So many comparisons of a short name with a short pattern; `what` there is too much of in
    /// `file` where they do not suffice.
    pub fn new(most: usize, what: &'static str, file: &'static str) -> Self {
        Self { left: most, what, file }
    }

    /// Counts the comparison of `path` with patterns that are worth `weight` short ones.
    ///
    /// # Errors
    /// [`Code::InvalidConfiguration`] where that is one too many.
    pub fn compare(&mut self, path: &str, weight: usize) -> Result<(), Finding> {
        self.spend((2 + weight) * (2 + path.len() / 16))
    }

    /// Counts what costs as much as so many comparisons.
    ///
    /// # Errors
    /// [`Code::InvalidConfiguration`] where there are not as many left.
    pub fn spend(&mut self, cost: usize) -> Result<(), Finding> {
        self.left = self.left.checked_sub(cost).ok_or_else(|| {
            Finding::new(Code::InvalidConfiguration, self.what)
                .at(self.file)
                .expected("settings that can be followed in seconds")
        })?;
        Ok(())
    }
}
