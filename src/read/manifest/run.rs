//! Follows a manifest, and those that it includes, as a firmware build would.

use std::cell::Cell;
use std::collections::{BTreeMap, HashSet};

use pep440_rs::{Operator, VersionSpecifier, VersionSpecifiers};

use super::arguments::Arguments;
use super::function::FUNCTIONS;
use super::statement::{Call, Kind, statements};
use crate::finding::{Code, Finding};
use crate::metadata::Metadata;
use crate::path::{MemberPath, inside};
use crate::read::backend::pattern::normal_path;
use crate::read::source_tree::SourceTree;
use crate::requirement::Requirement;

/// The file that stands for its folder.
pub(super) const FILE: &str = "manifest.py";

/// The libraries that are known without `add_library`: those of micropython-lib.
const BASE_LIBRARIES: [&str; 4] = ["micropython", "python-stdlib", "python-ecosys", "unix-ffi"];

/// How many files of the tree are looked at, each time counted.
const MAX_LOOKS: usize = 10_000_000;
/// How many manifests can include each other.
const MAX_DEPTH: usize = 50;
/// How many findings end it: a manifest with more is none.
const MAX_FINDINGS: usize = 50;

const SOURCE: &str = ".py";
const BYTECODE: &str = ".mpy";

/// The contents of a manifest.
#[derive(Default)]
pub(super) struct Outcome {
    /// The metadata of the package.
    pub(super) metadata: Metadata,
    /// The requirements, in the order of the calls, each once.
    pub(super) requirements: Vec<Requirement>,
    /// The files by where they are installed, with where they lie.
    pub(super) files: BTreeMap<MemberPath, String>,
    /// The findings.
    pub(super) findings: Vec<Finding>,
    /// Whether a path leaves the tree by `..`.
    pub(super) escapes: bool,
}

/// The contents of the manifest at `manifest` in `tree`.
pub(super) fn follow(tree: &SourceTree, manifest: &str) -> Outcome {
    let mut run = Run {
        tree,
        visited: HashSet::new(),
        depth: 0,
        libraries: BTreeMap::new(),
        has_metadata: false,
        looks: Cell::new(0),
        outcome: Outcome::default(),
    };
    if let Err(finding) = run.file(manifest) {
        run.outcome.findings.push(match finding.path {
            Some(_) => finding,
            None => finding.at(manifest),
        });
    }
    if run.is_over() {
        let finding = invalid("more than anybody would write by hand".to_owned());
        run.outcome.findings.push(finding.at(manifest));
    }
    run.outcome
}

struct Run<'t> {
    tree: &'t SourceTree,
    /// The manifests that were followed, which are not followed again.
    visited: HashSet<String>,
    /// How many manifests are being followed.
    depth: usize,
    /// The libraries by their names: the folder in the tree, or `None` for one outside of it.
    libraries: BTreeMap<String, Option<String>>,
    has_metadata: bool,
    /// How many files were looked at.
    looks: Cell<usize>,
    outcome: Outcome,
}

/// Where a path of a manifest leads.
enum Location {
    /// A path of the tree, empty for its root.
    Inside(String),
    /// A place that only a firmware build knows.
    Firmware,
}

