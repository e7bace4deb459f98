//! Files of pip's configuration, as Python's `configparser.RawConfigParser` reads them.

use std::path::Path;

use crate::error::{Error, Result};

/// The values in a file: section, key and value, in their order. Values of several lines keep them.
pub(super) fn read(path: &Path, text: &str) -> Result<Vec<(String, String, String)>> {
    let mut values: Vec<(String, String, String)> = Vec::new();
    let mut section = None;
    let mut is_open = false;
    for (number, line) in text.lines().enumerate() {
        let trimmed = line.trim();
        if trimmed.starts_with(['#', ';']) {
            continue;
        }
        if trimmed.is_empty() {
            continue;
        }
        if line.starts_with([' ', '\t']) && is_open {
            if let Some((.., value)) = values.last_mut() {
                value.push('\n');
                value.push_str(trimmed);
            }
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            section = Some(name.to_owned());
            is_open = false;
            continue;
        }
        let (Some(section), Some((key, value))) = (&section, trimmed.split_once(['=', ':'])) else {
            // The line itself may hold a password.
            return Err(Error::Usage {
                message: format!("{}: line {}: found no `key = value`", path.display(), number + 1),
                help: "correct the file; pip does not read it either".to_owned(),
            });
        };
        values.push((section.clone(), key.trim().to_owned(), value.trim().to_owned()));
        is_open = true;
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_by_configparser() {
        let text = "# a\n[global]\nIndex_URL = http://a:b@c/d=e ; no comment\n\
                    find-links:\n  x\n\n  ; a comment\n\ty\n[install]\nempty =\n";
        let read = read(Path::new("pip.conf"), text).unwrap();
        let values: Vec<_> = read.iter().map(|(a, b, c)| [a.as_str(), b, c]).collect();
        let expected = [
            ["global", "Index_URL", "http://a:b@c/d=e ; no comment"],
            ["global", "find-links", "\nx\ny"],
            ["install", "empty", ""],
        ];
        assert_eq!(values, expected);
    }

    #[test]
    fn mistakes_are_told_without_what_they_hold() {
        for text in ["x = http://me:secret@host", "[global]\nhttp secret"] {
            let error = read(Path::new("pip.conf"), text).unwrap_err().to_string();
            assert!(error.starts_with("pip.conf: line "), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
