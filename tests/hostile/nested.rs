//! Documents, archives and folders that are nested without end.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::thread;

use tempfile::TempDir;

use crate::bounded::{Ended, noise, run, run_in};
use crate::damage::gzip;
use crate::fixtures::{PURE, tar_gz, wheel, zip};

const DEPTH: usize = 1 << 20;

/// Openings of lists, of objects and of both, with and without their ends.
fn nested_json() -> Vec<String> {
    let pairs = [("[", "]"), (r#"{"a":"#, "}"), (r#"[{"v":"#, "}]")];
    let whole = pairs.map(|(open, close)| open.repeat(DEPTH) + "1" + &close.repeat(DEPTH));
    let mut found: Vec<String> = pairs.map(|(open, _)| open.repeat(DEPTH)).into();
    found.extend(whole);
    found
}

/// Documents of which one value is nested, whose key may be one that is not read.
fn nested_values() -> Vec<String> {
    let keys = ["v", "urls", "deps", "packages", "files", "other"];
    let text = |key| format!(r#"{{"v":1,"{key}":{}1{}}}"#, "[".repeat(DEPTH), "]".repeat(DEPTH));
    keys.map(text).into()
}

fn nested_toml() -> Vec<String> {
    let lists = format!("a = {}{}\n", "[".repeat(DEPTH), "]".repeat(DEPTH));
    let tables = format!("a = {}1{}\n", "{a = ".repeat(DEPTH), "}".repeat(DEPTH));
    let path = "a.".repeat(DEPTH);
    vec![lists, tables, format!("[{path}a]\n"), format!("[[{path}a]]\n"), format!("{path}a = 1\n")]
}

/// Runs with a document at `path`, of which little is said.
fn run_with(path: &str, text: &str, command: &str) -> Ended {
    let folder = TempDir::new().unwrap();
    let place = folder.path().join(path);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(place, text).unwrap();
    let arguments: Vec<&str> = command.split(' ').collect();
    let ended = run_in(folder.path(), text.len(), &arguments);
    assert!(ended.text.len() < 20_000, "{command}: {} bytes", ended.text.len());
    ended
}

fn assert_refused(path: &str, text: &str, command: &str) {
    let ended = run_with(path, text, command);
    assert!(ended.code > 0, "{command}: {}: {}", &text[..30], ended.text);
}

#[test]
fn nested_json_is_refused() {
    for text in nested_json() {
        assert_refused("pkg/package.json", &text, "mip pkg/package.json --out o");
        assert_refused("site/index.json", &text, "index check site");
        assert_refused("lib/.mpconvert/installed.json", &text, "list -p lib");
    }
    for text in nested_values() {
        run_with("pkg/package.json", &text, "mip pkg/package.json --out o");
        run_with("site/index.json", &text, "index check site");
        run_with("lib/.mpconvert/installed.json", &text, "list -p lib");
    }
}

#[test]
fn nested_records_of_a_change_are_refused() {
    for text in nested_json() {
        let record = r#"{"v":1,"packages":[]}"#;
        let folder = TempDir::new().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join("lib/.mpconvert").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("installed.json", record);
        write("change/installed.json", record);
        write("change/steps.json", &text);
        fs::write(folder.path().join("m.py"), "x = 1\n").unwrap();
        run_in(folder.path(), text.len(), &["install", "-p", "lib", "./m.py", "--no-index"]);
    }
}

#[test]
fn nested_toml_is_refused_wherever_it_is_read() {
    for text in nested_toml() {
        assert_refused("mpconvert.lock", &text, "migrate foo --locked --out o --no-index");
        assert_refused("one/pyproject.toml", &text, "inspect one");
        assert_refused("pyproject.toml", &text, "config show");
    }
}

/// Answers each request with this page until the test ends.
#[cfg(feature = "net")]
fn serve(page: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request: Vec<u8> = Vec::new();
            let mut buffer = [0; 4096];
            while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                let count = stream.read(&mut buffer).unwrap();
                request.extend(&buffer[..count]);
            }
            let kind = "application/vnd.pypi.simple.v1+json";
            let head = format!("Content-Type: {kind}\r\nContent-Length: {}", page.len());
            let _ = write!(stream, "HTTP/1.1 200 OK\r\n{head}\r\nConnection: close\r\n\r\n{page}");
        }
    });
    format!("http://{address}/simple")
}

#[cfg(feature = "net")]
#[test]
fn nested_pages_of_an_index_are_refused() {
    let mut pages = [nested_json(), nested_values()].concat();
    let text = "[".repeat(DEPTH) + &"]".repeat(DEPTH);
    pages.push(format!(r#"{{"meta":{{"api-version":"1.0"}},"name":"a","files":[],"x":{text}}}"#));
    pages.push(format!(r#"{{"meta":{text},"name":"a","files":[]}}"#));
    for page in pages {
        let folder = TempDir::new().unwrap();
        let length = page.len();
        let url = serve(page);
        let ended =
            run_in(folder.path(), 4 * length, &["fetch", "a", "--to", "o", "--index-url", &url]);
        assert!(ended.code > 0 && ended.text.len() < 20_000, "{}", ended.text);
    }
}

#[test]
fn archives_in_archives_are_files_like_others() {
    let mut inner = gzip(&vec![0; 32 << 20]);
    for level in 0..50 {
        let name = format!("x/{level}.zip");
        inner = zip(&[(&name, &inner)]);
    }
    let more = tar_gz(&[]);
    let bomb = gzip(&gzip(&vec![0; 32 << 20]));
    let noise = noise(60_000);
    let files: [(&str, &[u8]); 5] = [
        ("foo/__init__.py", b"x = 1\n"),
        ("foo/inner.zip", &inner),
        ("foo/inner.whl", &inner),
        ("foo/bomb.tar.gz", &bomb),
        ("foo/noise", &noise),
    ];
    let name = format!("foo-1.0-{PURE}.whl");
    let data = wheel("foo", "1.0", PURE, "", &files);
    let ended = run(&name, &data, data.len() + more.len(), &["mip", &name, "--out", "out"]);
    assert_eq!(ended.code, 0, "{}", ended.text);
}

fn inspect_folder(folder: &Path, unpacked: usize) -> Ended {
    let pyproject = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n\
                     [project]\nname = 'one'\nversion = '1.0'\n";
    fs::create_dir_all(folder.join("one/one")).unwrap();
    fs::write(folder.join("one/pyproject.toml"), pyproject).unwrap();
    fs::write(folder.join("one/one/__init__.py"), "x = 1\n").unwrap();
    run_in(folder, unpacked, &["inspect", "one"])
}

#[test]
fn a_folder_a_thousand_folders_deep_gets_an_answer() {
    let folder = TempDir::new().unwrap();
    let mut deep = folder.path().join("one/one");
    for _ in 0..1_000 {
        deep.push("d");
    }
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("x.py"), "x = 1\n").unwrap();
    inspect_folder(folder.path(), 1 << 20);
}

#[test]
fn twenty_thousand_files_seventy_folders_deep_are_read_in_time() {
    let folder = TempDir::new().unwrap();
    for branch in 0..200 {
        let deep = folder.path().join(format!("one/one/b{branch}/{}", "d/".repeat(68)));
        fs::create_dir_all(&deep).unwrap();
        for file in 0..100 {
            fs::write(deep.join(format!("f{file}.py")), "").unwrap();
        }
    }
    inspect_folder(folder.path(), 20_000 * 2048);
}
