//! Downloads from servers that misbehave.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;

use tempfile::TempDir;

use super::server::{Request, Server, Step, answer, found};
use super::*;
use crate::digest::sha256;

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
        run: RunBudget::default(),
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

fn fault<T: std::fmt::Debug>(result: Result<T>) -> FetchError {
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
        assert!(matches!(fault(get(&server)), FetchError::Connection(_)), "{text}");
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
            vec![
                Step::Send(head.as_bytes().to_vec()),
                Step::Endlessly(vec![b'x'; 4096], Duration::ZERO),
            ]
        })
    };
    for head in [
        "HTTP/1.0 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n",
    ] {
        let server = endless(head);
        assert_eq!(fault(get(&server)), FetchError::TooLarge(LIMIT), "{head}");
        assert_eq!(server.requests().len(), 1);
    }
    let server = Server::new(|_, _| raw("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"));
    assert_eq!(fault(get(&server)), FetchError::TooLarge(LIMIT), "nothing of it is waited for");
    let server = endless("HTTP/1.1 200 OK\r\nX: ");
    assert!(matches!(fault(get(&server)), FetchError::Connection(_)));
    let full = "x".repeat(1000);
    let server = Server::new(move |_, _| found(&full));
    assert_eq!(get(&server).unwrap().len(), 1000);
}

#[test]
fn slow_servers_are_left() {
    // A client that does not leave them waits until it is stopped.
    let drip = Duration::from_millis(20);
    let server = Server::new(move |_, _| {
        let mut steps = raw("HTTP/1.0 200 OK\r\n\r\n");
        steps.push(Step::Endlessly(b"x".to_vec(), drip));
        steps
    });
    let impatient = Fetcher::new(FetchOptions {
        deadline: Duration::from_millis(200),
        ..options(Cache::none())
    });
    assert_eq!(fault(impatient.get(&location(&server), LIMIT)), FetchError::TooSlow);

    let impatient = Fetcher::new(FetchOptions {
        patience: Duration::from_millis(100),
        ..options(Cache::none())
    });
    for head in ["", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\ncont"] {
        let server =
            Server::new(move |_, _| raw(head).into_iter().chain([Step::Silence]).collect());
        assert_eq!(fault(impatient.get(&location(&server), LIMIT)), FetchError::TooSlow, "{head}");
    }
}

#[test]
fn only_content_is_content() {
    for (status, expected, attempts) in [
        ("404 Not Found", FetchError::NotFound, 1),
        ("410 Gone", FetchError::NotFound, 1),
        ("403 Forbidden", FetchError::Status(403), 1),
        ("401 Unauthorized", FetchError::Unauthorized(false), 1),
        ("203 Changed", FetchError::Status(203), 1),
        ("206 Partial Content", FetchError::Status(206), 1),
        ("300 Choose", FetchError::Status(300), 1),
        ("304 Not Modified", FetchError::Status(304), 1),
        ("500 Error", FetchError::Status(500), 3),
        ("503 Busy", FetchError::Status(503), 3),
        ("429 Slower", FetchError::Status(429), 3),
    ] {
        let server = Server::new(move |_, _| answer(status, "", "page"));
        assert_eq!(fault(get(&server)), expected);
        assert_eq!(server.requests().len(), attempts, "{status}");
    }
    let server = Server::new(|_, _| answer("200 OK", "Content-Encoding: gzip\r\n", "page"));
    assert_eq!(fault(get(&server)), FetchError::Coding("gzip".to_owned()));
}

#[test]
fn a_busy_server_is_asked_again_when_it_says() {
    let busy = |headers: &'static str| {
        Server::new(move |_, before| match before {
            0 => answer("503 Busy", headers, ""),
            _ => found("content"),
        })
    };
    let get_within = |server: &Server, deadline| {
        let fetcher = Fetcher::new(FetchOptions { deadline, ..options(Cache::none()) });
        (
            fetcher.get(&location(server), LIMIT).map_err(|error| fault::<()>(Err(error))),
            server.requests().len(),
        )
    };
    let content = (Ok("content".into()), 2);
    let left = (Err(FetchError::Status(503)), 1);
    for (headers, seconds, expected) in [
        ("", 10, &content),
        ("Retry-After: soon\r\n", 10, &content),
        ("Retry-After: 1\r\n", 10, &content),
        // There is no time for the pause.
        ("Retry-After: 10\r\n", 10, &left),
        // A client that took such a pause would not return within the hour.
        ("Retry-After: 99999999999\r\n", 3600, &left),
    ] {
        let server = busy(headers);
        assert_eq!(get_within(&server, Duration::from_secs(seconds)), *expected, "{headers}");
    }
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

    let cycle = Server::new(|_, _| redirect("/a.py"));
    let too_many = FetchError::Redirect("more places than are gone to");
    assert_eq!(fault(get(&cycle)), too_many);
    assert_eq!(cycle.requests().len(), 11);

    let not_on_the_web = FetchError::Redirect("a place that is not on the web");
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
    assert_eq!(fault, FetchError::TooLarge(3), "the limit holds for kept copies, too");
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
        assert_eq!(fault(offline.get(&location, LIMIT)), FetchError::Offline);
        assert_eq!(online.get(&location, LIMIT).unwrap(), "content");
    }
    assert_eq!(online.findings(), []);
    assert_eq!(fault(offline.get(&private, LIMIT)), FetchError::Offline, "it was not to be kept");
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