impl Run<'_> {
    /// Follows the manifest at `path`.
    fn file(&mut self, path: &str) -> Result<(), Finding> {
        if !self.visited.insert(path.to_owned()) {
            return Ok(());
        }
        if self.depth == MAX_DEPTH {
            return Err(invalid(format!(
                "more than {MAX_DEPTH} manifests that include each other"
            )));
        }
        self.depth += 1;
        let done = self.statements(path);
        self.depth -= 1;
        done
    }

    fn statements(&mut self, path: &str) -> Result<(), Finding> {
        let text = self.tree.text(path)?.ok_or_else(|| invalid("no such manifest".to_owned()))?;
        let statements = statements(text).map_err(|(line, fault)| {
            let at = line.map_or_else(|| path.to_owned(), |line| place(path, line));
            invalid(fault).at(at)
        });
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for statement in statements? {
            let done = match statement.kind {
                Kind::Call(call) => self.call(call, folder),
                Kind::Computed => Err(Finding::new(
                    Code::ManifestComputed,
                    "a call in a condition, a loop or another statement",
                )
                .expected("calls at the top of the file")),
                Kind::Other => Err(Finding::new(
                    Code::ManifestSkipped,
                    "a statement that does not call a function of manifests",
                )),
            };
            if let Err(finding) = done {
                let finding = match finding.path {
                    Some(_) => finding,
                    None => finding.at(place(path, statement.line)),
                };
                self.outcome.findings.push(finding);
            }
            if self.is_over() {
                break;
            }
        }
        Ok(())
    }

    /// Whether enough is known of the manifest to refuse it.
    fn is_over(&self) -> bool {
        self.looks.get() > MAX_LOOKS || self.outcome.findings.len() > MAX_FINDINGS
    }

    /// The files below `folder`.
    fn below(&self, folder: &str) -> impl Iterator<Item = &MemberPath> {
        let files = if self.looks.get() > MAX_LOOKS { None } else { Some(self.tree.below(folder)) };
        files.into_iter().flatten().inspect(|_| self.looks.set(self.looks.get() + 1))
    }

    fn call(&mut self, call: Call, folder: &str) -> Result<(), Finding> {
        let Some(function) = FUNCTIONS.iter().find(|function| function.name == call.function)
        else {
            if call.function == "print" {
                return Ok(());
            }
            return Err(invalid(format!(
                "`{}`, which is not a function of manifests",
                call.function
            )));
        };
        let arguments = Arguments::of(function, call)?;
        match function.name {
            "metadata" => self.metadata(&arguments),
            "include" => self.include(&arguments, folder),
            "require" => self.require(&arguments),
            "add_library" => self.add_library(&arguments, folder),
            "package" => self.package(&arguments, folder),
            "module" => self.module(&arguments, folder),
            "c_module" => Err(Finding::new(Code::NativeCode, "a module in C")),
            "freeze" => self.freeze(&arguments, folder, &[SOURCE, BYTECODE]),
            "freeze_mpy" => self.freeze(&arguments, folder, &[BYTECODE]),
            _ => self.freeze(&arguments, folder, &[SOURCE]),
        }
    }

    fn metadata(&mut self, arguments: &Arguments) -> Result<(), Finding> {
        if std::mem::replace(&mut self.has_metadata, true) {
            return Err(invalid("a second call of `metadata`".to_owned()));
        }
        for (argument, field) in [
            ("description", "summary"),
            ("version", "version"),
            ("license", "license"),
            ("author", "author"),
        ] {
            if let Some(text) = arguments.text(argument)? {
                // Lines are folded: it is one text, however it is written.
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                self.outcome.metadata.put(field, text);
            }
        }
        Ok(())
    }

    fn include(&mut self, arguments: &Arguments, folder: &str) -> Result<(), Finding> {
        let paths = if arguments.is_list("manifest_path") {
            arguments.texts("manifest_path")?.unwrap_or_default()
        } else {
            vec![arguments.needed("manifest_path")?]
        };
        let mut skipped = Ok(());
        for path in paths {
            let Location::Inside(found) = self.locate(folder, &path)? else {
                let found = format!("`{path}`, a manifest of the firmware");
                skipped = Err(Finding::new(Code::ManifestSkipped, found));
                continue;
            };
            let file = if self.tree.has_file(&found) { found } else { inside(&found, FILE) };
            if !self.tree.has_file(&file) {
                return Err(invalid(format!("`{path}`, which is not a manifest")));
            }
            self.file(&file)?;
        }
        skipped
    }

    fn require(&mut self, arguments: &Arguments) -> Result<(), Finding> {
        let name = arguments.needed("name")?;
        if !super::is_name(&name) {
            return Err(invalid(format!("`{name}`, which is not a valid package name")));
        }
        let library = arguments.text("library")?;
        let mut requirement = Requirement::bare(&name);
        if let Some(version) = arguments.text("version")?.and_then(|text| text.parse().ok()) {
            let exact = VersionSpecifier::from_version(Operator::Equal, version);
            requirement.specifiers = exact.into_iter().collect::<VersionSpecifiers>();
            requirement.text = requirement.specifier();
        }
        if let Some(folder) = self.folder_of_library(library.as_deref(), &name)? {
            let found = format!("`{name}` of the library in `{folder}`");
            self.outcome.findings.push(Finding::new(Code::ManifestLibrary, found).at(&name));
        }
        if !self.outcome.requirements.iter().any(|known| known.name == name) {
            self.outcome.requirements.push(requirement);
        }
        Ok(())
    }

    /// The folder of the library of the tree that has the package `name`, if it is one of the tree.
    fn folder_of_library(
        &self,
        library: Option<&str>,
        name: &str,
    ) -> Result<Option<String>, Finding> {
        let has = |folder: &&String| {
            let is_it = |path: &MemberPath| {
                path.file_name() == FILE
                    && path.parent().is_some_and(|parent| {
                        parent.rsplit_once('/').map_or(parent, |(_, last)| last) == name
                    })
            };
            self.below(folder).any(is_it)
        };
        let Some(library) = library else {
            return Ok(self.libraries.values().flatten().find(has).cloned());
        };
        match self.libraries.get(library) {
            Some(Some(folder)) if has(&folder) => Ok(Some(folder.clone())),
            Some(Some(folder)) => Err(invalid(format!("no package `{name}` below `{folder}`"))),
            Some(None) => Ok(None),
            None if BASE_LIBRARIES.contains(&library) => Ok(None),
            None => Err(invalid(format!("the unknown library `{library}`"))),
        }
    }

    fn add_library(&mut self, arguments: &Arguments, folder: &str) -> Result<(), Finding> {
        let path = arguments.needed("library_path")?;
        // One outside of the tree has nothing that would be installed from here.
        let place = match self.locate(folder, &path) {
            Ok(Location::Inside(place)) => Some(place),
            _ => None,
        };
        self.libraries.insert(arguments.needed("library")?, place);
        Ok(())
    }

    fn package(&mut self, arguments: &Arguments, folder: &str) -> Result<(), Finding> {
        let package = arguments.needed("package_path")?;
        let base = self.base(arguments, folder)?;
        match arguments.texts("files")? {
            Some(files) => files.iter().try_for_each(|file| {
                self.add(&base, &format!("{package}/{file}"), &[SOURCE, BYTECODE])
            }),
            None => self.search(&base, &package, &[SOURCE]),
        }
    }

    fn module(&mut self, arguments: &Arguments, folder: &str) -> Result<(), Finding> {
        let module = arguments.needed("module_path")?;
        let base = self.base(arguments, folder)?;
        self.add(&base, &module, &[SOURCE])
    }

    fn freeze(
        &mut self,
        arguments: &Arguments,
        folder: &str,
        endings: &[&str],
    ) -> Result<(), Finding> {
        let base = self.folder(folder, &arguments.needed("path")?)?;
        if arguments.is_list("script") {
            let files = arguments.texts("script")?.unwrap_or_default();
            return files.iter().try_for_each(|file| self.add(&base, file, endings));
        }
        match arguments.text("script")? {
            None => self.search(&base, "", endings),
            Some(script) => match normal_path(&inside(&base, &script)) {
                Some(path) if self.tree.has_folder(&path) => self.search(&base, &script, endings),
                _ => self.add(&base, &script, endings),
            },
        }
    }

    /// The folder that the argument `base_path` names.
    fn base(&mut self, arguments: &Arguments, folder: &str) -> Result<String, Finding> {
        let base = arguments.text("base_path")?;
        self.folder(folder, base.as_deref().unwrap_or("."))
    }

    /// The folder of the tree at `path`, which is relative to `folder`.
    fn folder(&mut self, folder: &str, path: &str) -> Result<String, Finding> {
        match self.locate(folder, path)? {
            Location::Inside(found) if found.is_empty() || self.tree.has_folder(&found) => {
                Ok(found)
            }
            Location::Inside(_) => Err(invalid(format!("`{path}`, which is not a folder"))),
            Location::Firmware => Err(outside(path)),
        }
    }

    /// Where `path`, which is relative to `folder`, leads.
    fn locate(&mut self, folder: &str, path: &str) -> Result<Location, Finding> {
        if path.contains("$(") {
            return Ok(Location::Firmware);
        }
        if path.starts_with('/') || path.contains(['\\', ':']) {
            return Err(outside(path));
        }
        normal_path(&inside(folder, path)).map(Location::Inside).ok_or_else(|| {
            self.outcome.escapes = true;
            outside(path)
        })
    }

    /// Adds all files of the folder `path` below `base` that have one of the endings.
    fn search(&mut self, base: &str, path: &str, endings: &[&str]) -> Result<(), Finding> {
        let below = normal_path(path).filter(|_| !path.starts_with('/'));
        let below = below.ok_or_else(|| outside(path))?;
        let folder = inside(base, &below);
        let folder = folder.trim_end_matches('/');
        let found: Vec<MemberPath> =
            self.below(folder).filter(|path| has_ending(path, endings)).cloned().collect();
        if found.is_empty() {
            return Err(Finding::new(Code::ManifestEmpty, format!("no file in `{path}`")));
        }
        for source in found {
            let Some(target) = source.below(base) else { continue };
            self.put(target, source.as_str().to_owned())?;
        }
        Ok(())
    }

    /// Adds the file at `path` below `base`.
    fn add(&mut self, base: &str, path: &str, endings: &[&str]) -> Result<(), Finding> {
        let target: MemberPath =
            path.parse().map_err(|fault| invalid(format!("`{path}`: {fault}")))?;
        if !has_ending(&target, endings) {
            return Err(
                invalid(format!("`{path}`")).expected(format!("a {} file", endings.join(" or ")))
            );
        }
        let source = inside(base, target.as_str());
        if !self.tree.has_file(&source) {
            return Err(invalid(format!("`{path}`, which is not a file")));
        }
        self.put(target, source)
    }

    fn put(&mut self, target: MemberPath, source: String) -> Result<(), Finding> {
        match self.outcome.files.get(&target) {
            Some(known) if *known != source => {
                Err(invalid(format!("both `{known}` and `{source}` as `{target}`")))
            }
            _ => {
                self.outcome.files.insert(target, source);
                Ok(())
            }
        }
    }
}

fn has_ending(path: &MemberPath, endings: &[&str]) -> bool {
    path.extension().is_some_and(|extension| {
        endings.iter().any(|ending| ending[1..].eq_ignore_ascii_case(extension))
    })
}

/// A line of a manifest, as messages name it.
fn place(path: &str, line: usize) -> String {
    format!("{path}:{line}")
}

fn invalid(found: String) -> Finding {
    Finding::new(Code::ManifestInvalid, found)
}

fn outside(path: &str) -> Finding {
    Finding::new(Code::ManifestOutside, format!("`{path}`"))
        .expected("a path below the manifest, or in its git repository")
}
