//! What stands against putting a payload into an archive for upip.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use super::{Code, Finding};
use crate::package::{File, Package};
use crate::path::MemberPath;

/// The length of the name field of a tar header, all that upip reads of a name.
const NAME_FIELD: usize = 100;

/// All findings about `package.files` that matter to upip: native code, nothing to install, names
/// that upip skips, cuts or that collide on a FAT file system.
#[must_use]
pub fn payload(package: &Package) -> Vec<Finding> {
    let mut findings = Vec::new();
    if package.files.is_empty() {
        findings
            .push(Finding::new(Code::EmptyPayload, "no file to install").at(package.file_stem()));
    }
    let root = package.file_stem();
    for file in &package.files {
        findings.extend(native(file));
        findings.extend(skipped(&file.path));
        let length = root.len() + 1 + file.path.as_str().len();
        if length > NAME_FIELD {
            findings.push(
                Finding::new(Code::NameTooLong, format!("a name of {length} bytes"))
                    .at(format!("{root}/{}", file.path))
                    .expected(format!("at most {NAME_FIELD} bytes")),
            );
        }
    }
    findings.extend(collisions(&package.files));
    findings
}

/// Compiled code for a computer, by the file's ending or its first bytes.
fn native(file: &File) -> Option<Finding> {
    let kind = match &file.data[..] {
        [0x7f, b'E', b'L', b'F', ..] => "an ELF file",
        [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => {
            "a Mach-O file"
        }
        [b'!', b'<', b'a', b'r', b'c', b'h', b'>', b'\n', ..] => "an object library",
        data if is_pe(data) => "a PE file",
        _ => match file.path.extension()?.to_ascii_lowercase().as_str() {
            "so" | "pyd" | "dll" | "dylib" => "a shared library",
            _ => return None,
        },
    };
    let expected = "Python modules and data";
    Some(Finding::new(Code::NativeCode, kind).at(file.path.as_str()).expected(expected))
}

/// Whether the bytes are a program for Windows: a DOS header that points to a PE header.
fn is_pe(data: &[u8]) -> bool {
    let Some(offset) = data.get(0x3c..0x40).and_then(|bytes| bytes.first_chunk()) else {
        return false;
    };
    let offset = u32::from_le_bytes(*offset) as usize;
    data.starts_with(b"MZ") && data.get(offset..).is_some_and(|rest| rest.starts_with(b"PE\0\0"))
}

/// The paths that `upip.install_tar` leaves out.
fn skipped(path: &MemberPath) -> Option<Finding> {
    let text = path.as_str();
    let reason = ["setup.", "PKG-INFO", "README"]
        .into_iter()
        .find(|start| text.starts_with(start))
        .map(|start| format!("a path that starts with `{start}`"))
        .or_else(|| text.contains(".egg-info").then(|| "`.egg-info` in a path".to_owned()))?;
    Some(Finding::new(Code::NameSkippedByUpip, reason).at(text))
}

/// Paths that a file system without case, or one that normalises letters, takes for the same.
fn collisions(files: &[File]) -> Vec<Finding> {
    let mut seen: HashMap<String, &MemberPath> = HashMap::with_capacity(files.len());
    let mut findings = Vec::new();
    for file in files {
        let folded: String = file.path.as_str().to_lowercase().nfc().collect();
        if let Some(earlier) = seen.insert(folded, &file.path) {
            findings.push(
                Finding::new(Code::NamesCollide, format!("another spelling of `{earlier}`"))
                    .at(file.path.as_str()),
            );
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::Origin;

    fn codes(name: &str, files: &[(&str, &'static [u8])]) -> Vec<Code> {
        let mut package = Package::empty(name, "1.0".parse().unwrap());
        package.files = files
            .iter()
            .map(|(path, data)| File {
                path: path.parse().unwrap(),
                data: bytes::Bytes::from_static(data),
                origin: Origin::Generated { by: "test" },
            })
            .collect();
        payload(&package).into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn native_code_is_seen_by_ending_and_by_content() {
        assert_eq!(
            codes("x", &[("x/_y.cpython-312-x86_64-linux-gnu.so", b"")]),
            [Code::NativeCode]
        );
        assert_eq!(codes("x", &[("x/tool", b"\x7fELF\x02\x01")]), [Code::NativeCode]);
        assert_eq!(codes("x", &[("x/MZ.txt", b"MZ is how it starts")]), []);
        assert_eq!(codes("x", &[("x/native.mpy", b"M\x06\x00\x1f")]), []);
    }

    #[test]
    fn names_that_upip_loses_are_refused() {
        for path in ["READMEs/a.py", "setup.helpers.py", "PKG-INFO.py", "a/b.egg-info/c"] {
            assert_eq!(codes("x", &[(path, b"")]), [Code::NameSkippedByUpip], "{path}");
        }
        assert_eq!(codes("x", &[("a/README", b""), ("a/setup.py", b"")]), []);
    }

    #[test]
    fn names_fill_the_field_and_no_more() {
        let fits = format!("{}.py", "a".repeat(NAME_FIELD - "x-1.0/.py".len()));
        assert_eq!(codes("x", &[(&fits, b"")]), []);
        assert_eq!(codes("x", &[(&format!("b{fits}"), b"")]), [Code::NameTooLong]);
        assert_eq!(codes("x", &[]), [Code::EmptyPayload]);
    }

    #[test]
    fn twins_in_case_or_unicode_form_collide() {
        assert_eq!(codes("x", &[("A.py", b""), ("a.py", b"")]), [Code::NamesCollide]);
        assert_eq!(codes("x", &[("c\u{30c}.py", b""), ("\u{10d}.py", b"")]), [Code::NamesCollide]);
    }
}
