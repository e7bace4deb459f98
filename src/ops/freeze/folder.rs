//! Folders of frozen packages, each of which is exchanged as a whole.

use std::io::Read;
use std::path::Path;

use bytes::Bytes;

use crate::dir::{Aside, Dir, Kind};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::path::{MemberPath, inside};
use crate::write::store::{Existing, Outcome, StoreOptions};
use crate::write::{MANIFEST, MANIFEST_MARK};

/// Files that are looked at in a folder that is there.
const MAX_FILES: usize = 50_000;

/// Bytes of the paths of those files at most.
const MAX_PATH_LENGTH: usize = 4096;

/// What is to lie in a folder of its own below that of the results.
pub(super) struct Folder {
    pub(super) name: String,
    /// Sorted by path.
    pub(super) files: Vec<(MemberPath, Bytes)>,
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
    options: StoreOptions,
) -> Result<Vec<Outcome>> {
    let dir = Dir::at(out)?;
    if !options.dry_run {
        Aside::recover(&dir);
    }
    let mut there = Vec::with_capacity(folders.len() + 1);
    for folder in folders {
        there.push(look(&dir, folder)?);
    }
    there.push(match dir.holds(MANIFEST, manifest.as_bytes())? {
        None => Existing::Nothing,
        Some(true) => Existing::Same,
        Some(false) => of_whom(&dir, MANIFEST.as_ref()),
    });
    let names = folders.iter().map(|folder| folder.name.as_str()).chain([MANIFEST]);
    let (mut outcomes, mut refused) = (Vec::with_capacity(there.len()), Vec::new());
    for (name, existing) in names.zip(&there) {
        match options.outcome(*existing) {
            Some(outcome) => outcomes.push(outcome),
            None => refused.push(refusal(&out.join(name), *existing)),
        }
    }
    if !refused.is_empty() {
        return Err(Error::Refused { input: out.display().to_string(), findings: refused });
    }
    if outcomes.contains(&Outcome::Written) {
        let dir = Dir::create(out)?;
        let changed = folders.iter().zip(&there).filter(|(_, there)| **there != Existing::Same);
        exchange(&dir, changed.map(|(folder, _)| folder))?;
        if there.last() != Some(&Existing::Same) {
            dir.put(MANIFEST, manifest.as_bytes(), options.put())?;
        }
    }
    Ok(outcomes)
}

fn refusal(path: &Path, existing: Existing) -> Finding {
    let (code, found, expected) = if existing == Existing::Foreign {
        let found = "a file or folder that `mpconvert freeze` did not make";
        (Code::OutputForeign, found, "no file, or an earlier result")
    } else {
        (Code::OutputDiffers, "an earlier result", "no file, or the same content")
    };
    Finding::new(code, found).at(path.display().to_string()).expected(expected)
}

/// What lies where `folder` is to be.
fn look(dir: &Dir, folder: &Folder) -> Result<Existing> {
    match dir.entry(&folder.name)? {
        None => return Ok(Existing::Nothing),
        Some(entry) if entry.kind != Kind::Folder => return Ok(Existing::Foreign),
        Some(_) => {}
    }
    let mut found = Vec::new();
    let is_whole = list(dir, &folder.name, "", &mut found)?;
    found.sort();
    if is_whole && found.iter().map(String::as_str).eq(folder.files.iter().map(|(p, _)| p.as_str()))
    {
        let place = Path::new(&folder.name);
        let holds = |(file, data): &(MemberPath, Bytes)| dir.holds(place.join(file.as_str()), data);
        let same = folder.files.iter().map(holds).collect::<Result<Vec<_>>>()?;
        if same.iter().all(|same| *same == Some(true)) {
            return Ok(Existing::Same);
        }
    }
    Ok(of_whom(dir, &Path::new(&folder.name).join(MANIFEST)))
}

/// Lists the files below the folder `root`; whether nothing else is there, and not too much.
fn list(dir: &Dir, root: &str, folder: &str, found: &mut Vec<String>) -> Result<bool> {
    for (name, kind) in dir.entries(Path::new(root).join(folder))? {
        let Some(name) = name.to_str() else { return Ok(false) };
        let path = inside(folder, name);
        let is_known = if path.len() > MAX_PATH_LENGTH {
            false
        } else if kind == Kind::Folder {
            list(dir, root, &path, found)?
        } else {
            found.push(path);
            kind == Kind::File
        };
        if !is_known || found.len() > MAX_FILES {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether an earlier call wrote this manifest.
fn of_whom(dir: &Dir, manifest: &Path) -> Existing {
    let mut start = [0; MANIFEST_MARK.len()];
    let Ok(Some(mut file)) = dir.open(manifest) else { return Existing::Foreign };
    let is_marked = file.read_exact(&mut start).is_ok() && start == MANIFEST_MARK.as_bytes();
    if is_marked { Existing::Different } else { Existing::Foreign }
}

/// Writes all folders aside before the first of them comes to its place.
fn exchange<'a>(dir: &Dir, folders: impl Iterator<Item = &'a Folder>) -> Result<()> {
    let aside = Aside::below(dir)?;
    let mut names: Vec<&str> = Vec::new();
    for folder in folders {
        let root = aside.new_place(&hidden(&folder.name));
        dir.make_folders(&root)?;
        for (path, data) in &folder.files {
            let file = root.join(path.as_str());
            dir.make_parent(&file)?;
            dir.write_new(file, data)?;
        }
        names.push(&folder.name);
    }
    for name in names {
        let (new, place) = (aside.new_place(&hidden(name)), Path::new(name));
        if !dir.has(place)? {
            dir.rename(new, place)?;
        } else if !dir.exchange(&new, place)? {
            let old = aside.old_place(&hidden(name));
            dir.rename(place, &old)?;
            // The first error explains more than an error of this would.
            dir.rename(new, place).inspect_err(|_| drop(dir.rename(old, place)))?;
        }
    }
    Ok(())
}

/// The name of a folder aside. A build would take one of the package's name for the package, if this
/// process were killed and left it.
fn hidden(name: &str) -> String {
    format!(".{name}")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn folder(text: &'static str) -> Folder {
        let file = |path: &str, text: String| (path.parse().unwrap(), Bytes::from(text));
        let files =
            vec![file("foo/a.py", text.to_owned()), file(MANIFEST, format!("{MANIFEST_MARK}\n"))];
        Folder { name: "foo".to_owned(), files }
    }

    fn stored(
        out: &Path,
        text: &'static str,
        how: StoreOptions,
    ) -> Result<Vec<Outcome>, Vec<Code>> {
        let manifest = format!("{MANIFEST_MARK}\n# {text}");
        store(out, &[folder(text)], &manifest, how).map_err(|error| match error {
            Error::Refused { findings, .. } => findings.iter().map(|one| one.code).collect(),
            error => panic!("{error}"),
        })
    }

    const PLAIN: StoreOptions = StoreOptions { force: false, dry_run: false };
    const FORCE: StoreOptions = StoreOptions { force: true, dry_run: false };

    #[test]
    fn results_are_written_kept_and_exchanged() {
        let scratch = tempfile::tempdir().unwrap();
        let out = scratch.path().join("a/lib");
        let dry = StoreOptions { force: false, dry_run: true };
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
