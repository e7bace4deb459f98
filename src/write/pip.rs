//! The two files that let `pip install` take an archive for upip, which skips both by their names.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Code, Finding};
use crate::name::is_valid_name;
use crate::package::Package;
use crate::path::MemberPath;
use crate::requirement::Requirement;

/// All that setuptools needs to be run by old and new versions of pip.
pub(super) const SETUP_PY: &str = "from setuptools import setup\n\nsetup()\n";

/// The content of `setup.cfg` by which setuptools installs the payload of `package`, and what it
/// cannot install.
///
/// A folder with modules in it is a package, and so is every folder at the top; all other files are
/// data of the innermost package around them.
pub(super) fn setup_cfg(package: &Package) -> (String, Vec<Finding>) {
    let payload = Payload::of(package);
    let mut text = String::from("[metadata]\n");
    value(&mut text, "name", &package.name);
    value(&mut text, "version", &package.version.to_string());
    // setuptools would take the name of a file for the text in it.
    let summary =
        package.metadata.summary.as_ref().filter(|text| !text.trim_start().starts_with("file:"));
    if let Some(summary) = summary {
        value(&mut text, "description", &summary.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    text.push_str("\n[options]\n");
    if let Some(versions) = &package.metadata.requires_python {
        value(&mut text, "python_requires", versions);
    }
    list(&mut text, "packages", payload.packages.iter().map(|folder| folder.replace('/', ".")));
    list(&mut text, "py_modules", payload.modules.iter().map(|&module| module.to_owned()));
    let of_all = |requirement: &&Requirement| requirement.marker.extras().is_empty();
    let required = package.requirements.iter().filter(of_all);
    list(&mut text, "install_requires", required.map(ToString::to_string));
    section(&mut text, "options.extras_require", extras(&package.requirements));
    let data = payload.data.iter().map(|(folder, files)| {
        (folder.replace('/', "."), files.iter().map(|file| glob(file)).collect())
    });
    section(&mut text, "options.package_data", data.collect());
    // Values are interpolated when setuptools reads them.
    (text.replace('%', "%%"), payload.findings)
}

fn value(text: &mut String, key: &str, value: &str) {
    text.extend([key, " = ", &one_line(value), "\n"]);
}

/// The text without ends of lines, behind which it would be taken for other keys and sections.
fn one_line(text: &str) -> String {
    let ends = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
    text.replace(ends, " ")
}

/// A list with a line for each element; nothing for an empty one.
fn list(text: &mut String, key: &str, elements: impl IntoIterator<Item = String>) {
    let mut elements = elements.into_iter().peekable();
    if elements.peek().is_some() {
        text.extend([key, " =\n"]);
    }
    for element in elements {
        text.extend(["    ", &one_line(&element), "\n"]);
    }
}

fn section(text: &mut String, name: &str, lists: BTreeMap<String, Vec<String>>) {
    if !lists.is_empty() {
        text.extend(["\n[", name, "]\n"]);
    }
    for (key, elements) in lists {
        list(text, &key, elements);
    }
}

/// The dependencies that extras bring. Each keeps its marker, which may name the extra once more.
fn extras(requirements: &[Requirement]) -> BTreeMap<String, Vec<String>> {
    let mut extras: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for requirement in requirements {
        // An extra whose name is invalid cannot be requested.
        for extra in requirement.marker.extras().into_iter().filter(|extra| is_valid_name(extra)) {
            extras.entry(extra).or_default().push(requirement.specifier());
        }
    }
    extras
}

/// The files of a package as setuptools knows them.
#[derive(Default)]
struct Payload<'a> {
    packages: BTreeSet<&'a str>,
    modules: Vec<&'a str>,
    /// Paths below their packages, by the folders of these.
    data: BTreeMap<&'a str, Vec<&'a str>>,
    findings: Vec<Finding>,
}

impl<'a> Payload<'a> {
    fn of(package: &'a Package) -> Self {
        let mut payload = Self::default();
        for path in package.files.iter().map(|file| &file.path) {
            payload.add_packages(path);
        }
        for path in package.files.iter().map(|file| &file.path) {
            payload.add(path);
        }
        payload
    }

    fn add_packages(&mut self, path: &'a MemberPath) {
        let Some(folder) = path.parent() else { return };
        let top = folder.split('/').next().unwrap_or(folder);
        if is_name(top) {
            self.packages.insert(top);
        }
        if path.extension() == Some("py") && folder.split('/').all(is_name) {
            self.packages.insert(folder);
        }
    }

    fn add(&mut self, path: &'a MemberPath) {
        let text = path.as_str();
        let name = path.file_name();
        let module = name.strip_suffix(".py").filter(|module| is_name(module));
        let folder = path.parent().unwrap_or("");
        let innermost =
            std::iter::successors(Some(folder), |folder| Some(folder.rsplit_once('/')?.0))
                .find(|folder| self.packages.contains(folder));
        match (innermost, module) {
            (None, Some(module)) if folder.is_empty() => self.modules.push(module),
            (Some(package), Some(_)) if package == folder => {}
            (Some(package), _) => {
                self.data.entry(package).or_default().push(&text[package.len() + 1..]);
            }
            (None, _) => self.findings.push(
                Finding::new(Code::NotForPip, "a file in no package")
                    .at(text)
                    .expected("modules, and files in folders whose names are Python's"),
            ),
        }
    }
}

/// Whether `text` can be the name of a module or package.
fn is_name(text: &str) -> bool {
    let is_start = |letter: char| letter == '_' || letter.is_alphabetic();
    text.starts_with(is_start) && text.chars().all(|letter| is_start(letter) || letter.is_numeric())
}

/// A glob that matches the path. A `?` replaces each special character of globs or of the file's
/// syntax. The glob may match other files, because all files in a package are installed.
fn glob(path: &str) -> String {
    let special = |letter: char| {
        letter.is_whitespace() || matches!(letter, '#' | ';' | '*' | '?' | '[' | '%')
    };
    path.chars().map(|letter| if special(letter) { '?' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::{File, Origin};

    fn package(paths: &[&str]) -> Package {
        let mut package = Package::empty("foo-bar", "1.0".parse().unwrap());
        package.files = paths
            .iter()
            .map(|path| File {
                path: path.parse().unwrap(),
                data: bytes::Bytes::new(),
                origin: Origin::Generated { by: "test" },
            })
            .collect();
        package
    }

    #[test]
    fn all_files_are_named() {
        let mut package = package(&[
            "data/x.txt",
            "foo/__init__.py",
            "foo/my-data/a*.txt",
            "foo/my-data/b.py",
            "foo/sub/#x",
            "foo/sub/m.py",
            "main.py",
        ]);
        package.metadata.summary = Some("Blinks\n 100% of it".to_owned());
        package.metadata.requires_python = Some(">=3.4".to_owned());
        let requirements = ["a>=1", "b; sys_platform == 'win32'", "c; extra == 'net'"];
        package.requirements = requirements.map(|line| line.parse().unwrap()).into();
        let (text, findings) = setup_cfg(&package);
        let expected = "[metadata]\nname = foo-bar\nversion = 1.0\ndescription = Blinks 100%% of it\n\n\
            [options]\npython_requires = >=3.4\n\
            packages =\n    data\n    foo\n    foo.sub\npy_modules =\n    main\n\
            install_requires =\n    a>=1\n    b; sys_platform == 'win32'\n\n\
            [options.extras_require]\nnet =\n    c; extra == 'net'\n\n\
            [options.package_data]\ndata =\n    x.txt\nfoo =\n    my-data/a?.txt\n    \
            my-data/b.py\nfoo.sub =\n    ?x\n";
        assert_eq!(text, expected);
        assert_eq!(findings, []);
    }

    #[test]
    fn no_text_commands_setuptools() {
        let mut package = package(&["foo/a\u{2028}b"]);
        package.metadata.summary = Some("file: LICENSE".to_owned());
        let (text, _) = setup_cfg(&package);
        assert!(!text.contains("description") && text.ends_with("foo =\n    a?b\n"), "{text}");
    }

    #[test]
    fn no_line_end_in_a_text_begins_a_section() {
        let mut package = package(&["foo/a.py"]);
        package.metadata.requires_python = Some(">=\n3".to_owned());
        let requirements = [
            "a; os_name != 'x\n[evil]\rb\u{85}c'",
            "d; extra == 'x\n[evil]'",
            "e; extra != 'x\nevil>=1'",
        ];
        package.requirements = requirements.map(|line| line.parse().unwrap()).into();
        let (text, _) = setup_cfg(&package);
        assert!(text.contains("python_requires = >= 3\n"), "{text}");
        assert!(text.contains("    a; os_name != 'x [evil] b c'\n"), "{text}");
        assert!(!text.contains("\n[evil]") && !text.contains("\nevil"), "{text}");
        assert_eq!(text.matches("\n[").count(), 1, "options: {text}");
    }

    #[test]
    fn files_in_no_package_are_reported() {
        let (text, findings) = setup_cfg(&package(&["a.b/c.py", "m.py", "root.txt"]));
        assert_eq!(text.matches("    ").count(), 1, "{text}");
        let paths: Vec<_> = findings.iter().map(|finding| finding.path.as_deref()).collect();
        assert_eq!(paths, [Some("a.b/c.py"), Some("root.txt")]);
    }
}
