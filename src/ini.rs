//! Files in the form that Python's `configparser.RawConfigParser` reads, such as `pip.conf` and
//! `setup.cfg`.
//!
//! The crate `configparser` takes an indented line that begins with `[`, as patterns do, for a
//! section, and fails where the bracket is not closed; hence these few lines.

/// A section's name, and the keys and values in it as they are written.
pub(crate) type Section = (String, Vec<(String, String)>);

/// What a file says. A section or a key may be there several times.
#[derive(Debug, Default)]
pub(crate) struct Ini {
    /// The sections in their order; a value of several lines keeps them.
    pub(crate) sections: Vec<Section>,
    /// The first line with a value in front of all sections, counted from 1.
    pub(crate) before_sections: Option<usize>,
    /// The first line that is neither a section nor a value.
    pub(crate) neither: Option<usize>,
}

impl Ini {
    /// Reads `text`.
    ///
    /// Lines that are indented deeper than the key before them continue its value; lines beginning
    /// with `#` or `;` are comments wherever they are.
    pub(crate) fn parse(text: &str) -> Self {
        let mut ini = Self::default();
        // How deep the key is indented whose value may go on.
        let mut open: Option<usize> = None;
        for (number, line) in (1..).zip(text.lines()) {
            let content = line.trim();
            if content.is_empty() || content.starts_with(['#', ';']) {
                continue;
            }
            let indent = line.len() - line.trim_start().len();
            let values = ini.sections.last_mut().map(|(_, values)| values);
            if open.is_some_and(|depth| indent > depth) {
                if let Some((_, value)) = values.and_then(|values| values.last_mut()) {
                    value.push('\n');
                    value.push_str(content);
                }
                continue;
            }
            open = None;
            if let Some(name) = content.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
                ini.sections.push((name.to_owned(), Vec::new()));
            } else if let Some((key, value)) = content.split_once(['=', ':']) {
                if let Some(values) = values {
                    values.push((key.trim().to_owned(), value.trim().to_owned()));
                    open = Some(indent);
                } else {
                    ini.before_sections.get_or_insert(number);
                }
            } else {
                ini.neither.get_or_insert(number);
            }
        }
        ini
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_by_configparser() {
        let text = "# a\n[global]\nIndex_URL = http://a:b@c/d=e ; no comment\n\
                    find-links:\n  x\n\n  ; a comment\n\ty\n[install]\nempty =\n";
        let ini = Ini::parse(text);
        let values: Vec<_> = ini
            .sections
            .iter()
            .flat_map(|(section, values)| {
                values.iter().map(move |(key, value)| [section, key, value])
            })
            .collect();
        let expected = [
            ["global", "Index_URL", "http://a:b@c/d=e ; no comment"],
            ["global", "find-links", "\nx\ny"],
            ["install", "empty", ""],
        ];
        assert_eq!(values, expected);
        assert_eq!((ini.before_sections, ini.neither), (None, None));
    }

    #[test]
    fn lines_that_say_nothing_are_counted() {
        let ini = Ini::parse("\na = b\nc\n[d]\ne\nf");
        assert_eq!((ini.before_sections, ini.neither), (Some(2), Some(3)));
    }
}
