//! Downloads from servers that misbehave.

#![cfg(feature = "net")]

use std::time::Instant;

use tempfile::TempDir;

use super::server::{Request, Server, Step, answer, found};
use super::*;

const LIMIT: u64 = 1000;

fn fetcher() -> Fetcher {
    Fetcher::new(options(Cache::none()))
}

fn options(cache: Cache) -> FetchOptions {
    FetchOptions {
        cache,
        offline: false,
        patience: Duration::from_secs(5),
        deadline: Duration::from_secs(10),
        attempts: 3,
        pause: Duration::from_millis(1),
        network: Network::default(),
    }
}

fn cache() -> (TempDir, Cache) {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::below(folder.path(), "fetch");
    (folder, cache)
}

fn location(server: &Server) -> Location {
    Location::parse(&server.url("a.py")).unwrap()
}

fn get(server: &Server) -> Result<Bytes> {
    fetcher().get(&location(server), LIMIT)
}

fn fault<T: std::fmt::Debug>(result: Result<T>) -> FetchFault {
    match result.unwrap_err() {
        Error::Fetch { fault, .. } => fault,
        error => panic!("{error:?}"),
    }
}

fn raw(text: &str) -> Vec<Step> {
    vec![Step::Send(text.as_bytes().to_vec())]
}

#[test]
fn the_content_comes_whole() {
    let server = Server::new(|_, _| found("content"));
    assert_eq!(get(&server).unwrap(), "content");
    let [request] = &server.requests()[..] else { panic!("one request") };
    assert_eq!(request.path, "/a.py");
    assert!(request.head.contains(concat!("user-agent: mpconvert/", env!("CARGO_PKG_VERSION"))));
    assert!(request.head.contains("accept-encoding: identity\r\n"));

    let server = Server::new(|_, _| {
        raw(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ncont\r\n3\r\nent\r\n0\r\n\r\n",
        )
    });
    assert_eq!(get(&server).unwrap(), "content");
    let server = Server::new(|_, _| raw("HTTP/1.0 200 OK\r\n\r\ncontent"));
    assert_eq!(get(&server).unwrap(), "content");
}

#[test]
fn a_cut_connection_is_tried_again() {
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\ncont";
    let server =
        Server::new(move |_, before| if before == 0 { raw(cut) } else { found("content") });
    assert_eq!(get(&server).unwrap(), "content");

    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ncont\r\n";
    for text in [cut, chunked, "", "HTTP/1.1 200", "no HTTP at all\r\n\r\n"] {
        let server = Server::new(move |_, _| raw(text));
        assert!(matches!(fault(get(&server)), FetchFault::Connection(_)), "{text}");
        assert_eq!(server.requests().len(), 3, "{text}");
    }
}

#[test]
fn nobody_listens() {
    let server = Server::new(|_, _| found(""));
    let location = location(&server);
    drop(server);
    // The listener is gone once its thread has seen it.
    std::thread::sleep(Duration::from_millis(100));
    let error = fetcher().get(&location, LIMIT).unwrap_err();
    assert!(error.to_string().contains("refused"), "{error}");
    assert!(error.to_string().starts_with(&location.to_string()), "{error}");
}

#[test]
fn content_without_end_is_left() {
    let endless = |head: &'static str| {
        Server::new(move |_, _| {
            vec![Step::Send(head.as_bytes().to_vec()), Step::Endlessly(vec![b'x'; 4096])]
        })
    };
    for head in [
        "HTTP/1.0 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n",
    ] {
        let server = endless(head);
        assert_eq!(fault(get(&server)), FetchFault::TooLarge(LIMIT), "{head}");
        assert_eq!(server.requests().len(), 1);
    }
    let server = Server::new(|_, _| raw("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"));
    assert_eq!(fault(get(&server)), FetchFault::TooLarge(LIMIT), "nothing of it is waited for");
    let server = endless("HTTP/1.1 200 OK\r\nX: ");
    assert!(matches!(fault(get(&server)), FetchFault::Connection(_)));
    let full = "x".repeat(1000);
    let server = Server::new(move |_, _| found(&full));
    assert_eq!(get(&server).unwrap().len(), 1000);
}

