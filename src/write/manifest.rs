//! Frozen manifests: what the build of a firmware reads to freeze packages.
//!
//! Source: `docs/reference/manifest.rst` and `tools/manifestfile.py` of MicroPython 1.29.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::mip::PackageJson;
use crate::package::File;

/// The name of the file that describes a package, and of the one that requires packages.
pub const MANIFEST: &str = "manifest.py";

/// The first line of all manifests, by which they are known for results.
pub const MANIFEST_MARK: &str =
    "# Made by `mpconvert freeze`; changes are lost when it is made again.";

/// The name by which manifests know the folder of all packages. Without a name, what a board's own
/// libraries have would come first.
const LIBRARY: &str = "mpconvert";

/// A package as a firmware holds it.
#[derive(Clone, Debug)]
pub struct FrozenPackage {
    /// The name by which manifests require it, that of its folder.
    pub name: String,
    /// Its metadata, of which version, description, author and licence are written.
    pub about: PackageJson,
    /// The names of the packages that it requires, in this order.
    pub requires: Vec<String>,
    /// Its modules, sorted by path.
    pub files: Vec<File>,
}

impl FrozenPackage {
    /// The `manifest.py` for the folder of a package, which has the package's name. The packages
    /// that it requires are in folders beside it.
    ///
    /// ```
    /// use mpconvert::mip::PackageJson;
    /// use mpconvert::write::FrozenPackage;
    ///
    /// let about = PackageJson { version: Some("1.0".to_owned()), ..PackageJson::default() };
    /// let requires = vec!["bar".to_owned()];
    /// let package = FrozenPackage { name: "foo".to_owned(), about, requires, files: Vec::new() };
    /// let lines: Vec<_> = package.manifest().lines().skip(1).map(str::to_owned).collect();
    /// assert_eq!(
    ///     lines,
    ///     [
    ///         r#"metadata(version="1.0")"#,
    ///         r#"add_library("mpconvert", "..")"#,
    ///         r#"require("bar", library="mpconvert")"#,
    ///     ],
    /// );
    /// ```
    #[must_use]
    pub fn manifest(&self) -> String {
        let about = &self.about;
        let known = [
            ("version", &about.version),
            ("description", &about.description),
            ("author", &about.author),
            ("license", &about.license),
        ];
        let known: Vec<String> = known
            .iter()
            .filter_map(|(name, value)| Some(format!("{name}={}", literal(value.as_deref()?))))
            .collect();
        // Without arguments, the call would return the metadata instead of setting them.
        let known = if known.is_empty() { "version=None".to_owned() } else { known.join(", ") };
        let mut text = format!("{MANIFEST_MARK}\nmetadata({known})\n");
        if !self.requires.is_empty() {
            text += &requires("..", &self.requires);
        }
        for call in self.calls() {
            text += &call;
        }
        text
    }

    /// A call for each file at the root and each folder there.
    fn calls(&self) -> BTreeSet<String> {
        let call = |file: &File| {
            let top = file.path.parts().next().unwrap_or_default();
            let function = if file.path.parent().is_some() { "package" } else { "module" };
            format!("{function}({})\n", literal(top))
        };
        self.files.iter().map(call).collect()
    }
}

/// The `manifest.py` that requires these packages, which are in folders beside it.
#[must_use]
pub fn requiring_manifest(names: &[String]) -> String {
    format!("{MANIFEST_MARK}\n{}", requires(".", names))
}

fn requires(folder: &str, names: &[String]) -> String {
    let library = literal(LIBRARY);
    let mut text = format!("add_library({library}, {})\n", literal(folder));
    for name in names {
        let _ = writeln!(text, "require({}, library={library})", literal(name));
    }
    text
}

/// The text as a literal in ASCII: the build reads manifests in whatever coding its system has.
fn literal(text: &str) -> String {
    let mut literal = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => literal.extend(['\\', letter]),
            ' '..='~' => literal.push(letter),
            _ => {
                let code = u32::from(letter);
                let _ = match code {
                    ..0x100 => write!(literal, "\\x{code:02x}"),
                    0x100..0x1_0000 => write!(literal, "\\u{code:04x}"),
                    _ => write!(literal, "\\U{code:08x}"),
                };
            }
        }
    }
    literal + "\""
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::package::Origin;

    #[test]
    fn folders_are_packages_and_files_are_modules() {
        let file = |path: &str| File {
            path: path.parse().unwrap(),
            data: Bytes::new(),
            origin: Origin::Generated { by: "test" },
        };
        let package = FrozenPackage {
            name: "foo".to_owned(),
            about: PackageJson {
                description: Some("a \"b\" \\ \u{e9}\u{20ac}\u{1f600}\n".to_owned()),
                ..PackageJson::default()
            },
            requires: Vec::new(),
            files: ["foo.py", "foo/__init__.py", "foo/deep/a.py", "zoo/b.py"].map(file).to_vec(),
        };
        let text = package.manifest();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                MANIFEST_MARK,
                r#"metadata(description="a \"b\" \\ \xe9\u20ac\U0001f600\x0a")"#,
                r#"module("foo.py")"#,
                r#"package("foo")"#,
                r#"package("zoo")"#,
            ]
        );
        let nothing = FrozenPackage { about: PackageJson::default(), files: Vec::new(), ..package };
        assert!(nothing.manifest().ends_with("\nmetadata(version=None)\n"));
    }

    #[test]
    fn what_was_asked_for_is_required_by_name() {
        assert_eq!(
            requiring_manifest(&["b".to_owned(), "a".to_owned()]),
            format!(
                "{MANIFEST_MARK}\nadd_library(\"mpconvert\", \".\")\n\
                 require(\"b\", library=\"mpconvert\")\nrequire(\"a\", library=\"mpconvert\")\n"
            )
        );
    }
}
