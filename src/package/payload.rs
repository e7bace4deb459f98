//! Checks whether a payload can be installed on a device, and packed for upip.

use std::collections::{BTreeMap, HashSet};

use super::portable_name::{not_portable, twins};
use super::{File, Package};
use crate::finding::{Code, Finding};
use crate::path::MemberPath;

/// The length of the name field of a tar header, all that upip reads of a name.
pub(super) const NAME_FIELD: usize = 100;

/// All findings about `package.files` that matter to upip: those of [`installable`], and names that
/// upip skips or cuts.
#[must_use]
pub fn payload(package: &Package) -> Vec<Finding> {
    let mut findings = installable(package);
    let root = package.file_stem();
    findings.extend(too_long(&root, &format!("{}/PKG-INFO", package.egg_info())));
    for file in &package.files {
        findings.extend(skipped(&file.path));
        findings.extend(too_long(&root, file.path.as_str()));
    }
    findings
}

/// All findings about `package.files` that matter to every client: native code, nothing to install,
/// names that a device cannot hold or that collide there, and modules that no import finds. A package
/// may consist of what it requires.
#[must_use]
pub fn installable(package: &Package) -> Vec<Finding> {
    let mut findings = Vec::new();
    if package.files.is_empty() && package.requirements.is_empty() {
        let found = "no file to install, and no dependency";
        findings.push(Finding::new(Code::EmptyPayload, found).at(package.file_stem()));
    }
    findings.extend(unsuitable(&package.files));
    let hidden = hidden_modules(package.files.iter().map(|file| &file.path));
    findings.extend(hidden.into_iter().map(|(module, by)| hidden_by(module, by)));
    findings
}

/// Findings about files that no device can have: native code, and names that a device cannot hold or
/// that collide there.
pub(crate) fn unsuitable(files: &[File]) -> Vec<Finding> {
    let mut findings: Vec<_> = files.iter().filter_map(native_code).collect();
    findings.extend(not_portable(files.iter().map(|file| &file.path)));
    findings.extend(collisions(files));
    findings
}

/// A name that does not fit into the field of the tar header.
pub(crate) fn too_long(root: &str, path: &str) -> Option<Finding> {
    let length = root.len() + 1 + path.len();
    (length > NAME_FIELD).then(|| {
        Finding::new(Code::NameTooLong, format!("a name of {length} bytes"))
            .at(format!("{root}/{path}"))
            .expected(format!("at most {NAME_FIELD} bytes"))
    })
}

/// Compiled code for a computer, by the file's ending or its first bytes.
pub(crate) fn native_code(file: &File) -> Option<Finding> {
    let kind = match &file.data[..] {
        [0x7f, b'E', b'L', b'F', ..] => "an ELF file",
        [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => {
            "a Mach-O file"
        }
        [b'!', b'<', b'a', b'r', b'c', b'h', b'>', b'\n', ..] => "an object library",
        data if is_pe(data) => "a PE file",
        _ => match file.path.extension()?.to_ascii_lowercase().as_str() {
            "so" | "pyd" | "dll" | "dylib" => "a shared library",
            _ if file.path.file_name().contains(".so.") => "a shared library",
            _ => return None,
        },
    };
    let finding = Finding::new(Code::NativeCode, kind).at(file.path.as_str());
    Some(finding.expected("Python modules and data").hint(
        "if the package works without the file, leave it out with --exclude PATTERN; if it is a \
         dependency, leave it out with `NAME = false` in [tool.mpconvert.dependencies]",
    ))
}

/// Whether the bytes are a program for Windows: a DOS header that points to a PE header.
fn is_pe(data: &[u8]) -> bool {
    let Some(offset) = data.get(0x3c..0x40).and_then(|bytes| bytes.first_chunk()) else {
        return false;
    };
    let offset = u32::from_le_bytes(*offset) as usize;
    data.starts_with(b"MZ") && data.get(offset..).is_some_and(|rest| rest.starts_with(b"PE\0\0"))
}

/// Why `upip.install_tar` leaves out the file at `path`, if it does.
pub(crate) fn skipped_by_upip(path: &str) -> Option<String> {
    ["setup.", "PKG-INFO", "README"]
        .into_iter()
        .find(|start| path.starts_with(start))
        .map(|start| format!("a path that starts with `{start}`"))
        .or_else(|| {
            path.contains(".egg-info").then(|| "a path that contains `.egg-info`".to_owned())
        })
}

fn skipped(path: &MemberPath) -> Option<Finding> {
    let reason = skipped_by_upip(path.as_str())?;
    Some(Finding::new(Code::NameSkippedByUpip, reason).at(path.as_str()))
}

/// Files that are folders too, and paths that a file system without case, or one that normalises
/// letters, takes for the same.
pub(crate) fn collisions(files: &[File]) -> Vec<Finding> {
    let paths: HashSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let mut findings = Vec::new();
    for file in files {
        let text = file.path.as_str();
        let mut folders = text.match_indices('/').map(|(slash, _)| &text[..slash]);
        if let Some(folder) = folders.find(|folder| paths.contains(folder)) {
            findings.push(
                Finding::new(Code::FileIsFolder, "a file below another file")
                    .at(text)
                    .expected(format!("`{folder}` to be either a folder or a file")),
            );
        }
    }
    findings.extend(twins(files));
    findings
}

/// Modules that no import finds, each with a file that is found instead or that lies in the folder which
/// is. On a device, a folder comes before a `.py` and that before a `.mpy`.
pub(crate) fn hidden_modules<'a>(
    paths: impl Iterator<Item = &'a MemberPath>,
) -> Vec<(&'a MemberPath, &'a MemberPath)> {
    let paths: BTreeMap<&str, &MemberPath> = paths.map(|path| (path.as_str(), path)).collect();
    let by = |path: &&str| {
        let (name, ending) = path.rsplit_once('.')?;
        if !matches!(ending, "py" | "mpy") {
            return None;
        }
        let folder = format!("{name}/");
        let first = paths.range(&*folder..).next().filter(|(path, _)| path.starts_with(&folder));
        let source = || paths.get_key_value(&*format!("{name}.py")).filter(|_| ending == "mpy");
        first.or_else(source).map(|(_, by)| *by)
    };
    paths.iter().filter_map(|(path, module)| Some((*module, by(path)?))).collect()
}

