//! The commands in a `MANIFEST.in`, read as `TextFile` and `FileList` of distutils read them.

use std::borrow::Cow;

use crate::finding::{Code, Finding};

pub(super) const PATH: &str = "MANIFEST.in";

/// How many invalid lines are reported.
const MAX_FAULTS: usize = 20;

/// How many characters of an unknown command are quoted.
const MAX_WORD_LENGTH: usize = 40;

/// The effect of a command on the list of files, for one of its patterns.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub effect: Effect,
    pub files: Files,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Add,
    /// Adds files by paths that begin with `./`: this is how a search in the folder `.` finds
    /// them, and to setuptools these are other paths.
    AddDotted,
    Remove,
}

/// The files that a rule is about, by a pattern.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Files {
    /// What setuptools' `glob` finds.
    Found(String),
    /// Everything in the folders that it finds.
    Below(String),
    /// The paths that match by setuptools' `translate_pattern`.
    Matching(String),
}

/// The rules in the order of their lines, and findings about invalid lines, which
/// setuptools skips with a warning. (Where such a line is a joined one, setuptools fails.)
pub(super) fn read(text: &str) -> (Vec<Rule>, Vec<Finding>) {
    let (mut rules, mut faults) = (Vec::new(), Vec::new());
    for (number, line) in logical_lines(text) {
        match parse(&line) {
            Ok(of_line) => rules.extend(of_line),
            Err(_) if faults.len() == MAX_FAULTS => {}
            Err(Fault { found, expected }) => faults.push(
                Finding::new(Code::ManifestLineSkipped, format!("{found} in line {number}"))
                    .at(PATH)
                    .expected(expected),
            ),
        }
    }
    (rules, faults)
}

/// The lines without comments, those joined that a backslash joins, each with the number of its
/// first line. None is blank.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let text = text.replace("\r\n", "\n");
    let mut lines = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in (1..).zip(text.split(['\n', '\r'])) {
        let Some(line) = without_comment(line) else { continue };
        let (first, mut joined) = open.take().unwrap_or((number, String::new()));
        joined.push_str(line.trim_start_matches(is_space));
        joined.truncate(joined.trim_end_matches(is_space).len());
        if joined.ends_with('\\') {
            joined.pop();
            open = Some((first, joined)).filter(|(_, joined)| !joined.is_empty());
        } else if !joined.is_empty() {
            lines.push((first, joined));
        }
    }
    lines.extend(open);
    lines
}

/// The line up to its comment, or `None` if it is nothing but a comment. `\#` begins none, nor
/// does any `#` behind it.
fn without_comment(line: &str) -> Option<Cow<'_, str>> {
    match line.split_once('#') {
        None => Some(line.into()),
        Some((before, _)) if before.ends_with('\\') => Some(line.replace("\\#", "#").into()),
        Some((before, _)) => (!before.trim_matches(is_space).is_empty()).then(|| before.into()),
    }
}

/// Python's white space.
fn is_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\x1c'..='\x1f')
}

struct Fault {
    found: String,
    expected: &'static str,
}

fn parse(line: &str) -> Result<Vec<Rule>, Fault> {
    let mut words = line.split(is_space).filter(|word| !word.is_empty());
    let command = words.next().unwrap_or_default();
    let words: Vec<String> = words.map(normal).collect();
    let (folder, patterns) = match (command, words.as_slice()) {
        ("include" | "exclude" | "global-include" | "global-exclude", patterns @ [_, ..])
        | ("graft" | "prune", patterns @ [_]) => ("", patterns),
        ("recursive-include" | "recursive-exclude", [folder, patterns @ ..])
            if !patterns.is_empty() =>
        {
            (folder.as_str(), patterns)
        }
        _ => return Err(fault(command, words.len())),
    };
    Ok(patterns.iter().filter_map(|pattern| rule(command, folder, pattern)).collect())
}

fn fault(command: &str, words: usize) -> Fault {
    let expected = match command {
        "include" | "exclude" | "global-include" | "global-exclude" => "one or more patterns",
        "recursive-include" | "recursive-exclude" => "a folder and one or more patterns",
        "graft" | "prune" => "one folder",
        _ => {
            let word: String = command.chars().take(MAX_WORD_LENGTH).collect();
            return Fault {
                found: format!("the unknown command `{word}`"),
                expected: "include, exclude, recursive-include, recursive-exclude, \
                           global-include, global-exclude, graft or prune",
            };
        }
    };
    Fault { found: format!("`{command}` with {words} words after it"), expected }
}

/// The effect of a command for one of its patterns; `None` if there is none.
fn rule(command: &str, folder: &str, pattern: &str) -> Option<Rule> {
    let (effect, files) = match command {
        "include" => (Effect::Add, Files::Found(flat(pattern))),
        "exclude" => (Effect::Remove, Files::Matching(pattern.to_owned())),
        "global-include" => (Effect::Add, Files::Matching(inside("**", pattern))),
        "global-exclude" => (Effect::Remove, Files::Matching(inside("**", pattern))),
        // Only folders are found.
        "recursive-include" if pattern == "." => return None,
        "recursive-include" if folder == "." => {
            (Effect::AddDotted, Files::Found(inside("**", pattern)))
        }
        "recursive-include" => {
            (Effect::Add, Files::Found(inside(&format!("{folder}/**"), pattern)))
        }
        "recursive-exclude" => {
            (Effect::Remove, Files::Matching(inside(&format!("{folder}/**"), pattern)))
        }
        "graft" if pattern == "." => (Effect::Add, Files::Found("**".to_owned())),
        "graft" => (Effect::Add, Files::Below(flat(pattern))),
        "prune" => (Effect::Remove, Files::Matching(format!("{pattern}/**"))),
        _ => return None,
    };
    Some(Rule { effect, files })
}