#[test]
fn slow_servers_are_left() {
    let drip = || {
        let drop = || [Step::Send(b"x".to_vec()), Step::Pause(Duration::from_millis(20))];
        let mut steps = raw("HTTP/1.0 200 OK\r\n\r\n");
        steps.extend(std::iter::repeat_with(drop).take(200).flatten());
        steps
    };
    let server = Server::new(move |_, _| drip());
    let start = Instant::now();
    let impatient = Fetcher::new(FetchOptions {
        deadline: Duration::from_millis(200),
        ..options(Cache::none())
    });
    assert_eq!(fault(impatient.get(&location(&server), LIMIT)), FetchFault::TooSlow);

    let impatient = Fetcher::new(FetchOptions {
        patience: Duration::from_millis(100),
        ..options(Cache::none())
    });
    for head in ["", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\ncont"] {
        let server = Server::new(move |_, _| {
            raw(head).into_iter().chain([Step::Pause(Duration::from_secs(3))]).collect()
        });
        assert_eq!(fault(impatient.get(&location(&server), LIMIT)), FetchFault::TooSlow, "{head}");
    }
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn only_content_is_content() {
    for (status, expected, attempts) in [
        ("404 Not Found", FetchFault::NotFound, 1),
        ("410 Gone", FetchFault::NotFound, 1),
        ("403 Forbidden", FetchFault::Status(403), 1),
        ("401 Unauthorized", FetchFault::Status(401), 1),
        ("203 Changed", FetchFault::Status(203), 1),
        ("206 Partial Content", FetchFault::Status(206), 1),
        ("300 Choose", FetchFault::Status(300), 1),
        ("304 Not Modified", FetchFault::Status(304), 1),
        ("500 Error", FetchFault::Status(500), 3),
        ("503 Busy", FetchFault::Status(503), 3),
        ("429 Slower", FetchFault::Status(429), 3),
    ] {
        let server = Server::new(move |_, _| answer(status, "", "page"));
        assert_eq!(fault(get(&server)), expected);
        assert_eq!(server.requests().len(), attempts, "{status}");
    }
    let server = Server::new(|_, _| answer("200 OK", "Content-Encoding: gzip\r\n", "page"));
    assert_eq!(fault(get(&server)), FetchFault::Coding("gzip".to_owned()));
}

#[test]
fn a_busy_server_is_asked_again_when_it_says() {
    let busy = |headers: &'static str| {
        Server::new(move |_, before| match before {
            0 => answer("503 Busy", headers, ""),
            _ => found("content"),
        })
    };
    let start = Instant::now();
    assert_eq!(get(&busy("")).unwrap(), "content");
    assert_eq!(get(&busy("Retry-After: soon\r\n")).unwrap(), "content");
    assert!(start.elapsed() < Duration::from_secs(1));
    assert_eq!(get(&busy("Retry-After: 1\r\n")).unwrap(), "content");
    assert!(start.elapsed() >= Duration::from_secs(1));

    let start = Instant::now();
    let hurried =
        Fetcher::new(FetchOptions { deadline: Duration::from_secs(2), ..options(Cache::none()) });
    let server = busy("Retry-After: 99999999999\r\n");
    assert_eq!(fault(hurried.get(&location(&server), LIMIT)), FetchFault::Status(503));
    assert!(start.elapsed() < Duration::from_secs(1));
}

fn redirect(to: &str) -> Vec<Step> {
    answer("302 Found", &format!("Location: {to}\r\n"), "")
}

#[test]
fn redirections_are_followed_within_bounds() {
    let server = Server::new(|request, _| match request.path.as_str() {
        "/a.py" => redirect("/b.py"),
        _ => found("content"),
    });
    assert_eq!(get(&server).unwrap(), "content");

    let circle = Server::new(|_, _| redirect("/a.py"));
    let too_many = FetchFault::Redirect("more places than are gone to");
    assert_eq!(fault(get(&circle)), too_many);
    assert_eq!(circle.requests().len(), 11);

    let not_on_the_web = FetchFault::Redirect("a place that is not on the web");
    for (place, expected) in [
        ("ftp://127.0.0.1/a.py", not_on_the_web.clone()),
        ("file:///etc/passwd", not_on_the_web.clone()),
        ("data:text/plain,x", not_on_the_web),
    ] {
        let server = Server::new(move |_, _| redirect(place));
        assert_eq!(fault(get(&server)), expected, "{place}");
    }
}

