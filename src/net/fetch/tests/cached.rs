//! What is kept between runs, and asked for again.

use super::*;
use crate::digest::sha256;

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
    assert_eq!(online.stale_copies(), []);
    assert_eq!(fault(offline.get(&private, LIMIT)), FetchError::Offline, "it was not to be kept");
    server.requests();
    assert_eq!(offline.get_fixed(&location(&server), LIMIT, &|_| Ok(())).unwrap(), "content");
    assert_eq!(offline.stale_copies(), []);
    assert_eq!(offline.get(&location(&server), LIMIT).unwrap(), "content");
    assert_eq!(offline.get(&location(&server), LIMIT).unwrap(), "content");
    let [finding] = &offline.stale_copies()[..] else { panic!("reported once") };
    assert_eq!(
        (finding.code, &finding.path),
        (Code::StaleCopy, &Some(location(&server).to_string()))
    );
    assert_eq!(offline.stale_copies(), []);
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
