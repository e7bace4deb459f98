//! Indexes that misbehave.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;

use super::*;
use crate::cache::Cache;
use crate::digest::sha256;
use crate::error::{Error, FetchError, Result};
use crate::finding::Code;
use crate::net::fetch::server::{Request, Server, Step, answer, found};
use crate::net::fetch::{FetchOptions, Location};

const HTML: &str = "Content-Type: text/html\r\n";
const JSON: &str = "Content-Type: application/vnd.pypi.simple.v1+json; charset=utf-8\r\n";

fn index(url: &str, name: IndexName) -> Index {
    let location = Location::Url(url.trim_end_matches('/').into());
    Index { name, location, given: None }
}

fn config(servers: &[&Server]) -> Config {
    let names = [IndexName::Main, IndexName::Extra(1), IndexName::Extra(2)];
    let index = |(server, name): (&&Server, IndexName)| index(&server.url("simple"), name);
    Config { indexes: servers.iter().zip(names).map(index).collect(), ..Config::default() }
}

fn options(cache: Cache) -> FetchOptions {
    FetchOptions {
        cache,
        patience: Duration::from_secs(2),
        deadline: Duration::from_secs(5),
        pause: Duration::from_millis(1),
        ..FetchOptions::default()
    }
}

fn pypi(servers: &[&Server]) -> Pypi {
    Pypi::new(&config(servers), options(Cache::none())).unwrap()
}

/// A page with a link to each file, whose content is its name.
fn page(files: &[&str]) -> String {
    let link = |file: &&str| {
        format!("<a href='/files/{file}#sha256={}'>{file}</a>\n", sha256(file.as_bytes()))
    };
    files.iter().map(link).collect()
}

/// An index in which `a` has these files.
fn served(files: &'static [&'static str]) -> Server {
    Server::new(move |request, _| match request.path.as_str() {
        "/simple/a/" => answer("200 OK", HTML, &page(files)),
        path => match path.strip_prefix("/files/") {
            Some(file) => found(file),
            None => answer("404 Not Found", "", ""),
        },
    })
}

fn file_of(pypi: &Pypi) -> ProjectFile {
    let project = pypi.project("a").unwrap().unwrap();
    best(project.releases.values().next_back().unwrap()).unwrap().clone()
}

fn download(server: &Server, cache: &Cache) -> Result<Bytes> {
    let pypi = Pypi::new(&config(&[server]), options(cache.clone())).unwrap();
    pypi.download(&file_of(&pypi))
}

fn codes(error: &Error) -> Vec<Code> {
    let Error::Refused { findings, .. } = error else { panic!("{error:?}") };
    codes_of(findings)
}

