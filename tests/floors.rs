//! The floors of the house: every import of `src/` goes down, as the table in CONTRIBUTING.md says, and
//! no files import each other in a circle.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::fs;
use std::iter::successors;
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

/// A source without comments and without the items that are for its tests.
fn code(source: &str) -> String {
    let mut lines = source.lines().map(|line| line.split("//").next().unwrap());
    let mut code = Vec::new();
    while let Some(line) = lines.next() {
        if line.trim() != "#[cfg(test)]" {
            code.push(line);
            continue;
        }
        let end = line.replace("#[cfg(test)]", "}");
        let is_end = |line: &str| line == end || line.ends_with(';') && is_level(line, &end);
        lines.by_ref().find(|line| is_end(line));
    }
    code.join("\n")
}

/// Whether a line is indented like another.
fn is_level(line: &str, other: &str) -> bool {
    let depth = |line: &str| line.len() - line.trim_start().len();
    depth(line) == depth(other)
}

/// The paths in a source, outside of comments and of its tests; `a::{b, c}` is `a::b` and `a::c`.
fn paths(source: &str) -> Vec<String> {
    let mut code = code(source);
    let is_outside = |letter: char| !(letter.is_ascii_alphanumeric() || "_:".contains(letter));
    // The last one has no other inside.
    while let Some(open) = code.rfind("::{") {
        let prefix = code[..open].rsplit(is_outside).next().unwrap().to_owned();
        let end = open + code[open..].find('}').unwrap();
        let items = code[open + 3..end].split(',').map(|item| format!("{prefix}::{}", item.trim()));
        let items = items.collect::<Vec<_>>().join(", ");
        code.replace_range(open - prefix.len()..=end, &items);
    }
    code.split(is_outside).filter(|path| path.contains("::")).map(str::to_owned).collect()
}

/// The rooms that a source names by `crate::`.
fn imports(source: &str) -> Vec<String> {
    let paths = paths(source);
    let rooms = paths.iter().filter_map(|path| path.strip_prefix("crate::")?.split("::").next());
    rooms
        .filter(|name| name.starts_with(|letter: char| letter.is_ascii_lowercase()))
        .map(str::to_owned)
        .collect()
}

/// The module that a file holds: `crate::read::folder`.
fn module(file: &str) -> String {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    format!("crate::{}", path.replace('/', "::"))
}

/// A path that stands in `module`, seen from the root.
fn resolved(path: &str, module: &str) -> String {
    let mut parts: Vec<&str> = module.split("::").collect();
    for part in path.split("::") {
        match part {
            "crate" => parts = vec![part],
            "super" => drop(parts.pop()),
            "self" => {}
            _ => parts.push(part),
        }
    }
    parts.join("::")
}

/// All modules from this one outwards.
fn outwards(module: &str) -> impl Iterator<Item = &str> {
    successors(Some(module), |inner| Some(inner.rsplit_once("::")?.0))
}

/// The circles of files that import each other, given the files with their sources. A module may use what
/// the modules around it have.
fn circles(sources: &[(&str, &str)]) -> Vec<String> {
    let files: HashMap<String, &str> =
        sources.iter().map(|(file, _)| (module(file), *file)).collect();
    // For each file the others that it imports, and by which paths.
    let mut imports: HashMap<&str, BTreeMap<&str, String>> = HashMap::new();
    for (file, source) in sources {
        let module = module(file);
        for path in paths(source) {
            let whole = resolved(&path, &module);
            let found = outwards(&whole).find(|found| files.contains_key(*found));
            if let Some(found) =
                found.filter(|found| outwards(&module).all(|outer| outer != *found))
            {
                imports.entry(file).or_default().entry(files[found]).or_insert(path);
            }
        }
    }
    let mut told: HashSet<&str> = HashSet::new();
    let mut circles = Vec::new();
    for (file, _) in sources {
        let way = way_back(file, &imports).filter(|way| way.iter().all(|one| !told.contains(one)));
        let Some(way) = way else { continue };
        let next = way.iter().cycle().skip(1);
        let by: Vec<&str> = way.iter().zip(next).map(|(one, next)| &*imports[one][next]).collect();
        circles.push(format!(
            "{} import each other through {}",
            way.join(" and "),
            by.join(" and ")
        ));
        told.extend(way);
    }
    circles
}

