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
    /// What is not followed: the folder of a project, or an option about where files come from, which
    /// belongs to the call.
    Skipped(String),
}

/// Options that exported files have, and whether they have a value. The indexes belong to the call, and
/// a device has no use for how a requirement is built.
const SKIPPED: [(&str, bool); 13] = [
    ("-e", true),
    ("--editable", true),
    ("-i", true),
    ("--index-url", true),
    ("--extra-index-url", true),
    ("--no-index", false),
    ("-f", true),
    ("--find-links", true),
    ("--trusted-host", true),
    ("--require-hashes", false),
    ("--prefer-binary", false),
    ("--only-binary", true),
    ("--no-binary", true),
];

/// The endings of archives.
const ARCHIVES: [&str; 5] = [".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2"];

/// Options of a single requirement that only matter to builds.
const SKIPPED_OF_REQUIREMENT: [&str; 5] = [
    "--config-settings",
    "--config-setting",
    "--global-option",
    "--install-option",
    "--build-option",
];

/// The lines that are not empty, with their numbers; a backslash at the end continues a line, unless
/// it is a comment.
///
/// # Errors
/// The number of the first line that cannot be followed, and why.
///
/// ```
/// use mpconvert::requirement::requirements_txt::{Line, parse};
///
/// let hash = format!("sha256:{}", "0".repeat(64));
/// let text = format!("# what we need\nfoo==1 \\\n    --hash={hash}\n-r more.txt\n");
/// let lines = parse(&text).unwrap();
/// assert!(matches!(&lines[0], (2, Line::Requirement(_, hashes)) if hashes[0].to_string() == hash));
/// assert_eq!(lines[1], (4, Line::File("more.txt".to_owned())));
/// assert_eq!(parse("-e .").unwrap(), [(1, Line::Skipped("-e .".to_owned()))]);
/// assert_eq!(parse("--pre").unwrap_err().0, 1);
/// ```
pub fn parse(text: &str) -> Result<Vec<(usize, Line)>, (usize, String)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in text.lines().enumerate() {
        let (start, mut whole) = open.take().unwrap_or((number + 1, String::new()));
        let is_comment = line.trim_start().starts_with('#');
        if is_comment {
            // It may stand between the lines of a requirement, and ends it.
            lines.extend((!whole.is_empty()).then_some((start, whole)));
            continue;
        }
        if let Some(part) = line.strip_suffix('\\') {
            whole.push_str(part);
            open = Some((start, whole));
            continue;
        }
        whole.push_str(line);
        lines.push((start, whole));
    }
    lines.extend(open);
    let mut said = Vec::new();
    for (number, text) in lines {
        let text = parse::without_comment(&text).trim();
        if !text.is_empty() {
            let read = line(text).map_err(|fault| (number, fault))?;
            said.extend(read.into_iter().map(|line| (number, line)));
        }
    }
    Ok(said)
}