fn codes_of(findings: &[crate::finding::Finding]) -> Vec<Code> {
    findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn the_first_index_that_has_the_name_wins() {
    let (without, with, last) = (served(&[]), served(&["a-1.zip"]), served(&["a-9.zip"]));
    let empty = Server::new(|_, _| answer("404 Not Found", "", ""));
    let pypi = pypi(&[&empty, &with, &last]);
    let project = pypi.project("A").unwrap().unwrap();
    assert_eq!(project.index, IndexName::Extra(1));
    assert_eq!(file_of(&pypi).file_name, "a-1.zip");
    assert_eq!(pypi.download(&file_of(&pypi)).unwrap(), "a-1.zip");
    assert!(last.requests().is_empty());
    assert_eq!(with.requests().len(), 2, "a project is asked for once");
    assert!(pypi.project("b").unwrap().is_none());
    let only = self::pypi(&[&without, &with]);
    assert!(only.project("a").unwrap().unwrap().releases.is_empty(), "its page is there");
}

#[test]
fn what_is_noticed_of_a_project_is_reported_without_asking() {
    let server = Server::new(|_, _| answer("200 OK", HTML, "<a href='/a-1.zip'>"));
    let pypi = pypi(&[&server]);
    assert_eq!(pypi.findings_of(["a"]), []);
    assert!(server.requests().is_empty());
    assert!(pypi.project("a").unwrap().unwrap().releases.is_empty());
    let codes: Vec<Code> = pypi.findings_of(["a", "b"]).iter().map(|one| one.code).collect();
    assert_eq!((codes, server.requests().len()), (vec![Code::NoHash], 1));
}

#[test]
fn an_index_that_fails_hides_none_behind_it() {
    for status in ["500 Broken", "401 Unauthorized", "403 Forbidden"] {
        let broken = Server::new(move |_, _| answer(status, "", ""));
        let other = served(&["a-1.zip"]);
        let error = pypi(&[&broken, &other]).project("a").unwrap_err();
        assert!(matches!(error, Error::Fetch { .. }), "{status}");
        assert!(other.requests().is_empty(), "{status}");
    }
}

#[test]
fn what_is_no_page_is_refused() {
    for (headers, body) in [
        (JSON, "{"),
        (JSON, "[]"),
        (JSON, "{\"files\": [{\"url\": 1}]}"),
        (JSON, "{\"files\": [], \"meta\": {\"api-version\": \"2.0\"}}"),
        ("", "x"),
        ("Content-Type: application/zip\r\n", "x"),
    ] {
        let (folder, server) = (
            tempfile::tempdir().unwrap(),
            Server::new(move |_, before| match before {
                0 => answer("200 OK", headers, body),
                _ => answer("200 OK", HTML, &page(&["a-1.zip"])),
            }),
        );
        let cache = Cache::below(folder.path(), "fetch");
        let pypi = Pypi::new(&config(&[&server]), options(cache)).unwrap();
        assert_eq!(codes(&pypi.project("a").unwrap_err()), [Code::InvalidPage], "{body}");
        assert_eq!(file_of(&pypi).file_name, "a-1.zip", "the next try is right");
    }
}

/// What a server sends.
type Steps = Box<dyn Fn() -> Vec<Step> + Send + Sync>;

#[test]
fn wrong_files_are_refused_and_not_kept() {
    let (right, pause) = ("a-1.zip", Duration::from_millis(50));
    let drip = move || {
        let letter = move |letter: char| [Step::Send(vec![letter as u8]), Step::Pause(pause)];
        let head = Step::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n".to_vec());
        std::iter::once(head).chain(right.chars().flat_map(letter)).collect::<Vec<_>>()
    };
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\na-1";
    let endless = || {
        let head = Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec());
        vec![head, Step::Endlessly(vec![b'x'; 1 << 16], Duration::ZERO)]
    };
    let faults: [(&str, Steps); 8] = [
        ("wrong hash", Box::new(|| found("a-2.zip"))),
        ("too short", Box::new(|| found("a-1"))),
        ("too long", Box::new(|| found("a-1.zipx"))),
        ("cut", Box::new(move || vec![Step::Send(cut.as_bytes().to_vec())])),
        ("busy", Box::new(|| answer("500 Broken", "", ""))),
        ("endless", Box::new(endless)),
        ("circle", Box::new(|| answer("302 Found", "Location: /files/a-1.zip\r\n", ""))),
        ("missing", Box::new(|| answer("404 Not Found", "", ""))),
    ];
    for (name, fault) in faults {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::below(folder.path(), "fetch");
        let broken = Server::new(move |request, _| match request.path.as_str() {
            "/simple/a/" => sized(right),
            _ => fault(),
        });
        let error = download(&broken, &cache).unwrap_err();
        // It is seen at once, not when the time is over.
        let is_slow = matches!(error, Error::Fetch { fault: FetchError::TooSlow, .. });
        assert!(!is_slow, "{name}: {error:?}");
        assert!(broken.requests().len() <= 12, "{name}");
        let mended = served(&["a-1.zip"]);
        assert_eq!(download(&mended, &cache).unwrap(), right, "{name}");
    }
    let slow = Server::new(move |request, _| match request.path.as_str() {
        "/simple/a/" => sized(right),
        _ => drip(),
    });
    assert_eq!(download(&slow, &Cache::none()).unwrap(), right);
}

/// A page that gives the size of the file, which is its name.
fn sized(file: &str) -> Vec<Step> {
    let (hash, size) = (sha256(file.as_bytes()), file.len());
    let page = format!(
        "{{\"files\": [{{\"filename\": \"{file}\", \"url\": \"/files/{file}\", \"size\": {size}, \
         \"hashes\": {{\"sha256\": \"{hash}\"}}}}]}}"
    );
    answer("200 OK", JSON, &page)
}

#[test]
fn hostile_links_are_left_out() {
    let page = |text: &'static str| {
        let server = Server::new(move |_, _| answer("200 OK", HTML, text));
        pypi(&[&server]).project("a").unwrap().unwrap()
    };
    let project = page(
        "<a href='javascript:alert(1)//a-1.zip'><a href='file:///etc/a-1.zip'>\
         <a href='ftp://host/a-1.zip'><a href='data:,a-1.zip'><a href='x/..%2f..%2fa-1.zip'>\
         <a href='http:///a-1.zip'><a href='a%0a-1.zip'><a href='http://[/a-1.zip'>",
    );
    assert!(project.releases.is_empty());
    let [finding] = &project.findings[..] else { panic!("{:?}", project.findings) };
    assert_eq!(finding.code, Code::StrangeLink);
    let project = page("<a href='a-1.zip'><a href='a-2.zip#md5=0'><a href='b-1.zip#sha256=0'>");
    assert!(project.releases.is_empty());
    assert_eq!(project.findings[0].code, Code::NoHash);
    assert!(project.findings[0].found.starts_with("2 "), "{:?}", project.findings);
}

