//! `mpconvert fetch`, `cache` and the indexes that `config show` prints, without any server.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::fixtures::sandbox::{Sandbox, is_sandbox};

/// A folder with archives in `links`, whose runs keep what they fetch in it, too.
struct Place(Sandbox);

is_sandbox!(Place);

impl Place {
    fn new(files: &[&str]) -> Self {
        let place = Self(Sandbox::new());
        fs::create_dir(place.path("links")).unwrap();
        for file in files {
            place.write(&format!("links/{file}"), *file);
        }
        place
    }

    fn fetch(&self, arguments: &str) -> Output {
        let own = "fetch --no-index --find-links links --to out";
        self.output(&format!("{own} {arguments}"))
    }

    fn fetched(&self) -> Vec<String> {
        names(&self.path("out"))
    }
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
    let mut names: Vec<_> = entries.map(|entry| name(entry.unwrap())).collect();
    names.sort();
    names
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn files_of_folders_are_fetched() {
    let place = Place::new(&["foo_bar-1.0.tar.gz", "foo_bar-2.0-py3-none-any.whl", "foo-3.zip"]);
    let output = place.fetch("Foo.Bar foo foo-bar==1.0 FOO");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let all = ["foo-3.zip", "foo_bar-1.0.tar.gz", "foo_bar-2.0-py3-none-any.whl"];
    assert_eq!(place.fetched(), all);
    assert_eq!(fs::read_to_string(place.path("out/foo-3.zip")).unwrap(), "foo-3.zip");
    assert_eq!(text(&output.stderr), "3 fetched\n");

    let again = place.fetch("foo");
    assert!(text(&again.stdout).contains("(unchanged)"), "{}", text(&again.stdout));
    fs::write(place.path("out/foo-3.zip"), "other").unwrap();
    let differs = place.fetch("foo");
    assert_eq!(differs.status.code(), Some(1));
    assert_eq!(fs::read_to_string(place.path("out/foo-3.zip")).unwrap(), "other");
    assert_eq!(place.fetch("foo --force").status.code(), Some(0));
    assert_eq!(fs::read_to_string(place.path("out/foo-3.zip")).unwrap(), "foo-3.zip");
}

#[test]
fn failed_downloads_are_reported() {
    let place = Place::new(&["foo-1.zip", "bar-1-cp311-cp311-linux_x86_64.whl"]);
    for (arguments, code, status) in [
        ("nothing", "MP757", 1),
        ("foo>1", "MP758", 1),
        ("bar", "MP759", 1),
        ("foo=1", "write `name`", 2),
        ("foo@https://me:hunter2@host/foo-1.zip", "with a URL", 2),
        ("https://me:hunter2@host/foo-1.zip", "with a URL", 2),
    ] {
        let output = place.fetch(arguments);
        let report = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{arguments}: {report}");
        assert!(report.contains(code), "{arguments}: {report}");
        assert!(!report.contains("hunter2"), "{report}");
    }
    assert!(place.fetched().is_empty());
    let output = place.fetch("nothing foo");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(place.fetched(), ["foo-1.zip"], "one that is refused does not stop the others");
    assert_eq!(place.fetch("foo;python_version>'3.9'").status.code(), Some(0));
    assert_eq!(place.fetch("-n foo").status.code(), Some(0));
}

#[test]
fn secrets_are_never_reported() {
    let place = Place::new(&[]);
    // No server listens there.
    let url = "http://me:hunter2@127.0.0.1:1/simple/?token=hunter2";
    let project = place.path("project");
    fs::create_dir(&project).unwrap();
    let settings = format!("[tool.mpconvert]\nindex = '{url}'\nurl-base = '{url}'\n");
    fs::write(project.join("pyproject.toml"), settings).unwrap();
    for arguments in [
        format!("fetch foo --index-url {url}"),
        format!("-v --output-format json fetch foo --offline --index-url {url}"),
        format!("fetch foo --offline --extra-index-url {url} --index-url {url}"),
        format!("fetch foo --no-index --find-links {url}"),
        format!("config show --index-url {url} --find-links {url}"),
        format!("--output-format json config show --extra-index-url {url}"),
        format!("config show {}", project.display()),
        format!("--output-format json config show {}", project.display()),
        "fetch foo --index-url ftp://me:hunter2@host/".to_owned(),
        "fetch foo --index-url file://me:hunter2@host/x".to_owned(),
        "fetch foo --index-url http://me:hunter2@host.example/x".to_owned(),
        format!("fetch foo --index-urls {url}"),
    ] {
        let mut command = place.command(&arguments);
        command.env("PIP_INDEX_URL", url).env("PIP_PROXY", "http://me:hunter2@127.0.0.1:1");
        command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "1");
        let output = command.output().unwrap();
        let report = text(&output.stdout) + &text(&output.stderr);
        assert!(!report.is_empty());
        assert!(!report.contains("hunter2"), "{arguments}: {report}");
    }
    assert!(names(&place.path("cache")).is_empty());
}

