//! The limits of a whole run hold for all of its downloads together.

use std::process::Output;
use std::time::Duration;

use crate::fixtures::sandbox::Sandbox;
use crate::server::{Request, Server, Step, answer};

/// Bytes of each file.
const SIZE: usize = 100_000;

/// An index whose projects `a` to `f` have a file each; `pause` comes before the end of each file.
fn index(pause: Option<Duration>) -> Server {
    Server::new(move |request: &Request, _| {
        let path = request.path.as_str();
        if path.ends_with(".tar.gz") {
            let body = "x".repeat(SIZE);
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {SIZE}\r\nConnection: close\r\n\r\n");
            let mut steps = vec![Step::Send((head + &body[1..]).into_bytes())];
            steps.extend(pause.map(Step::Pause));
            steps.push(Step::Send(b"x".to_vec()));
            return steps;
        }
        let name = path.trim_matches('/').rsplit('/').next().unwrap_or_default();
        let page =
            format!("<a href='/files/{name}-1.0.tar.gz#sha256={HASH}'>{name}-1.0.tar.gz</a>");
        answer("200 OK", "Content-Type: text/html\r\n", &page)
    })
}

/// The SHA-256 of each file.
const HASH: &str = "d69e68988157833272305aaf21f453c800346e8a3640db6578e260215542e5d4";

fn fetch(server: &Server, projects: &str, options: &[&str], variables: &[(&str, &str)]) -> Output {
    let sandbox = Sandbox::new();
    let mut command = sandbox.command("fetch --no-cache");
    command.args(projects.split(' ')).args(options).args(["--index-url", &server.url("simple")]);
    command.envs(variables.iter().copied()).output().unwrap()
}

fn all_output(output: &Output) -> String {
    String::from_utf8([&output.stdout[..], &output.stderr].concat()).unwrap()
}

#[test]
fn all_downloads_of_a_run_together_are_limited() {
    let server = index(None);
    // Each file, and all pages, stay below the limit.
    for (options, variables) in [
        (&["--max-download", "250000"][..], &[][..]),
        (&[], &[("MPCONVERT_MAX_DOWNLOAD", "250000")]),
        (&["--max-download", "250000"], &[("MPCONVERT_MAX_DOWNLOAD", "1")]),
    ] {
        let output = fetch(&server, "a b c d e f", options, variables);
        let report = all_output(&output);
        assert_eq!(output.status.code(), Some(2), "{report}");
        assert!(report.contains(
            "the run has reached its download limit of 250000 bytes (downloads completed: "
        ));
        assert!(report.contains(", bytes received: "), "{report}");
        assert!(
            report.contains("help: raise the limit with --max-download or MPCONVERT_MAX_DOWNLOAD")
        );
        // No more than what was under way came beyond the limit.
        assert!(report.matches("   written").count() <= 2, "{report}");
    }
    let output = fetch(&server, "a b", &["--max-download", "250000"], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", all_output(&output));
}

#[test]
fn the_time_of_a_run_is_limited() {
    let server = index(Some(Duration::from_secs(20)));
    let options = ["--max-run-time", "2"];
    let output = fetch(&server, "a", &options, &[]);
    let printed = all_output(&output);
    assert_eq!(output.status.code(), Some(2), "{printed}");
    let expected = "the run has reached its time limit of 2 s (downloads completed: ";
    assert!(printed.contains(expected), "{printed}");
    assert!(
        printed.contains("help: raise the limit with --max-run-time or MPCONVERT_MAX_RUN_TIME")
    );
    // There is no time for another attempt.
    let files = server.requests().into_iter().filter(|one| one.path.ends_with(".tar.gz"));
    assert!(files.count() < 2);
}

#[test]
fn a_project_cannot_raise_the_limits_of_a_run() {
    let sandbox = Sandbox::new();
    sandbox.write("pyproject.toml", "[tool.mpconvert]\nmax-download = 1000000000000\n");
    let output = sandbox.output("config show");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        all_output(&output)
            .contains("max-download: found a number, expected it on the command line")
    );
}
