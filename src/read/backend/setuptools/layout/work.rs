//! How long following a project's settings may take.

use std::sync::Arc;

use crate::finding::{Code, Finding};
use crate::limits::WorkBudget;

/// The comparisons of paths with patterns that may still be made for one project, charged by one file
/// of settings. A real project stays far below what there is at first; a hostile one could keep the
/// reader busy for days.
pub(super) struct Work {
    budget: Arc<WorkBudget>,
    what: &'static str,
    file: &'static str,
}

impl Work {
    /// Charges `budget`; `what` there is too much of in `file` where that does not suffice.
    pub fn new(budget: &Arc<WorkBudget>, what: &'static str, file: &'static str) -> Self {
        Self { budget: Arc::clone(budget), what, file }
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
        self.budget.charge(cost).map_err(|_| {
            Finding::new(Code::InvalidConfiguration, self.what)
                .at(self.file)
                .expected("settings that take seconds to evaluate")
        })
    }
}