#[test]
fn a_password_is_sent_and_not_told() {
    let other = Server::new(|_, _| found("content"));
    let elsewhere = other.url("a.py").replace("127.0.0.1", "localhost");
    let server = Server::new(move |request, _| match request.path.as_str() {
        "/a.py" => redirect(&elsewhere),
        _ => answer("403 Forbidden", "", ""),
    });
    let with_password = |path| server.url(path).replace("http://", "http://me:secret@");
    let fetcher = fetcher();
    let location = Location::parse(&with_password("b.py")).unwrap();
    let error = fetcher.get(&location, LIMIT).unwrap_err();
    assert!(!error.to_string().contains("secret"), "{error}");
    assert!(server.requests()[0].head.contains("authorization: basic "));

    let location = Location::parse(&with_password("a.py")).unwrap();
    assert_eq!(fetcher.get(&location, LIMIT).unwrap(), "content");
    assert!(server.requests()[0].head.contains("authorization: basic "));
    assert!(!other.requests()[0].head.contains("authorization"), "another host gets no password");
}

/// Says that content is unchanged to whoever knows the tag `"1"` or the time.
fn with_validator(request: &Request) -> Vec<Step> {
    let known = ["if-none-match: \"1\"", "if-modified-since: sat, 01 jan 2000"];
    if known.iter().any(|known| request.head.contains(known)) {
        return raw("HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
    }
    let validator = match request.path.as_str() {
        "/a.py" => "ETag: \"1\"\r\n",
        _ => "Last-Modified: Sat, 01 Jan 2000 00:00:00 GMT\r\n",
    };
    answer("200 OK", validator, "content")
}

#[test]
fn what_is_unchanged_is_not_sent_again() {
    for path in ["a.py", "b.py"] {
        let (_folder, cache) = cache();
        let server = Server::new(|request, before| match before {
            2 => answer("200 OK", "ETag: \"2\"\r\n", "other"),
            _ => with_validator(request),
        });
        let location = Location::parse(&server.url(path)).unwrap();
        let got: Vec<_> = (0..4)
            .map(|_| Fetcher::new(options(cache.clone())).get(&location, LIMIT).unwrap())
            .collect();
        assert_eq!(got, ["content", "content", "other", "content"]);
        let requests = server.requests();
        assert!(!requests[0].head.contains("if-"));
        assert!(requests[1].head.contains("if-"));
        assert!(requests[3].head.contains("if-none-match: \"2\""));
        assert!(!requests[3].head.contains("if-modified-since"));
    }
}

#[test]
fn what_never_changes_is_asked_for_once() {
    let (_folder, cache) = cache();
    let server = Server::new(|_, before| found(if before == 0 { "wrong" } else { "right" }));
    let get = || {
        let refused = |data: &Bytes| match &data[..] {
            b"right" => Ok(()),
            _ => Err(Error::Refused { input: "a.py".to_owned(), findings: Vec::new() }),
        };
        Fetcher::new(options(cache.clone())).get_fixed(&location(&server), LIMIT, &refused)
    };
    assert!(matches!(get(), Err(Error::Refused { .. })));
    assert_eq!(get().unwrap(), "right", "what is wrong is not kept");
    assert_eq!(get().unwrap(), "right");
    assert_eq!(server.requests().len(), 2);
    let smaller = Fetcher::new(options(cache.clone()));
    let fault = fault(smaller.get_fixed(&location(&server), 3, &|_| Ok(())));
    assert_eq!(fault, FetchFault::TooLarge(3), "the limit holds for kept copies, too");
}

#[test]
fn offline_what_is_kept_counts() {
    let (_folder, cache) = cache();
    let server = Server::new(|request, _| match request.path.as_str() {
        "/private.py" => answer("200 OK", "Cache-Control: private, no-store\r\n", "content"),
        _ => found("content"),
    });
    let online = Fetcher::new(options(cache.clone()));
    let offline = Fetcher::new(FetchOptions { offline: true, ..options(cache) });
    let private = Location::parse(&server.url("private.py")).unwrap();
    for location in [location(&server), private.clone()] {
        assert_eq!(fault(offline.get(&location, LIMIT)), FetchFault::Offline);
        assert_eq!(online.get(&location, LIMIT).unwrap(), "content");
    }
    assert_eq!(online.findings(), []);
    assert_eq!(fault(offline.get(&private, LIMIT)), FetchFault::Offline, "it was not to be kept");
    server.requests();
    assert_eq!(offline.get_fixed(&location(&server), LIMIT, &|_| Ok(())).unwrap(), "content");
    assert_eq!(offline.findings(), []);
    assert_eq!(offline.get(&location(&server), LIMIT).unwrap(), "content");
    assert_eq!(offline.get(&location(&server), LIMIT).unwrap(), "content");
    let [finding] = &offline.findings()[..] else { panic!("told once") };
    assert_eq!(
        (finding.code, &finding.path),
        (Code::StaleCopy, &Some(location(&server).to_string()))
    );
    assert_eq!(offline.findings(), []);
    assert!(server.requests().is_empty());
}
