//! The dependencies that one text names, as they are read one by one.

use super::{Invalid, Marker, Requirement};
use crate::finding::{Code, Faults, Finding};
use crate::limits::{MAX_DEPENDENCY_BYTES, WorkBudget};

/// How many dependencies one text can name. The largest releases have two thousand.
const MAX_REQUIREMENTS: usize = 5000;

/// Dependencies and faults of one text.
pub(crate) struct Collector<'a> {
    at: &'a str,
    requirements: Vec<Requirement>,
    faults: Faults,
    left_out: usize,
    /// What their specifiers may still take; the marker of a section is part of each one below it.
    bytes: WorkBudget,
}

impl<'a> Collector<'a> {
    /// For the text at `at`, which findings name.
    pub(crate) fn new(at: &'a str) -> Self {
        Self {
            at,
            requirements: Vec::new(),
            faults: Faults::default(),
            left_out: 0,
            bytes: WorkBudget::new(MAX_DEPENDENCY_BYTES),
        }
    }

    /// Reads one dependency, as [`Requirement::read`] does, that applies under `condition` only.
    pub(crate) fn read(&mut self, text: &str, condition: &Marker) {
        let mut noticed = Vec::new();
        let requirement = Requirement::read(text, self.at, &mut noticed);
        for finding in noticed {
            self.faults.push(finding);
        }
        let size = text.len() + condition.as_str().len();
        let Some(requirement) = requirement.filter(|_| self.has_room(size)) else { return };
        match requirement.under(condition) {
            Ok(requirement) => self.requirements.push(requirement),
            Err(Invalid(fault)) => self.fault(format!("`{text}`: {fault}")),
        }
    }

    pub(super) fn push(&mut self, requirement: Requirement) {
        if self.has_room(requirement.text.len()) {
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

    /// The dependencies; faults go to `findings`.
    pub(crate) fn finish(self, findings: &mut Vec<Finding>) -> Vec<Requirement> {
        findings.extend(self.faults.into_findings());
        if self.left_out > 0 {
            let found = format!("{} dependencies", self.requirements.len() + self.left_out);
            let most = match self.requirements.len() {
                MAX_REQUIREMENTS => format!("{MAX_REQUIREMENTS}"),
                _ => format!("{MAX_DEPENDENCY_BYTES} bytes of them with their markers"),
            };
            let expected = format!("at most {most}; the others are left out");
            findings
                .push(Finding::new(Code::InvalidRequirement, found).at(self.at).expected(expected));
        }
        self.requirements
    }

    /// Whether there is room for one more of this size; it is counted as left out if not.
    fn has_room(&mut self, size: usize) -> bool {
        let has_room =
            self.requirements.len() < MAX_REQUIREMENTS && self.bytes.charge(size).is_ok();
        self.left_out += usize::from(!has_room);
        has_room
    }
}
