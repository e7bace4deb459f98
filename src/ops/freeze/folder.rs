//! Folders of frozen packages, each of which is exchanged as a whole.

use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use bytes::Bytes;

use super::How;
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::path::{MemberPath, inside};
use crate::write::store::{Outcome, holds, persist};
use crate::write::{MANIFEST, MANIFEST_MARK};

/// Files that are looked at in a folder that is there.
const MOST_FILES: usize = 50_000;

/// What is to lie in a folder of its own below that of the results.
pub(super) struct Folder {
    pub(super) name: String,
    /// Sorted by path.
    pub(super) files: Vec<(MemberPath, Bytes)>,
}

/// What lies where something is to be written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum There {
    Nothing,
    /// The very same.
    Same,
    /// What an earlier call wrote.
    Other,
    /// Something that somebody else wrote.
    Foreign,
}

/// Puts the folders into `out`, and `manifest` as the manifest there; that comes last, so that it
/// never names a folder that is not there. Other folders are left alone.
///
/// Gives what was done, in the order of the folders and for the manifest last.
///
/// # Errors
/// [`Error::Refused`] for what is there already with other content, [`Error::Io`].
pub(super) fn store(
    out: &Path,
    folders: &[Folder],
    manifest: &str,
    how: How,
) -> Result<Vec<Outcome>> {
    let top = out.join(MANIFEST);
    let mut there = Vec::with_capacity(folders.len() + 1);
    for folder in folders {
        there.push(look(&out.join(&folder.name), folder)?);
    }
    there.push(match holds(&top, manifest.as_bytes()).map_err(Error::io(&top))? {
        None => There::Nothing,
        Some(true) => There::Same,
        Some(false) => of_whom(&top),
    });
    let paths = folders.iter().map(|folder| out.join(&folder.name)).chain([top.clone()]);
    let refused: Vec<Finding> =
        paths.zip(&there).filter_map(|(path, there)| refusal(&path, *there, how)).collect();
    if !refused.is_empty() {
        return Err(Error::Refused { input: out.display().to_string(), findings: refused });
    }
    let outcome = |there: &There| match there {
        There::Same => Outcome::Unchanged,
        _ if how.dry_run => Outcome::DryRun,
        _ => Outcome::Written,
    };
    let outcomes: Vec<Outcome> = there.iter().map(outcome).collect();
    if outcomes.contains(&Outcome::Written) {
        let changed = folders.iter().zip(&there).filter(|(_, there)| **there != There::Same);
        exchange(out, changed.map(|(folder, _)| folder)).map_err(Error::io(out))?;
        if there.last() != Some(&There::Same) {
            persist(&top, manifest.as_bytes(), how.force).map_err(Error::io(&top))?;
        }
    }
    Ok(outcomes)
}

fn refusal(path: &Path, there: There, how: How) -> Option<Finding> {
    match there {
        There::Nothing | There::Same => None,
        There::Other => (!how.force).then(|| {
            let finding = Finding::new(Code::OutputDiffers, "an earlier result");
            finding.at(path.display().to_string()).expected("nothing, or the same content")
        }),
        There::Foreign => {
            let finding = Finding::new(Code::OutputForeign, "what `mpconvert freeze` did not make");
            Some(finding.at(path.display().to_string()).expected("nothing, or an earlier result"))
        }
    }
}

/// What lies at `path`, where `folder` is to be.
fn look(path: &Path, folder: &Folder) -> Result<There> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(There::Nothing),
        Err(error) => return Err(Error::io(path)(error)),
        Ok(metadata) if !metadata.is_dir() => return Ok(There::Foreign),
        Ok(_) => {}
    }
    let mut found = Vec::new();
    let is_whole = list(path, "", &mut found).map_err(Error::io(path))?;
    found.sort();
    if is_whole && found.iter().map(String::as_str).eq(folder.files.iter().map(|(p, _)| p.as_str()))
    {
        let holds = |(file, data): &(MemberPath, Bytes)| holds(&path.join(file.as_str()), data);
        let same = folder.files.iter().map(holds).collect::<io::Result<Vec<_>>>();
        if same.map_err(Error::io(path))?.iter().all(|same| *same == Some(true)) {
            return Ok(There::Same);
        }
    }
    Ok(of_whom(&path.join(MANIFEST)))
}