/// A path as Python's `PurePath` spells it: no doubled or last slash, and no `.` but alone. `..`
/// stays; no path of a tree has it.
fn normal(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    match (path.starts_with('/'), parts.join("/")) {
        (true, path) => format!("/{path}"),
        (false, path) if path.is_empty() => ".".to_owned(),
        (false, path) => path,
    }
}

/// The pattern with `**` as no more than `*`, which is what it is to a search that is not
/// recursive.
fn flat(pattern: &str) -> String {
    let parts: Vec<&str> =
        pattern.split('/').map(|part| if part == "**" { "*" } else { part }).collect();
    parts.join("/")
}

/// `pattern` inside of `folder`, unless it is absolute.
fn inside(folder: &str, pattern: &str) -> String {
    if pattern.starts_with('/') { pattern.to_owned() } else { format!("{folder}/{pattern}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(usize, String)> {
        logical_lines(text)
    }

    fn only_line(text: &str) -> String {
        let mut lines = lines(text);
        assert_eq!(lines.len(), 1, "{lines:?}");
        lines.remove(0).1
    }

    fn only_rule(text: &str) -> (Effect, Files) {
        let (mut rules, faults) = read(text);
        assert_eq!((rules.len(), faults), (1, vec![]), "{rules:?}");
        let rule = rules.remove(0);
        (rule.effect, rule.files)
    }

    #[test]
    fn comments_end_lines_unless_escaped() {
        assert_eq!(only_line("  include a.txt \t# b.txt\n# c\n   # d"), "include a.txt");
        assert_eq!(only_line("include a\\#b # \\#c"), "include a#b # #c");
        assert_eq!(only_line("include a#b"), "include a");
    }

    #[test]
    fn backslashes_join_lines() {
        assert_eq!(only_line("include a\\\n  b"), "include ab");
        assert_eq!(only_line("include a \\\n # c\n\tb \\ # d\n c"), "include a b c");
        assert_eq!(only_line("include a \\  \n\n"), "include a");
        assert_eq!(only_line("include a\\"), "include a");
        assert_eq!(
            lines("\\\ninclude a \\\n\ninclude b"),
            [(2, "include a".to_owned()), (4, "include b".to_owned())]
        );
    }

    #[test]
    fn lines_end_as_in_python() {
        let found = lines("include a\rinclude b\r\ninclude c\x0bd\u{2028}e\x1f");
        let expected = ["include a", "include b", "include c\x0bd\u{2028}e"];
        assert_eq!(found.iter().map(|(_, line)| line.as_str()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn long_joined_lines_take_no_time() {
        let text = "include aaaaaaaa \\\n".repeat(100_000);
        assert_eq!(lines(&text).len(), 1);
    }

    #[test]
    fn patterns_are_normalised() {
        for (word, expected) in
            [("./a//b/", "a/b"), (".", "."), ("./", "."), ("/a", "/a"), ("a/../b", "a/../b")]
        {
            assert_eq!(normal(word), expected);
        }
    }

    #[test]
    fn commands_become_rules() {
        let found = |pattern: &str| Files::Found(pattern.to_owned());
        let matching = |pattern: &str| Files::Matching(pattern.to_owned());
        for (line, effect, files) in [
            ("include a/**/b", Effect::Add, found("a/*/b")),
            ("exclude a/**/b", Effect::Remove, matching("a/**/b")),
            ("recursive-include a *.txt", Effect::Add, found("a/**/*.txt")),
            ("recursive-include ./ *.txt", Effect::AddDotted, found("**/*.txt")),
            ("recursive-exclude . *.txt", Effect::Remove, matching("./**/*.txt")),
            ("global-include *.txt", Effect::Add, matching("**/*.txt")),
            ("global-exclude /x", Effect::Remove, matching("/x")),
            ("graft **/a/", Effect::Add, Files::Below("*/a".to_owned())),
            ("graft .", Effect::Add, found("**")),
            ("prune a", Effect::Remove, matching("a/**")),
        ] {
            assert_eq!(only_rule(line), (effect, files), "{line}");
        }
        assert_eq!(read("include a b\nrecursive-include a b c d\nexclude x").0.len(), 6);
        assert!(read("recursive-include a .").0.is_empty());
    }

    #[test]
    fn lines_that_are_no_commands_are_skipped() {
        let (rules, faults) = read(
            "include a\n# c\nincludes b\ngraft a b\n\nrecursive-include a\nexclude\n\
             \u{feff}include x\ninclude z",
        );
        assert_eq!(rules.len(), 2);
        let faults: Vec<_> = faults.iter().map(Finding::facts).collect();
        assert_eq!(faults.len(), 5);
        assert!(
            faults[0].starts_with("MANIFEST.in: found the unknown command `includes` in line 3,")
        );
        assert_eq!(
            faults[1],
            "MANIFEST.in: found `graft` with 2 words after it in line 4, expected one folder"
        );
        assert_eq!(read(&"x\n".repeat(1_000)).1.len(), MAX_FAULTS);
    }
}
