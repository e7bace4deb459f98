//! Requirements of a call: from its arguments, from files and from projects.

mod hashes;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use toml_edit::DocumentMut;

use crate::error::{Error, Result};
use crate::file;
use crate::finding::{Code, Finding};
use crate::limits::check_toml;
use crate::redact::redacted;
use crate::requirement::requirements_txt::{self, Line};
use crate::requirement::{Marker, Requirement, poetry, pyproject};
use crate::translate::{DependencyOptions, Provider, WantedDependencies};
pub use hashes::Hashes;
pub(crate) use hashes::missing;

/// Bytes of a file that are read.
const MAX_SIZE: u64 = 4 << 20;
/// How many files may name each other.
const MAX_FILES: usize = 100;
const PYPROJECT: &str = "pyproject.toml";

/// The requirements of a call.
#[derive(Clone, Debug, Default)]
pub struct RequirementsSpecification {
    /// The requirements, in the order of the call.
    pub requirements: Vec<Requirement>,
    /// The hashes of the files that alone may be taken.
    pub hashes: Hashes,
    /// All findings.
    pub findings: Vec<Finding>,
}

impl RequirementsSpecification {
    /// Collects `requirements` and those in requirements `files`. A requirement is a name,
    /// optionally with a constraint; a path that ends in `pyproject.toml`, or its folder, means the
    /// dependencies of that project, with the extras in `options`.
    ///
    /// # Errors
    /// [`Error::Usage`] for invalid requirements and files, and [`Error::Io`].
    pub fn of(
        requirements: &[String],
        files: &[PathBuf],
        options: &DependencyOptions,
    ) -> Result<Self> {
        let mut asked = Self::default();
        for text in requirements {
            match project_file(text) {
                Some(path) => asked.add_project(&path, options)?,
                None => asked.requirements.push(requested(text)?),
            }
        }
        let mut seen = BTreeSet::new();
        for file in files {
            asked.add_file(file, &mut seen)?;
        }
        Ok(asked)
    }

    /// Whether lines of a file are not used.
    fn has_skipped(&self) -> bool {
        self.findings.iter().any(|finding| finding.code == Code::LineSkipped)
    }

    /// Refuses a call of which nothing is left: lines of files are skipped, and the requirements do not
    /// apply to the device, as the findings `excluded` say.
    ///
    /// # Errors
    /// [`Error::Refused`] with [`Code::NothingApplies`].
    pub(crate) fn refuse_if_empty(&self, is_empty: bool, excluded: &[Finding]) -> Result<()> {
        let count = self.requirements.len();
        if !is_empty || count == 0 && !self.has_skipped() {
            return Ok(());
        }
        let found = match count {
            0 => "no requirement".to_owned(),
            1 => "1 requirement, which does not apply".to_owned(),
            _ => format!("{count} requirements, of which none applies"),
        };
        let mut findings = vec![Finding::new(Code::NothingApplies, found)];
        findings.extend(self.findings.iter().chain(excluded).cloned());
        Err(Error::Refused { input: "requirements".to_owned(), findings })
    }

    fn add_file(&mut self, path: &Path, seen: &mut BTreeSet<PathBuf>) -> Result<()> {
        let file = file::open(path).map_err(Error::io(path))?;
        let real = path.canonicalize().map_err(Error::io(path))?;
        if !seen.insert(real) {
            return Ok(());
        }
        let usage = |message: String| Error::Usage {
            message: format!("{}: {message}", path.display()),
            help: "use only the options -r and --hash in a file, and others on the command line"
                .to_owned(),
        };
        if seen.len() > MAX_FILES {
            return Err(usage(format!("more than {MAX_FILES} files")));
        }
        let lines = requirements_txt::parse(&text(&file, path)?)
            .map_err(|(line, fault)| usage(format!("line {line}: found {fault}")))?;
        for (number, line) in lines {
            match line {
                Line::File(other) => {
                    self.add_file(&path.parent().unwrap_or(Path::new("")).join(other), seen)?;
                }
                Line::Skipped(text) => {
                    let finding = Finding::new(Code::LineSkipped, format!("`{text}`"));
                    self.findings.push(finding.at(format!("{}:{number}", path.display())));
                }
                Line::Requirement(requirement, hashes) => {
                    self.hashes.add(&requirement.name, hashes);
                    self.requirements.push(*requirement);
                }
            }
        }
        Ok(())
    }

    fn add_project(&mut self, path: &Path, options: &DependencyOptions) -> Result<()> {
        let at = path.display().to_string();
        let usage = |message: &str| Error::Usage {
            message: format!("{at}: {message}"),
            help: "give the requirements on the command line, or a requirements.txt with -r"
                .to_owned(),
        };
        let file = file::open(path).map_err(Error::io(path))?;
        let text = text(&file, path)?;
        check_toml(&text).map_err(|_| usage("a document with too many parts"))?;
        let document: DocumentMut = text
            .parse()
            .map_err(|fault: toml_edit::TomlError| usage(&fault.message().replace('\n', ", ")))?;
        let findings = &mut self.findings;
        let declared = pyproject::requirements(&document, &at, findings)
            .or_else(|| poetry::requirements(&document, &at, findings))
            .ok_or_else(|| usage("the dependencies of this project are known only to its build"))?;
        let name = ["project", "poetry"].iter().find_map(|table| {
            let of_table = document.get(table).or_else(|| document.get("tool")?.get(table))?;
            of_table.get("name")?.as_str()
        });
        let options = options.clone().providing(&pyproject::extras(&document));
        let wanted = WantedDependencies::of(&declared, name.unwrap_or_default(), &options);
        self.findings.extend(wanted.unknown_extras);
        self.findings.extend(wanted.excluded);
        // Their markers have been looked at, and extras are those of this project.
        let always = |one: &Requirement| Requirement { marker: Marker::default(), ..one.clone() };
        self.requirements.extend(wanted.requirements.into_iter().map(always));
        Ok(())
    }
}

