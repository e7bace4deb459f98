//! Logins: who gets them, and where they leave no trace.

use std::sync::Arc;

use super::*;

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
    let (mine, anonymous) = (account(&server, login("me", "hunter2")), Account::default());
    for _ in 0..2 {
        assert_eq!(page(&mine).unwrap(), "my page");
        assert_eq!(page(&anonymous).unwrap(), "page of all");
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
