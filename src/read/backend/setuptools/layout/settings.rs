//! The settings of a project's three configuration files for its install layout, and which of them
//! counts.

use std::collections::{BTreeMap, BTreeSet};

use crate::path::inside;
pub(super) use crate::read::backend::pattern::normal_path as normal;
use crate::read::limits::MAX_PATH_LENGTH;

/// Glob patterns by the package they belong to; the empty name stands for all packages.
pub(super) type Globs = BTreeMap<String, Vec<String>>;

/// The arguments of `setup()` that the layout depends on, however they were given.
///
/// `None` means "not given"; an empty list is a choice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Settings {
    /// Dotted names of packages, whose modules are all installed.
    pub packages: Option<Vec<String>>,
    /// Dotted names of single modules.
    pub py_modules: Option<Vec<String>>,
    /// Dotted names of packages that other projects share, without modules of their own.
    pub namespace_packages: Vec<String>,
    /// Source folders by package; the empty name is the folder of all top-level packages.
    pub package_dir: BTreeMap<String, String>,
    /// Data files inside of packages.
    pub package_data: Option<Globs>,
    /// Data files that are not installed after all.
    pub exclude_package_data: Option<Globs>,
    /// Whether all files of the source distribution that lie in a package are installed.
    pub include_package_data: Option<bool>,
    /// Patterns of the files with the project's licenses; those of setuptools if there are none.
    pub license_files: Option<Vec<String>>,
    /// Files whose content is the value of a setting.
    pub referenced: BTreeSet<String>,
    /// The plugin that puts the files that version control knows into source distributions.
    pub file_finder: Option<&'static str>,
    /// Names of arguments that are only known when `setup.py` runs. What is known of them is in the
    /// fields above.
    pub computed: BTreeSet<&'static str>,
    /// The arguments that ask for a compiler.
    pub native: BTreeSet<&'static str>,
    /// Whether commands that collect the files are replaced by the project's own.
    pub own_commands: bool,
}

/// The arguments that [`Settings::computed`] can name.
pub(super) const ARGUMENTS: [&str; 6] = [
    "packages",
    "py_modules",
    "package_dir",
    "package_data",
    "exclude_package_data",
    "include_package_data",
];

impl Settings {
    /// The settings of a script that cannot be understood.
    pub fn unknown() -> Self {
        Self { computed: ARGUMENTS.into(), ..Self::default() }
    }

    /// Whether packages or modules are named, be it none of them.
    pub fn names_payload(&self) -> bool {
        self.packages.is_some() || self.py_modules.is_some()
    }

    /// Whether packages or modules are computed.
    pub fn computes_payload(&self) -> bool {
        self.computed.contains("packages") || self.computed.contains("py_modules")
    }

    /// Puts the packages and modules that were found in place of those that are computed.
    pub fn put_computed(&mut self, packages: Vec<String>, modules: Vec<String>) {
        if self.packages.is_none() || self.computed.contains("packages") {
            self.packages = Some(packages);
        }
        self.py_modules = Some(modules);
    }

    /// Adds the settings of `setup.cfg` to those of `setup()`: an argument that is given and not
    /// empty wins (`ConfigHandler.__setitem__` in setuptools' `config/setupcfg.py`). Where nothing
    /// is known of the arguments that name packages and modules, the file is believed.
    #[must_use]
    pub fn or_setup_cfg(mut self, file: Self) -> Self {
        if file.names_payload() && !self.names_payload() {
            self.computed.remove("packages");
            self.computed.remove("py_modules");
        }
        let known = |argument| !self.computed.contains(argument);
        if known("packages") && self.packages.as_ref().is_none_or(Vec::is_empty) {
            self.packages = file.packages.or(self.packages);
        }
        if known("py_modules") && self.py_modules.as_ref().is_none_or(Vec::is_empty) {
            self.py_modules = file.py_modules.or(self.py_modules);
        }
        if known("package_dir") && self.package_dir.is_empty() {
            self.package_dir = file.package_dir;
        }
        if known("package_data") && self.package_data.as_ref().is_none_or(Globs::is_empty) {
            self.package_data = file.package_data.or(self.package_data);
        }
        if self.exclude_package_data.as_ref().is_none_or(Globs::is_empty) {
            self.exclude_package_data = file.exclude_package_data.or(self.exclude_package_data);
        }
        if known("include_package_data") && self.include_package_data != Some(true) {
            self.include_package_data = file.include_package_data.or(self.include_package_data);
        }
        if self.license_files.as_ref().is_none_or(Vec::is_empty) {
            self.license_files = file.license_files.or(self.license_files);
        }
        self.namespace_packages.extend(file.namespace_packages);
        self.referenced.extend(file.referenced);
        self.file_finder = self.file_finder.or(file.file_finder);
        self.computed.extend(file.computed);
        self.own_commands |= file.own_commands;
        self
    }

