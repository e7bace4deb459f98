//! Neither output nor files contain passwords, wherever they were given, even in invalid text.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::fixtures::sandbox::Sandbox;
use crate::fixtures::upip_sdist;

const SECRET: &str = "hunter2";

/// The secret as it is said, as it may be in a URL, and as the login with it is sent to servers.
const FORMS: [&str; 3] = [SECRET, "%68unter2", "bWU6aHVudGVyMg"];

/// URLs with a secret, and what people make of them. No server listens on the port.
const URLS: [&str; 19] = [
    "https://me:hunter2@localhost:9/x",
    "https://hunter2@localhost:9/x",
    "https://me:hunter2@localhost:9/x y",
    "https://me:hunter2 hunter2@localhost:9/x",
    "https://me:hunter2/hunter2@localhost:9/x",
    "https://me:hunter2?#hunter2@localhost:9/x",
    "https://me:hunter2%40localhost:9/x",
    "https://me:hunter2@",
    "https://me:hunter2@[::1/x",
    "https://me:hunter2@localhost:port/x",
    "https:/me:hunter2@localhost:9/x",
    "https//me:hunter2@localhost:9/x",
    "https:me:hunter2@localhost:9/x",
    "htps://me:hunter2@localhost:9/x",
    "me:hunter2@localhost:9/x",
    "//me:hunter2@localhost:9/x",
    "git+https://me:hunter2@localhost:9/x.git",
    "file://me:hunter2@localhost:9/x",
    "https://localhost:9/x?token=hunter2",
];

/// Requirements that have one, and what people make of them.
const REQUIREMENTS: [&str; 10] = [
    "{}",
    "foo @ {}",
    "foo@{}",
    "foo {}",
    "foo=={}",
    "foo @ {} python_version>'3'",
    "foo[{}]",
    "foo; {}",
    "foo; python_version > {}",
    "foo>=1,{}",
];

/// Calls in which a requirement is said.
const CALLS: [&[&str]; 13] = [
    &["fetch", "{}"],
    &["lock", "{}"],
    &["download", "{}", "--to", "out"],
    &["migrate", "{}", "--out", "out"],
    &["migrate", "--to", "upip", "{}", "--out", "out"],
    &["install", "-p", "lib", "{}"],
    &["freeze", "{}", "--offline"],
    &["convert", "{}"],
    &["mip", "{}"],
    &["{}"],
    &["inspect", "{}"],
    &["explain", "{}"],
    &["uninstall", "-p", ".", "{}"],
];

/// Calls in which a URL is said.
const URL_CALLS: [&[&str]; 26] = [
    &["fetch", "foo", "--index-url", "{}"],
    &["fetch", "foo", "--index-url={}"],
    &["fetch", "foo", "--idnex-url={}"],
    &["fetch", "foo", "--extra-index-url", "{}", "--no-index"],
    &["fetch", "foo", "--extra-index-url", "{}"],
    &["fetch", "foo", "--find-links", "{}", "--no-index"],
    &["fetch", "foo", "--trusted-host", "{}"],
    &["fetch", "foo", "--cert", "{}"],
    &["fetch", "foo", "--to", "{}"],
    &["fetch", "foo", "--offline={}"],
    &["lock", "foo", "--index", "{}"],
    &["lock", "foo", "--to", "{}"],
    &["lock", "-r", "{}"],
    &["migrate", "foo", "--out", "out", "--index", "{}", "--offline"],
    &["migrate", "foo", "--out", "out", "--url-base", "{}"],
    &["migrate", "foo", "--out", "out", "--locked", "--lock", "{}"],
    &["install", "-p", "lib", "foo", "--index", "{}"],
    &["install", "-p", "lib", "dist/foo-1.0.tar.gz", "--index", "{}", "--offline"],
    &["freeze", "foo", "--index", "{}", "--offline"],
    &["mip", "dist", "--index", "{}", "--offline", "--out", "out"],
    &["mip", "dist", "--url-base", "{}", "--out", "out"],
    &["mip", "dist", "--deps", "{}"],
    &["index", "add", "site", "dist", "--deps", "{}"],
    &["config", "show", "--index-url", "{}"],
    &["config", "show", "--find-links", "{}"],
    &["completions", "{}"],
];

/// Variables in which a URL is said.
const VARIABLES: [&str; 11] = [
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_NO_INDEX",
    "PIP_TIMEOUT",
    "PIP_TRUSTED_HOST",
    "PIP_CERT",
    "PIP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "MPCONVERT_INDEX",
];

