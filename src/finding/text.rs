//! Limits on the size of one text of an input, and on the findings about it.

use super::{Code, Finding, bounded};

/// How many bytes of a text are parsed. What a parser builds can be a hundred times as large.
pub const MAX_TEXT_LENGTH: usize = 2 << 20;
/// The largest number of findings about one text.
const MAX_FINDINGS: usize = 50;
/// About how many characters a finding quotes.
const MAX_QUOTED: usize = 200;

/// The findings about one text, up to a limit.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    findings: Vec<Finding>,
    /// How many findings were dropped.
    more: usize,
}

impl Faults {
    pub(crate) fn push(&mut self, finding: Finding) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(Finding { found: bounded(finding.found, MAX_QUOTED), ..finding });
        } else {
            self.more += 1;
        }
    }

    /// The findings; the last one gives the number of those that were dropped.
    pub(crate) fn into_findings(mut self) -> Vec<Finding> {
        let last = self.findings.last().filter(|_| self.more > 0);
        let more = last.map(|last| {
            let found = format!("{} more problems like these", self.more);
            Finding { path: last.path.clone(), ..Finding::new(last.code, found) }
        });
        self.findings.extend(more);
        self.findings
    }
}

/// The finding for a text of `size` bytes if that is too long.
pub(crate) fn too_long(size: usize, code: Code, at: &str) -> Option<Finding> {
    (size > MAX_TEXT_LENGTH).then(|| {
        Finding::new(code, format!("{size} bytes"))
            .at(at)
            .expected(format!("at most {MAX_TEXT_LENGTH} bytes"))
    })
}

/// The lines of `text` up to [`MAX_TEXT_LENGTH`]; that there are others is a finding.
pub(crate) fn first_lines<'a>(
    text: &'a [u8],
    code: Code,
    at: &str,
    faults: &mut Faults,
) -> &'a [u8] {
    let Some(finding) = too_long(text.len(), code, at) else { return text };
    faults.push(finding);
    let text = text.get(..MAX_TEXT_LENGTH).unwrap_or_default();
    let end = text.iter().rposition(|byte| matches!(byte, b'\n' | b'\r'));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_gives_few_and_short_findings() {
        let mut faults = Faults::default();
        for number in 0..1000 {
            let found = format!("{number} {}: too long", "é".repeat(1000));
            faults.push(Finding::new(Code::InvalidMetadata, found).at("PKG-INFO"));
        }
        let findings = faults.into_findings();
        assert_eq!(findings.len(), MAX_FINDINGS + 1);
        assert_eq!(findings[0].found.chars().count(), MAX_QUOTED + 1);
        assert!(findings[0].found.starts_with("0 é") && findings[0].found.ends_with(": too long"));
        assert_eq!(findings[MAX_FINDINGS].facts(), "PKG-INFO: 950 more problems like these");
    }

    #[test]
    fn only_whole_lines_are_left_of_a_long_text() {
        let mut faults = Faults::default();
        let text = [b"line\n".as_slice(), &vec![b'x'; MAX_TEXT_LENGTH]].concat();
        let left = first_lines(&text, Code::InvalidMetadata, "METADATA", &mut faults);
        assert_eq!(left, b"line");
        assert_eq!(
            faults.into_findings()[0].facts(),
            "METADATA: found 2097157 bytes, expected at most 2097152 bytes"
        );
    }
}
