//! Names that file systems of boards and computers cannot store, or cannot tell apart.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

use super::File;
use crate::finding::{Code, Finding};
use crate::path::MemberPath;

/// UTF-16 units of the longest name, on FAT and on NTFS.
const MAX_NAME_LENGTH: usize = 255;

/// Names of devices on Windows, in any folder and with any extension.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

/// What FAT and Windows drop at the end of a name.
const TRIMMED: [char; 2] = ['.', ' '];

/// The findings about paths that FAT or Windows cannot hold, one a path at most.
pub(crate) fn not_portable<'a>(
    paths: impl IntoIterator<Item = &'a MemberPath>,
) -> impl Iterator<Item = Finding> {
    paths.into_iter().filter_map(|path| {
        let trimmed = || path.parts().find(|name| name.ends_with(TRIMMED));
        let finding = match (path.parts().find_map(fault), trimmed()) {
            (Some(found), _) => Finding::new(Code::NameNotPortable, found),
            (None, Some(name)) => Finding::new(Code::NameTrimmed, format!("the name `{name}`")),
            (None, None) => return None,
        };
        Some(finding.at(path.as_str()))
    })
}

/// Why a part of a path is not portable.
fn fault(name: &str) -> Option<String> {
    let is_forbidden = |one: &char| {
        one.is_control() || matches!(one, '"' | '*' | ':' | '<' | '>' | '?' | '\\' | '|')
    };
    if let Some(character) = name.chars().find(is_forbidden) {
        return Some(format!("the character `{}` in a name", character.escape_default()));
    }
    let length = name.encode_utf16().count();
    if length > MAX_NAME_LENGTH {
        return Some(format!("a name of {length} characters"));
    }
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    is_device(stem).then(|| format!("`{stem}`, the name of a device on Windows"))
}

fn is_device(stem: &str) -> bool {
    let stem = stem.to_ascii_uppercase();
    let port = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    // Windows takes superscript digits for digits.
    let is_number = |number: &str| {
        let mut digits = number.chars();
        matches!(digits.next(), Some('1'..='9' | '\u{b9}' | '\u{b2}' | '\u{b3}'))
            && digits.next().is_none()
    };
    DEVICES.contains(&stem.as_str()) || port.is_some_and(is_number)
}

/// Files and folders whose paths are the same on some file systems.
///
/// Two spellings in different case are an error where one file would overwrite another one; all others
/// are a warning.
pub(crate) fn twins(files: &[File]) -> Vec<Finding> {
    let mut seen: HashMap<String, &File> = HashMap::with_capacity(files.len());
    let mut findings = Vec::new();
    let mut reported = HashSet::new();
    for file in files {
        let Some(earlier) = seen.insert(folded(file.path.as_str()), file) else { continue };
        if earlier.path == file.path {
            continue;
        }
        reported.extend(folders(&file.path).chain(folders(&earlier.path)));
        let (one, other) = (file.path.as_str(), earlier.path.as_str());
        let overwrites = without_case(one) == without_case(other) && file.data != earlier.data;
        let code = if overwrites { Code::NamesOverwrite } else { Code::NamesCollide };
        findings.push(Finding::new(code, format!("another spelling of `{other}`")).at(one));
    }
    findings.extend(folder_twins(files, &seen, reported));
    findings
}

/// Twins of folders without twins among their files, and folders that are twins of files.
fn folder_twins<'a>(
    files: &'a [File],
    by_folded: &HashMap<String, &File>,
    mut known: HashSet<&'a str>,
) -> Vec<Finding> {
    let mut spellings: HashMap<String, &str> = HashMap::new();
    for folder in &known {
        spellings.insert(folded(folder), folder);
    }
    let mut findings = Vec::new();
    for file in files {
        // From the inside out, up to the first that is known already.
        let new: Vec<&str> = folders(&file.path).take_while(|one| known.insert(one)).collect();
        for folder in new.into_iter().rev() {
            let key = folded(folder);
            let twin_file = by_folded.get(&key).map(|file| file.path.as_str());
            if let Some(twin) = twin_file.filter(|twin| *twin != folder) {
                let found = format!("a folder, another spelling of the file `{twin}`");
                findings.push(Finding::new(Code::NamesOverwrite, found).at(folder));
            }
            match spellings.get(&key) {
                // A difference in an outer folder is reported for that folder.
                Some(twin) if last(twin) != last(folder) => {
                    let found = format!("another spelling of the folder `{twin}`");
                    findings.push(Finding::new(Code::NamesCollide, found).at(folder));
                }
                Some(_) => {}
                None => {
                    spellings.insert(key, folder);
                }
            }
        }
    }
    findings
}