#[test]
fn many_links_are_read() {
    let server = Server::new(|_, _| {
        let hash = sha256(b"");
        let link = |number| format!("<a href='../../f/a-{number}.zip#sha256={hash}'>x</a>");
        answer("200 OK", HTML, &(0..100_000).map(link).collect::<String>())
    });
    let project = pypi(&[&server]).project("a").unwrap().unwrap();
    assert_eq!(project.releases.len(), 100_000);
}

#[test]
fn a_login_goes_to_the_index_only() {
    let other = Server::new(|_, _| found("a-1.zip"));
    let elsewhere = other.url("a-1.zip");
    let members = move |request: &Request, _: usize| match request.path.as_str() {
        _ if !request.head.contains("authorization: basic ") => answer("401 Unauthorized", "", ""),
        "/simple/a/" => {
            let hash = sha256(b"a-1.zip");
            let login = elsewhere.replace("//", "//me:hunter2@");
            let page = format!("<a href='{login}#sha256={hash}'>");
            answer("200 OK", HTML, &page)
        }
        _ => answer("404 Not Found", "", ""),
    };
    let server = Server::new(members);
    let mut url = url::Url::parse(&server.url("simple")).unwrap();
    url.set_username("me").unwrap();
    url.set_password(Some("hunter2")).unwrap();
    let mut config = config(&[&server]);
    config.indexes[0].given = Given::take(&mut url);
    let pypi = Pypi::new(&config, options(Cache::none())).unwrap();
    let file = file_of(&pypi);
    assert_eq!(pypi.download(&file).unwrap(), "a-1.zip");
    assert!(other.requests().iter().all(|request| !request.head.contains("authorization")));
    for shown in [format!("{pypi:?}"), format!("{config:?}"), format!("{file:?}")] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    config.indexes[0].given = None;
    let error = Pypi::new(&config, options(Cache::none())).unwrap().project("a").unwrap_err();
    let Error::Fetch { fault: FetchError::Unauthorized(false), .. } = error else {
        panic!("{error:?}")
    };
}

#[test]
fn indexes_are_encrypted_or_trusted() {
    for (url, trusted, is_taken) in [
        ("http://host.example/simple", "", false),
        ("http://host.example/simple", "host.example", true),
        ("http://host.example/simple", "host.example:80", true),
        ("http://host.example/simple", "host.example:81", false),
        ("https://host.example/simple", "", true),
        ("http://127.0.0.1:1/simple", "", true),
        ("http://localhost/simple", "", true),
        ("http://[::1]/simple", "", true),
    ] {
        let trusted = (!trusted.is_empty()).then(|| trusted.to_owned());
        let config = Config {
            indexes: vec![index(url, IndexName::Main)],
            trusted_hosts: trusted.into_iter().collect(),
            ..Config::default()
        };
        let pypi = Pypi::new(&config, options(Cache::none()));
        assert_eq!(pypi.is_ok(), is_taken, "{url}");
    }
}

#[test]
fn metadata_are_verified() {
    let server = Server::new(|request, _| match request.path.as_str() {
        "/simple/a/" => {
            let hash = sha256(b"metadata");
            let link = |file: &str| {
                format!("<a href='/{file}?x=1#sha256={hash}' data-core-metadata='sha256={hash}'>")
            };
            answer("200 OK", HTML, &(link("a-1.zip") + &link("a-2.zip")))
        }
        "/a-1.zip.metadata?x=1" => found("metadata"),
        _ => found("other"),
    });
    let pypi = pypi(&[&server]);
    let project = pypi.project("a").unwrap().unwrap();
    let files: Vec<_> = project.releases.values().flatten().collect();
    assert_eq!(pypi.metadata(files[0]).unwrap().unwrap(), "metadata");
    assert_eq!(codes(&pypi.metadata(files[1]).unwrap_err()), [Code::HashDiffers]);
}

#[test]
fn folders_and_pages_count_beside_the_index() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("A-3.zip"), "three").unwrap();
    std::fs::write(folder.path().join("b-1.zip"), "b").unwrap();
    std::fs::create_dir(folder.path().join("a-4.zip")).unwrap();
    let server = served(&["a-1.zip"]);
    let links = Server::new(|_, _| answer("200 OK", HTML, &page(&["a-2.zip", "c-1.zip"])));
    let place = Location::Path(folder.path().to_owned());
    let mut config = config(&[&server]);
    config.find_links = vec![
        Index { location: place, ..index("", IndexName::Links(1)) },
        index(&links.url("links.html"), IndexName::Links(2)),
    ];
    let pypi = Pypi::new(&config, options(Cache::none())).unwrap();
    let project = pypi.project("a").unwrap().unwrap();
    let versions: Vec<_> = project.releases.keys().map(ToString::to_string).collect();
    assert_eq!(versions, ["1", "2", "3"]);
    assert!(project.findings.iter().all(|finding| finding.code == Code::InSeveralIndexes));
    assert_eq!(project.findings.len(), 2);
    assert_eq!(pypi.download(&file_of(&pypi)).unwrap(), "three");
    let b = pypi.project("b").unwrap().unwrap();
    assert_eq!((b.index, b.findings.len()), (IndexName::Links(1), 0));
    assert_eq!(pypi.project("c").unwrap().unwrap().index, IndexName::Links(2));
    assert!(pypi.project("d").unwrap().is_none());
}