/// That a module is hidden by another, or by the folder that it is in.
fn hidden_by(module: &MemberPath, by: &MemberPath) -> Finding {
    Finding::new(Code::ModuleHidden, how_hidden(module, by)).at(module.as_str())
}

/// What hides the module: another one, or the folder that this is in.
pub(crate) fn how_hidden(module: &MemberPath, by: &MemberPath) -> String {
    let name = module.as_str().rsplit_once('.').map_or("", |(name, _)| name);
    let rest = by.as_str().strip_prefix(name).unwrap_or_default();
    if rest.starts_with('/') {
        format!("hidden by the folder `{name}`")
    } else {
        format!("hidden by `{by}`")
    }
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
    fn generated_names_have_to_fit_too() {
        assert_eq!(codes(&"n".repeat(77), &[("x.py", b"")]), [Code::NameTooLong]);
        assert_eq!(codes(&"n".repeat(76), &[("x.py", b"")]), []);
    }

    #[test]
    fn a_file_cannot_be_a_folder_too() {
        assert_eq!(codes("x", &[("foo", b""), ("foo/a.py", b"")]), [Code::FileIsFolder]);
    }

    #[test]
    fn twins_in_case_or_unicode_form_collide() {
        assert_eq!(codes("x", &[("A.py", b""), ("a.py", b"")]), [Code::NamesCollide]);
        assert_eq!(codes("x", &[("c\u{30c}.py", b""), ("\u{10d}.py", b"")]), [Code::NamesCollide]);
    }

    #[test]
    fn modules_hide_each_other() {
        for (files, hidden) in [
            (&["m.py", "m/__init__.py"][..], &["m.py: hidden by the folder `m`"][..]),
            (&["m.py", "m/data.txt"], &["m.py: hidden by the folder `m`"]),
            (&["m.mpy", "m.py"], &["m.mpy: hidden by `m.py`"]),
            (
                &["a/m.mpy", "a/m.py", "a/m/x/y"],
                &["a/m.mpy: hidden by the folder `a/m`", "a/m.py: hidden by the folder `a/m`"],
            ),
            (&["m/__init__.mpy", "m/__init__.py"], &["m/__init__.mpy: hidden by `m/__init__.py`"]),
            (&["m.py", "m.txt", "m2/a.py", "m.d/x.py", "m-/a", "n/m.py"], &[]),
        ] {
            let paths: Vec<MemberPath> = files.iter().map(|path| path.parse().unwrap()).collect();
            let found = hidden_modules(paths.iter()).into_iter();
            let reported: Vec<String> =
                found.map(|(module, by)| hidden_by(module, by).facts()).collect();
            assert_eq!(reported, hidden);
        }
        assert_eq!(codes("x", &[("m.py", b""), ("m/a.py", b"")]), [Code::ModuleHidden]);
    }
}