/// Files in which a requirement is said.
const FILES: [(&str, &str, &[&str]); 11] = [
    ("r.txt", "{}\n", &["lock", "-r", "r.txt"]),
    ("r.txt", "--index-url {}\n", &["lock", "-r", "r.txt"]),
    ("r.txt", "-i{}\n", &["lock", "-r", "r.txt"]),
    ("r.txt", "-r {}\n", &["lock", "-r", "r.txt"]),
    ("r.txt", "foo==1 --hash={}\n", &["lock", "-r", "r.txt"]),
    ("r.txt", "foo==1 --index-url={}\n", &["install", "-p", "lib", "-r", "r.txt"]),
    (
        "pyproject.toml",
        "[project]\nname = 'a'\nversion = '1'\ndependencies = [\"{}\"]\n",
        &["lock", "pyproject.toml"],
    ),
    ("pyproject.toml", "[tool.mpconvert]\nindex = \"{}\"\n", &["mip", "dist", "--offline"]),
    ("pyproject.toml", "[tool.mpconvert]\nurl-base = \"{}\"\n", &["mip", "dist"]),
    ("pyproject.toml", "[tool.mpconvert.dependencies]\nfoo = \"{}\"\n", &["mip", "dist"]),
    ("pyproject.toml", "[tool.poetry.dependencies]\nfoo = \"{}\"\n", &["lock", "pyproject.toml"]),
];

/// Neither the output of a run nor the files that it writes may contain the secret.
struct Run<'a> {
    arguments: Vec<String>,
    variable: Option<(&'a str, &'a str)>,
    file: Option<(&'a str, String)>,
}

impl Run<'_> {
    /// What is wrong with it.
    fn faults(&self) -> Vec<String> {
        let sandbox = Sandbox::new();
        let sdist = upip_sdist("foo", "1.0", &[("foo.py", b"x = 1\n")]);
        sandbox.write("dist/foo-1.0.tar.gz", &sdist);
        if let Some((path, text)) = &self.file {
            sandbox.write(path, text);
        }
        let folder = sandbox.root();
        let before = paths(folder);
        let mut command = sandbox.command("");
        command.args(&self.arguments).env("HOME", folder).envs(self.variable);
        let output = command.output().unwrap();
        assert!(output.status.code().is_some(), "{:?}", self.arguments);
        let mut report = vec![("stdout", output.stdout), ("stderr", output.stderr)];
        let written = paths(folder).into_iter().filter(|path| !before.contains(path));
        report.extend(written.map(|path| ("a file", fs::read(path).unwrap())));
        let report = report
            .into_iter()
            .map(|(what, text)| (what, String::from_utf8_lossy(&text).into_owned()));
        report
            .filter(|(_, text)| FORMS.iter().any(|form| text.contains(form)))
            .map(|(what, text)| {
                format!("{:?} {:?} {:?}: {what}: {text}", self.arguments, self.variable, self.file)
            })
            .collect()
    }
}

fn paths(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(paths(&path)) } else { all.push(path) }
    }
    all
}

/// The call with `text` in its place; half of them give JSON.
fn call(call: &[&str], text: &str, number: usize) -> Vec<String> {
    let option = if number.is_multiple_of(2) { "-v" } else { "--output-format=json" };
    let arguments = call.iter().map(|one| one.replace("{}", text));
    std::iter::once(option.to_owned()).chain(arguments).collect()
}

/// Each row with each column, numbered so that neighbours differ.
fn pairs<'a, A, B>(rows: &'a [A], columns: &'a [B]) -> impl Iterator<Item = (usize, &'a A, &'a B)> {
    rows.iter().enumerate().flat_map(move |(row, this)| {
        columns.iter().enumerate().map(move |(column, that)| (row + column, this, that))
    })
}

/// Runs all, some at a time.
fn check(runs: &[Run<'_>]) {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut faults = Vec::new();
        while let Some(run) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
            faults.extend(run.faults());
        }
        faults
    };
    let faults: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..24).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(faults.is_empty(), "{} of {} runs: {}", faults.len(), runs.len(), faults.join("\n"));
}

