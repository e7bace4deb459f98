//! `[tool.mpconvert]` in a project's `pyproject.toml`.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Table, TomlError};

use super::scope::{self, Scope};
use super::{KEYS, Layer};
use crate::error::{Error, Result};
use crate::file;
use crate::finding::MAX_TEXT_LENGTH;
use crate::limits::check_toml;

const FILE: &str = "pyproject.toml";

/// How alike two names must be for the one to be suggested for the other (Jaro-Winkler).
const LIKENESS: f64 = 0.8;

/// The number of unknown keys that a message lists.
const MAX_UNKNOWN: usize = 10;

/// The number of characters of an unknown key in a message.
const MAX_KEY_LENGTH: usize = 40;

/// Whose settings hold for an input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SettingsScope {
    /// Those of the project that the input belongs to, if it belongs to one that has some.
    #[default]
    Nearest,
    /// Those of the project in this folder.
    Project(PathBuf),
    /// No project's.
    Builtin,
}

impl SettingsScope {
    /// The settings of the project, if there are any.
    ///
    /// # Errors
    /// As [`ProjectSettings::read`], and [`Error::Usage`] for a folder that is not a project.
    pub fn settings(&self, input: &Path) -> Result<Option<ProjectSettings>> {
        match self {
            Self::Nearest => ProjectSettings::find(input),
            Self::Project(folder) if folder.join(FILE).is_file() => ProjectSettings::read(folder),
            Self::Project(folder) => Err(Error::Usage {
                message: format!("{}: found no {FILE}", folder.display()),
                help: "give the folder of a project".to_owned(),
            }),
            Self::Builtin => Ok(None),
        }
    }
}

/// The settings in the `pyproject.toml` of a project.
#[derive(Clone, Debug)]
pub struct ProjectSettings {
    /// The file.
    pub path: PathBuf,
    /// The settings; `out`, and an `index` that is a folder, are already joined to the file's
    /// folder.
    pub layer: Layer,
}