/// Lists the files below a folder; whether nothing else is there, and not too much.
fn list(root: &Path, folder: &str, found: &mut Vec<String>) -> io::Result<bool> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { return Ok(false) };
        let path = inside(folder, name);
        let is_known = if kind.is_dir() {
            list(root, &path, found)?
        } else {
            found.push(path);
            kind.is_file()
        };
        if !is_known || found.len() > MOST_FILES {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether an earlier call wrote this manifest.
fn of_whom(manifest: &Path) -> There {
    // Opening a pipe would wait for somebody to write to it.
    if !fs::symlink_metadata(manifest).is_ok_and(|metadata| metadata.is_file()) {
        return There::Foreign;
    }
    let mut start = [0; MANIFEST_MARK.len()];
    let read = fs::File::open(manifest).and_then(|mut file| file.read_exact(&mut start));
    let is_marked = read.is_ok() && start == MANIFEST_MARK.as_bytes();
    if is_marked { There::Other } else { There::Foreign }
}

/// Writes all folders aside before the first of them comes to its place.
fn exchange<'a>(out: &Path, folders: impl Iterator<Item = &'a Folder>) -> io::Result<()> {
    fs::create_dir_all(out)?;
    let aside = tempfile::Builder::new().prefix(".mpconvert-").tempdir_in(out)?;
    let (new, old) = (aside.path().join("new"), aside.path().join("old"));
    fs::create_dir(&new)?;
    fs::create_dir(&old)?;
    let mut names: Vec<&str> = Vec::new();
    for folder in folders {
        let root = new.join(hidden(&folder.name));
        fs::create_dir(&root)?;
        for (path, data) in &folder.files {
            let file = root.join(path.as_str());
            fs::create_dir_all(file.parent().unwrap_or(&root))?;
            fs::write(file, data)?;
        }
        names.push(&folder.name);
    }
    for name in names {
        let place = out.join(name);
        if fs::symlink_metadata(&place).is_ok() {
            fs::rename(&place, old.join(hidden(name)))?;
        }
        fs::rename(new.join(hidden(name)), &place)?;
    }
    aside.close()
}

/// The name of a folder aside. A build would take one of the package's name for the package, if this
/// process were killed and left it.
fn hidden(name: &str) -> String {
    format!(".{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(text: &'static str) -> Folder {
        let file = |path: &str, text: String| (path.parse().unwrap(), Bytes::from(text));
        let files =
            vec![file("foo/a.py", text.to_owned()), file(MANIFEST, format!("{MANIFEST_MARK}\n"))];
        Folder { name: "foo".to_owned(), files }
    }

    fn stored(out: &Path, text: &'static str, how: How) -> Result<Vec<Outcome>, Vec<Code>> {
        let manifest = format!("{MANIFEST_MARK}\n# {text}");
        store(out, &[folder(text)], &manifest, how).map_err(|error| match error {
            Error::Refused { findings, .. } => findings.iter().map(|one| one.code).collect(),
            error => panic!("{error}"),
        })
    }

    const PLAIN: How = How { force: false, dry_run: false };
    const FORCE: How = How { force: true, dry_run: false };

    #[test]
    fn results_are_written_kept_and_exchanged() {
        let scratch = tempfile::tempdir().unwrap();
        let out = scratch.path().join("a/lib");
        let dry = How { force: false, dry_run: true };
        assert_eq!(stored(&out, "1", dry), Ok(vec![Outcome::DryRun; 2]));
        assert!(!out.exists());
        assert_eq!(stored(&out, "1", PLAIN), Ok(vec![Outcome::Written; 2]));
        assert_eq!(stored(&out, "1", PLAIN), Ok(vec![Outcome::Unchanged; 2]));
        assert_eq!(stored(&out, "2", PLAIN), Err(vec![Code::OutputDiffers; 2]));
        assert_eq!(fs::read(out.join("foo/foo/a.py")).unwrap(), b"1");

        fs::write(out.join("foo/foo/b.py"), "").unwrap();
        fs::create_dir(out.join("own")).unwrap();
        assert_eq!(stored(&out, "1", PLAIN), Err(vec![Code::OutputDiffers]));
        assert_eq!(stored(&out, "2", FORCE), Ok(vec![Outcome::Written; 2]));
        assert_eq!(fs::read(out.join("foo/foo/a.py")).unwrap(), b"2");
        assert!(!out.join("foo/foo/b.py").exists());
        let mut names: Vec<_> =
            fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["foo", MANIFEST, "own"]);
    }

    #[test]
    fn what_somebody_else_wrote_is_never_overwritten() {
        for (path, content) in [("foo/a.py", "x"), ("foo", "x"), ("manifest.py", "require('x')")] {
            let scratch = tempfile::tempdir().unwrap();
            let file = scratch.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, content).unwrap();
            let code = Err(vec![Code::OutputForeign]);
            assert_eq!(stored(scratch.path(), "1", FORCE), code, "{path}");
            assert_eq!(fs::read_to_string(&file).unwrap(), content);
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let scratch = tempfile::tempdir().unwrap();
        let elsewhere = scratch.path().join("elsewhere");
        let out = scratch.path().join("out");
        stored(&elsewhere, "1", PLAIN).unwrap();
        fs::create_dir(&out).unwrap();
        std::os::unix::fs::symlink(elsewhere.join("foo"), out.join("foo")).unwrap();
        assert_eq!(stored(&out, "1", FORCE), Err(vec![Code::OutputForeign]));
    }
}
