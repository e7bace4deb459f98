//! The dependencies that one text names, as they are read one by one.

use super::{Invalid, Marker, Requirement};
use crate::finding::{Code, Faults, Finding};

/// How many dependencies one text can name. The largest releases have two thousand; a section's
/// marker can make each a thousand times as long as it is written.
const MAX_REQUIREMENTS: usize = 5000;

/// Dependencies and faults of one text.
pub(crate) struct Collector<'a> {
    at: &'a str,
    requirements: Vec<Requirement>,
    faults: Faults,
    left_out: usize,
}

impl<'a> Collector<'a> {
    /// For the text at `at`, which findings name.
    pub(crate) fn new(at: &'a str) -> Self {
        Self { at, requirements: Vec::new(), faults: Faults::default(), left_out: 0 }
    }

    /// Reads one dependency, as [`Requirement::read`] does, that applies under `condition` only.
    pub(crate) fn read(&mut self, text: &str, condition: &Marker) {
        let mut noticed = Vec::new();
        let requirement = Requirement::read(text, self.at, &mut noticed);
        for finding in noticed {
            self.faults.push(finding);
        }
        let Some(requirement) = requirement.filter(|_| self.has_room()) else { return };
        match requirement.under(condition) {
            Ok(requirement) => self.requirements.push(requirement),
            Err(Invalid(fault)) => self.fault(format!("`{text}`: {fault}")),
        }
    }

    pub(super) fn push(&mut self, requirement: Requirement) {
        if self.has_room() {
            self.requirements.push(requirement);
        }
    }

    pub(super) fn fault(&mut self, found: impl Into<String>) {
        self.faults.push(Finding::new(Code::InvalidRequirement, found).at(self.at));
    }

    /// The first lines of `text`, as many as are read.
    pub(super) fn first_lines<'t>(&mut self, text: &'t [u8]) -> &'t [u8] {
        crate::finding::first_lines(text, Code::InvalidRequirement, self.at, &mut self.faults)
    }

    /// The dependencies; what is wrong goes to `findings`.
    pub(crate) fn finish(self, findings: &mut Vec<Finding>) -> Vec<Requirement> {
        findings.extend(self.faults.into_findings());
        if self.left_out > 0 {
            let found = format!("{} dependencies", self.requirements.len() + self.left_out);
            let expected = format!("at most {MAX_REQUIREMENTS}, and the others are left out");
            findings
                .push(Finding::new(Code::InvalidRequirement, found).at(self.at).expected(expected));
        }
        self.requirements
    }

    /// Whether there is room for one more; it is counted as left out if not.
    fn has_room(&mut self) -> bool {
        let has_room = self.requirements.len() < MAX_REQUIREMENTS;
        self.left_out += usize::from(!has_room);
        has_room
    }
}
