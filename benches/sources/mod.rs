//! Real source code to measure with: the standard library of the Python on the PATH.

use std::path::{Path, PathBuf};
use std::process::Command;

/// `size` bytes of Python source. Where the library has less, it comes again from its beginning:
/// no match reaches back that far.
///
/// # Panics
/// If there is no Python with sources, for then there is nothing to measure.
pub fn sources(size: usize) -> Vec<u8> {
    let output = Command::new("python3")
        .args(["-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"])
        .output()
        .expect("python3 starts");
    let library = String::from_utf8(output.stdout).expect("a path in UTF-8");
    let mut paths = Vec::new();
    find_modules(Path::new(library.trim()), &mut paths);
    let text: Vec<u8> =
        paths.iter().flat_map(|path| std::fs::read(path).expect("a readable module")).collect();
    assert!(!text.is_empty(), "no sources in {library}");
    text.into_iter().cycle().take(size).collect()
}

/// Adds all modules below `folder` in a fixed order, without what others have installed there.
fn find_modules(folder: &Path, paths: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("a readable folder");
    let mut entries: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            if !path.ends_with("site-packages") {
                find_modules(&path, paths);
            }
        } else if path.extension().is_some_and(|extension| extension == "py") {
            paths.push(path);
        }
    }
}
