//! Lines of a `requirements.txt`, as pip reads them.

use super::{Requirement, parse};
use crate::digest::{Hash, HashError};
use crate::redact::redacted;

/// The meaning of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A requirement, and the hashes of the files that may meet it; any, if empty.
    Requirement(Box<Requirement>, Vec<Hash>),
    /// All requirements of another file, whose path is relative to this one.
    File(String),
}

/// The lines that are not empty, with their numbers; a backslash at the end continues a line.
///
/// # Errors
/// The number of the first line that cannot be followed, and why: options other than `-r` and `--hash`
/// would change where files come from, and belong to the call.
///
/// ```
/// use mpconvert::requirement::requirements_txt::{Line, parse};
///
/// let hash = format!("sha256:{}", "0".repeat(64));
/// let text = format!("# what we need\nfoo==1 \\\n    --hash={hash}\n-r more.txt\n");
/// let lines = parse(&text).unwrap();
/// assert!(matches!(&lines[0], (2, Line::Requirement(_, hashes)) if hashes[0].to_string() == hash));
/// assert_eq!(lines[1], (4, Line::File("more.txt".to_owned())));
/// assert_eq!(parse("--index-url x").unwrap_err().0, 1);
/// ```
pub fn parse(text: &str) -> Result<Vec<(usize, Line)>, (usize, String)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in text.lines().enumerate() {
        let (start, mut whole) = open.take().unwrap_or((number + 1, String::new()));
        if let Some(part) = line.strip_suffix('\\') {
            whole.push_str(part);
            open = Some((start, whole));
            continue;
        }
        whole.push_str(line);
        lines.push((start, whole));
    }
    lines.extend(open);
    let said = lines.into_iter().filter_map(|(number, text)| {
        let text = parse::without_comment(&text).trim();
        (!text.is_empty())
            .then(|| line(text).map(|line| (number, line)).map_err(|fault| (number, fault)))
    });
    said.collect()
}

fn line(text: &str) -> Result<Line, String> {
    for option in ["--requirement", "-r"] {
        if let Some(rest) = text.strip_prefix(option) {
            let path = rest.trim_start_matches('=').trim();
            return match path {
                "" => Err(format!("`{option}` does not name a file")),
                path => Ok(Line::File(path.to_owned())),
            };
        }
    }
    if text.starts_with('-') {
        let option = text.split(['=', ' ']).next().unwrap_or(text);
        return Err(format!("the option `{option}`"));
    }
    let (specifier, options) = text
        .split_once(" --")
        .map_or((text, None), |(specifier, rest)| (specifier, Some(format!("--{rest}"))));
    let requirement = parse::specifier(specifier.trim(), parse::Strictness::Current)
        .map_err(|fault| format!("`{}`: {fault}", redacted(specifier.trim())))?;
    let mut hashes = Vec::new();
    let mut options = options.iter().flat_map(|options| options.split_whitespace());
    while let Some(option) = options.next() {
        let value = match option.strip_prefix("--hash") {
            Some("") => options.next(),
            value => value.and_then(|value| value.strip_prefix('=')),
        };
        match value.and_then(|value| value.split_once(':')) {
            Some((name, digits)) => hashes.push(hash(name, digits)?),
            None => return Err(format!("the option `{option}`")),
        }
    }
    Ok(Line::Requirement(Box::new(requirement), hashes))
}

/// A hash of a kind that pip takes.
fn hash(name: &str, digits: &str) -> Result<Hash, String> {
    match Hash::parse(name, digits) {
        Ok(hash) if hash.is_for_requirements() => Ok(hash),
        Err(error @ HashError::Malformed { .. }) => Err(error.to_string()),
        _ => Err(format!("a {name} hash instead of sha256")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> (usize, String) {
        parse(text).unwrap_err()
    }

    #[test]
    fn lines_are_those_of_pip() {
        let text = "\u{feff}a [x] >= 1 ; python_version > '3' # why\n\nb @ https://host/b.zip#egg=b\n--requirement=c.txt\r\n";
        let lines = parse(text).unwrap();
        let texts: Vec<String> = lines
            .iter()
            .map(|(number, line)| match line {
                Line::Requirement(requirement, _) => format!("{number} {requirement}"),
                Line::File(path) => format!("{number} -r {path}"),
            })
            .collect();
        let expected =
            ["1 a[x]>=1; python_version > '3'", "3 b @ https://host/b.zip#egg=b", "4 -r c.txt"];
        assert_eq!(texts, expected);
    }

    #[test]
    fn what_cannot_be_followed_is_reported_with_its_line() {
        assert_eq!(fault("a\n-e .").1, "the option `-e`");
        assert_eq!(fault("a\n\\\n-c x"), (2, "the option `-c`".to_owned()));
        assert_eq!(fault("a --hash=md5:0").1, "a md5 hash instead of sha256");
        assert_eq!(fault("a --no-binary").1, "the option `--no-binary`");
        assert_eq!(fault("./a.zip").1, "`./a.zip`: `.` is not a valid name");
        assert_eq!(fault("-r").1, "`-r` does not name a file");
    }
}