/// The requirement in `text`, which may start with `pypi:` or `mip:`.
pub(crate) fn requested(text: &str) -> Result<Requirement> {
    let (_, requirement) = Provider::split(text);
    let requirement: Requirement = requirement.parse().map_err(|fault| Error::Usage {
        message: format!("`{}`: {fault}", redacted(text)),
        help: "give a name, optionally with a constraint: foo, 'foo>=1', 'foo[extra]', pypi:foo; \
               or a pyproject.toml"
            .to_owned(),
    })?;
    // A lock keeps the prefix.
    Ok(Requirement { text: text.to_owned(), ..requirement })
}

/// The `pyproject.toml` that a text names, itself or by its folder.
fn project_file(text: &str) -> Option<PathBuf> {
    let path = Path::new(text);
    if path.file_name().is_some_and(|name| name == PYPROJECT) {
        return Some(path.to_owned());
    }
    // A name is never a path, even if there is a folder of that name.
    let is_path = text == "." || text.contains(['/', '\\']);
    let file = path.join(PYPROJECT);
    (is_path && !text.contains("://") && file.is_file()).then_some(file)
}

/// The text of the open file at `path`.
fn text(file: &File, path: &Path) -> Result<String> {
    let bytes = file::content(file, MAX_SIZE).map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => Error::Usage {
            message: format!("{}: more than {MAX_SIZE} bytes", path.display()),
            help: "give a smaller file".to_owned(),
        },
        _ => Error::io(path)(error),
    })?;
    String::from_utf8(bytes).map_err(|_| Error::Usage {
        message: format!("{}: no UTF-8", path.display()),
        help: "save the file as UTF-8".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn asked(requirements: &[&str], files: &[PathBuf], extras: &[&str]) -> Result<Vec<String>> {
        let requirements: Vec<String> = requirements.iter().map(|&text| text.to_owned()).collect();
        let extras = extras.iter().map(|&extra| extra.to_owned()).collect();
        let options = DependencyOptions { extras, ..DependencyOptions::default() };
        let asked = RequirementsSpecification::of(&requirements, files, &options)?;
        Ok(asked.requirements.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn files_name_files() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        file("more.txt", "b==1\n-r all.txt\n");
        let all = file("all.txt", "a\n-r more.txt\nc\n");
        assert_eq!(asked(&["x<2"], &[all], &[]).unwrap(), ["x<2", "a", "b==1", "c"]);
        let wrong = file("wrong.txt", "a\n\n--pre\n");
        let message = asked(&[], &[wrong], &[]).unwrap_err().to_string();
        assert!(message.ends_with("wrong.txt: line 3: found the option `--pre`"), "{message}");
        assert!(matches!(asked(&[], &[folder.path().join("no")], &[]), Err(Error::Io { .. })));
        assert!(matches!(asked(&["a b"], &[], &[]), Err(Error::Usage { .. })));
    }

    #[test]
    fn projects_stand_for_their_dependencies() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(PYPROJECT);
        let text = "[project]\nname = 'own'\ndependencies = ['a>=1', \"b; sys_platform == 'win32'\"]\n\
                    [project.optional-dependencies]\nnet = ['c']\nall = ['own[net]']\nno_ne = []\n";
        fs::write(&path, text).unwrap();
        let path = path.to_str().unwrap();
        assert_eq!(asked(&[path], &[], &[]).unwrap(), ["a>=1"]);
        let folder = folder.path().to_str().unwrap();
        assert_eq!(asked(&[folder], &[], &["all"]).unwrap(), ["a>=1", "c"]);
        fs::write(path, "[tool.poetry]\nname = 'own'\n[tool.poetry.dependencies]\nd = '^1.0'\n")
            .unwrap();
        assert_eq!(asked(&[path], &[], &[]).unwrap(), ["d>=1.0,<2"]);
        fs::write(path, "[tool.other]\n").unwrap();
        assert!(matches!(asked(&[path], &[], &[]), Err(Error::Usage { .. })));
    }

    #[test]
    fn hashes_of_a_file_hold() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.txt");
        let [aa, bb, cc] = ["a", "b", "c"].map(|digit| digit.repeat(64));
        let text = format!("A==1 --hash=sha256:{} --hash=sha256:{bb}\n", aa.to_uppercase());
        fs::write(&path, text).unwrap();
        let asked = RequirementsSpecification::of(&[], &[path], &DependencyOptions::default())
            .unwrap()
            .hashes;
        let differs = |name: &str, sha256: &str| {
            let content = || unreachable!("there are no other hashes");
            asked.differs(name, &format!("{name}-1.zip"), sha256, content).unwrap()
        };
        assert_eq!(differs("a", &aa), None);
        assert_eq!(differs("b", &cc), None);
        assert_eq!(differs("a", &cc).unwrap().code, Code::HashDiffers);
        let unused = format!("a: the hash {aa} or {bb}");
        assert_eq!(asked.unused("a").unwrap().facts(), unused);
        assert_eq!(asked.unused("b"), None);
    }
}