#[test]
fn offline_what_is_kept_counts() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::below(folder.path(), "fetch");
    let server = served(&["a-1.zip"]);
    assert_eq!(download(&server, &cache).unwrap(), "a-1.zip");
    let config = config(&[&server]);
    drop(server);
    let options = FetchOptions { offline: true, ..options(cache) };
    let pypi = Arc::new(Pypi::new(&config, options).unwrap());
    assert_eq!(pypi.download(&file_of(&pypi)).unwrap(), "a-1.zip");
    assert_eq!(pypi.stale_copies()[0].code, Code::StaleCopy);
    let error = pypi.project("b").unwrap_err();
    assert!(matches!(error, Error::Fetch { fault: FetchError::Offline, .. }), "{error:?}");
}

#[test]
fn a_folder_may_be_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let (right, wrong) = (sha256(b"one"), sha256(b"other"));
    let links = format!(
        "<a href='../../files/a-1.zip#sha256={right}'></a><a href='../../files/a-2.zip'></a>\
         <a href='../../files/a-3.zip#sha256={wrong}'></a><a href='missing/a-4.zip'></a>"
    );
    write("simple/a/index.html", &links);
    write("files/a-1.zip", "one");
    write("files/a-2.zip", "two");
    write("files/a-3.zip", "three");
    write("simple/b-c/B_c-1.zip", "files alone do");
    let location = Location::Path(folder.path().join("simple"));
    let index = Index { name: IndexName::Main, location, given: None };
    let config = Config { indexes: vec![index.clone()], ..Config::default() };
    let pypi = Pypi::new(&config, options(Cache::none())).unwrap();
    let project = pypi.project("a").unwrap().unwrap();
    let found: Vec<_> = project.releases.values().flatten().collect();
    let names: Vec<&str> = found.iter().map(|file| file.file_name.as_str()).collect();
    assert_eq!(names, ["a-1.zip", "a-2.zip", "a-3.zip"]);
    assert_eq!(found[1].sha256, sha256(b"two"), "who may write the page may write the file");
    assert_eq!(pypi.download(found[0]).unwrap(), "one");
    assert_eq!(codes(&pypi.download(found[2]).unwrap_err()), [Code::HashDiffers]);
    assert_eq!(codes_of(&project.findings), [Code::NoHash]);
    assert_eq!(pypi.project("B.c").unwrap().unwrap().releases.len(), 1);
    assert!(pypi.project("d").unwrap().is_none());
    let missing = Index { location: Location::Path(folder.path().join("no")), ..index };
    let config = Config { indexes: vec![missing], ..Config::default() };
    let pypi = Pypi::new(&config, options(Cache::none())).unwrap();
    assert!(matches!(pypi.project("a"), Err(Error::Io { .. })));
}

#[test]
fn of_large_files_one_is_in_memory_at_a_time() {
    let large = vec![b'x'; (17 << 20) + 1];
    let digest = sha256(&large);
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, data: &[u8]| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, data).unwrap();
    };
    write("a/a-1.zip", &large);
    let location = Location::Path(folder.path().to_owned());
    let index = Index { name: IndexName::Main, location, given: None };
    let config = Config { indexes: vec![index], ..Config::default() };
    let pypi = Pypi::new(&config, options(Cache::none())).unwrap();
    let project = pypi.project("a").unwrap().unwrap();
    let known = project.releases.values().flatten().next().unwrap().clone();
    // An index need not say how large a file is.
    let unknown = ProjectFile { size: None, ..known.clone() };
    let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let content = |file: &ProjectFile| {
        pypi.with_download(file, |data| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(20));
            now.fetch_sub(1, Ordering::SeqCst);
            sha256(&data)
        })
    };
    std::thread::scope(|scope| {
        let files = [&known, &unknown, &known, &unknown];
        let threads = files.map(|file| scope.spawn(|| content(file).unwrap()));
        for thread in threads {
            assert_eq!(thread.join().unwrap(), digest);
        }
    });
    assert_eq!(most.into_inner(), 1);
}