/// In each place all URLs, and all requirements with one of them.
fn requirements() -> Vec<String> {
    let urls = URLS.iter().flat_map(|url| {
        REQUIREMENTS.iter().take(2).map(|requirement| requirement.replace("{}", url))
    });
    let others = REQUIREMENTS
        .iter()
        .flat_map(|requirement| URLS.iter().take(4).map(|url| requirement.replace("{}", url)));
    urls.chain(others).collect()
}

#[test]
fn no_requirement_tells_a_secret() {
    let requirements = requirements();
    let runs = pairs(&requirements, &CALLS).map(|(number, text, said)| Run {
        arguments: call(said, text, number),
        variable: None,
        file: None,
    });
    check(&runs.collect::<Vec<_>>());
}

#[test]
fn no_option_tells_a_secret() {
    let runs = pairs(&URLS, &URL_CALLS).map(|(number, url, said)| Run {
        arguments: call(said, url, number),
        variable: None,
        file: None,
    });
    check(&runs.collect::<Vec<_>>());
}

#[test]
fn no_variable_tells_a_secret() {
    let commands: [&[&str]; 2] = [&["fetch", "foo"], &["config", "show"]];
    let runs = pairs(&URLS, &VARIABLES).flat_map(|(number, url, variable)| {
        commands.map(|said| Run {
            arguments: call(said, "", number),
            variable: Some((variable, url)),
            file: None,
        })
    });
    check(&runs.collect::<Vec<_>>());
}

/// The ways to send it back: a status, headers, and a page.
const ANSWERS: [(&str, &str, &str); 13] = [
    ("200 OK", "Content-Type: text/html\r\nETag: \"{}\"\r\n", ""),
    ("200 OK", "Content-Type: text/html\r\nLast-Modified: {}\r\n", ""),
    ("200 OK", "Content-Type: text/{}\r\n", ""),
    ("200 OK", "Content-Type: text/html; {}\r\n", "<a href='foo-{}.tar.gz#sha256=0'>foo</a>"),
    ("200 OK", "Content-Encoding: {}\r\n", ""),
    ("200 OK", "Content-Type: text/html\r\n", "<a href='https://{}/x'>{}</a><!doctype {}>"),
    (
        "200 OK",
        "Content-Type: text/html\r\n",
        "<a data-yanked='{}' data-requires-python='{}' href='/{}/foo-1.0.tar.gz#sha256=0'>{}</a>",
    ),
    ("200 OK", "Content-Type: application/vnd.pypi.simple.v1+json\r\n", "{{\"{}\"}}"),
    ("500 {}", "X-Error: {}\r\n", "{}"),
    ("404 {}", "", "{}"),
    ("401 {}", "WWW-Authenticate: Basic realm=\"{}\"\r\n", "{}"),
    (
        "200 OK",
        "Content-Type: text/html\r\n",
        "<a href='http://localhost:9/{}/foo-1.0.tar.gz#sha256=\
         e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'>foo-1.0.tar.gz</a>",
    ),
    ("302 Found", "Location: /{}/other?{}\r\n", ""),
];

#[test]
fn no_secret_comes_back_from_a_server() {
    let server = |(status, headers, page): (&str, &str, &str), form: &str| {
        let [status, headers, page] = [status, headers, page].map(|one| one.replace("{}", form));
        crate::server::Server::new(move |request, _| {
            if request.path.contains("other") {
                return crate::server::answer(
                    "200 OK",
                    "Content-Type: text/html\r\nETag: 1\r\n",
                    "",
                );
            }
            crate::server::answer(&status, &headers, &page)
        })
    };
    let servers = ANSWERS.iter().flat_map(|one| FORMS.map(|form| server(*one, form)));
    let servers: Vec<_> = servers.collect();
    let urls: Vec<_> =
        servers.iter().map(|one| one.url("simple").replace("//", "//me:hunter2@")).collect();
    let runs = urls.iter().flat_map(|url| {
        ["-v", "--output-format=json"].map(|option| Run {
            arguments: [option, "fetch", "foo", "--index-url", url].map(str::to_owned).to_vec(),
            variable: None,
            file: None,
        })
    });
    check(&runs.collect::<Vec<_>>());
    assert!(servers.iter().all(|server| !server.requests().is_empty()));
}

#[test]
fn no_file_tells_a_secret() {
    let requirements = requirements();
    let runs = pairs(&requirements, &FILES).map(|(number, text, (path, content, said))| Run {
        arguments: call(said, "", number),
        variable: None,
        file: Some((path, content.replace("{}", text))),
    });
    check(&runs.collect::<Vec<_>>());
}
