//! The floors of the house: every import of `src/` goes down, as the table in CONTRIBUTING.md says.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The place of each room in the table: a room may import the rooms before it.
fn places() -> HashMap<String, usize> {
    let table = fs::read_to_string("CONTRIBUTING.md").unwrap();
    let rooms: Vec<String> = table
        .lines()
        .filter(|line| line.starts_with("| ") && line.as_bytes()[2].is_ascii_digit())
        .flat_map(|line| line.split('|').nth(2).unwrap().split_whitespace())
        .map(|room| room.trim_matches('`').to_owned())
        .collect();
    rooms.into_iter().enumerate().map(|(place, room)| (room, place)).collect()
}

/// All Rust files below `folder`.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    below.filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}

/// The room of a file: the first part of its path below `src/`.
fn room(file: &Path) -> String {
    let first = file.strip_prefix("src").unwrap().components().next().unwrap();
    first.as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned()
}

/// The rooms that a source names by `crate::`, outside of comments and of its tests.
fn imports(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]\nmod ").next().unwrap();
    let lines = code.lines().map(|line| line.split("//").next().unwrap());
    let code = lines.collect::<Vec<_>>().join("\n");
    let names = code.split("crate::").skip(1).flat_map(|rest| match rest.strip_prefix('{') {
        Some(list) => list.split('}').next().unwrap().split(',').map(str::trim).collect(),
        None => vec![rest],
    });
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    names
        .map(|name| name.split(|letter| !is_part(letter)).next().unwrap())
        .filter(|name| name.starts_with(|letter: char| letter.is_ascii_lowercase()))
        .map(str::to_owned)
        .collect()
}

#[test]
fn imports_go_down() {
    let places = places();
    assert!(places.len() > 10, "the table of floors was not found");
    let mut faults = Vec::new();
    for file in sources(Path::new("src")) {
        let room = room(&file);
        if matches!(&*room, "lib" | "main") {
            continue;
        }
        let Some(place) = places.get(&room) else {
            faults.push(format!("{}: {room}/ is on no floor", file.display()));
            continue;
        };
        for other in imports(&fs::read_to_string(&file).unwrap()) {
            match places.get(&other) {
                Some(other_place) if other_place <= place => {}
                Some(_) => {
                    faults.push(format!("{}: {room}/ may not import {other}/", file.display()));
                }
                None => faults.push(format!("{}: {other} is on no floor", file.display())),
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn rooms_of_the_table_are_there() {
    for room in places().keys() {
        let path = Path::new("src").join(room);
        assert!(path.is_dir() || path.with_extension("rs").is_file(), "there is no {room}");
    }
}

#[test]
fn an_import_is_seen_however_it_is_spelled() {
    let source = "use crate::{cli, net::fetch};\nfn f() { crate::write::mip(); } // crate::py\n\
                  #[cfg(test)]\nmod tests { use crate::ops; }";
    assert_eq!(imports(source), ["cli", "net", "write"]);
}