impl ProjectSettings {
    /// The settings of the project in `folder`, if its `pyproject.toml` has any.
    ///
    /// # Errors
    /// [`Error::Usage`] for unknown keys and wrong values, and for an `out` from which a link leads
    /// out of the project; [`Error::Io`] if the file cannot be read.
    pub fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(FILE);
        match text(&path)? {
            Some(text) => Self::parse(&path, &text),
            None => Ok(None),
        }
    }

    /// The settings of the project that `input`, an archive or a folder, belongs to: those in the
    /// nearest folder at or above it that has some.
    ///
    /// The search ends at the root of the input's repository or at the user's home, and outside of
    /// both at the first `pyproject.toml`. On Unix, the file must belong to the user, to root, or
    /// to the owner of the input. Ignored files are in [`passed_over`](super::passed_over).
    ///
    /// # Errors
    /// As [`read`](Self::read).
    ///
    /// ```
    /// let folder = tempfile::tempdir()?;
    /// let text = "[tool.mpconvert]\nexclude = ['foo/big.bin']\n";
    /// std::fs::write(folder.path().join("pyproject.toml"), text)?;
    /// std::fs::create_dir(folder.path().join("dist"))?;
    /// let found = mpconvert::settings::ProjectSettings::find(&folder.path().join("dist"))?;
    /// assert_eq!(found.unwrap().layer.exclude.unwrap()[0].to_string(), "foo/big.bin");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn find(input: &Path) -> Result<Option<Self>> {
        // Reading reports a path that does not exist.
        let Ok(whole) = input.canonicalize() else { return Ok(None) };
        let here = Path::new(".").canonicalize().unwrap_or_default();
        let scope = Scope::of(&whole);
        let with_file = whole.ancestors().filter(|folder| folder.join(FILE).is_file());
        let (inside, outside): (Vec<_>, Vec<_>) =
            with_file.partition(|folder| scope.reaches(folder));
        for (place, folder) in inside.iter().enumerate() {
            // Shown as the user sees it: relative to where the program was started.
            let shown = folder.strip_prefix(&here).unwrap_or(folder);
            if scope.is_only_innermost() && place > 0 {
                Self::pass_over(shown, "a file outside of the innermost project");
            } else if !scope.trusts(&shown.join(FILE)) {
                Self::pass_over(shown, "a file of another user");
            } else if let Some(found) = Self::read(shown)? {
                return Ok(Some(found));
            }
        }
        for folder in outside {
            Self::pass_over(folder, "a file outside of the input's repository");
        }
        Ok(None)
    }

    /// Remembers that the settings in this folder do not hold, if there are any.
    fn pass_over(folder: &Path, found: &'static str) {
        let path = folder.join(FILE);
        // Errors in the file are ignored, because they must not stop a run.
        let text = text(&path).ok().flatten();
        let document: Option<DocumentMut> = text.and_then(|text| text.parse().ok());
        let tool = document.as_ref().and_then(|document| document.get("tool"));
        if tool.is_some_and(|tool| tool.get("mpconvert").is_some()) {
            scope::pass_over(path, found);
        }
    }

    /// Whether the project in `folder` is strict. Errors in its other settings are ignored.
    pub(super) fn is_strict(folder: &Path) -> bool {
        let strict = |document: &DocumentMut| {
            document.get("tool")?.get("mpconvert")?.get("strict")?.as_bool()
        };
        let text = text(&folder.join(FILE)).ok().flatten();
        let text = text.filter(|text| check_toml(text).is_ok());
        let document = text.and_then(|text| text.parse().ok());
        document.as_ref().and_then(strict).unwrap_or(false)
    }

    /// The settings in `text`, the content of the file at `path`.
    pub(super) fn parse(path: &Path, text: &str) -> Result<Option<Self>> {
        // Most files on the way up belong to other projects, and are not reported.
        if !text.contains("mpconvert") {
            return Ok(None);
        }
        let usage = |message: String, help: &str| Error::Usage {
            message: format!("{}: {message}", path.display()),
            help: help.to_owned(),
        };
        check_toml(text)
            .map_err(|_| usage("a document with too many parts".to_owned(), "correct the file"))?;
        let document: DocumentMut = text
            .parse()
            .map_err(|fault: TomlError| usage(describe(&fault, text), "correct the file"))?;
        let Some(item) = document.get("tool").and_then(|tool| tool.get("mpconvert")) else {
            return Ok(None);
        };
        let Some(table) = table(item) else {
            let message = "found a value as `tool.mpconvert`, expected a table";
            return Err(usage(message.to_owned(), "write the settings below [tool.mpconvert]"));
        };
        let unknown = table.iter().map(|(key, _)| key).filter(|key| !KEYS.contains(key));
        let unknown: Vec<String> = unknown.take(MAX_UNKNOWN).map(shortened).collect();
        if !unknown.is_empty() {
            let names: Vec<_> = unknown.iter().map(|key| format!("`{key}`")).collect();
            let message = format!("[tool.mpconvert] has no setting {}", names.join(", "));
            return Err(usage(message, &suggestion(&unknown)));
        }
        let mut layer = Layer::from_table(&table).map_err(|fault| {
            let help = "see the type of each setting with `mpconvert config schema`";
            usage(format!("[tool.mpconvert] {fault}"), help)
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        layer.dependencies =
            layer.dependencies.map(|aliases| aliases.owned(folder, project_name(&document)));
        layer.out = layer.out.map(|out| out.map(|out| folder.join(out)));
        layer.index = layer.index.map(|index| index.in_folder(folder));
        if let Some(Some(out)) = &layer.out
            && leads_out(out, folder)
        {
            let message = format!("[tool.mpconvert] out: {} leads elsewhere", out.display());
            return Err(usage(
                message,
                "give a folder below the project that is not a link out of it",
            ));
        }
        Ok(Some(Self { path: path.to_owned(), layer }))
    }
}

/// The name of the project, as its build tool may spell the place of it.
fn project_name(document: &DocumentMut) -> Option<&str> {
    let tool = |name: &str| document.get("tool")?.get(name);
    let flit = || tool("flit")?.get("metadata")?.get("dist-name");
    let tables = [document.get("project"), tool("poetry")];
    let name = tables.into_iter().flatten().find_map(|table| table.get("name"));
    name.or_else(flit)?.as_str()
}

/// The content of the file at `path`, if there is one.
fn text(path: &Path) -> Result<Option<String>> {
    let length = match fs::metadata(path) {
        // Reading is certain to end only for a regular file.
        Ok(metadata) if metadata.is_file() => metadata.len(),
        Ok(_) => return Ok(None),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(Error::io(path)(error)),
    };
    if length > MAX_TEXT_LENGTH as u64 {
        return Err(Error::Usage {
            message: format!("{}: found {length} bytes", path.display()),
            help: format!("at most {MAX_TEXT_LENGTH} bytes are read"),
        });
    }
    let bytes = file::read(path, MAX_TEXT_LENGTH as u64).map_err(Error::io(path))?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// The error in a document, on one line.
fn describe(fault: &TomlError, text: &str) -> String {
    let before = fault.span().and_then(|span| text.get(..span.start));
    let line = before.map(|before| format!("line {}: ", before.matches('\n').count() + 1));
    format!("{}{}", line.unwrap_or_default(), fault.message().replace('\n', ", "))
}

/// Whether a link leads out of `folder` on the way to `path`, which is below it and need not exist.
pub(crate) fn leads_out(path: &Path, folder: &Path) -> bool {
    let real = path.ancestors().find_map(|path| path.canonicalize().ok());
    let root = Path::new(".").join(folder).canonicalize().ok();
    matches!((real, root), (Some(real), Some(root)) if !real.starts_with(&root))
}

/// The item as a table, be it an inline one.
fn table(item: &Item) -> Option<Table> {
    item.clone().into_table().ok()
}

fn shortened(key: &str) -> String {
    key.chars().take(MAX_KEY_LENGTH).collect()
}

fn suggestion(unknown: &[String]) -> String {
    let near = unknown.iter().filter_map(|key| {
        let likeness = |known: &&str| strsim::jaro_winkler(key, known);
        let best = KEYS.iter().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
        (likeness(&best) > LIKENESS).then(|| format!("`{best}`"))
    });
    let near: Vec<_> = near.collect();
    let all = format!("the settings are {}", KEYS.join(", "));
    if near.is_empty() { all } else { format!("did you mean {}? {all}", near.join(", ")) }
}