    /// Puts the settings of `pyproject.toml` over these: what the file names replaces what was
    /// there, except for source folders, which are added (`config/pyprojecttoml.py`).
    #[must_use]
    pub fn overridden_by(mut self, file: Self) -> Self {
        if file.names_payload() && !self.names_payload() {
            self.computed.remove("packages");
            self.computed.remove("py_modules");
        }
        let mut decided = |argument, is_given: bool| {
            if is_given {
                self.computed.remove(argument);
            }
            is_given
        };
        if decided("packages", file.packages.is_some()) {
            self.packages = file.packages;
        }
        if decided("py_modules", file.py_modules.is_some()) {
            self.py_modules = file.py_modules;
        }
        if decided("package_data", file.package_data.is_some()) {
            self.package_data = file.package_data;
        }
        if decided("exclude_package_data", file.exclude_package_data.is_some()) {
            self.exclude_package_data = file.exclude_package_data;
        }
        if decided("include_package_data", file.include_package_data.is_some()) {
            self.include_package_data = file.include_package_data;
        }
        for (package, folder) in file.package_dir {
            self.package_dir.entry(package).or_insert(folder);
        }
        self.license_files = file.license_files.or(self.license_files);
        self.namespace_packages.extend(file.namespace_packages);
        self.referenced.extend(file.referenced);
        self.file_finder = self.file_finder.or(file.file_finder);
        self.native.extend(file.native);
        self.own_commands |= file.own_commands;
        self
    }

    /// The folder that holds the source of `package`, relative to the root and in normal form, or
    /// `None` if it lies outside, or deeper than any path is long (`get_package_dir` of distutils'
    /// `build_py`).
    pub fn source_folder(&self, package: &str) -> Option<String> {
        if package.len() > MAX_PATH_LENGTH {
            return None;
        }
        let path = package.replace('.', "/");
        let Some((head, folder)) = self.mapped_folder(package) else { return normal(&path) };
        if folder.len() > MAX_PATH_LENGTH {
            return None;
        }
        let tail = path.get(head.len()..).unwrap_or_default();
        // Below the root package, the whole path follows the folder.
        normal(&format!("{folder}/{tail}"))
    }

    /// Whether `package_dir` says that the package lies in the root folder or below it. setuptools
    /// then knows it as `.` or `./path`, and finds none of the files there that the manifest lists
    /// (`analyze_manifest` of its `build_py`).
    pub fn is_mapped_to_root(&self, package: &str) -> bool {
        let is_root =
            |(_, folder): (&str, &String)| normal(folder).is_some_and(|path| path.is_empty());
        package.len() <= MAX_PATH_LENGTH && self.mapped_folder(package).is_some_and(is_root)
    }

    /// The entry of `package_dir` for `package` or the next package around it.
    fn mapped_folder<'n>(&self, package: &'n str) -> Option<(&'n str, &String)> {
        let mut head = package;
        loop {
            if let Some(folder) = self.package_dir.get(head) {
                return Some((head, folder));
            }
            if head.is_empty() {
                return None;
            }
            head = head.rsplit_once('.').map_or("", |(parent, _)| parent);
        }
    }
}

/// `name` inside of `folder`; either may be empty.
pub(super) fn join(folder: &str, name: &str) -> String {
    if name.is_empty() { folder.to_owned() } else { inside(folder, name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_folders_are_found_from_the_most_special_entry() {
        let mut settings = Settings::default();
        assert_eq!(settings.source_folder("a.b").unwrap(), "a/b");
        settings.package_dir = [("", "./src/"), ("x", "lib"), ("x.y.z", ""), ("out", "../o")]
            .map(|(package, folder)| (package.to_owned(), folder.to_owned()))
            .into();
        assert_eq!(settings.source_folder("a.b").unwrap(), "src/a/b");
        assert_eq!(settings.source_folder("").unwrap(), "src");
        assert_eq!(settings.source_folder("x.y").unwrap(), "lib/y");
        assert_eq!(settings.source_folder("x.y.z.q").unwrap(), "q");
        assert_eq!(settings.source_folder("out"), None);
    }

    #[test]
    fn names_without_end_have_no_folder() {
        let endless = "a.".repeat(500_000);
        let mut settings = Settings::default();
        settings.package_dir.insert(endless.replace('a', "b"), String::new());
        assert_eq!(settings.source_folder(&endless), None);
        settings.package_dir.insert(String::new(), endless);
        assert_eq!(settings.source_folder("a"), None);
    }

    #[test]
    fn the_file_that_counts_depends_on_the_argument() {
        let list = |name: &str| Some(vec![name.to_owned()]);
        let script = Settings { packages: list("script"), ..Settings::default() };
        let cfg = Settings { packages: list("cfg"), py_modules: list("m"), ..Settings::default() };
        let toml = Settings { packages: list("toml"), ..Settings::default() };
        let both = script.or_setup_cfg(cfg);
        assert_eq!((&both.packages, &both.py_modules), (&list("script"), &list("m")));
        assert_eq!(both.overridden_by(toml).packages, list("toml"));
    }
}