/// What a server sends.
type Steps = Box<dyn Fn() -> Vec<Step> + Send + Sync>;

fn by_hash(server: &Server, cache: &Cache, content: &[u8]) -> Result<Bytes> {
    let fetcher = Fetcher::new(options(cache.clone()));
    fetcher.get_by_hash(&location(server), &sha256(content), LIMIT, &Account::default())
}

#[test]
fn a_cut_download_goes_on_where_it_stopped() {
    let whole = |validator: &str| {
        raw(&format!("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n{validator}\r\n\r\ncont"))
    };
    let rest = || answer("206 Partial Content", "Content-Range: bytes 4-6/7\r\n", "ent");
    for (validator, sent) in [
        ("ETag: \"1\"", "if-range: \"1\"\r\n"),
        ("Last-Modified: Sat, 01 Jan 2000 00:00:00 GMT", "if-range: sat, 01 jan 2000 00:00:00 gmt"),
    ] {
        let server =
            Server::new(move |_, before| if before == 0 { whole(validator) } else { rest() });
        let (_folder, cache) = cache();
        assert_eq!(by_hash(&server, &cache, b"content").unwrap(), "content");
        let requests = server.requests();
        assert_eq!(requests.len(), 2);
        assert!(!requests[0].head.contains("range"), "{}", requests[0].head);
        assert!(requests[1].head.contains("range: bytes=4-\r\n"), "{}", requests[1].head);
        assert!(requests[1].head.contains(sent), "{}", requests[1].head);
    }
    // What cannot be told apart is sent again from its start.
    for validator in ["X: y", "ETag: W/\"1\""] {
        let server = Server::new(move |_, before| match before {
            0 => whole(validator),
            _ => found("content"),
        });
        assert_eq!(by_hash(&server, &Cache::none(), b"content").unwrap(), "content");
        assert!(!server.requests()[1].head.contains("range"));
    }
}

#[test]
fn the_rest_of_something_else_is_not_taken() {
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nETag: \"1\"\r\n\r\ncont";
    let part = |range: &'static str, body| {
        answer("206 Partial Content", &format!("Content-Range: {range}\r\n"), body)
    };
    let changed: fn() -> Vec<Step> = || answer("200 OK", "ETag: \"2\"\r\n", "content");
    let seconds: [Steps; 4] = [
        Box::new(changed),
        Box::new(move || part("bytes 0-6/7", "content")),
        Box::new(move || part("nonsense", "ent")),
        Box::new(|| answer("416 Range Not Satisfiable", "", "")),
    ];
    for second in seconds {
        let server = Server::new(move |_, before| match before {
            0 => raw(cut),
            1 => second(),
            _ => found("content"),
        });
        assert_eq!(by_hash(&server, &Cache::none(), b"content").unwrap(), "content");
    }
    let endless = Server::new(move |_, before| match before {
        0 => raw(cut),
        _ => vec![
            Step::Send(
                b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 4-6/7\r\n\r\n".to_vec(),
            ),
            Step::Endlessly(vec![b'x'; 4096], Duration::ZERO),
        ],
    });
    let fault = fault(by_hash(&endless, &Cache::none(), b"content"));
    assert_eq!(fault, FetchError::TooLarge(LIMIT));
}

#[test]
fn content_is_known_by_its_hash() {
    let (_folder, cache) = cache();
    let server = Server::new(|_, before| found(if before == 0 { "wrong" } else { "right" }));
    let error = by_hash(&server, &cache, b"right").unwrap_err();
    let Error::Refused { findings, .. } = &error else { panic!("{error:?}") };
    assert_eq!(findings[0].code, Code::HashDiffers);
    assert_eq!(by_hash(&server, &cache, b"right").unwrap(), "right", "what is wrong is not kept");
    server.requests();
    let elsewhere = Server::new(|_, _| answer("500 Broken", "", ""));
    assert_eq!(by_hash(&elsewhere, &cache, b"right").unwrap(), "right");
    assert!(server.requests().is_empty() && elsewhere.requests().is_empty());
}