#[test]
fn authorities_are_needed_for_certificates_only() {
    let place = Place::new(&[]);
    let report = |scheme: &str| {
        // No server listens there, and no authority is known.
        let url = format!("{scheme}://127.0.0.1:1/simple");
        let mut command = place.command(&format!("fetch foo --index-url {url}"));
        text(&command.env("SSL_CERT_FILE", "missing.pem").output().unwrap().stderr)
    };
    let (https, http) = (report("https"), report("http"));
    assert!(https.contains("missing.pem") && https.contains("check --cert"), "{https}");
    assert!(!http.contains("missing.pem") && http.contains("try again"), "{http}");
}

#[test]
fn a_lock_replaces_locks_only() {
    let place = Place::new(&[]);
    let out = place.path("x.toml");
    let lock = || {
        let arguments = "lock micropython-uasyncio --no-index --out x.toml";
        place.command(arguments).output().unwrap()
    };
    fs::write(&out, "[project]\n").unwrap();
    let output = lock();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("x.toml: this file is not a lockfile"));
    assert_eq!(fs::read_to_string(&out).unwrap(), "[project]\n");
    fs::remove_file(&out).unwrap();
    for _ in 0..2 {
        assert_eq!(lock().status.code(), Some(0));
    }
    assert!(fs::read_to_string(&out).unwrap().contains("built-in"));
}

#[test]
fn the_indexes_are_shown_with_who_named_them() {
    let place = Place::new(&[]);
    let conf = "[global]\nextra-index-url = https://me:hunter2@extra.example/simple\n";
    fs::write(place.path("pip.conf"), conf).unwrap();
    let mut command = place.command("config show --find-links links");
    command.env("PIP_INDEX_URL", "https://first.example/simple/");
    command.env("PIP_CONFIG_FILE", place.path("pip.conf")).env("XDG_CONFIG_DIRS", "/nowhere");
    let shown = text(&command.output().unwrap().stdout);
    let rows: Vec<Vec<&str>> = shown
        .lines()
        .map(|line| line.split("  ").map(str::trim).filter(|part| !part.is_empty()).collect())
        .collect();
    let conf = place.path("pip.conf").display().to_string();
    for row in [
        ["index-url", "\"https://first.example/simple\"", "PIP_INDEX_URL"],
        ["extra-index-url", "\"https://extra.example/simple\"", &conf],
        ["find-links", "\"links\"", "command line"],
    ] {
        assert!(rows.iter().any(|known| known == &row), "{row:?} in {shown}");
    }
}

#[test]
fn the_cache_is_shown_and_cleared() {
    let place = Place::new(&[]);
    let run = |arguments: &str| {
        let output = place.command(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let cache = place.path("cache");
    assert_eq!(run("cache dir"), format!("{}\n", cache.display()));
    assert_eq!(run("cache size"), "0\n");
    let kept = cache.join("fetch/a").join("c".repeat(63));
    fs::create_dir_all(kept.parent().unwrap()).unwrap();
    fs::write(&kept, "entry").unwrap();
    assert_eq!(run("cache size"), "5\n");
    assert_eq!(run("cache prune"), "0 entries removed, 0 B\n");
    assert!(run("--output-format json cache prune --all").contains("\"bytes\": 5"));
    assert!(!kept.exists());
}