/// The folders that the path lies in, from the inside out.
fn folders(path: &MemberPath) -> impl Iterator<Item = &str> {
    std::iter::successors(path.parent(), |path| Some(path.rsplit_once('/')?.0))
}

fn last(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// What the spellings of a path have in common that differ in case or in the Unicode form of letters.
fn folded(path: &str) -> String {
    let forms: String = trimmed(path).nfkc().collect();
    forms.to_uppercase().to_lowercase().nfkc().collect()
}

/// What the spellings of a path have in common that differ for FAT and NTFS in case only. They know
/// single letters: those whose other case takes several stay as they are.
fn without_case(path: &str) -> String {
    let simple = |letter: char| {
        let mut upper = letter.to_uppercase();
        upper.next().filter(|_| upper.next().is_none()).unwrap_or(letter)
    };
    trimmed(path).chars().map(simple).collect()
}

/// The path without the dropped ends of its names.
fn trimmed(path: &str) -> String {
    path.split('/').map(|name| name.trim_end_matches(TRIMMED)).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::Origin;

    #[test]
    fn names_of_devices_are_known_in_any_case_and_with_any_extension() {
        for name in ["CON", "aux.py", "Nul.tar.gz", "COM1", "lpt9.txt", "com\u{b9}.py", "prn .x"] {
            assert!(fault(name).is_some(), "{name}");
        }
        for name in ["COM", "COM0", "COM10", "console.py", "x.con", "auxiliary", "nul_", "lpt"] {
            assert_eq!(fault(name), None, "{name}");
        }
    }

    #[test]
    fn names_that_fat_cannot_hold_are_known() {
        let long = "\u{1f40d}".repeat(128);
        for name in ["a.py:x", "x?.py", "<b>", "a|b", "a*", "a\"", "a\u{7f}", &long] {
            assert!(fault(name).is_some(), "{name}");
        }
        for name in [".a", " a", "a b", "a;b", "caf\u{e9}", "a'b", "a,b", &long[4..], "a+b=[1]"] {
            assert_eq!(fault(name), None, "{name}");
        }
    }

    fn reported(paths: &[(&str, &'static str)]) -> Vec<String> {
        let file = |(path, data): &(&str, &'static str)| File {
            path: path.parse().unwrap(),
            data: bytes::Bytes::from_static(data.as_bytes()),
            origin: Origin::Generated { by: "test" },
        };
        let files: Vec<File> = paths.iter().map(file).collect();
        twins(&files).iter().map(|one| format!("{} {}", one.code.id(), one.facts())).collect()
    }

    #[test]
    fn twins_of_different_content_are_refused() {
        let [refused] = &reported(&[("a/B.py", "1"), ("a/b.py", "2")])[..] else { panic!() };
        assert_eq!(refused, "MP128 a/b.py: another spelling of `a/B.py`");
        assert!(reported(&[("a/B.py", "1"), ("a/b.py", "1")])[0].starts_with("MP506"));
        assert!(reported(&[("\u{e9}.py", "1"), ("e\u{301}.py", "2")])[0].starts_with("MP506"));
        assert!(reported(&[("\u{fb01}.py", "1"), ("fi.py", "2")])[0].starts_with("MP506"));
        assert!(reported(&[("stra\u{df}e", "1"), ("STRASSE", "2")])[0].starts_with("MP506"));
        assert_eq!(reported(&[("a.py", "1"), ("a/b.py", "2"), ("b/a.py", "3")]), [""; 0]);
    }

    #[test]
    fn ends_of_names_that_are_dropped_are_reported() {
        let path: MemberPath = "a./b.py".parse().unwrap();
        let findings: Vec<Finding> = not_portable([&path]).collect();
        assert_eq!(findings[0].facts(), "a./b.py: the name `a.`");
        assert!(reported(&[("a/b.py", "1"), ("a./b.py", "2")])[0].starts_with("MP128"));
    }

    #[test]
    fn twins_of_folders_are_reported_once() {
        assert_eq!(
            reported(&[("Foo/x/a", ""), ("foo/x/b", ""), ("foo/x/c", ""), ("foo/d", "")]),
            ["MP506 foo: another spelling of the folder `Foo`"]
        );
        assert_eq!(reported(&[("Foo/a", "1"), ("foo/a", "2"), ("foo/b", "")]).len(), 1);
        let file_and_folder = reported(&[("Foo", "1"), ("foo/a", "2")]);
        assert_eq!(file_and_folder, ["MP128 foo: a folder, another spelling of the file `Foo`"]);
    }
}
