//! `requires.txt` of an egg-info folder, in and out.

use super::parse::check_name;
use super::{Collector, Invalid, Marker, Requirement};
use crate::finding::{Finding, MAX_TEXT_LENGTH};
use crate::name::normalized_name;

/// Reads the dependencies in a `requires.txt` as setuptools writes it.
///
/// A section `[extra]`, `[extra:marker]` or `[:marker]` becomes part of the markers of the lines
/// below it. Invalid lines are findings about `at`, the path of the file.
///
/// ```
/// use mpconvert::requirement::egg_info;
///
/// let mut findings = Vec::new();
/// let text = b"foo>=1\n\n[test:os_name == 'x']\nbar\n";
/// let requirements = egg_info::requirements(text, "foo.egg-info/requires.txt", &mut findings);
/// assert_eq!(requirements[0].to_string(), "foo>=1");
/// assert_eq!(requirements[1].to_string(), "bar; os_name == 'x' and extra == 'test'");
/// assert!(findings.is_empty());
/// ```
pub fn requirements(data: &[u8], at: &str, findings: &mut Vec<Finding>) -> Vec<Requirement> {
    let mut collector = Collector::new(at);
    let text = String::from_utf8_lossy(collector.first_lines(data));
    let mut condition = Some(Marker::default());
    for line in text.trim_start_matches('\u{feff}').split(['\n', '\r']).map(str::trim) {
        if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            condition = section_condition(section)
                .map_err(|fault| collector.fault(format!("`[{section}]`: {fault}")))
                .ok();
        } else if let Some(condition) = &condition {
            // Under a condition that cannot be understood, nothing is known to apply.
            collector.read(line, condition);
        }
    }
    collector.finish(findings)
}

/// The extras that have a section in a `requires.txt`, be it empty.
pub(crate) fn extras(data: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(data.get(..MAX_TEXT_LENGTH).unwrap_or(data));
    let section = |line: &str| {
        let heading = line.trim().strip_prefix('[')?.strip_suffix(']')?;
        extra_of(heading)
    };
    text.split(['\n', '\r']).filter_map(section).collect()
}

/// The extra that a heading names, normalised.
pub(crate) fn extra_of(heading: &str) -> Option<String> {
    let (extra, _) = heading.split_once(':').unwrap_or((heading, ""));
    check_name(extra.trim()).is_ok().then(|| normalized_name(extra.trim()))
}

/// The dependencies under headings that mean what the sections of a `requires.txt` do; the empty
/// one stands for all that is in front of the first section. The keys of setuptools'
/// `extras_require` are such headings.
///
/// Invalid lines are findings about `at`.
pub(crate) fn under_headings<'a>(
    headings: impl IntoIterator<Item = (&'a str, &'a [String])>,
    at: &str,
    findings: &mut Vec<Finding>,
) -> Vec<Requirement> {
    let mut collector = Collector::new(at);
    for (heading, lines) in headings {
        match section_condition(heading) {
            Ok(condition) => lines.iter().for_each(|line| collector.read(line, &condition)),
            Err(fault) => collector.fault(format!("`[{heading}]`: {fault}")),
        }
    }
    collector.finish(findings)
}

/// The text of the `requires.txt` that upip reads: one name a line.
///
/// upip removes white space from the end of the text before it splits it into lines, so that the
/// last line may end like the others.
#[must_use]
pub fn requires_txt(names: &[String]) -> String {
    names.iter().flat_map(|name| [name.as_str(), "\n"]).collect()
}

fn section_condition(section: &str) -> Result<Marker, Invalid> {
    let (extra, marker) = section.split_once(':').unwrap_or((section, ""));
    let mut conditions = Vec::new();
    if !marker.trim().is_empty() {
        conditions.push(marker.to_owned());
    }
    if !extra.trim().is_empty() {
        conditions.push(format!("extra == '{}'", normalized_name(extra.trim())));
    }
    conditions.iter().try_fold(Marker::default(), |whole, condition| whole.and(&condition.parse()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> (Vec<String>, usize) {
        let mut findings = Vec::new();
        let requirements = requirements(text.as_bytes(), "requires.txt", &mut findings);
        (requirements.iter().map(ToString::to_string).collect(), findings.len())
    }

    #[test]
    fn sections_become_markers() {
        let text = "\u{feff}a\r\n\r\n[:python_version < '3' or os_name == 'x']\r\nb>1 ; os_name != 'y'\r\n[Test_It]\nc[d]\n";
        assert_eq!(
            read(text),
            (
                vec![
                    "a".to_owned(),
                    "b>1; os_name != 'y' and (python_version < '3' or os_name == 'x')".to_owned(),
                    "c[d]; extra == 'test-it'".to_owned(),
                ],
                0
            )
        );
    }

    #[test]
    fn junk_is_reported_and_left_out() {
        assert_eq!(
            read("# c\n===\n[x:colour == 'red']\nfoo\n[]\nbar"),
            (vec!["bar".to_owned()], 2)
        );
    }

    #[test]
    fn our_own_text_reads_back() {
        let names = ["micropython-logging".to_owned(), "Foo.bar".to_owned()];
        assert_eq!(requires_txt(&names), "micropython-logging\nFoo.bar\n");
        assert_eq!(read(&requires_txt(&names)), (names.to_vec(), 0));
        assert_eq!(requires_txt(&[]), "");
    }

    #[test]
    fn a_hostile_text_is_read_in_part_only() {
        let text = format!("{}{}", "a\n".repeat(6000), "#".repeat(2 << 20));
        let mut findings = Vec::new();
        let requirements = requirements(text.as_bytes(), "requires.txt", &mut findings);
        assert_eq!(requirements.len(), 5000);
        let findings: Vec<String> = findings.iter().map(crate::Finding::facts).collect();
        assert_eq!(
            findings,
            [
                "requires.txt: found 2109152 bytes, expected at most 2097152 bytes",
                "requires.txt: found 6000 dependencies, expected at most 5000; the others are \
                 left out",
            ]
        );
    }

    #[test]
    fn thousands_of_faults_give_few_findings() {
        assert_eq!(read(&"a b\n".repeat(3000)).1, 51);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(data in proptest::collection::vec(any::<u8>(), 0..200)) {
            requirements(&data, "requires.txt", &mut Vec::new());
        }
    }
}