fn login(user: &str, password: &str) -> Login {
    Login { user: Secret::new(user), password: Secret::new(password) }
}

fn account(server: &Server, login: Login) -> Account {
    Account::new(&server.url("").parse().unwrap(), Some(login), None)
}

#[test]
fn redirections_to_other_places_get_no_login() {
    let other = Server::new(|_, _| found("content"));
    let port = other.url("a.py");
    let host = other.url("a.py").replace("127.0.0.1", "localhost");
    let named = other.url("a.py").replace("//", "//me:hunter2@");
    for place in [port, host, named] {
        let to = place.clone();
        let server = Server::new(move |request, _| match request.path.as_str() {
            "/a.py" => redirect("/b.py"),
            _ => redirect(&to),
        });
        let account = account(&server, login("me", "hunter2"));
        let page = fetcher().page(&location(&server), "text/html", LIMIT, &account).unwrap();
        assert_eq!(page.data, "content");
        assert_eq!(page.place, place.replace("me:hunter2@", ""));
        for request in server.requests() {
            assert!(request.head.contains("authorization: basic bwu6ahvudgvymg=="), "{place}");
        }
        for request in other.requests() {
            assert!(!request.head.contains("authorization"), "{place}");
            assert!(!request.head.contains("cookie") && !request.head.contains("referer"));
        }
    }
}

/// Wants a login, and shows each user another page by the same tag.
fn members(request: &Request, _: usize) -> Vec<Step> {
    let body = match &request.head {
        head if head.contains("basic bwu6ahvudgvymg==") => "my page",
        head if head.contains("authorization") => return answer("401 Unauthorized", "", ""),
        _ => "page of all",
    };
    if request.head.contains("if-none-match") {
        return raw("HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
    }
    answer("200 OK", "ETag: \"1\"\r\n", body)
}

#[test]
fn what_members_see_is_kept_apart() {
    let (folder, cache) = cache();
    let server = Server::new(members);
    let page = |account: &Account| {
        let fetcher = Fetcher::new(options(cache.clone()));
        let page = fetcher.page(&location(&server), "text/html", LIMIT, account);
        page.map(|page| page.data)
    };
    let (mine, nobody) = (account(&server, login("me", "hunter2")), Account::default());
    for _ in 0..2 {
        assert_eq!(page(&mine).unwrap(), "my page");
        assert_eq!(page(&nobody).unwrap(), "page of all");
    }
    assert!(server.requests()[2].head.contains("if-none-match"));
    assert_eq!(
        fault(page(&account(&server, login("me", "wrong")))),
        FetchError::Unauthorized(true)
    );
    assert_eq!(server.requests().len(), 1, "a wrong password is not tried again");
    assert_told_nowhere("hunter2", folder.path());
}

#[test]
fn pages_that_tell_the_password_are_not_kept() {
    let (folder, cache) = cache();
    let server = Server::new(|_, _| found("<a href='http://me:hunter2@host/'>"));
    let mine = account(&server, login("me", "hunter2"));
    let fetcher = Fetcher::new(options(cache));
    fetcher.page(&location(&server), "text/html", LIMIT, &mine).unwrap();
    assert_told_nowhere("hunter2", folder.path());
}

#[test]
fn headers_that_repeat_the_login_or_are_long_are_not_kept() {
    let long = format!("\"{}\"", "x".repeat(600));
    for (etag, is_kept) in [
        ("\"1\"", true),
        ("\"hunter2\"", false),
        ("\"%68unter2\"", false),
        ("\"bWU6aHVudGVyMg==\"", false),
        (long.as_str(), false),
    ] {
        let (folder, cache) = cache();
        let headers = format!("ETag: {etag}\r\nContent-Type: text/html\r\n");
        let server = Server::new(move |_, _| answer("200 OK", &headers, "content"));
        let mine = account(&server, login("me", "hunter2"));
        let fetcher = Fetcher::new(options(cache));
        for _ in 0..2 {
            let page = fetcher.page(&location(&server), "text/html", LIMIT, &mine).unwrap();
            assert_eq!(page.media_type.as_deref(), Some("text/html"));
        }
        let again = server.requests().pop().unwrap().head;
        assert_eq!(again.contains("if-none-match"), is_kept, "{etag}");
        for secret in ["hunter2", "%68unter2", "bWU6aHVudGVyMg", "xxxxx"] {
            assert_told_nowhere(secret, folder.path());
        }
    }
}

#[test]
fn places_that_repeat_the_login_are_not_kept() {
    let (folder, cache) = cache();
    let server = Server::new(|request, _| match request.path.as_str() {
        "/a.py" => redirect("/for/hunter2/b.py"),
        _ => found("content"),
    });
    let mine = account(&server, login("me", "hunter2"));
    let fetcher = Fetcher::new(options(cache));
    fetcher.page(&location(&server), "text/html", LIMIT, &mine).unwrap();
    assert_told_nowhere("hunter2", folder.path());
}

#[test]
fn clients_of_a_run_share_its_limits() {
    let server = Server::new(|_, _| found("content"));
    let run = RunBudget::new(Duration::from_mins(5), 10);
    let fetcher = || Fetcher::new(FetchOptions { run: run.clone(), ..options(Cache::none()) });
    assert_eq!(fetcher().get(&location(&server), LIMIT).unwrap(), "content");
    let limited = FetchError::RunBytes { limit: 10, downloads: 1, bytes: 14 };
    assert_eq!(fault(fetcher().get(&location(&server), LIMIT)), limited);
    assert_eq!(server.requests().len(), 2);
    assert_eq!(fault(fetcher().get(&location(&server), LIMIT)), limited);
    assert_eq!(server.requests().len(), 0, "nothing is asked for beyond the limit");
}

/// Fails if the text is in a file below the folder, or in a name there.
fn assert_told_nowhere(text: &str, folder: &std::path::Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert!(!path.to_string_lossy().contains(text));
        if path.is_dir() {
            assert_told_nowhere(text, &path);
        } else {
            let data = std::fs::read(&path).unwrap();
            assert!(!data.windows(text.len()).any(|part| part == text.as_bytes()), "{path:?}");
        }
    }
}

