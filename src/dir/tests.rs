use std::fs;

use super::*;
use crate::path::MemberPath;

/// A folder with a file `a/b` in it, and its handle.
fn folder() -> (tempfile::TempDir, Dir) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("a")).unwrap();
    fs::write(folder.path().join("a/b"), "b").unwrap();
    let dir = Dir::at(folder.path()).unwrap();
    (folder, dir)
}

fn names(dir: &Dir) -> Vec<String> {
    let mut names: Vec<_> = dir
        .entries("")
        .unwrap()
        .iter()
        .map(|(name, _)| name.to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn files_are_read_written_moved_and_removed() {
    let (_folder, dir) = folder();
    assert_eq!(dir.read("a/b", 1).unwrap().unwrap(), b"b");
    assert!(dir.read("a/b", 0).is_err(), "too large");
    assert_eq!(dir.read("x/y", 1).unwrap(), None);
    assert!(dir.read("a", 1).is_err(), "a folder");
    assert!(dir.read("a/b/c", 1).is_err(), "a file in place of a folder");
    assert_eq!(dir.holds("a/b", b"b").unwrap(), Some(true));
    assert_eq!(dir.holds("a/b", b"c").unwrap(), Some(false));
    dir.put("a/b", b"c", Put::Replace).unwrap();
    assert!(dir.put("a/b", b"d", Put::New).is_err());
    assert!(dir.write_new("a/b", b"d").is_err());
    dir.put("a/n", b"n", Put::New).unwrap();
    dir.make_folders("x/y").unwrap();
    dir.make_folders("x/y").unwrap();
    dir.rename("a/n", "x/y/n").unwrap();
    assert!(dir.exchange("a".as_ref(), "x".as_ref()).unwrap() || cfg!(windows));
    assert_eq!(dir.read("a/y/n", 9).unwrap().unwrap(), b"n");
    dir.remove_file("a/y/n").unwrap();
    dir.remove_empty(Some("a/y".as_ref()), "".as_ref());
    dir.remove_all("x").unwrap();
    assert_eq!(names(&dir), Vec::<String>::new(), "no temporary file is left");
}

#[test]
fn a_missing_folder_is_an_empty_one() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("no/such");
    let dir = Dir::at(&path).unwrap();
    assert!(dir.entries("").unwrap().is_empty() && !dir.has("a").unwrap());
    assert!(dir.write_new("a", b"").is_err());
    let dir = Dir::create(&path).unwrap();
    dir.write_new("a", b"").unwrap();
    assert!(dir.has_file("a").unwrap());
}

#[test]
fn paths_out_of_the_folder_are_refused() {
    let (_folder, dir) = folder();
    for path in ["../a", "/etc/passwd", "a/../../b", "", "."] {
        assert!(dir.read(path, 100).is_err(), "{path}");
        assert!(dir.write_new(path, b"").is_err(), "{path}");
        assert!(dir.remove_all(path).is_err(), "{path}");
        assert!(dir.rename("a/b", path).is_err(), "{path}");
    }
}

#[cfg(unix)]
#[test]
fn links_are_named_and_not_followed() {
    use std::os::unix::fs::symlink;

    let (folder, dir) = folder();
    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("file"), "mine").unwrap();
    symlink(other.path(), folder.path().join("to")).unwrap();
    symlink(other.path().join("file"), folder.path().join("link")).unwrap();
    symlink(other.path().join("new"), folder.path().join("dangling")).unwrap();
    let is_named = |error: Error, name: &str| {
        let text = error.to_string();
        assert!(text.contains(&format!("{name}: this is a link")), "{text}");
    };
    is_named(dir.read("to/file", 9).unwrap_err(), "to");
    is_named(dir.read("link", 9).unwrap_err(), "link");
    is_named(dir.open_or_create("dangling").unwrap_err(), "dangling");
    is_named(dir.write_new("to/x", b"").unwrap_err(), "to");
    is_named(dir.make_folders("to/x").unwrap_err(), "to");
    is_named(dir.make_folders("to").unwrap_err(), "to");
    is_named(dir.rename("a/b", "to/x").unwrap_err(), "to");
    is_named(dir.remove_file("to/file").unwrap_err(), "to");
    is_named(dir.entries("to").unwrap_err(), "to");
    dir.put("link", b"new", Put::Replace).unwrap();
    dir.remove_all("to").unwrap();
    assert_eq!(fs::read(other.path().join("file")).unwrap(), b"mine");
    assert_eq!(fs::read_dir(other.path()).unwrap().count(), 1);
    assert_eq!(dir.read("link", 9).unwrap().unwrap(), b"new");
}

#[cfg(unix)]
#[test]
fn a_folder_that_becomes_a_link_is_not_followed() {
    let (folder, dir) = folder();
    let other = tempfile::tempdir().unwrap();
    let moved = folder.path().with_extension("moved");
    fs::rename(folder.path(), &moved).unwrap();
    std::os::unix::fs::symlink(other.path(), folder.path()).unwrap();
    dir.write_new("new", b"").unwrap();
    assert!(moved.join("new").exists() && !other.path().join("new").exists());
    fs::remove_file(folder.path()).unwrap();
    fs::rename(moved, folder.path()).unwrap();
}

#[test]
fn files_are_replaced_together_or_not_at_all() {
    let (_folder, dir) = folder();
    let path = |text: &str| text.parse::<MemberPath>().unwrap();
    // `a/b` is a file, in which nothing can be.
    let files = [(path("n/new"), &b"1"[..]), (path("a/b"), b"2"), (path("a/b/c"), b"3")];
    assert!(replace_all(&dir, &files, &[], true).is_err());
    assert_eq!(names(&dir), ["a"]);
    assert_eq!(dir.read("a/b", 9).unwrap().unwrap(), b"b");
    assert!(replace_all(&dir, &files[..2], &[], false).is_err());
    assert_eq!(names(&dir), ["a"]);
    replace_all(&dir, &files[..2], &[], true).unwrap();
    assert_eq!(names(&dir), ["a", "n"]);
    replace_all(&dir, &files[..1], &[path("a/b")], true).unwrap();
    assert_eq!(names(&dir), ["n"]);
    dir.make_folders("a").unwrap();
    dir.write_new("a/b", b"2").unwrap();
    assert_eq!(dir.read("a/b", 9).unwrap().unwrap(), b"2");
}

#[cfg(unix)]
#[test]
fn what_a_killed_run_left_is_removed_unless_one_is_at_work() {
    let (folder, dir) = folder();
    fs::create_dir_all(folder.path().join(".mpconvert-1/new")).unwrap();
    fs::create_dir_all(folder.path().join(".mpconvert-mine/notes")).unwrap();
    let first = Aside::below(&dir).unwrap();
    assert!(!dir.has(".mpconvert-1").unwrap() && dir.has(".mpconvert-mine").unwrap());
    dir.write_new(first.new_place("x"), b"").unwrap();
    drop(Aside::below(&dir).unwrap());
    assert!(dir.has(first.new_place("x")).unwrap(), "another run is at work");
    drop(first);
    assert_eq!(names(&dir), [".mpconvert-mine", "a"]);
}