/// What the line says; options of a requirement that are skipped come after it.
fn line(text: &str) -> Result<Vec<Line>, String> {
    for option in ["--requirement", "-r"] {
        if let Some(rest) = text.strip_prefix(option) {
            let path = rest.trim_start_matches('=').trim();
            return match path {
                "" => Err(format!("`{option}` does not name a file")),
                path => Ok(vec![Line::File(path.to_owned())]),
            };
        }
    }
    if is_skipped(text) || is_folder(text) {
        return Ok(vec![Line::Skipped(redacted(text).into_owned())]);
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
    let (mut hashes, mut skipped) = (Vec::new(), Vec::new());
    let mut options = options.iter().flat_map(|options| options.split_whitespace());
    while let Some(option) = options.next() {
        let name = option.split('=').next().unwrap_or(option);
        if SKIPPED_OF_REQUIREMENT.contains(&name) {
            let value = if option == name { options.next() } else { None };
            let of = &requirement.name;
            let text = value.map_or_else(|| option.to_owned(), |value| format!("{option} {value}"));
            skipped.push(Line::Skipped(format!("{} of {of}", redacted(&text))));
            continue;
        }
        let value = match option.strip_prefix("--hash") {
            Some("") => options.next(),
            value => value.and_then(|value| value.strip_prefix('=')),
        };
        match value.and_then(|value| value.split_once(':')) {
            Some((name, digits)) => hashes.push(hash(name, digits)?),
            None => return Err(format!("the option `{option}`")),
        }
    }
    Ok(std::iter::once(Line::Requirement(Box::new(requirement), hashes)).chain(skipped).collect())
}

/// Whether the line is an option that is not followed.
fn is_skipped(text: &str) -> bool {
    let name = text.split(['=', ' ', '\t']).next().unwrap_or(text);
    let rest = text[name.len()..].trim_start_matches(['=', ' ', '\t']);
    SKIPPED.iter().any(|(option, has_value)| *option == name && *has_value != rest.is_empty())
}

/// Whether the line is the folder of a project, as exports of workspaces have it. Archives are not.
fn is_folder(text: &str) -> bool {
    let path = text.split(" ;").next().unwrap_or(text).trim();
    let is_path = matches!(path, "." | "..")
        || ["./", "../", "/", "file:"].iter().any(|start| path.starts_with(start));
    let is_archive = ARCHIVES.iter().any(|ending| path.to_ascii_lowercase().contains(ending));
    is_path && !is_archive
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
                Line::Skipped(text) => format!("{number} skipped {text}"),
            })
            .collect();
        let expected =
            ["1 a[x]>=1; python_version > '3'", "3 b @ https://host/b.zip#egg=b", "4 -r c.txt"];
        assert_eq!(texts, expected);
    }

    fn texts(text: &str) -> Vec<String> {
        let line = |(number, line)| match line {
            Line::Requirement(requirement, hashes) => {
                format!("{number} {requirement} {}", hashes.len())
            }
            Line::File(path) => format!("{number} -r {path}"),
            Line::Skipped(text) => format!("{number} skipped {text}"),
        };
        parse(text).unwrap().into_iter().map(line).collect()
    }

    #[test]
    fn exports_of_poetry_and_uv_are_read() {
        let hash = format!("--hash=sha256:{}", "0".repeat(64));
        let poetry = format!(
            "--index-url https://me:secret@host/simple\n--extra-index-url https://other/simple\n\n\
             a==1.0 ; python_version >= \"3.9\" and python_version < \"4.0\" \\\n    {hash} \\\n    {hash}\n\
             -e file:///src/b ; python_version >= \"3.9\"\n"
        );
        assert_eq!(
            texts(&poetry),
            [
                "1 skipped --index-url https://host/simple",
                "2 skipped --extra-index-url https://other/simple",
                "4 a==1.0; python_version >= \"3.9\" and python_version < \"4.0\" 2",
                "7 skipped -e file:///src/b ; python_version >= \"3.9\"",
            ]
        );
        let uv = format!(
            "# This file was autogenerated by uv via the following command:\n\
             #    uv export \\\n-e .\n./packages/b\n\
             a==1.0 \\\n    {hash} \\\n    # via\n    #   app\n    #   b\nc==2 ; sys_platform == 'win32'\n    # via a\n"
        );
        assert_eq!(
            texts(&uv),
            [
                "3 skipped -e .",
                "4 skipped ./packages/b",
                "5 a==1.0 1",
                "10 c==2; sys_platform == 'win32' 0",
            ]
        );
        assert_eq!(
            texts("a==1 --config-settings=x=y --global-option --no-x\n"),
            [
                "1 a==1 0",
                "1 skipped --config-settings=x=y of a",
                "1 skipped --global-option --no-x of a"
            ]
        );
    }

    #[test]
    fn what_cannot_be_followed_is_reported_with_its_line() {
        assert_eq!(fault("a\n--pre").1, "the option `--pre`");
        assert_eq!(fault("-e").1, "the option `-e`");
        assert_eq!(fault("a\n\\\n-c x"), (2, "the option `-c`".to_owned()));
        assert_eq!(fault("a --hash=md5:0").1, "a md5 hash instead of sha256");
        assert_eq!(fault("a --no-binary").1, "the option `--no-binary`");
        assert_eq!(fault("./a.zip").1, "`./a.zip`: `.` is not a valid name");
        assert_eq!(fault("-r").1, "`-r` does not name a file");
    }
}