#[test]
fn passwords_are_looked_for_where_they_are_wanted() {
    let server = Server::new(|request, _| match &request.head {
        head if head.contains("basic bwu6ahvudgvymg==") => found("content"),
        _ => answer("401 Unauthorized", "", ""),
    });
    let url = server.url("").parse().unwrap();
    let later: KeyringLookup = Arc::new(|| Some(login("me", "hunter2")));
    let account = Account::new(&url, Some(login("me", "")), Some(later));
    let fetcher = fetcher();
    for requests in [2, 1] {
        fetcher.page(&location(&server), "text/html", LIMIT, &account).unwrap();
        assert_eq!(server.requests().len(), requests);
    }
    let never: KeyringLookup = Arc::new(|| None);
    let account = Account::new(&url, None, Some(never));
    let page = fetcher.page(&location(&server), "text/html", LIMIT, &account);
    assert_eq!(fault(page), FetchError::Unauthorized(false));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_pause_may_end_at_a_date() {
    let server = Server::new(|_, before| match before {
        0 => answer("429 Slower", "Retry-After: Sat, 01 Jan 2000 00:00:00 GMT\r\n", ""),
        _ => found("content"),
    });
    assert_eq!(get(&server).unwrap(), "content");
    let patient = Server::new(|_, _| {
        answer("429 Slower", "Retry-After: Fri, 31 Dec 9999 00:00:00 GMT\r\n", "")
    });
    assert_eq!(fault(get(&patient)), FetchError::Status(429));
    assert_eq!(patient.requests().len(), 1, "nobody waits that long");
}

#[test]
fn a_proxy_is_asked_instead() {
    let proxy = Server::new(|_, _| found("content"));
    let url = proxy.url("").replace("//", "//me:hunter2@");
    let network = Network { proxy: Some(Secret::new(url)), ..Network::default() };
    let fetcher = Fetcher::new(FetchOptions { network, ..options(Cache::none()) });
    let location = Location::parse("http://host.example/a.py").unwrap();
    assert_eq!(fetcher.get(&location, LIMIT).unwrap(), "content");
    let [request] = &proxy.requests()[..] else { panic!("one request") };
    assert_eq!(request.path, "http://host.example/a.py");
    assert!(request.head.contains("proxy-authorization: basic bwu6ahvudgvymg=="));
    assert!(!request.head.contains("\r\nauthorization"));
    let shown = format!("{fetcher:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn no_more_connections_than_allowed_are_opened() {
    let (now, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    let server = Server::new(move |_, _| {
        seen.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
        std::thread::sleep(Duration::from_millis(20));
        now.fetch_sub(1, SeqCst);
        found("content")
    });
    let network = Network { connections: 2, ..Network::default() };
    let fetcher = Fetcher::new(FetchOptions { network, ..options(Cache::none()) });
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| fetcher.get(&location(&server), LIMIT).unwrap());
        }
    });
    assert_eq!(most.load(SeqCst), 2);
}