/// The shortest way from a file back to itself, along what each file imports.
fn way_back<'a>(
    start: &'a str,
    imports: &HashMap<&'a str, BTreeMap<&'a str, String>>,
) -> Option<Vec<&'a str>> {
    let mut seen = HashSet::new();
    let mut ways = VecDeque::from([vec![start]]);
    while let Some(way) = ways.pop_front() {
        for next in imports.get(way.last()?).into_iter().flat_map(BTreeMap::keys) {
            if *next == start {
                return Some(way);
            }
            if seen.insert(*next) {
                ways.push_back([&way[..], &[*next]].concat());
            }
        }
    }
    None
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
                  #[cfg(test)]\nmod tests {\n    use crate::ops;\n}";
    assert_eq!(imports(source), ["cli", "net", "write"]);
}

#[test]
fn no_files_import_each_other() {
    let mut sources: Vec<(String, String)> = sources(Path::new("src"))
        .iter()
        .filter(|file| {
            !file
                .components()
                .any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "tests.rs")))
        })
        .map(|file| (file.to_str().unwrap().replace('\\', "/"), fs::read_to_string(file).unwrap()))
        .collect();
    sources.sort();
    let sources: Vec<(&str, &str)> =
        sources.iter().map(|(file, source)| (&**file, &**source)).collect();
    let circles = circles(&sources);
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

#[test]
fn a_circle_is_told_with_the_paths_that_make_it() {
    let circles = circles(&[
        ("src/room/a.rs", "use super::{b::{B, C}, d};"),
        ("src/room/b/mod.rs", "mod c;\nfn f() { c::g() }"),
        ("src/room/b/c.rs", "use super::B;\nuse crate::room::a;"),
        (
            "src/room/d.rs",
            "use super::b::B; // super::a\n#[cfg(test)]\nmod tests {\n    use super::super::a;\n}",
        ),
    ]);
    assert_eq!(
        circles,
        ["src/room/a.rs and src/room/b/mod.rs and src/room/b/c.rs import each other through \
          super::b::B and c::g and crate::room::a"]
    );
}

/// What tells of the process: its variables, its current folder, its folder for temporary files.
const OF_THE_PROCESS: &[&str] = &[
    "env::var",
    "env::args",
    "env::current_dir",
    "env::current_exe",
    "env::set_current_dir",
    "env::home_dir",
    "env::temp_dir",
    "etcetera::",
    "path::absolute",
    "tempfile::tempdir(",
    "tempfile::tempfile(",
    "tempfile::env",
    "TempDir::new(",
    "NamedTempFile::new(",
    "use std::env;",
];

/// The functions that a source calls to ask for these, without those for its tests.
fn asks_the_process(source: &str) -> Vec<&'static str> {
    let code = code(source);
    OF_THE_PROCESS.iter().copied().filter(|asked| code.contains(asked)).collect()
}

#[test]
fn the_entry_points_and_settings_alone_ask_the_process() {
    let mut faults = Vec::new();
    for file in sources(Path::new("src")) {
        let is_test = file.file_name().unwrap() == "tests.rs"
            || file.components().any(|part| part.as_os_str() == "tests");
        if is_test || matches!(&*room(&file), "settings" | "cli" | "py" | "main") {
            continue;
        }
        for asked in asks_the_process(&fs::read_to_string(&file).unwrap()) {
            faults.push(format!("{}: {asked}", file.display()));
        }
    }
    let help = "only settings/ and the entry points may ask for these: take `program::Environment`";
    assert!(faults.is_empty(), "{help}\n{}", faults.join("\n"));
}

#[test]
fn a_question_to_the_process_is_seen() {
    let source = "fn f() { std::env::var_os(\"A\"); } // std::path::absolute\n\
                  #[cfg(test)]\n#[cfg(unix)]\nmod tests {\n    use std::env;\n}\n\
                  #[cfg(test)]\nmod tests;\nfn g() { std::env::temp_dir(); }";
    assert_eq!(asks_the_process(source), ["env::var", "env::temp_dir"]);
    assert_eq!(asks_the_process("use std::env::{join_paths, split_paths};"), [""; 0]);
}
