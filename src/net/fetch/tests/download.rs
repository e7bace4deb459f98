//! What comes from servers that misbehave.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;

use super::*;

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
    assert_eq!(patient.requests().len(), 1, "the wait would be too long");
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
