//! Where programs are looked for by their names.

use std::env::consts::EXE_SUFFIX;
use std::env::{join_paths, split_paths};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The entries that Unix systems take where there is no `PATH`.
const DEFAULT_PATH: &str = if cfg!(unix) { "/usr/bin:/bin" } else { "" };

/// Whether `name` is to be looked up, as shells see it: it has no folder.
pub(super) fn is_bare(name: &Path) -> bool {
    // `Path` takes the `.` of `./name` for a component, but not that of `name/.`.
    let is_normal = |component| matches!(component, Component::Normal(_));
    name.components().count() < 2 && name.components().all(is_normal)
}

/// The absolute path of the first program with this name on the `PATH`, whose value is `path`, without
/// the current folder `here`.
pub(super) fn find(name: &Path, path: Option<&OsStr>, here: Option<&Path>) -> Option<PathBuf> {
    find_in(name, path.unwrap_or(DEFAULT_PATH.as_ref()), here)
}

/// The same where there is a `PATH`.
pub(crate) fn find_in(name: &Path, path: &OsStr, here: Option<&Path>) -> Option<PathBuf> {
    if name.as_os_str().is_empty() {
        return None;
    }
    let mut file = name.as_os_str().to_owned();
    // No other kind of program can be started on Windows without a shell.
    if !name.to_string_lossy().to_ascii_lowercase().ends_with(EXE_SUFFIX) {
        file.push(EXE_SUFFIX);
    }
    folders(path, here).map(|folder| folder.join(&file)).find(|file| is_program(file))
}

/// `path` without the entries that are left out.
pub(super) fn trusted(path: &OsStr, here: Option<&Path>) -> OsString {
    // They were separated before, so they can be joined.
    join_paths(folders(path, here)).unwrap_or_default()
}

/// The folders of `path` that do not depend on the current folder `here`, and are not that.
fn folders(path: &OsStr, here: Option<&Path>) -> impl Iterator<Item = PathBuf> {
    split_paths(path).filter(move |folder| {
        let is_here = || here.is_some() && fs::canonicalize(folder).ok().as_deref() == here;
        folder.is_absolute() && !is_here()
    })
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;

    let is_executable =
        |file: fs::Metadata| file.is_file() && file.permissions().mode() & 0o111 != 0;
    fs::metadata(path).is_ok_and(is_executable)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn program(folder: &Path, mode: u32) -> PathBuf {
        let path = folder.join("tool");
        fs::create_dir_all(folder).unwrap();
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    #[test]
    fn entries_that_depend_on_the_current_folder_are_left_out() {
        let here = std::env::current_dir().unwrap();
        let link = tempfile::tempdir().unwrap();
        let link = link.path().join("here");
        std::os::unix::fs::symlink(&here, &link).unwrap();
        let real = fs::canonicalize(&here).unwrap();
        let trusted = |path: &str| trusted(path.as_ref(), Some(&real));
        let here = here.to_str().unwrap();
        let path = format!(":.:./bin:bin:/usr/bin::{here}:{here}/.:{}:/bin:", link.display());
        assert_eq!(trusted(&path), "/usr/bin:/bin");
        assert_eq!(trusted(""), "");
        assert_eq!(find_in(Path::new("Cargo.toml"), path.as_ref(), Some(&real)), None);
    }

    #[test]
    fn the_first_program_counts() {
        let folder = tempfile::tempdir().unwrap();
        let [one, two, three] = ["one", "two", "three"].map(|name| folder.path().join(name));
        // A text, and a folder of that name.
        program(&one, 0o644);
        fs::create_dir_all(two.join("tool")).unwrap();
        let path = join_paths([&one, &two, &three]).unwrap();
        assert_eq!(find_in(Path::new("tool"), &path, None), None);
        let found = program(&three, 0o755);
        assert_eq!(find_in(Path::new("tool"), &path, None), Some(found));
    }

    #[test]
    fn paths_are_not_looked_up() {
        for (name, bare) in [
            ("tool", true),
            ("", true),
            ("./tool", false),
            ("a/tool", false),
            ("/tool", false),
            ("..", false),
        ] {
            assert_eq!(is_bare(Path::new(name)), bare, "{name}");
        }
    }
}
