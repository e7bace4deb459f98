//! The dialect of Python's `configparser` that `setup.cfg` is written in.
//!
//! The crate `configparser` takes an indented line that begins with `[`, as patterns do, for a
//! section, and fails where the bracket is not closed; hence these few lines.

use std::collections::BTreeMap;

use crate::finding::{Code, Finding};

/// Sections by name, and in each the values by name as they are written.
pub(in crate::read) type Sections = BTreeMap<String, BTreeMap<String, String>>;

/// Reads the sections of `text`, which is the file at `path`.
///
/// Lines that are indented deeper than the name before them continue its value; lines beginning
/// with `#` or `;` are comments wherever they are. The later of two equal names counts. A line
/// that is neither is passed over, as the `configparser` of Python 2 did in most places.
///
/// # Errors
/// [`Code::InvalidConfiguration`] for a value in front of the first section.
pub(in crate::read) fn parse(text: &str, path: &str) -> Result<Sections, Finding> {
    let mut sections = Sections::new();
    let mut section: Option<&str> = None;
    let mut option: Option<(String, usize)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let value = line.trim();
        if value.is_empty() || value.starts_with(['#', ';']) {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        if let (Some(section), Some((name, depth))) = (section, &option)
            && indent > *depth
        {
            if let Some(text) = sections.get_mut(section).and_then(|section| section.get_mut(name))
            {
                text.push('\n');
                text.push_str(value);
            }
            continue;
        }
        option = None;
        if let Some(name) = value.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            section = Some(name);
            sections.entry(name.to_owned()).or_default();
        } else if let Some((name, value)) = value.split_once(['=', ':']) {
            let Some(section) = section.and_then(|section| sections.get_mut(section)) else {
                return Err(Finding::new(
                    Code::InvalidConfiguration,
                    format!("a value before the first section in line {number}"),
                )
                .at(path));
            };
            section.insert(name.trim().to_owned(), value.trim().to_owned());
            option = Some((name.trim().to_owned(), indent));
        }
    }
    Ok(sections)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_several_lines() {
        let text = "# c\n[options]\npackage_dir =\n\t= src\npackages = find:\n\n[options.package_data]\n\
                    * = *.txt, *.rst\na.b:\n  [x]*\n  ; comment\n\n  c:d\n# e\n[empty]\nodd\n";
        let sections = parse(text, "setup.cfg").unwrap();
        assert_eq!(sections["options"]["package_dir"], "\n= src");
        assert_eq!(sections["options"]["packages"], "find:");
        assert_eq!(sections["options.package_data"]["*"], "*.txt, *.rst");
        assert_eq!(sections["options.package_data"]["a.b"], "\n[x]*\nc:d");
        assert!(sections["empty"].is_empty());
    }

    #[test]
    fn a_value_needs_a_section() {
        assert_eq!(parse("a = b", "setup.cfg").unwrap_err().code, Code::InvalidConfiguration);
    }
}
